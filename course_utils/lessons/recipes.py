"""Recipes and readings that the recorded experiments of several lessons share."""

import torch
from torch import nn

from course_utils import models
from course_utils.data.worlds import OTHER, world
from course_utils.evaluate import ruler
from course_utils.lang import both
from course_utils.pretext import rotation, supervised
from course_utils.records.plan import Recipe

# ---------------------------------------------------------------- recipes
# A recipe names a world, how many examples are seen, and a seed. ``encoder``, a key of
# ``models.ENCODERS``, and ``device`` are those of the record unless something else is asked for.


def start(
    images: torch.Tensor, *, encoder: str, device: str, seed: int
) -> tuple[nn.Sequential, torch.Tensor]:
    """A new encoder for uint8 pictures ``(N, C, S, S)``, and these pictures, both on a device.

    Raises ``ValueError`` for an encoder that is not in ``models.ENCODERS``.
    """
    if encoder not in models.ENCODERS:
        raise ValueError(
            both(
                ko=f"{encoder!r}라는 인코더는 없습니다. 있는 것: {', '.join(models.ENCODERS)}.",
                en=f"There is no encoder {encoder!r}. There are: {', '.join(models.ENCODERS)}.",
            )
        )
    return models.ENCODERS[encoder](images, seed=seed).to(device), images.to(device)


def untrained(
    *, data: str, seed: int, color: bool = True, encoder: str = "small", device: str = "cpu"
) -> nn.Sequential:
    """Random weights, with the normalisation of a world's training pictures."""
    images = world(data, color=color)[0].images
    return start(images, encoder=encoder, device=device, seed=seed)[0]


def learn_labels(
    *,
    data: str,
    examples: int,
    seed: int,
    color: bool = True,
    encoder: str = "small",
    device: str = "cpu",
) -> models.Classifier:
    """Trained on all labels of a world's training pictures, in gray without ``color``."""
    train, _ = world(data, color=color)
    new, images = start(train.images, encoder=encoder, device=device, seed=seed)
    labels = train.labels.to(device)
    return supervised.pretrain(new, images, labels, examples=examples, seed=seed)[0]


# Ways of posing rotation, by name: pictures in [0, 1] to inputs and labels.
POSES = {
    "four": rotation.four_copies,
    "stamped": lambda x: rotation.four_copies(rotation.date_stamp(x)),
}


def learn_rotation(
    *,
    data: str,
    examples: int,
    seed: int,
    pose: str = "four",
    sun: str = "random",
    color: bool = True,
    encoder: str = "small",
    device: str = "cpu",
) -> models.Classifier:
    """Trained to tell the rotation of a world's training pictures; ``pose`` as in ``POSES``."""
    images = world(data, sun=sun, color=color)[0].images
    new, images = start(images, encoder=encoder, device=device, seed=seed)
    return rotation.pretrain(new, images, examples=examples, seed=seed, pose=POSES[pose])[0]


FLOOR = Recipe("floor", untrained)
SUPERVISED = Recipe("supervised", learn_labels)
ROTATION = Recipe("rotation", learn_rotation)

# ---------------------------------------------------------------- readings


def encoder_of(net: nn.Module) -> nn.Sequential:
    """The encoder of a classifier, or the encoder itself."""
    return net.encoder if isinstance(net, models.Classifier) else net


def probe(net: nn.Module, *, data: str, color: bool = True) -> dict[str, float]:
    """The ruler, on the world that the network was trained on."""
    return ruler.read(encoder_of(net), *world(data, color=color))


def transfer(net: nn.Module, *, data: str) -> dict[str, float]:
    """The ruler, linearly, on the other world."""
    return ruler.read(encoder_of(net), *world(OTHER[data]), readings=("linear",))


def factors(net: nn.Module) -> dict[str, float]:
    """The factor row on ToyWorld."""
    return ruler.factor_row(encoder_of(net))
