"""What a test in a real browser types into an exercise of this lesson."""

CELL = "four-copies"
LINE = "    # return rotated, labels"  # what is replaced
WRONG = """\
    rotated = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return rotated, torch.arange(4).repeat(len(images))"""
WORD = "order"  # what its diagnosis holds in English
RIGHT = """\
    rotated = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return rotated, torch.arange(4).repeat_interleave(len(images))"""
