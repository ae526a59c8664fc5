"""What lesson 08 measures on pairs of patches: how triplets are ordered, and by what."""

import torch

from course_utils import losses, runtime
from course_utils.data.worlds import without_color
from course_utils.evaluate import ruler
from course_utils.pretext.pairs import Pairs, true_pairs
from course_utils.pretext.tracking import NEGATIVES
from course_utils.views.streams import to_float

LABELLED, TEST, LABELS = 600, 400, 1500  # clips, clips, labelled patches


def ordered(z: torch.Tensor, clips: torch.Tensor, seed: int) -> float:
    """In how many triplets X⁺ is nearer to X than a patch of another clip.

    Embeddings ``(2N, D)``, X first, and the clips ``(N,)``.
    """
    x, positive = z.chunk(2)
    allowed = clips[:, None] != clips.repeat(2)
    negatives = z[losses.random_negatives(allowed, NEGATIVES, runtime.generator(seed))]
    near = losses.cosine_distance(x, positive)[:, None]
    return (near < losses.cosine_distance(x[:, None], negatives)).float().mean().item()


def mean_color(patches: torch.Tensor) -> torch.Tensor:
    """The mean colour of uint8 patches ``(N, 3, S, S)``, gray taken as the origin: ``(N, 3)``."""
    return to_float(patches).mean((2, 3)) - 0.5


def labelled_patches(color: bool = True) -> tuple[Pairs, Pairs]:
    """Pairs with known kinds, to fit a probe on and to test it: test clips of other photographs."""
    known = true_pairs(LABELLED, "train", 99, color=color)
    return known, true_pairs(TEST, "test", 0, color=color)


def kinds_from_patches(encoder, *, color: bool = True, gray: bool = False) -> dict[str, float]:
    """The ruler on patches around things with 1,500 labels; ``gray``: the patches lose their
    colour.
    """
    known, unknown = labelled_patches(color)
    shown = [known.patches[:LABELS, 0], unknown.patches[:, 0]]
    inside, outside = ruler.stages(encoder, *(without_color(x) if gray else x for x in shown))
    return ruler.read_features(
        inside, known.kinds[:LABELS], outside, unknown.kinds, sizes=(LABELS,)
    )
