"""``python -m course_utils probe``: what the encoder of a run knows, beside random weights."""

import json
import statistics
from pathlib import Path

from torch import nn

from course_utils import runtime
from course_utils.data.worlds import world
from course_utils.encoders.shipped import chosen_stage
from course_utils.evaluate import ruler
from course_utils.evaluate.probes import linear_probe
from course_utils.lang import say
from course_utils.lessons.recipes import untrained
from course_utils.runs import folder as folders
from course_utils.runs.methods import methods


def probed_stages(
    encoder: nn.Sequential, data: str, *, color: bool = True
) -> dict[str, dict[str, float]]:
    """The linear probe on a world, in gray without ``color``, by stage: test accuracy with 10,000
    labels, with 500 (five draws), and the deviation over these draws.
    """
    train, test = world(data, color=color)
    index = ruler.labelled_pool(train)
    inside, outside = ruler.stages(encoder, train.images[index], test.images)
    probed = inside, train.labels[index], outside, test.labels
    many = linear_probe(*probed)
    few = linear_probe(*probed, n_labels=min(ruler.FEW, len(index)), draws=ruler.DRAWS)
    found = {
        stage: {
            "linear_10000": many[stage].accuracy,
            "linear_10000_validation": many[stage].held_out,
            "linear_500": few[stage].accuracy,
            "linear_500_spread": statistics.stdev(few[stage].accuracies),
        }
        for stage in many
    }
    return {s: {name: round(x, 5) for name, x in of.items()} for s, of in found.items()}


def probe_run(folder: Path) -> dict:
    """Read a finished run's encoder and random weights, say both, and keep them as ``probe.json``.

    An encoder that was trained on gray pictures is read on gray pictures, and so are the random
    weights beside it. Raises ``ValueError`` as ``folder.encoder_of_run``.
    """
    what = folders.about_run(folder)["what"]
    data, color = what["settings"]["data"], _color_of(what["method"])
    trained = folders.encoder_of_run(folder).to(runtime.device())
    build = {"seed": what["seed"], "encoder": what["settings"]["encoder"]}
    floor = untrained(data=data, color=color, device=str(runtime.device()), **build)
    found = {
        "color": color,
        "trained": probed_stages(trained, data, color=color),
        "random weights": probed_stages(floor, data, color=color),
    }
    text = json.dumps(found, indent=1) + "\n"
    runtime.replace_all({Path(folder) / folders.PROBE: text})
    _say(what, found)
    return found


def _color_of(name: str) -> bool:
    return next(recipe.color for recipe in methods().values() if recipe.name == name)


def _say(what: dict, found: dict) -> None:
    stages = {who: chosen_stage(found[who]) for who in ("trained", "random weights")}
    best = {who: found[who][stage] for who, stage in stages.items()}
    labels = min(ruler.LABELS, len(world(what["settings"]["data"])[0]))
    for figure, n in (("linear_10000", labels), ("linear_500", min(ruler.FEW, labels))):
        mine, floor = (100 * best[who][figure] for who in ("trained", "random weights"))
        say(
            ko=f"레이블 {n:,}개: {what['method']} {mine:.1f}%({stages['trained']}), 무작위 가중치 "
            f"{floor:.1f}%({stages['random weights']}), 차이 {mine - floor:+.1f}점",
            en=f"{n:,} labels: {what['method']} {mine:.1f} % ({stages['trained']}), random weights "
            f"{floor:.1f} % ({stages['random weights']}), {mine - floor:+.1f} points",
        )
