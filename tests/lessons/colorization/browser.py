"""What a test in a real browser types into an exercise of this lesson."""

CELL = "color-bins"
LINE = "    # return bins"  # what is replaced
WRONG = """\
    return torch.cdist(ab.permute(0, 2, 3, 1).flatten(0, 2), colors).argmin(1).view(
        len(ab), *ab.shape[2:]
    )"""
WORD = "4 × 4"  # what its diagnosis holds in English
RIGHT = """\
    places = torch.nn.functional.avg_pool2d(ab, 4)
    far = (places[:, None] - colors[None, :, :, None, None]).norm(dim=2)
    return far.argmin(1)"""
