"""What a test in a real browser types into an exercise of this lesson."""

CELL = "exercise-quadrant"
LINE = "    # return hidden, labels"  # what is replaced
WRONG = """\
    labels = torch.randint(4, (len(images),), generator=generator)
    half = images.shape[-1] // 2
    for image, label in zip(images, labels.tolist()):
        top, left = half * (label // 2), half * (label % 2)
        image[:, top : top + half, left : left + half] = 0
    return images, labels"""
WORD = "changed"  # what its diagnosis holds in English
RIGHT = """\
    labels = torch.randint(4, (len(images),), generator=generator)
    hidden, half = images.clone(), images.shape[-1] // 2
    for image, label in zip(hidden, labels.tolist()):
        top, left = half * (label // 2), half * (label % 2)
        image[:, top : top + half, left : left + half] = 0
    return hidden, labels"""
