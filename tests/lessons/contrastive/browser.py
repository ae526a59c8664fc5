"""What a test in a real browser types into an exercise of this lesson."""

CELL = "two-views"
LINE = "    # return views"  # what is replaced
_VIEW = """\
        x = geometry.random_resized_crop(images, images.shape[-1], generator, area=(0.2, 1.0))
        x = geometry.random_flip(x, generator)
        if strength > 0:
            s = 0.8 * strength
            x = color.random_color_jitter(
                x, generator, brightness=s, contrast=s, saturation=s, hue=strength / 5, p=0.8
            )
            x = color.random_gray(x, generator, p=0.2)
"""
WRONG = f"""\
    for _ in range(1):
{_VIEW}
    return torch.cat([x, x])"""
WORD = "twice"  # what its diagnosis holds in English
RIGHT = f"""\
    views = []
    for _ in range(2):
{_VIEW}        views.append(x)
    return torch.cat(views)"""
