"""Exercise of lesson 03: all four rotations of every picture, with their labels."""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import results_of
from course_utils.pretext import rotation


def _floats() -> torch.Tensor:
    """Pictures in which every pixel has its own value: none is symmetric, no two are alike."""
    return torch.arange(2 * 3 * 4 * 4).view(2, 3, 4, 4) / 96


def _bytes() -> torch.Tensor:
    """Another number of pictures and another type: who nails one of them in must not pass."""
    return torch.arange(96, 240).view(3, 3, 4, 4).to(torch.uint8)


def _name_copies(copies: torch.Tensor, images: torch.Tensor) -> list[tuple[int, int, bool] | None]:
    """What each copy is: (picture, quarter turns, mirrored?), or None for anything else."""
    known = {}
    for i, picture in enumerate(images):
        for turns in range(4):
            turned = rotation.rotate(picture, turns)
            known[turned.flip(-1).contiguous().numpy().tobytes()] = (i, turns, True)
            known[turned.contiguous().numpy().tobytes()] = (i, turns, False)
    copies = copies.to(images.dtype)
    return [known.get(copy.contiguous().numpy().tobytes()) for copy in copies]


def _observe(answer: Callable, images: torch.Tensor) -> Iterator[tuple[str, object]]:
    rotated, labels = yield from results_of(answer, {"images": images}, "rotated", "labels")
    names = _name_copies(rotated, images)
    labels = labels.tolist()
    usual = set(labels) <= {0, 1, 2, 3}
    yield "label_values", "0 to 3" if usual else sorted(set(labels))
    yield "told_labels", sorted(set(labels))
    yield "strange", None in names
    if None in names:
        return
    known = list(zip(names, labels, strict=True))
    wrong = [(i, *name[:2], y) for i, (name, y) in enumerate(known) if name[1] != y] or [(0,) * 4]
    copy, picture, turns, label = wrong[0]
    yield "told_copy", copy
    yield "told_picture", picture
    yield "told_angle", 90 * turns
    yield "told_label", label
    yield "mirrored", any(mirrored for _, _, mirrored in names)
    if any(mirrored for _, _, mirrored in names):
        return
    yield "all_there", len(set(names)) == 4 * len(images)
    fit = [turns for _, turns, _ in names] == labels
    yield "labels_fit", fit
    # Where a label is missing because its angle is, that is said of the angles.
    yield "labels_all_occur", fit or len(set(labels)) == 4
    if len(set(names)) == 4 * len(images):
        # Free of order: which angles go with which label, and how often.
        yield "angles_and_labels", sorted((turns, label) for (_, turns, _), label in known)


def _turned(images: torch.Tensor, angles=(0, 1, 2, 3)) -> torch.Tensor:
    return torch.cat([torch.rot90(images, turns, (2, 3)) for turns in angles])


def _blocks(images: torch.Tensor) -> torch.Tensor:
    return torch.arange(4).repeat_interleave(len(images))


def _interpolated(images: torch.Tensor) -> torch.Tensor:
    return _turned(images.roll(1, -1) // 2 + images // 2 if images.dtype == torch.uint8
                   else (images.roll(1, -1) + images) / 2)  # fmt: skip


def _mirrored(images: torch.Tensor) -> torch.Tensor:
    """Transposes without a flip."""
    x, y = images, images.transpose(2, 3)
    return torch.cat([x, y, x.flip((2, 3)), y.flip((2, 3))])


MISTAKES = {
    "one_angle": lambda x: (torch.rot90(x, 1, (2, 3)), torch.ones(len(x), dtype=torch.int64)),
    "stacked": lambda x: (torch.stack([torch.rot90(x, r, (2, 3)) for r in range(4)]), _blocks(x)),
    "one_hot": lambda x: (_turned(x), F.one_hot(_blocks(x))),
    "one_label_an_angle": lambda x: (_turned(x), torch.arange(4)),
    "degrees": lambda x: (_turned(x), 90 * _blocks(x)),
    "from_one": lambda x: (_turned(x), _blocks(x) + 1),
    "one_label_for_all": lambda x: (_turned(x), 0 * _blocks(x)),
    "interpolated": lambda x: (_interpolated(x), _blocks(x)),
    "mirrored": lambda x: (_mirrored(x), _blocks(x)),
    "not_turned": lambda x: (_turned(x, (0, 0, 0, 0)), _blocks(x)),
    "random_angles": lambda x: (
        _turned(x, (0, 1, 1, 3)),
        torch.tensor([0, 1, 1, 3]).repeat_interleave(len(x)),
    ),
    "clockwise": lambda x: (_turned(x, (0, 3, 2, 1)), _blocks(x)),
    "turned_again": lambda x: (_turned(x, (0, 1, 3, 6)), _blocks(x)),
    "orders": lambda x: (_turned(x), torch.arange(4).repeat(len(x))),
}

EXERCISE = Exercise(
    reference=rotation.four_copies,
    uses=(rotation.rotate,),
    observe=_observe,
    cases=(_floats, _bytes),
    mistakes=MISTAKES,
)
