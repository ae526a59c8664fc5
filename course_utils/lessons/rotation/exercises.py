"""Exercises of lesson 03: rotation prediction."""

from collections.abc import Callable

import torch

from course_utils import models, runtime
from course_utils.evaluate import features
from course_utils.exercises.checking import Exercise, Message, called, not_a_tensor
from course_utils.pretext import rotation
from course_utils.views.streams import to_float


def _inputs() -> tuple[torch.Tensor, ...]:
    """Float and uint8 pictures ``(B, 3, 4, 4)``; every pixel has its own value, so none is symmetric.

    Two batch sizes and two types: a function that has one of them written into it must not pass.
    """
    pixels = torch.arange(5 * 3 * 4 * 4)
    return pixels[:96].view(2, 3, 4, 4) / 96, pixels[96:].view(3, 3, 4, 4).to(torch.uint8)


def _name_copies(copies: torch.Tensor, images: torch.Tensor) -> list[tuple[int, int, bool] | None]:
    """What each copy is: (picture, quarter turns, mirrored?), or None for anything else."""
    known = {}
    for i, picture in enumerate(images):
        for turns in range(4):
            turned = rotation.rotate(picture, turns)
            known[turned.flip(-1).contiguous().numpy().tobytes()] = (i, turns, True)
            known[turned.contiguous().numpy().tobytes()] = (i, turns, False)
    return [known.get(copy.contiguous().numpy().tobytes()) for copy in copies]


def _shape_problem(rotated: object, labels: object, images: torch.Tensor) -> Message | None:
    b = len(images)
    if not isinstance(rotated, torch.Tensor) or not isinstance(labels, torch.Tensor):
        kinds = f"{type(rotated).__name__}, {type(labels).__name__}"
        return Message(
            ko=f"텐서 두 개를 반환해야 하는데 자료형이 {kinds}입니다. "
            "`torch.cat`이나 `torch.tensor`로 하나의 텐서를 만드세요.",
            en=f"Two tensors should come back; these are {kinds}. "
            "Make one tensor with `torch.cat` or `torch.tensor`.",
        )
    if rotated.shape == images.shape:
        return Message(
            ko=f"이미지 {b}장을 넣었더니 {b}장이 나왔습니다. 이미지마다 한 각도만 고르지 말고 "
            "네 각도를 모두 담으세요.",
            en=f"{b} pictures went in and {b} came out. Keep all four rotations of each picture, "
            "not one.",
        )
    if rotated.ndim == 5:
        return Message(
            ko=f"사본의 형태가 {tuple(rotated.shape)}입니다. `torch.stack`은 새 축을 만듭니다. "
            "배치 축 하나에 4B장을 이어 붙이세요.",
            en=f"The copies have shape {tuple(rotated.shape)}. `torch.stack` makes a new axis; "
            "join all 4B pictures along the batch axis instead.",
        )
    if rotated.shape != (4 * b, *images.shape[1:]):
        return Message(
            ko=f"입력의 형태가 {tuple(images.shape)}이면 결과는 {(4 * b, *images.shape[1:])}이어야 하는데 "
            f"{tuple(rotated.shape)}입니다. 배치나 채널 축이 아니라 마지막 두 축(높이, 너비)을 "
            "돌렸는지 확인하세요.",
            en=f"From {tuple(images.shape)} should come {(4 * b, *images.shape[1:])}; it was "
            f"{tuple(rotated.shape)}. Turn the last two axes (height, width), not batch or channel.",
        )
    if labels.ndim == 2:
        return Message(
            ko=f"레이블의 형태가 {tuple(labels.shape)}입니다. 원-핫이 아니라 0, 1, 2, 3을 하나씩 담은 "
            f"({4 * b},) 형태여야 합니다.",
            en=f"The labels have shape {tuple(labels.shape)}. They should be the numbers 0 to 3, "
            f"shape ({4 * b},), not one-hot.",
        )
    if labels.shape != (4 * b,):
        return Message(
            ko=f"사본은 {4 * b}장인데 레이블의 형태는 {tuple(labels.shape)}입니다. 사본마다 레이블이 "
            "하나씩 있어야 합니다.",
            en=f"There are {4 * b} copies but the labels have shape {tuple(labels.shape)}. Give "
            "each copy one label.",
        )
    return None


def _label_problem(labels: torch.Tensor) -> Message | None:
    if set(labels.tolist()) == {0, 90, 180, 270}:
        return Message(
            ko="레이블이 0, 90, 180, 270입니다. 교차 엔트로피는 클래스 번호 0, 1, 2, 3을 받습니다.",
            en="The labels are 0, 90, 180, 270. Cross-entropy wants class numbers 0, 1, 2, 3.",
        )
    if set(labels.tolist()) == {1, 2, 3, 4}:
        return Message(
            ko="레이블이 1부터 4까지입니다. 클래스 번호는 0부터 셉니다.",
            en="The labels run from 1 to 4. Class numbers start at 0.",
        )
    if set(labels.tolist()) != {0, 1, 2, 3}:
        return Message(
            ko=f"레이블에 {sorted(set(labels.tolist()))}만 나옵니다. 0, 1, 2, 3이 모두 있어야 합니다.",
            en=f"The labels hold only {sorted(set(labels.tolist()))}; 0, 1, 2 and 3 should all occur.",
        )
    if labels.dtype != torch.int64:
        return Message(
            ko=f"레이블의 자료형이 {labels.dtype}입니다. 교차 엔트로피에 넘기려면 정수"
            "(`torch.int64`)여야 합니다.",
            en=f"The labels are {labels.dtype}. Cross-entropy needs whole numbers (`torch.int64`).",
        )
    return None


def _copies_problem(names: list, labels: list[int], b: int) -> Message | None:
    if None in names:
        return Message(
            ko="픽셀 값이 바뀌었거나 섞인 사본이 있습니다. 회전은 픽셀을 옮길 뿐 값은 그대로 둡니다. "
            "보간하는 함수나 `reshape`를 쓰지 않았는지 확인하세요.",
            en="Some copies have changed or scrambled pixels. A rotation moves pixels and keeps "
            "their values. Did you interpolate, or use `reshape`?",
        )
    if any(mirrored for _, _, mirrored in names):
        return Message(
            ko="거울처럼 뒤집힌 사본이 있습니다. 전치(transpose)만 하면 거울상이 됩니다. 90° 회전은 "
            "전치한 다음 한 축을 뒤집어야 합니다.",
            en="Some copies are mirror images. A transpose alone is a reflection; a turn by 90° is "
            "a transpose and then one flip.",
        )
    if len({(i, turns) for i, turns, _ in names}) < 4 * b:
        return Message(
            ko="같은 사본이 두 번 나옵니다. 이미지마다 0°, 90°, 180°, 270°가 한 번씩 있어야 합니다.",
            en="Some copies occur twice. Every picture should be there once at 0°, 90°, 180° and "
            "270°.",
        )
    truth = [turns for _, turns, _ in names]
    if labels == truth:
        return None
    if labels == [(4 - turns) % 4 for turns in truth]:
        return Message(
            ko="90°와 270°가 서로 바뀌었습니다. 레이블 1은 시계 반대 방향으로 90° 돌린 것입니다.",
            en="90° and 270° are exchanged. Label 1 means a turn by 90° counter-clockwise.",
        )
    if truth == [label * (label + 1) // 2 % 4 for label in labels]:
        return Message(
            ko="레이블 2와 3의 각도가 다릅니다. 이미 돌린 이미지를 또 돌린 것 같습니다. 각도마다 원본에서 시작하세요.",
            en="The angles of labels 2 and 3 are wrong, as if a picture that was already turned had been turned again. "
            "Start from the original for each angle.",
        )
    i, turns, _ = names[wrong := [x != y for x, y in zip(labels, truth, strict=True)].index(True)]
    return Message(
        ko=f"사본과 레이블의 순서가 다릅니다. 사본 {wrong}번은 이미지 {i}번을 {90 * turns}° 돌린 "
        f"것인데 레이블은 {labels[wrong]}입니다. `repeat`와 `repeat_interleave`의 순서를 비교해 "
        "보세요.",
        en=f"Copies and labels are in different orders. Copy {wrong} is picture {i} turned by "
        f"{90 * turns}°, but its label is {labels[wrong]}. Compare the orders that `repeat` and "
        "`repeat_interleave` give.",
    )


def _diagnose_four_copies(answer: Callable) -> Message | None:
    messages = (_diagnose_on(answer, images) for images in _inputs())
    return next((message for message in messages if message is not None), None)


def _diagnose_on(answer: Callable, images: torch.Tensor) -> Message | None:
    given = images.clone()
    result = called(answer, given)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return Message(
            ko="값 두 개(돌린 이미지, 레이블)를 `return rotated, labels`처럼 반환하세요.",
            en="Return two things, the rotated pictures and their labels: "
            "`return rotated, labels`.",
        )
    rotated, labels = result
    if not torch.equal(given, images):
        return Message(
            ko="넘겨받은 이미지가 바뀌었습니다. 제자리에서 고치지 말고 새 텐서를 만드세요.",
            en="The pictures handed in were changed. Make new tensors instead of writing into them.",
        )
    problem = _shape_problem(rotated, labels, images) or _label_problem(labels)
    if problem is not None:
        return problem
    if rotated.dtype != images.dtype:
        return Message(
            ko=f"이미지의 자료형은 {images.dtype}인데 결과는 {rotated.dtype}입니다. 자료형은 그대로 "
            "두세요.",
            en=f"{images.dtype} pictures became {rotated.dtype}. Keep the type.",
        )
    return _copies_problem(_name_copies(rotated, images), labels.tolist(), len(images))


# ---------------------------------------------------------------- features of a frozen encoder


def _diagnose_frozen_features(answer: Callable) -> Message | None:
    pictures = torch.randint(256, (6, 3, 16, 16), generator=runtime.generator(0)).to(torch.uint8)
    # Statistics of other pictures: whoever leaves the encoder in training mode gets other values.
    encoder = features.recalibrated(models.small_encoder(pictures), pictures // 2)
    images = to_float(pictures)
    expected = features.frozen_features(encoder, images)  # (6, 256)
    encoder.train()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    result = called(answer, encoder, images)
    problem = not_a_tensor(result)
    if problem is not None:
        return problem
    if any(not torch.equal(value, before[name]) for name, value in encoder.state_dict().items()):
        return Message(
            ko="배치 정규화의 통계가 바뀌었습니다. 동결했다면 바뀌지 않아야 합니다. 먼저 "
            "`encoder.eval()`을 부르세요.",
            en="The statistics of batch normalization have changed; in a frozen encoder they must "
            "not. Call `encoder.eval()` first.",
        )
    if result.ndim == 4:
        return Message(
            ko=f"결과의 형태가 {tuple(result.shape)}입니다. 높이와 너비를 평균해 (B, C)로 줄이세요.",
            en=f"The result has shape {tuple(result.shape)}. Average over height and width to get "
            "(B, C).",
        )
    if result.shape != expected.shape:
        return Message(
            ko=f"결과의 형태가 {tuple(result.shape)}입니다. {tuple(expected.shape)}이 되어야 합니다. 평균은 "
            "마지막 두 축(높이, 너비)에서만 냅니다.",
            en=f"The result has shape {tuple(result.shape)}; it should be {tuple(expected.shape)}. "
            "Average over the last two axes (height, width) only.",
        )
    if result.requires_grad:
        return Message(
            ko="결과에 그래디언트가 이어져 있습니다. `with torch.no_grad():` 안에서 계산하세요. 그래야 "
            "프로브가 인코더를 바꾸지 못하고 메모리도 아낍니다.",
            en="Gradients still flow into the result. Compute it inside `with torch.no_grad():`; then "
            "the probe cannot change the encoder, and memory is saved.",
        )
    if not torch.allclose(result, expected, atol=1e-4, rtol=1e-3):
        with torch.no_grad():
            largest = encoder.eval()(images).amax((2, 3))
        if torch.allclose(result, largest, atol=1e-4, rtol=1e-3):
            return Message(
                ko="높이와 너비에서 최댓값을 골랐습니다. 평균을 내세요.",
                en="The largest value over height and width was taken. Take the mean.",
            )
        return Message(
            ko="형태는 맞지만 값이 다릅니다. 인코더의 출력을 높이와 너비에서 평균했는지 확인하세요.",
            en="The shape is right but the values differ. Is it the mean of the encoder's output "
            "over height and width?",
        )
    return None


EXERCISES = {
    "four_copies": Exercise(
        reference=rotation.four_copies,
        uses=(rotation.rotate,),
        diagnose=_diagnose_four_copies,
        hints=(
            Message(
                ko="먼저 이미지 한 배치를 r번 돌리는 방법을 찾으세요. `torch.rot90`을 써도 됩니다. "
                "돌릴 축은 마지막 두 축입니다.",
                en="First find how to turn a whole batch r times. `torch.rot90` will do; the axes "
                "to turn are the last two.",
            ),
            Message(
                ko="r = 0, 1, 2, 3으로 돌린 배치 네 개를 배치 축으로 이어 붙이세요(`torch.cat`). "
                "그러면 처음 B장은 0°, 다음 B장은 90°입니다.",
                en="Join the batches turned r = 0, 1, 2, 3 times along the batch axis "
                "(`torch.cat`). Then the first B pictures are at 0°, the next B at 90°.",
            ),
            Message(
                ko="그 순서의 레이블은 0이 B개, 1이 B개, 2가 B개, 3이 B개입니다. "
                "`torch.arange(4)`의 각 값을 B번 반복하는 메서드를 찾아보세요.",
                en="In that order the labels are B zeros, B ones, B twos and B threes. Look for "
                "the method that repeats each value of `torch.arange(4)` B times.",
            ),
        ),
    ),
    "frozen_features": Exercise(
        reference=features.frozen_features,
        diagnose=_diagnose_frozen_features,
        hints=(
            Message(
                ko="동결에는 두 가지가 필요합니다. 배치 정규화를 평가 모드로 바꾸고, 그래디언트를 끕니다.",
                en="Freezing takes two things: batch normalization in evaluation mode, and no gradients.",
            ),
            Message(
                ko="`encoder(images)`의 형태는 (B, C, H, W)입니다. 축 2와 3에서 평균하세요.",
                en="`encoder(images)` has shape (B, C, H, W). Average over the axes 2 and 3.",
            ),
            Message(
                ko="`encoder.eval()`을 부르고, `with torch.no_grad():` 안에서 `encoder(images).mean((2, 3))`을 구하세요.",
                en="Call `encoder.eval()`, and inside `with torch.no_grad():` take `encoder(images).mean((2, 3))`.",
            ),
        ),
    ),
}
