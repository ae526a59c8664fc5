"""What a test in a real browser types into an exercise of this lesson."""

CELL = "hinge"
LINE = "    # return loss"  # what is replaced
WRONG = """\
    near = 1 - F.cosine_similarity(x, positive, dim=-1)[:, None]
    far = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    return (far - near + margin).clamp(min=0).mean()"""
WORD = "sign"  # what its diagnosis holds in English
RIGHT = """\
    near = 1 - F.cosine_similarity(x, positive, dim=-1)[:, None]
    far = 1 - F.cosine_similarity(x[:, None], negatives, dim=-1)
    return (near - far + margin).clamp(min=0).mean()"""
