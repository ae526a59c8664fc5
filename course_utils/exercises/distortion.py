"""Exercises of lesson 02: gradient energy, one affine matrix, surrogate labels."""

from collections.abc import Callable

import torch

from course_utils import runtime
from course_utils.exercises.checking import (
    Exercise,
    Message,
    called,
    changed,
    not_a_tensor,
    not_two,
)
from course_utils.pretext import exemplar


def _tensor_problem(result: object, shape: tuple[int, ...]) -> Message | None:
    problem = not_a_tensor(result)
    if problem is not None:
        return problem
    if result.shape != shape:
        return Message(
            ko=f"결과의 형태가 {tuple(result.shape)}입니다. {shape}이어야 합니다.",
            en=f"The result has shape {tuple(result.shape)}; it should be {shape}.",
        )
    return None


# ---------------------------------------------------------------- gradient energy


def _diagnose_gradient_energy(answer: Callable) -> Message | None:
    images = torch.rand(2, 3, 6, 9, generator=runtime.generator(0))
    given = images.clone()
    result = called(answer, given)
    problem = changed((given, images))
    if problem is not None:
        return problem
    if isinstance(result, torch.Tensor) and result.shape == images.shape:
        return Message(
            ko="채널마다 값이 따로 있습니다. 채널에서 평균해 픽셀마다 숫자 하나로 만드세요.",
            en="There is a value for each channel. Average over the channels: one number a pixel.",
        )
    problem = _tensor_problem(result, (2, 6, 9))
    if problem is not None:
        return problem
    down, right = torch.gradient(images, dim=(2, 3))
    mistakes = (
        (
            (down.square() + right.square()).sqrt().mean(1),
            Message(
                ko="그래디언트의 크기입니다. 논문은 크기의 제곱을 씁니다. 제곱근을 빼세요.",
                en="This is the magnitude of the gradient. The paper uses its square: leave out the root.",
            ),
        ),
        (
            (down + right).square().mean(1),
            Message(
                ko="두 방향을 더한 다음 제곱했습니다. 반대 부호끼리 지워집니다. 방향마다 제곱한 다음 더하세요.",
                en="The two directions were added and then squared, so opposite signs cancel. Square each, "
                "then add.",
            ),
        ),
        (
            down.mean(1).square() + right.mean(1).square(),
            Message(
                ko="채널을 먼저 평균하고 제곱했습니다. 밝기는 같고 색만 다른 경계를 놓칩니다. 제곱한 다음 평균하세요.",
                en="The channels were averaged before squaring, which misses edges between colors of equal "
                "brightness. Square first, then average.",
            ),
        ),
        (
            right.square().mean(1),
            Message(
                ko="가로 방향만 보았습니다. 세로 방향의 변화도 더하세요.",
                en="Only the horizontal direction counts here. Add the vertical one.",
            ),
        ),
        (
            down.square().mean(1),
            Message(
                ko="세로 방향만 보았습니다. 가로 방향의 변화도 더하세요.",
                en="Only the vertical direction counts here. Add the horizontal one.",
            ),
        ),
        (
            (down.square() + right.square()).sum(1),
            Message(
                ko="채널에서 더했습니다. 평균을 내세요.",
                en="The channels were added up. Take their mean.",
            ),
        ),
        (
            (down.abs() + right.abs()).mean(1),
            Message(
                ko="절댓값을 더했습니다. 제곱을 더하세요.",
                en="Absolute values were added. Add squares.",
            ),
        ),
    )
    expected = exemplar.gradient_energy(images)
    inner = (slice(None), slice(1, -1), slice(1, -1))  # what is done at the border is free

    def near(other):
        return torch.allclose(result[inner].float(), other[inner], atol=1e-5, rtol=1e-3)

    if near(expected):
        return None
    for wrong, message in mistakes:
        if near(wrong):
            return message
    if near(2 * expected) or near(4 * expected):
        return Message(
            ko="모든 값이 너무 큽니다. 차이를 2로 나눈 다음 제곱하세요. 제곱한 값에서는 4로 나눈 것과 같습니다.",
            en="All values are too large. Halve the difference first, then square it: that divides the square by 4.",
        )
    across = sum(g.square() for g in torch.gradient(images, dim=(1, 2))).mean(1)
    if near(across):
        return Message(
            ko="채널 축과 세로 축에서 구했습니다. 이미지는 (B, C, H, W)이니 마지막 두 축(2, 3)에서 구하세요.",
            en="This is taken along channels and height. Pictures are (B, C, H, W): use the last two axes (2, 3).",
        )
    steps = torch.zeros_like(images)
    steps[..., :-1, :] += (images[..., 1:, :] - images[..., :-1, :]).square()
    steps[..., :-1] += (images[..., 1:] - images[..., :-1]).square()
    if any(near(s * steps.mean(1)) for s in (1, 0.25)):
        return Message(
            ko="다음 픽셀과의 차이를 썼습니다. 양옆 픽셀의 차이를 2로 나누는 중앙 차분을 쓰세요(`torch.gradient`).",
            en="These are differences to the next pixel. Use central differences: the two neighbors, "
            "halved (`torch.gradient`).",
        )
    return Message(
        ko=f"픽셀 (1, 1)에서 {float(result[0, 1, 1]):.4f}이 나왔는데 {float(expected[0, 1, 1]):.4f}이어야 합니다.",
        en=f"At pixel (1, 1) it gave {float(result[0, 1, 1]):.4f} instead of {float(expected[0, 1, 1]):.4f}.",
    )


# ---------------------------------------------------------------- one affine matrix


def _diagnose_sampling_matrix(answer: Callable) -> Message | None:
    side, angle, scale, shift = 10.0, 30.0, 1.25, (0.1, -0.2)
    result = called(answer, angle, scale, shift, side)
    if isinstance(result, list | tuple):
        result = torch.tensor(result)
    problem = _tensor_problem(result, (2, 3))
    if problem is not None:
        return problem
    result = result.float()

    expected = exemplar.one_matrix(angle, scale, shift, side)
    linear = expected[:, :2]
    moved = torch.tensor(shift)[:, None] * side
    near = lambda other: torch.allclose(result, other, atol=1e-4, rtol=1e-3)  # noqa: E731
    if near(expected):
        return None
    radians = torch.tensor(angle)
    unconverted = torch.stack(
        [torch.stack([radians.cos(), -radians.sin()]), torch.stack([radians.sin(), radians.cos()])]
    )
    mistakes = (
        (
            torch.cat([linear, -linear @ moved], 1),
            Message(
                ko="사진에서 사본으로 가는 행렬을 뒤집은 것 같습니다. 이동의 부호가 바뀌고 함께 돌아갔습니다. 사본의 픽셀에서 "
                "출발해 마지막에 이동을 더하세요.",
                en="This looks like the inverse of a matrix from photograph to copy: the shift has the wrong sign and is "
                "turned. Start from the pixel of the copy and add the shift last.",
            ),
        ),
        (
            torch.cat([linear, moved / 2], 1),
            Message(
                ko="이동이 절반입니다. 비율에 side의 절반이 아니라 side를 곱하세요.",
                en="The shift is half of what it should be. Multiply the share by side, not by half of it.",
            ),
        ),
        (
            exemplar.one_matrix(-angle, scale, shift, side),
            Message(
                ko="반대쪽으로 돌았습니다. 내용이 시계 반대 방향으로 돌려면 창은 시계 방향으로 돌아야 하고, y축은 아래를 향합니다.",
                en="It turns the other way. For the content to turn counter-clockwise the window turns "
                "clockwise, and y points down.",
            ),
        ),
        (
            exemplar.one_matrix(angle, 1 / scale, shift, side),
            Message(
                ko="크기가 거꾸로입니다. 내용이 커지려면 창은 작아져야 합니다. 1 / scale을 곱하세요.",
                en="The scale is upside down. For the content to grow the window must shrink: multiply by "
                "1 / scale.",
            ),
        ),
        (
            torch.cat([linear, linear @ moved], 1),
            Message(
                ko="옮긴 다음 돌렸습니다. 순서는 크기, 회전, 이동입니다. 옮긴 거리는 돌지 않습니다.",
                en="It shifts first and turns afterwards. The order is scale, turn, shift: the shift is not "
                "turned.",
            ),
        ),
        (
            torch.cat([linear, moved / side], 1),
            Message(
                ko="이동이 패치 한 변의 비율 그대로입니다. side를 곱해 픽셀로 바꾸세요.",
                en="The shift is still a share of the patch's side. Multiply by side to get pixels.",
            ),
        ),
        (
            torch.cat([linear, moved.flip(0)], 1),
            Message(
                ko="x와 y가 바뀌었습니다. translation은 (x, y) 순서입니다.",
                en="x and y are exchanged. The translation is (x, y).",
            ),
        ),
        (
            torch.cat([unconverted / scale, moved], 1),
            Message(
                ko="각도를 라디안으로 바꾸지 않았습니다. `math.radians`를 쓰세요.",
                en="The angle was not turned into radians. Use `math.radians`.",
            ),
        ),
    )
    for wrong, message in mistakes:
        if near(wrong):
            return message
    return Message(
        ko=f"rotation=30, scale=1.25, translation=(0.1, -0.2), side=10에서 {[[round(v, 3) for v in r] for r in result.tolist()]}이 "
        "나왔습니다. 1 / scale로 줄인 회전 행렬 옆에 이동을 붙이세요.",
        en=f"For rotation=30, scale=1.25, translation=(0.1, -0.2), side=10 it gave {[[round(v, 3) for v in r] for r in result.tolist()]}. "
        "Put the shift beside the rotation matrix times 1 / scale.",
    )


# ---------------------------------------------------------------- surrogate labels


def _diagnose_surrogate_batch(answer: Callable) -> Message | None:
    for n, copies in ((5, 3), (4, 6)):
        seeds = 1 + torch.arange(n).float()[:, None, None, None].expand(n, 3, 4, 4)
        calls = []

        def distort(images, calls=calls):
            first = sum(calls)
            calls.append(len(images))
            numbers = torch.arange(first, first + len(images))  # no two copies are distorted alike
            return images + 0.01 * (1 + numbers)[:, None, None, None]

        result = called(answer, seeds.clone(), copies, distort)
        problem = not_two(result, "patches, labels")
        if problem is not None:
            return problem
        patches, labels = result
        problem = _tensor_problem(patches, (n * copies, 3, 4, 4))
        if problem is not None:
            return problem
        if isinstance(labels, torch.Tensor) and labels.shape == (n,):
            return Message(
                ko=f"사본은 {n * copies}장인데 레이블은 {n}개입니다. 사본마다 레이블이 하나씩 있어야 합니다.",
                en=f"There are {n * copies} copies and {n} labels. Every copy needs one.",
            )
        problem = _tensor_problem(labels, (n * copies,))
        if problem is not None:
            return problem
        if labels.dtype != torch.int64:
            return Message(
                ko=f"레이블의 자료형이 {labels.dtype}입니다. 정수(`torch.int64`)여야 합니다.",
                en=f"The labels are {labels.dtype}; they should be whole numbers (`torch.int64`).",
            )
        if not calls:
            return Message(
                ko="왜곡하지 않았습니다. 사본을 `distort`에 넣으세요.",
                en="Nothing was distorted. Pass the copies through `distort`.",
            )
        plain = patches[:, 0, 0, 0]  # seed i holds i + 1, and a little more for its distortion
        if torch.equal(plain, plain.round()):
            return Message(
                ko="사본이 왜곡되지 않았습니다. `distort`는 새 배치를 돌려줍니다. 돌려준 것을 쓰세요.",
                en="The copies are not distorted. `distort` returns a new batch: use what it returns.",
            )
        if (plain == plain.round()).any():
            return Message(
                ko="왜곡하지 않은 표본이 사본에 섞여 있습니다. 사본은 모두 `distort`를 거쳐야 합니다.",
                en="Some copies are the seeds as they were. Every copy has to go through `distort`.",
            )
        if len(plain.unique()) < n * copies:
            return Message(
                ko="똑같이 왜곡된 사본이 있습니다. 표본을 먼저 되풀이한 다음 왜곡해야 사본마다 달라집니다.",
                en="Some copies are distorted alike. Repeat the seeds first and distort afterwards, so that each copy differs.",
            )
        truth = (plain - 1).floor().long()
        if torch.equal(labels, truth):
            continue
        if len(labels.unique()) == copies and copies != n:
            return Message(
                ko="사본의 번호를 레이블로 썼습니다. 레이블은 몇 번째 사본인지가 아니라 어느 표본에서 왔는지입니다.",
                en="The label is the number of the copy. It should say which seed a copy came from.",
            )
        if torch.equal(labels, torch.arange(n * copies)):
            return Message(
                ko="사본마다 다른 클래스가 되었습니다. 한 표본의 사본은 모두 같은 클래스입니다.",
                en="Every copy became a class of its own. All copies of a seed are one class.",
            )
        if torch.equal(labels - 1, truth):
            return Message(
                ko="레이블을 1부터 셌습니다. 클래스 번호는 0부터 셉니다.",
                en="The labels start at 1. Class numbers start at 0.",
            )
        wrong = int((labels != truth).nonzero()[0])
        return Message(
            ko=f"사본과 레이블의 순서가 다릅니다. 사본 {wrong}번은 표본 {int(truth[wrong])}에서 왔는데 레이블은 "
            f"{int(labels[wrong])}입니다. `repeat`와 `repeat_interleave`의 순서를 비교하세요.",
            en=f"Copies and labels are in different orders. Copy {wrong} comes from seed {int(truth[wrong])}, but its "
            f"label is {int(labels[wrong])}. Compare the orders of `repeat` and `repeat_interleave`.",
        )
    return None


EXERCISES = {
    "gradient_energy": Exercise(
        reference=exemplar.gradient_energy,
        diagnose=_diagnose_gradient_energy,
        hints=(
            Message(
                ko="세로와 가로로 얼마나 변하는지 따로 구하세요. `torch.gradient(images, dim=(2, 3))`이 둘을 줍니다.",
                en="Find the change down and to the right separately; `torch.gradient(images, dim=(2, 3))` "
                "gives both.",
            ),
            Message(
                ko="각각 제곱해서 더하면 그래디언트 크기의 제곱입니다.",
                en="The sum of their squares is the squared magnitude of the gradient.",
            ),
            Message(
                ko="마지막으로 채널 축(1)에서 평균하세요.",
                en="At last, average over the channel axis (1).",
            ),
        ),
    ),
    "sampling_matrix": Exercise(
        reference=exemplar.one_matrix,
        uses=(exemplar.sampling_matrix,),
        diagnose=_diagnose_sampling_matrix,
        hints=(
            Message(
                ko="사본의 픽셀에서 출발해 그 픽셀이 사진의 어디에서 오는지 따라가세요.",
                en="Start from a pixel of the copy and follow where in the picture it comes from.",
            ),
            Message(
                ko="내용을 키우려면 창을 줄이고, 내용을 시계 반대 방향으로 돌리려면 창을 시계 방향으로 돌립니다.",
                en="To enlarge the content, shrink the window; to turn the content counter-clockwise, turn the "
                "window clockwise.",
            ),
            Message(
                ko="y가 아래를 향하면 [[cos, -sin], [sin, cos]]이 시계 방향입니다. 1 / scale을 곱하고, 옆에 side · shift를 붙이세요.",
                en="With y pointing down, [[cos, -sin], [sin, cos]] turns clockwise. Multiply by 1 / scale and put "
                "side · shift beside it.",
            ),
        ),
    ),
    "surrogate_batch": Exercise(
        reference=exemplar.surrogate_batch,
        diagnose=_diagnose_surrogate_batch,
        hints=(
            Message(
                ko="먼저 표본을 사본 수만큼 되풀이한 다음 왜곡하세요.",
                en="Repeat the seeds as often as there are copies, then distort.",
            ),
            Message(
                ko="`seeds.repeat_interleave(copies, 0)`은 한 표본의 사본을 붙여 놓습니다.",
                en="`seeds.repeat_interleave(copies, 0)` puts the copies of a seed next to one another.",
            ),
            Message(
                ko="레이블도 같은 순서로 되풀이하세요. `torch.arange(len(seeds))`에서 시작합니다.",
                en="Repeat the labels in the same order, starting from `torch.arange(len(seeds))`.",
            ),
        ),
    ),
}
