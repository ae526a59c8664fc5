"""Exercises of lesson 03: rotation prediction."""

from collections.abc import Callable

import torch

from course_utils import evaluate, losses, models, runtime
from course_utils.exercises.checking import Exercise, Message, called, not_a_tensor
from course_utils.pretext import rotation


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


# ---------------------------------------------------------------- accuracy of a batch


def _diagnose_accuracy(answer: Callable) -> Message | None:
    generator = runtime.generator(1)
    for rows, classes in ((8, 4), (5, 10)):
        logits = torch.randn(rows, classes, generator=generator)
        labels = logits.argmax(1)
        labels[:2] = (labels[:2] + 1) % classes  # two wrong answers
        result = called(answer, logits, labels)
        if isinstance(result, float | int):
            result = torch.tensor(float(result))
        problem = not_a_tensor(result)
        if problem is not None:
            return problem
        if result.numel() != 1:
            return Message(
                ko=f"숫자 하나가 나와야 하는데 형태가 {tuple(result.shape)}입니다. 맞힌 비율이 되도록 "
                "평균을 내세요.",
                en=f"One number should come back; this has shape {tuple(result.shape)}. Take the "
                "mean, so that it is a share.",
            )
        seen, right = float(result), (rows - 2) / rows
        if abs(seen - right) < 1e-5:
            continue
        if abs(seen - (rows - 2)) < 1e-4:
            return Message(
                ko=f"{rows}개 가운데 {rows - 2}개를 맞힌 입력에 {seen:g}을 반환했습니다. 개수가 아니라 비율이 "
                "필요합니다.",
                en=f"With {rows - 2} of {rows} right it gave {seen:g}. Give the share, not the count.",
            )
        if abs(seen - 100 * right) < 1e-2:
            return Message(
                ko="퍼센트가 아니라 0부터 1까지의 비율을 반환하세요.",
                en="Give a share from 0 to 1, not percent.",
            )
        crossed = (logits.argmax(1, keepdim=True) == labels).float().mean()
        if abs(seen - float(crossed)) < 1e-5:
            return Message(
                ko="모든 예측을 모든 레이블과 견주었습니다. (B, 1)과 (B,)를 비교하면 (B, B)가 됩니다. `keepdim`을 빼거나 "
                "형태를 (B,)로 맞추세요.",
                en="Every prediction was compared with every label: (B, 1) against (B,) is (B, B). Leave out `keepdim`, or "
                "bring both to (B,).",
            )
        probability = logits.softmax(1).gather(1, labels[:, None]).mean()
        if abs(seen - float(probability)) < 1e-5:
            return Message(
                ko="정답에 준 확률의 평균입니다. 정확도는 맞혔는지만 셉니다. 가장 큰 로짓의 번호를 레이블과 비교하세요.",
                en="This is the mean probability of the truth. Accuracy only counts what is right: compare the index of "
                "the largest logit with the label.",
            )
        if abs(seen - (1 - right)) < 1e-5:
            return Message(
                ko="틀린 비율을 반환했습니다. 같은지를 비교했는지 확인하세요.",
                en="This is the share of wrong answers. Compare for equality.",
            )
        return Message(
            ko=f"{rows}개 가운데 {rows - 2}개를 맞힌 입력에 {seen:.3f}을 반환했습니다. 행마다 가장 큰 로짓의 "
            "번호를 레이블과 비교하세요. `argmax`의 축은 1입니다.",
            en=f"With {rows - 2} of {rows} right it gave {seen:.3f}. Compare the index of the largest "
            "logit of each row with the label; the axis of `argmax` is 1.",
        )
    return None


# ---------------------------------------------------------------- features of a frozen encoder


def _diagnose_frozen_features(answer: Callable) -> Message | None:
    encoder = models.small_encoder()
    images = torch.randn(6, 3, 16, 16, generator=runtime.generator(0))
    models.calibrate_batchnorm(encoder, [images * 2 + 1])
    expected = evaluate.frozen_features(encoder, images)  # (6, 256)
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


# ---------------------------------------------------------------- pictures without an upright


def _pictures_by_symmetry() -> tuple[torch.Tensor, torch.Tensor]:
    """Seven pictures ``(7, 3, 4, 4)``, and whether a rotation leaves them alone, bool ``(7,)``."""
    plain = torch.randint(100, (3, 4, 4), generator=runtime.generator(0))
    half = plain + rotation.rotate(plain, 2)
    quarter = half + rotation.rotate(half, 1)
    pictures = [plain, half, quarter, plain + plain.flip(-1), plain + plain.flip(-2)]
    for channel in (0, 2):  # a single pixel, in one channel, breaks the symmetry
        nearly = half.clone()
        nearly[channel, 1, 2] += 1
        pictures.append(nearly)
    return torch.stack(pictures), torch.tensor([False, True, True, False, False, False, False])


def _diagnose_has_no_upright(answer: Callable) -> Message | None:
    images, expected = _pictures_by_symmetry()
    result = called(answer, images)
    problem = not_a_tensor(result)
    if problem is not None:
        return problem
    if result.shape != expected.shape:
        return Message(
            ko=f"이미지 일곱 장을 넣으면 (7,) 형태가 나와야 하는데 {tuple(result.shape)}입니다. 이미지마다 "
            "픽셀이 모두 같은지 보세요(`flatten(1).all(1)`).",
            en=f"Seven pictures should give shape (7,); this is {tuple(result.shape)}. Ask for each "
            "picture whether all its pixels agree (`flatten(1).all(1)`).",
        )
    seen = result.bool()
    if torch.equal(seen, expected):
        return None
    if torch.equal(seen, ~expected):
        return Message(
            ko="참과 거짓이 뒤바뀌었습니다. 알 수 없는 이미지가 참입니다.",
            en="True and false are exchanged. True means that the label cannot be known.",
        )
    if seen.all():
        return Message(
            ko="모든 이미지가 참입니다. 0° 돌린 것, 곧 그대로인 이미지까지 견준 것은 아닌가요? 픽셀의 합이나 차이의 합은 "
            "돌려도 늘 같으니, 픽셀마다 견주세요.",
            en="Every picture is True. Was it also compared with itself turned by 0°? And a sum of pixels, or of "
            "differences, never changes with a turn: compare pixel by pixel.",
        )
    if not seen.any() and torch.as_tensor(called(answer, images[1:2])).all():
        return Message(
            ko="한 장만 넣으면 맞지만 여러 장을 넣으면 모두 거짓입니다. 배치 전체를 한꺼번에 견주지 말고 이미지마다 견주세요.",
            en="One picture alone is right, but in a batch all are False. Compare picture by picture, not the whole "
            "batch at once.",
        )
    across = (torch.rot90(images, 2, (1, 2)) == images).flatten(1).all(1)
    if not seen.any() or torch.equal(seen, across):
        return Message(
            ko="높이와 너비가 아닌 축에서 돌린 것 같습니다. 이미지는 (B, C, H, W)이니 마지막 두 축에서 돌리세요.",
            en="It seems to turn other axes than height and width. Pictures are (B, C, H, W): turn the last two.",
        )
    if seen[5] or seen[6]:
        return Message(
            ko="픽셀 하나만 다른 이미지까지 골랐습니다. 모든 채널의 모든 픽셀이 같아야 합니다.",
            en="It also picks pictures in which one pixel differs. All pixels of all channels must "
            "agree.",
        )
    if seen[3] or seen[4]:
        return Message(
            ko="거울 대칭인 이미지까지 골랐습니다. 얼굴은 좌우 대칭이어도 위아래가 분명합니다. 뒤집지 말고 "
            "돌려서 비교하세요.",
            en="It also picks pictures with mirror symmetry. A face is symmetric and still has an "
            "upright. Compare with rotations, not flips.",
        )
    if not seen[1]:
        return Message(
            ko="180° 돌렸을 때만 같은 이미지를 놓쳤습니다. 글자 S나 N이 그렇습니다. 그런 이미지는 0°와 180°를 "
            "구별할 수 없습니다.",
            en="It misses pictures that only a half turn leaves alone, such as the letters S and N. "
            "For them 0° and 180° cannot be told apart.",
        )
    return Message(
        ko=f"대칭이 없음, 반 바퀴, 반의반 바퀴, 좌우 거울, 상하 거울, 거의 대칭 둘의 순서로 {seen.tolist()}가 나왔습니다.",
        en="For no symmetry, a half turn, a quarter turn, two mirrors and two near misses "
        f"it gave {seen.tolist()}.",
    )


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
    "accuracy": Exercise(
        reference=losses.accuracy,
        diagnose=_diagnose_accuracy,
        hints=(
            Message(
                ko="신경망의 답은 행마다 가장 큰 로짓의 번호입니다.",
                en="The network's answer is the index of the largest logit in each row.",
            ),
            Message(
                ko="같은지 비교하면 참과 거짓이 나옵니다. 평균을 내기 전에 `float()`로 바꾸세요.",
                en="Comparing gives true and false. Make them numbers with `float()` before the mean.",
            ),
            Message(
                ko="`logits.argmax(1)`을 `labels`와 비교하고, `float()`로 바꾼 다음 `mean()`을 구하세요.",
                en="Compare `logits.argmax(1)` with `labels`, make it `float()`, and take the `mean()`.",
            ),
        ),
    ),
    "frozen_features": Exercise(
        reference=evaluate.frozen_features,
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
    "has_no_upright": Exercise(
        reference=rotation.has_no_upright,
        uses=(rotation.rotate,),
        diagnose=_diagnose_has_no_upright,
        hints=(
            Message(
                ko="돌린 이미지가 원래 이미지와 같다면 두 레이블을 구별할 수 없습니다.",
                en="If the turned picture equals the picture, its two labels cannot be told apart.",
            ),
            Message(
                ko="세 각도를 다 볼 필요가 있을까요? 90° 돌려도 같은 이미지는 한 번 더 돌려도 같습니다.",
                en="Do you need all three angles? What a turn by 90° leaves alone, a second one does too.",
            ),
            Message(
                ko="180° 돌린 사본과 비교하고(`torch.rot90(images, 2, (2, 3))`), 사진마다 모든 픽셀이 같은지 보세요. "
                "`flatten(1)` 다음에 `all(1)`입니다.",
                en="Compare with a half turn (`torch.rot90(images, 2, (2, 3))`), and see for each picture whether all "
                "pixels agree: `flatten(1)`, then `all(1)`.",
            ),
        ),
    ),
}
