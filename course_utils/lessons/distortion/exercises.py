"""Exercise of lesson 02: surrogate labels."""

from collections.abc import Callable

import torch

from course_utils.exercises.checking import (
    Exercise,
    Message,
    called,
    not_a_tensor,
    not_two,
)
from course_utils.pretext import distortion


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
    "surrogate_batch": Exercise(
        reference=distortion.surrogate_batch,
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
