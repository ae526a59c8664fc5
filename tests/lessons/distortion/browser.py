"""What a test in a real browser types into an exercise of this lesson."""

CELL = "surrogate-batch"
LINE = "    # return patches, labels"  # what is replaced
WRONG = """\
    patches = distort(exemplars.repeat_interleave(copies, 0))
    return patches, torch.arange(len(exemplars)).repeat(copies)"""
WORD = "order"  # what its diagnosis holds in English
RIGHT = """\
    patches = distort(exemplars.repeat_interleave(copies, 0))
    return patches, torch.arange(len(exemplars)).repeat_interleave(copies)"""
