"""What lesson 03 says of light from below: by the record, and by the reader's own two networks."""

from collections.abc import Mapping

import torch

from course_utils.evaluate import comparisons
from course_utils.exercises import claim, folded_claims, gain, loss
from course_utils.figures import dots
from course_utils.figures.style import Picture
from course_utils.lang import say, table
from course_utils.lessons.rotation import findings
from course_utils.records.read import recorded

_LIGHTS = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


def _under(kind: str, data: str) -> dict[float, torch.Tensor]:
    record = recorded("rotation")
    return {s: record.figures("light", f"{kind}{s:+.1f}", **findings.long(data)) for s in _LIGHTS}


def _say_of_errors(
    right: Mapping[float, torch.Tensor], upside: Mapping[float, torch.Tensor], ramp: torch.Tensor
) -> None:
    """Say how many wrong answers are upside down, and what light alone gives away."""
    turned_over = [f"{(upside[s] / (1 - right[s])).mean():.0%}" for s in (0.0, 0.3)]
    say(
        ko=f"CIFAR-10의 오답 가운데 정반대인 것: 빛을 바꾸지 않으면 {turned_over[0]}, 아래에서 0.3으로 "
        f"비추면 {turned_over[1]}.\n아무것도 없는 회색 이미지에 위에서 빛만 비추어도 {ramp.mean():.0%}를 "
        "맞힙니다(우연 수준 25%).",
        en=f"Wrong answers on CIFAR-10 that are upside down: {turned_over[0]} without added light, "
        f"{turned_over[1]} lit by 0.3 from below.\nFor plain gray lit only from above, "
        f"{ramp.mean():.0%} of the angles are right (chance 25%).",
    )


def answers() -> Picture:
    """What is said of photographs lit from below, from above, and from both ends."""
    right, upside, both = (_under(kind, "cifar10") for kind in ("right", "upside", "both"))
    with folded_claims():
        claim(
            ko="CIFAR-10의 기록: 아래에서 0.3으로 비추면 각도를 덜 맞힙니다.",
            en="Recorded on CIFAR-10: with light of 0.3 from below fewer angles are right.",
            by=loss(comparisons.over_seeds(right[0.3], right[0.0])),
        )
        claim(
            ko="같은 세기로 양쪽 끝을 밝히면, 아래에서 비출 때보다 더 맞힙니다.",
            en="Brightening both ends as much leaves more right than light from below.",
            by=gain(comparisons.over_seeds(both[0.3], right[0.3])),
        )
        claim(
            ko="위에서 0.1로 약하게 비추면 그대로 둘 때보다 더 맞힙니다.",
            en="With weak light of 0.1 from above more are right than with none.",
            by=gain(comparisons.over_seeds(right[-0.1], right[0.0])),
        )
        claim(
            ko="아래에서 0.5로 비추면 정답보다 정반대의 답이 더 많습니다.",
            en="With light of 0.5 from below more answers are upside down than right.",
            by=gain(comparisons.over_seeds(upside[0.5], right[0.5])),
        )
        ramp = recorded("rotation").figures("light", "ramp", **findings.long("cifar10"))
        claim(
            ko="아무것도 없는 회색 이미지에 위에서 빛만 비추어도 각도를 우연 수준보다 자주 맞힙니다.",
            en="For plain gray lit from above, more angles are right than by chance.",
            by=gain(comparisons.over_seeds(ramp, torch.full_like(ramp, 1 / 4))),
        )
    _say_of_errors(right, upside, ramp)
    series = {
        ("CIFAR-10: 정답", "CIFAR-10: right"): right,
        ("CIFAR-10: 정반대로 답함", "CIFAR-10: upside down"): upside,
        ("CIFAR-10 대조: 양쪽 끝을 밝게", "CIFAR-10 control: both ends"): both,
        ("ToyWorld: 정답", "ToyWorld: right"): _under("right", "toyworld"),
    }
    return dots.lines(
        {
            name: {s: comparisons.mean_over_seeds(v) for s, v in points.items()}
            for name, points in series.items()
        },
        x_label=(
            "아래에서 비추는 빛의 세기(음수는 위에서 비춤)",
            "light from below (negative: from above)",
        ),
        y_label=("답의 비율", "share of the answers"),
        chance=1 / 4,
    )


def fooled(right: Mapping[str, Mapping[float, float]]) -> None:
    """Say how the first and the mended network do in each light, and how far each falls.

    ``right["first"]`` and ``right["mended"]``: the share of angles that are right, in [0, 1], by
    the strength of the light from below; 0 and 0.3 among them.
    """
    names = {"first": ("처음 신경망", "first network"), "mended": ("고친 신경망", "mended network")}
    table(
        [
            ("아래에서 비추는 빛(음수는 위에서)", "light from below (negative: above)"),
            *[f"{s:+.1f}" for s in right["first"]],
        ],
        [[names[net], *[f"{x:.0%}" for x in shares.values()]] for net, shares in right.items()],
    )
    lit, plain = ([round(100 * right[net][s]) for net in names] for s in (0.3, 0.0))
    first, mended = (after - before for after, before in zip(lit, plain, strict=True))
    say(
        ko=f"아래에서 0.3으로 비출 때 정확도의 변화는 처음 신경망에서 {first:+d}%p, 고친 신경망에서 "
        f"{mended:+d}%p입니다. 빛을 더하지 않으면 처음 신경망은 {plain[0]}%, 고친 신경망은 {plain[1]}%를 "
        "맞힙니다.",
        en=f"Lit by 0.3 from below, the first network's accuracy changes by {first:+d} points, "
        f"the mended one's by {mended:+d}. Without added light, the first gets {plain[0]}% of the "
        f"angles right, the mended one {plain[1]}%.",
    )
