from matplotlib.colors import to_hex

from course_utils.figures import dots, style

PANELS = {
    "ToyWorld": {"random weights": (0.37, 0.36, 0.38), "rotation": (0.91, 0.90, 0.92)},
    "CIFAR-10": {"random weights": (0.56, 0.55, 0.57), "supervised": (0.79, 0.79, 0.79)},
}


def points(axes):
    return [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "o"]  # fmt: skip


def test_dots_lie_at_their_values_in_the_row_and_colour_of_their_arm():
    first, second = dots.dots(PANELS).drawing("en").axes
    assert points(first) == [(0.37, 0), (0.91, 1)]
    assert points(second) == [(0.56, 0), (0.79, 2)]
    bars = [tuple(line.get_xdata()) for line in first.lines if line.get_marker() == "None"]
    assert bars == [(0.36, 0.38), (0.90, 0.92)]
    assert to_hex(first.lines[0].get_color()).upper() == style.ORANGE
    assert to_hex(second.lines[-1].get_color()).upper() == style.RED
    told = dots.dots(PANELS).description
    assert "random weights 37.0% (36.0–38.0)" in told and "supervised 79.0%" in told


def test_dumbbells_join_before_and_after():
    rows = {"block1": ((0.5, 0.49, 0.51), (0.6, 0.58, 0.62)), "block2": ((0.4, 0.4, 0.4), (0.3, 0.3, 0.3))}  # fmt: skip
    figure = dots.dumbbells(rows, ends=("random weights", "rotation"), x_label="accuracy")
    (axes,) = figure.drawing("en").axes
    assert points(axes) == [(0.5, 0), (0.6, 0), (0.4, 1), (0.3, 1)]
    assert "block2 40.0% → 30.0%" in figure.description
    assert "블록 1" in [tick.get_text() for tick in figure.drawing("ko").axes[0].get_yticklabels()]


def test_lines_are_named_at_their_ends_and_names_do_not_collide():
    series = {
        name: {0.0: (0.5, 0.4, 0.6), 0.3: (end, end, end)} for name, end in (("a", 0.70), ("b", 0.71))
    }  # fmt: skip
    figure = dots.lines(series, x_label="x", y_label="accuracy", chance=0.25, marks=[(0.3, "here")])
    drawing = figure.drawing("en")
    drawing.canvas.draw()
    (axes,) = drawing.axes
    names = {text.get_text(): text.get_window_extent() for text in axes.texts}
    assert {"a", "b", "here", "chance 25%"} <= set(names)
    assert not names["a"].overlaps(names["b"])
    assert "a (0: 50%, 0.3: 70%)" in figure.description
