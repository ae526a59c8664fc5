"""Exercises of lesson 01: reading off a representation, masking words, hiding a quarter."""

from collections.abc import Callable

import torch

from course_utils import runtime
from course_utils.data.sentences import FIRST_WORD_ID, MASK_ID, PAD_ID
from course_utils.evaluate import solvers
from course_utils.exercises.checking import Exercise, Message, called, changed, not_two
from course_utils.pretext import masked_words, quadrant


def _as_tensor(result: object) -> torch.Tensor | None:
    """A tensor, from a tensor, a NumPy array or a list of numbers; None for anything else."""
    if isinstance(result, torch.Tensor):
        return result.detach()
    try:
        return torch.as_tensor(result)
    except (TypeError, ValueError, RuntimeError):
        return None


# ---------------------------------------------------------------- reading off a representation


def _labelled_features() -> tuple[torch.Tensor, ...]:
    """Features of three classes ``(90, 6)``, labels, queries ``(60, 6)`` sorted by class, their classes.

    Only the features with a tiny scale tell the classes apart; one with a huge scale tells nothing.
    All lie far from zero.
    """
    generator = runtime.generator(0)
    centres = 4 * torch.eye(3)
    labels = torch.arange(90) % 3
    truth = torch.arange(3).repeat_interleave(20)

    def draw(classes):
        telling = centres[classes] + torch.randn(len(classes), 3, generator=generator)
        noise = torch.randn(len(classes), 3, generator=generator)
        scale = torch.tensor([0.01, 0.01, 0.01, 1.0, 1.0, 300.0])
        return (torch.cat([telling, noise], 1) + 5) * scale

    return draw(labels), labels, draw(truth), truth


def read_off_with_sklearn(features, labels, queries):
    """The protocol in its shortest form; the lesson goes on with ``solvers.read_off``, which is faster.

    ``features`` ``(N, D)`` float, ``labels`` int64 ``(N,)``, ``queries`` ``(Q, D)``; returns classes ``(Q,)``.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return torch.as_tensor(model.fit(features, labels).predict(queries))


def _diagnose_read_off(answer: Callable) -> Message | None:
    features, labels, queries, truth = _labelled_features()
    given = [x.clone() for x in (features, labels, queries)]
    result = _as_tensor(called(answer, *given))
    if result is None:
        return Message(
            ko="질의마다 클래스 번호 하나를 담은 텐서를 반환하세요.",
            en="Return a tensor with one class number for each query.",
        )
    problem = changed(*zip(given, (features, labels, queries), strict=True))
    if problem is not None:
        return problem
    if result.ndim == 2 and result.shape[0] == len(queries):
        return Message(
            ko=f"결과의 형태가 {tuple(result.shape)}입니다. 클래스마다 하나씩 있는 점수입니다. 행마다 가장 큰 점수의 "
            "번호를 고르세요(`argmax(1)`).",
            en=f"The result has shape {tuple(result.shape)}: a score for each class. Take the index of "
            "the largest score in each row (`argmax(1)`).",
        )
    if result.shape == (len(features),):
        return Message(
            ko=f"예측이 {len(features)}개입니다. 레이블이 있는 특징을 예측했습니다. 질의 {len(queries)}개를 "
            "예측하세요.",
            en=f"There are {len(features)} predictions, one for each labelled row. Predict the "
            f"{len(queries)} queries.",
        )
    if result.shape != (len(queries),):
        return Message(
            ko=f"결과의 형태가 {tuple(result.shape)}입니다. ({len(queries)},)이어야 합니다.",
            en=f"The result has shape {tuple(result.shape)}; it should be ({len(queries)},).",
        )
    if not set(result.tolist()) <= {0, 1, 2}:
        return Message(
            ko="0, 1, 2가 아닌 값이 있습니다. 확률이나 점수가 아니라 클래스 번호를 반환하세요.",
            en="Some values are not 0, 1 or 2. Return class numbers, not probabilities or scores.",
        )
    # Queries of one class only, then all: a query's class must not depend on its neighbours.
    first = _as_tensor(called(answer, features.clone(), labels.clone(), queries[:20].clone()))
    if (first != result[:20]).float().mean() > 0.2:
        return Message(
            ko="같은 질의라도 다른 질의와 함께 넣으면 답이 달라집니다. 평균과 표준편차는 레이블이 있는 특징에서만 "
            "구하고, 질의에도 그 값을 쓰세요.",
            en="The same query gets another answer in other company. Take mean and standard deviation "
            "from the labelled features only, and use them for the queries too.",
        )
    right = (result == truth).float().mean().item()
    if right >= 0.9:
        return None
    standardized = solvers.standardize(features, queries)
    again = _as_tensor(called(answer, standardized[0], labels.clone(), standardized[1]))
    works = (again == truth).float().mean() >= 0.9
    if works and len(result.unique()) == 1:
        return Message(
            ko=f"모든 질의에 {int(result[0])}이라고 답했습니다. 크기를 맞추어 넣으면 잘됩니다. 레이블이 있는 특징과 질의를 같은 "
            "평균과 표준편차로 둘 다 표준화했는지 보세요.",
            en=f"It says {int(result[0])} for every query; with features of equal scale it works. Are the labelled "
            "features and the queries both standardized, with the same mean and deviation?",
        )
    if len(result.unique()) == 1:
        return Message(
            ko=f"모든 질의에 {int(result[0])}이라고 답했습니다. 학습이 되었는지, 손실이 줄었는지 확인하세요. 특징마다 "
            "크기가 크게 다릅니다.",
            en=f"It says {int(result[0])} for every query. Did the loss fall at all? The features differ "
            "greatly in scale.",
        )
    if works:
        return Message(
            ko=f"{right:.0%}만 맞습니다. 특징을 표준화해서 넣으면 잘됩니다. 특징마다 평균을 빼고 표준편차로 나누세요.",
            en=f"Only {right:.0%} are right; with standardized features it works. Subtract each "
            "feature's mean and divide by its standard deviation.",
        )
    if set(result.tolist()) == {0, 1, 2} and (result == 1).float().mean() > 0.4:
        return Message(
            ko=f"{right:.0%}만 맞고 가운데 클래스 1이 너무 많습니다. 클래스 번호를 크기가 있는 수로 보고 회귀한 것은 아닌가요? "
            "클래스마다 점수를 하나씩 두고 교차 엔트로피를 쓰세요.",
            en=f"Only {right:.0%} are right, and class 1, in the middle, comes too often. Was the class number fitted as a "
            "quantity? Give each class a score of its own and use cross-entropy.",
        )
    return Message(
        ko=f"{right:.0%}만 맞습니다. 교차 엔트로피를 줄이도록 가중치와 편향을 충분히 학습했는지 확인하세요.",
        en=f"Only {right:.0%} are right. Are weights and bias trained for long enough to lower the "
        "cross-entropy?",
    )


# ---------------------------------------------------------------- masking words

_N_TOKENS = 50


def _sentences() -> torch.Tensor:
    """Random sentences ``(2000, 30)``; the last ten places are padding, the one before them is a mask.

    So many that a right answer draws every word at least once.
    """
    words = torch.randint(2, _N_TOKENS, (2000, 30), generator=runtime.generator(0))
    words[:, 20:] = PAD_ID
    words[:, 19] = MASK_ID
    return words


def _diagnose_mask_tokens(answer: Callable) -> Message | None:
    tokens = _sentences()
    given = tokens.clone()
    result = called(answer, given, _N_TOKENS, runtime.generator(1))
    problem = not_two(result, "corrupted, targets")
    if problem is not None:
        return problem
    corrupted, targets = result
    problem = changed((given, tokens))
    if problem is not None:
        return problem
    if any(not isinstance(x, torch.Tensor) or x.shape != tokens.shape for x in result):
        return Message(
            ko=f"두 결과의 형태가 모두 입력과 같은 {tuple(tokens.shape)}이어야 합니다.",
            en=f"Both results should have the input's shape, {tuple(tokens.shape)}.",
        )
    if any(x.dtype != torch.int64 for x in result):
        return Message(
            ko="정수(`torch.int64`)가 아닌 결과가 있습니다. 단어 번호의 자료형을 그대로 두세요.",
            en="Not all results are whole numbers (`torch.int64`). Keep the type of the ids.",
        )
    again = called(answer, tokens.clone(), _N_TOKENS, runtime.generator(1))
    other = called(answer, tokens.clone(), _N_TOKENS, runtime.generator(2))
    if not torch.equal(again[0], corrupted) or torch.equal(other[0], corrupted):
        return Message(
            ko="넘겨준 생성기를 쓰지 않았습니다. 난수를 뽑을 때마다 `generator=generator`를 적으세요. 그래야 같은 시드가 "
            "같은 결과를 냅니다.",
            en="The generator handed in is not used. Write `generator=generator` wherever you draw; then "
            "the same seed gives the same result.",
        )
    selected = targets != masked_words.IGNORED
    touched = corrupted != tokens
    word = tokens >= FIRST_WORD_ID
    if selected.all() or selected[word].all():
        return Message(
            ko="모든 자리에 정답이 있습니다. 고르지 않은 자리의 정답은 -100이어야 합니다. 그러지 않으면 눈에 보이는 단어를 "
            "베끼는 법을 배웁니다.",
            en="Every place has a target. Where no word was selected the target must be -100, or the "
            "model learns to copy words it can see.",
        )
    masks = tokens == MASK_ID
    if (selected & masks).any() and not (selected & ~word & ~masks).any():
        return Message(
            ko="이미 가려진 자리(1)까지 골랐습니다. 번호가 2보다 작은 것은 단어가 아니므로 고르지 않습니다.",
            en="Places that were masked already (1) were selected too. Ids below 2 are no words and are never selected.",
        )
    if (selected & ~word).any() or (touched & ~word).any():
        return Message(
            ko="패딩(0)까지 골랐습니다. 번호가 2보다 작은 것은 단어가 아니므로 고르지 않습니다.",
            en="Padding (0) was selected too. Ids below 2 are no words and are never selected.",
        )
    if (touched & ~selected).any():
        return Message(
            ko="바꾼 단어 가운데 정답이 -100인 것이 있습니다. 가리거나 바꾼 단어는 모두 맞혀야 합니다.",
            en="Some changed words have the target -100. Every word that was hidden or replaced must be "
            "predicted.",
        )
    if not torch.equal(targets[selected], tokens[selected]):
        return Message(
            ko="정답이 원래 단어가 아닙니다. 정답에는 가리기 전의 단어를 넣으세요.",
            en="The targets are not the original words. Put in the word as it was before masking.",
        )
    share = selected[word].float().mean().item()
    if not 0.12 < share < 0.18:
        return Message(
            ko=f"단어의 {share:.0%}를 골랐습니다. 15%를 고르세요.",
            en=f"{share:.0%} of the words are selected; it should be 15%.",
        )
    masked = (corrupted[selected] == MASK_ID).float().mean().item()
    kept = (corrupted[selected] == tokens[selected]).float().mean().item()
    replaced = corrupted[selected & touched & (corrupted != MASK_ID)]
    if len(replaced) and replaced.min() < FIRST_WORD_ID:
        return Message(
            ko="무작위 단어 가운데 패딩(0)이 있습니다. 2부터 뽑으세요.",
            en="Some of the random words are padding (0). Draw from 2 on.",
        )
    if len(replaced) and replaced.max() < _N_TOKENS - 1:
        return Message(
            ko=f"무작위 단어에 번호 {_N_TOKENS - 1}이 한 번도 나오지 않습니다. `torch.randint`의 끝은 포함되지 않습니다.",
            en=f"The random words never hold number {_N_TOKENS - 1}. The end of `torch.randint` is not "
            "included.",
        )
    if kept < 0.02 and share < 0.142:
        return Message(
            ko="그대로 둔 단어에는 정답이 하나도 없습니다. 바꾼 자리가 아니라 고른 자리가 정답입니다. 고른 단어의 10%는 "
            "그대로 둔 채 맞힙니다.",
            en="No word that stays as it is has a target. Targets go where a word was selected, not where it was "
            "changed: 10% of the selected words stay, and are predicted all the same.",
        )
    if not (0.75 < masked < 0.85 and 0.06 < kept < 0.15):
        return Message(
            ko=f"고른 단어 가운데 {masked:.0%}를 가리고 {kept:.0%}를 그대로 두었습니다. 80%는 가리고, 10%는 무작위 단어로 "
            "바꾸고, 10%는 그대로 둡니다.",
            en=f"Of the selected words {masked:.0%} are masked and {kept:.0%} kept. It should be 80% "
            "masked, 10% replaced by a random word, 10% kept.",
        )
    return None


# ---------------------------------------------------------------- hiding a quarter


def _diagnose_hide_quadrant(answer: Callable) -> Message | None:
    images = 1 + torch.arange(80 * 3 * 6 * 6).view(80, 3, 6, 6) % 250
    for pictures in (images.to(torch.uint8), images[:61].float()):
        problem = _diagnose_quadrant_of(answer, pictures)
        if problem is not None:
            return problem
    return None


def _diagnose_quadrant_of(answer: Callable, images: torch.Tensor) -> Message | None:
    given = images.clone()
    result = called(answer, given, runtime.generator(0))
    problem = not_two(result, "hidden, labels")
    if problem is not None:
        return problem
    hidden, labels = result
    problem = changed((given, images))
    if problem is not None:
        return problem
    if not isinstance(hidden, torch.Tensor) or hidden.shape != images.shape:
        return Message(
            ko=f"이미지의 형태 {tuple(images.shape)}이 그대로여야 합니다.",
            en=f"The pictures should keep their shape, {tuple(images.shape)}.",
        )
    if hidden.dtype != images.dtype:
        return Message(
            ko=f"이미지의 자료형은 {images.dtype}인데 결과는 {hidden.dtype}입니다. 자료형은 그대로 두세요.",
            en=f"{images.dtype} pictures became {hidden.dtype}. Keep the type.",
        )
    if not isinstance(labels, torch.Tensor) or labels.shape != (len(images),):
        return Message(
            ko=f"레이블은 이미지마다 하나, 형태 ({len(images)},)의 텐서여야 합니다.",
            en=f"There should be one label a picture, a tensor of shape ({len(images)},).",
        )
    if labels.dtype != torch.int64:
        return Message(
            ko=f"레이블의 자료형이 {labels.dtype}입니다. 정수(`torch.int64`)여야 합니다.",
            en=f"The labels are {labels.dtype}; they should be whole numbers (`torch.int64`).",
        )
    again, _ = called(answer, images.clone(), runtime.generator(0))
    if not torch.equal(again, hidden):
        return Message(
            ko="넘겨준 생성기를 쓰지 않았습니다. 같은 시드가 다른 결과를 냈습니다.",
            en="The generator handed in is not used: the same seed gave another result.",
        )
    black = (hidden == 0).all(1)  # (B, 6, 6)
    where = torch.zeros(4, 6, 6, dtype=torch.bool)
    for quarter in range(4):
        row, column = divmod(quarter, 2)
        where[quarter, 3 * row : 3 * row + 3, 3 * column : 3 * column + 3] = True
    seen = [next((q for q in range(4) if torch.equal(b, where[q])), None) for b in black]
    if None in seen:
        share = black.float().mean().item()
        return Message(
            ko=f"사분면 하나가 정확히 검은색이어야 하는데 검은 픽셀이 {share:.0%}입니다. 높이와 너비를 반씩 나누고 모든 "
            "채널을 0으로 만드세요.",
            en=f"Exactly one quadrant should be black; {share:.0%} of the pixels are. Halve height and "
            "width, and set all channels to 0.",
        )
    if len(set(seen)) == 1:
        return Message(
            ko="모든 이미지에서 같은 사분면을 가렸습니다. 이미지마다 따로 고르세요.",
            en="The same quadrant is hidden in every picture. Choose one for each.",
        )
    other, _ = called(answer, images.clone(), runtime.generator(1))
    if torch.equal(other, hidden):
        return Message(
            ko="다른 시드가 같은 결과를 냈습니다. 넘겨준 생성기로 뽑으세요.",
            en="The generator handed in is not used: another seed gave the same result.",
        )
    missing = sorted(set(range(4)) - set(seen))
    if missing:
        return Message(
            ko=f"가리지 않은 사분면이 있습니다: {missing}. `torch.randint`의 끝은 포함되지 않습니다.",
            en=f"Some quadrants are never hidden: {missing}. The end of `torch.randint` is not included.",
        )
    if labels.tolist() == seen:
        pass
    elif labels.tolist() == [2 * (q % 2) + q // 2 for q in seen]:
        return Message(
            ko="행과 열이 바뀌었습니다. 1은 오른쪽 위, 2는 왼쪽 아래입니다.",
            en="Rows and columns are exchanged. 1 is top right, 2 is bottom left.",
        )
    elif sorted(set(labels.tolist())) == [1, 2, 3, 4]:
        return Message(
            ko="레이블이 1부터 4까지입니다. 클래스 번호는 0부터 셉니다.",
            en="The labels run from 1 to 4. Class numbers start at 0.",
        )
    else:
        wrong = next(i for i, q in enumerate(seen) if labels[i] != q)
        return Message(
            ko=f"이미지 {wrong}번은 사분면 {seen[wrong]}을 가렸는데 레이블은 {int(labels[wrong])}입니다.",
            en=f"Picture {wrong} has quadrant {seen[wrong]} hidden, but its label is {int(labels[wrong])}.",
        )
    kept = ~where[torch.tensor(seen)][:, None].expand_as(images)
    if not torch.equal(hidden[kept], images[kept]):
        return Message(
            ko="가리지 않은 픽셀까지 바뀌었습니다.",
            en="Pixels outside the hidden quadrant have changed too.",
        )
    return None


EXERCISES = {
    "read_off": Exercise(
        reference=solvers.read_off,
        short=read_off_with_sklearn,
        diagnose=_diagnose_read_off,
        hints=(
            Message(
                ko="먼저 특징을 표준화하세요. 레이블이 있는 특징의 평균을 빼고 표준편차로 나눕니다. 질의에도 같은 평균과 "
                "표준편차를 씁니다.",
                en="Standardize first: subtract the mean of the labelled features and divide by their "
                "standard deviation. Use the same two for the queries.",
            ),
            Message(
                ko="선형 계층 `torch.nn.Linear(D, K)` 하나를 교차 엔트로피로 학습하세요. 특징이 몇백 줄뿐이라 배치로 나눌 "
                "필요가 없습니다.",
                en="Train one layer `torch.nn.Linear(D, K)` with cross-entropy. With a few hundred rows "
                "there is no need for batches.",
            ),
            Message(
                ko="`torch.optim.LBFGS`로 50걸음이나 Adam으로 몇백 걸음이면 충분합니다. 마지막에 질의의 로짓에서 "
                "`argmax(1)`을 구하세요. scikit-learn의 `LogisticRegression`을 써도 됩니다.",
                en="50 steps of `torch.optim.LBFGS`, or a few hundred of Adam, are enough. At the end take "
                "`argmax(1)` of the queries' logits. scikit-learn's `LogisticRegression` is fine too.",
            ),
        ),
    ),
    "mask_tokens": Exercise(
        reference=masked_words.mask_tokens,
        diagnose=_diagnose_mask_tokens,
        hints=(
            Message(
                ko="자리마다 0과 1 사이의 수를 뽑아 0.15보다 작으면 고릅니다. 패딩은 뺍니다.",
                en="Draw a number between 0 and 1 for every place and select those below 0.15. Leave out "
                "the padding.",
            ),
            Message(
                ko="고른 자리에서 한 번 더 뽑아 80 대 10 대 10으로 나누세요.",
                en="Draw once more to split the selected places 80 : 10 : 10.",
            ),
            Message(
                ko="`masked_fill`과 `torch.where`는 새 텐서를 만듭니다. 정답은 `tokens.masked_fill(~selected, -100)`입니다.",
                en="`masked_fill` and `torch.where` make new tensors. The targets are "
                "`tokens.masked_fill(~selected, -100)`.",
            ),
        ),
    ),
    "hide_quadrant": Exercise(
        reference=quadrant.hide_quadrant,
        diagnose=_diagnose_hide_quadrant,
        hints=(
            Message(
                ko="이미지마다 0부터 3까지 수 하나를 뽑으세요. 그 수가 레이블입니다.",
                en="Draw a number from 0 to 3 for every picture. It is the label.",
            ),
            Message(
                ko="행은 label // 2, 열은 label % 2입니다.",
                en="The row is label // 2, the column is label % 2.",
            ),
            Message(
                ko="`images.clone()`에 `hidden[i, :, 위:아래, 왼쪽:오른쪽] = 0`을 쓰세요.",
                en="Take `images.clone()` and write `hidden[i, :, top:bottom, left:right] = 0`.",
            ),
        ),
    ),
}
