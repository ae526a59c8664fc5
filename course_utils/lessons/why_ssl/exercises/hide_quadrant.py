"""Exercise of lesson 01: hiding a quarter of every picture."""

from collections.abc import Callable, Iterator

import torch

from course_utils import runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import about, results_of, share
from course_utils.pretext import quadrant


def _pictures() -> torch.Tensor:
    """Pictures ``(80, 3, 6, 6)`` without a black pixel."""
    return 1 + torch.arange(80 * 3 * 6 * 6).view(80, 3, 6, 6) % 250


def _quadrants(side: int) -> torch.Tensor:
    """Where the four quadrants lie, bool ``(4, side, side)``."""
    where = torch.zeros(4, side, side, dtype=torch.bool)
    half = side // 2
    for quarter in range(4):
        row, column = divmod(quarter, 2)
        where[quarter, half * row : half * (row + 1), half * column : half * (column + 1)] = True
    return where


def _observe(answer: Callable, images: torch.Tensor) -> Iterator[tuple[str, object]]:
    given = {"images": images, "generator": runtime.generator(0)}
    hidden, labels = yield from results_of(answer, given, "hidden", "labels")
    again, other = (answer(images.clone(), runtime.generator(seed))[0] for seed in (0, 1))
    yield "repeatable", torch.equal(again, hidden)
    yield "another_seed_differs", not torch.equal(other, hidden)
    black, where = (hidden == 0).all(1), _quadrants(images.shape[-1])
    matches = (black[:, None] == where).all((2, 3))  # (B, 4): is it just this quadrant?
    yield "one_quadrant_each", matches.any(1).all().item()
    some = ((hidden == 0).any(1)[:, None] == where).all((2, 3)).any(1).all().item()
    yield "some_channels_only", some and not matches.any(1).all().item()
    yield "told_black", black.float().mean().item()
    seen = matches.int().argmax(1)
    yield "told_missing", sorted(set(range(4)) - set(seen.tolist()))
    yield "occur", len(seen.unique())
    yield "labels_right", torch.equal(labels.long(), seen)
    yield "labels_transposed", torch.equal(labels.long(), 2 * (seen % 2) + seen // 2)
    yield "labels_from_one", torch.equal(labels.long(), seen + 1)
    wrong = (labels != seen).nonzero().flatten().tolist() or [0]
    yield "told_picture", wrong[0]
    yield "told_quadrant", int(seen[wrong[0]])
    yield "told_label", int(labels[wrong[0]])
    kept = ~where[seen][:, None].expand_as(images)
    yield "others_kept", torch.equal(hidden[kept], images[kept])
    generator = runtime.generator(2)
    first, second = (answer(images.clone(), generator)[0] for _ in range(2))
    yield "moves_on", not torch.equal(first, second)
    drawn = answer(images[:1, :, :4, :4].repeat(4000, 1, 1, 1), generator)[1]
    shares = [share(drawn == quarter) for quarter in drawn.unique()]
    yield "evenly", len(shares) == 4 and all(about(seen, 1 / 4) for seen in shares)
    yield "told_shares", " : ".join(f"{seen:.0%}" for seen in shares)


def _hide(
    images, generator, *, channels=3, side=None, choices=4, transposed=False, shared=False,
    labels=None,
):  # fmt: skip
    """Hide a quadrant of every picture, or with one part of it done otherwise."""
    if labels is None:
        labels = torch.randint(choices, (len(images),), generator=generator)
    labels = labels[:1].expand(len(images)).clone() if shared else labels
    half, hidden = side or images.shape[-1] // 2, images.clone()
    for i, label in enumerate(labels.tolist()):
        row, column = divmod(label, 2)[:: -1 if transposed else 1]
        rows, columns = (slice(half * at, half * (at + 1)) for at in (row, column))
        hidden[i, :channels, rows, columns] = 0
    return hidden, labels


def _with(**other) -> Callable:
    return lambda images, generator: _hide(images, generator, **other)


def _labels(after: Callable) -> Callable:
    def twin(images, generator):
        hidden, labels = _hide(images, generator)
        return hidden, after(labels)

    return twin


def _dimmed(images, generator):
    hidden, labels = _hide(images, generator)
    return torch.where(hidden > 1, hidden - 1, hidden), labels


def _column_shared(images, generator):
    """The row drawn for each picture, the column once."""
    rows = torch.randint(2, (len(images),), generator=generator)
    column = torch.randint(2, (1,), generator=generator)
    return _hide(images, generator, labels=2 * rows + column)


def _edges_seldom(images, generator):
    labels = (3 * torch.rand(len(images), generator=generator)).round().long()
    return _hide(images, generator, labels=labels)


def _rest_left(images, generator):
    """Four equal groups, and nothing hidden in what is left over."""
    order = torch.randperm(len(images), generator=generator)
    labels, dealt = torch.zeros(len(images), dtype=torch.int64), len(images) // 4 * 4
    labels[order[:dealt]] = torch.arange(4).repeat(dealt // 4)
    hidden, _ = _hide(images, generator, labels=labels)
    hidden[order[dealt:]] = images[order[dealt:]]
    return hidden, labels


def _reseeding(images, generator):
    return _hide(images, generator.manual_seed(generator.initial_seed()))


MISTAKES = {
    "column_shared": _column_shared,
    "edges_seldom": _edges_seldom,
    "rest_left": _rest_left,
    "reseeding": _reseeding,
    "another_generator": lambda images, generator: _hide(images, runtime.generator(7)),
    "no_generator": lambda images, generator: _hide(images, torch.default_generator),
    "nothing_hidden": lambda images, generator: (images.clone(), _hide(images, generator)[1]),
    "not_a_quadrant": _with(side=2),
    "one_channel": _with(channels=1),
    "same_for_all": _with(shared=True),
    "one_never": _with(choices=3),
    "transposed": _with(transposed=True),
    "from_one": _labels(lambda labels: labels + 1),
    "other_labels": _labels(lambda labels: labels.flip(0)),
    "others_changed": _dimmed,
}

EXERCISE = Exercise(
    reference=quadrant.hide_quadrant,
    observe=_observe,
    cases=(lambda: _pictures().to(torch.uint8), lambda: _pictures()[:61].float()),
    mistakes=MISTAKES,
)
