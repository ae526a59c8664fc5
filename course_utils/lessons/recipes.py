"""Recipes and readings that the recorded experiments of several lessons share."""

from torch import nn

from course_utils import models
from course_utils.data.worlds import OTHER, world
from course_utils.evaluate import ruler
from course_utils.pretext import rotation, supervised
from course_utils.records.plan import Recipe

# ---------------------------------------------------------------- recipes


def untrained(*, data: str, seed: int, color: bool = True) -> nn.Sequential:
    """Random weights, with the normalisation of a world's training pictures."""
    return models.small_encoder(world(data, color=color)[0].images, seed=seed)


def learn_labels(*, data: str, examples: int, seed: int) -> models.Classifier:
    """Trained on all labels of a world's training pictures."""
    train, _ = world(data)
    encoder = models.small_encoder(train.images, seed=seed)
    return supervised.pretrain(encoder, train.images, train.labels, examples=examples, seed=seed)[0]


# Ways of posing rotation, by name: pictures in [0, 1] to inputs and labels.
POSES = {
    "four": rotation.four_copies,
    "stamped": lambda x: rotation.four_copies(rotation.date_stamp(x)),
}


def learn_rotation(
    *, data: str, examples: int, seed: int, pose: str = "four", sun: str = "random"
) -> models.Classifier:
    """Trained to tell the rotation of a world's training pictures; ``pose`` as in ``POSES``."""
    images = world(data, sun=sun)[0].images
    encoder = models.small_encoder(images, seed=seed)
    return rotation.pretrain(encoder, images, examples=examples, seed=seed, pose=POSES[pose])[0]


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
