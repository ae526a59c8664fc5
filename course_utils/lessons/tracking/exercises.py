"""Exercises of lesson 08: cosine hinge, hardest negatives, a gauge of collapse."""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from course_utils import losses, runtime
from course_utils.evaluate import gauges
from course_utils.exercises.checking import (
    Exercise,
    Message,
    called,
    changed,
    not_a_tensor,
)

# ---------------------------------------------------------------- the cosine hinge


def _diagnose_hinge(answer: Callable) -> Message | None:
    generator = runtime.generator(1)
    x, off = (torch.randn(5, 4, generator=generator) for _ in range(2))
    positive = x + 0.2 * off
    positive[0] = off[0] - x[0]  # one pair that is far apart, four that are near
    negatives = 0.5 * torch.randn(5, 3, 4, generator=generator) - 1.5 * x[:, None]
    negatives[0] = 1.3 * x[0] + 0.5 * negatives[0].roll(1, 1)  # and negatives near to two anchors
    negatives[1, 0] = 2 * x[1] + off[2]
    given = [v.clone() for v in (x, positive, negatives)]
    result = called(answer, *given)
    problem = changed(*zip(given, (x, positive, negatives), strict=True))
    if problem is not None:
        return problem
    if isinstance(result, float):
        result = torch.tensor(result)
    problem = not_a_tensor(result)
    if problem is not None:
        return problem
    if result.shape != ():
        return Message(
            ko=f"결과의 형태가 {tuple(result.shape)}입니다. 삼중항 전체의 평균 하나만 돌려주세요.",
            en=f"The result has shape {tuple(result.shape)}. Return one number, the mean over all triplets.",
        )
    near = losses.cosine_distance(x, positive)[:, None]  # (5, 1)
    far = losses.cosine_distance(x[:, None], negatives)  # (5, 3)
    dots = (x * positive).sum(1)[:, None], (x[:, None] * negatives).sum(2)
    crossed = losses.cosine_distance(x[:, None], positive[None])  # (5, 5): every pair
    along_k = 1 - F.cosine_similarity(x[:, None], negatives, dim=1)  # (5, 4): the default axis
    unit_along_k = 1 - (F.normalize(x, dim=1)[:, None] * F.normalize(negatives, dim=1)).sum(2)
    active = F.relu(near - far + 0.5)
    squared = [
        (F.normalize(x, dim=1)[:, None] - F.normalize(v, dim=2)).square().sum(2)
        for v in (positive[:, None], negatives)
    ]
    plain = [(x[:, None] - v).norm(dim=2) for v in (positive[:, None], negatives)]
    mistakes = (
        (
            F.relu(far - near + 0.5).mean(),
            Message(
                ko="부호가 반대입니다. D(X, X⁺) − D(X, X⁻)이고, D는 유사도가 아니라 거리 1 − cos입니다.",
                en="The sign is reversed. It is D(X, X⁺) − D(X, X⁻), and D is a distance, 1 − cos, not a similarity.",
            ),
        ),
        (
            F.relu(near - far).mean(),
            Message(
                ko="마진 0.5를 빠뜨렸습니다. 순서만 맞으면 손실이 0이 됩니다.",
                en="The margin of 0.5 is missing: the loss is 0 as soon as the order is right.",
            ),
        ),
        (
            F.relu(near - far - 0.5).mean(),
            Message(
                ko="마진을 뺐습니다. 더해야 X⁻가 0.5보다 더 멀어질 때까지 밀어냅니다.",
                en="The margin was subtracted. Add it, to push until X⁻ is farther by 0.5.",
            ),
        ),
        (
            (near - far + 0.5).mean(),
            Message(
                ko="max(0, ·)이 없습니다. 이미 충분히 먼 음성까지 끝없이 밀어냅니다.",
                en="max(0, ·) is missing: negatives that are far enough are pushed on for ever.",
            ),
        ),
        (
            F.relu((near - far + 0.5).mean()),
            Message(
                ko="먼저 평균하고 0과 비교했습니다. 삼중항마다 max(0, ·)을 한 다음 평균하세요.",
                en="The mean was taken first. Apply max(0, ·) to each triplet, then average.",
            ),
        ),
        (
            F.relu(near - far + 0.5).sum(),
            Message(
                ko="더하기만 했습니다. 배치 크기에 따라 달라지지 않도록 평균하세요.",
                en="This is the sum. Take the mean, so that it does not depend on the batch.",
            ),
        ),
        (
            F.relu(near - far + 0.5).sum(1).mean(),
            Message(
                ko="음성 K개에서 더했습니다. 삼중항은 B · K개이니 모두 평균하세요.",
                en="The K negatives were added up. There are B · K triplets: average over all.",
            ),
        ),
        (
            F.relu(near - far.mean(1, keepdim=True) + 0.5).mean(),
            Message(
                ko="음성의 거리를 먼저 평균했습니다. 음성마다 따로 마진과 견주세요.",
                en="The distances of the negatives were averaged first. Hold each against the margin.",
            ),
        ),
        (
            F.relu(-dots[0] + dots[1] + 0.5).mean(),
            Message(
                ko="정규화하지 않은 내적입니다. 벡터를 길이 1로 만들거나 `F.cosine_similarity`를 쓰세요.",
                en="These are plain dot products. Make the vectors unit length, or use `F.cosine_similarity`.",
            ),
        ),
        (
            F.relu(squared[0] - squared[1] + 0.5).mean(),
            Message(
                ko="제곱 유클리드 거리입니다. 단위 벡터에서는 코사인 거리의 두 배라서 마진이 달라집니다.",
                en="This is the squared Euclidean distance: on unit vectors twice the cosine distance, so the "
                "margin means something else.",
            ),
        ),
        (
            F.relu(plain[0] - plain[1] + 0.5).mean(),
            Message(
                ko="유클리드 거리입니다. 이 손실은 방향만 봅니다. 1 − cos를 쓰세요.",
                en="This is the Euclidean distance. This loss looks at directions only: 1 − cos.",
            ),
        ),
        (
            F.relu(near - along_k + 0.5).mean(),
            Message(
                ko="`cosine_similarity`의 기본 축은 1이라, 음성에서는 D가 아니라 K를 따라 계산했습니다. `dim=-1`을 주세요.",
                en="The default axis of `cosine_similarity` is 1, for the negatives K and not D. Give `dim=-1`.",
            ),
        ),
        (
            F.relu(near - unit_along_k + 0.5).mean(),
            Message(
                ko="`F.normalize`의 기본 축은 1이라, 음성은 D가 아니라 K를 따라 길이가 1이 되었습니다. `dim=-1`을 주세요.",
                en="By default `F.normalize` works along axis 1, for the negatives K and not D. Give `dim=-1`.",
            ),
        ),
        (
            active[active > 0].mean(),
            Message(
                ko="손실이 0보다 큰 삼중항에서만 평균했습니다. 0인 것도 넣어 모든 삼중항에서 평균하세요.",
                en="The mean is over triplets with a loss above 0 only. Average over all, those with 0 included.",
            ),
        ),
        (
            F.relu(crossed[:, :, None] - far[:, None] + 0.5).mean(),
            Message(
                ko="모든 X를 모든 X⁺와 견주었습니다. X 하나의 짝은 X⁺ 하나입니다. `x`와 `positive`는 그대로 "
                "견주고, 결과에만 `[:, None]`을 붙이세요.",
                en="Every X was compared with every X⁺. Each X has one partner: compare `x` and `positive` as they "
                "are, and put `[:, None]` on the result.",
            ),
        ),
    )
    expected = losses.tracking_hinge(x, positive, negatives)
    if torch.allclose(result.float(), expected, atol=1e-5):
        return None
    for wrong, message in mistakes:
        if torch.allclose(result.float(), wrong, atol=1e-5):
            return message
    return Message(
        ko=f"삼중항 15개의 손실이 {float(result):.4f}로 나왔는데 {float(expected):.4f}이어야 합니다. 형태를 확인하세요. "
        "가까운 거리는 (B, 1), 먼 거리는 (B, K)입니다.",
        en=f"For 15 triplets it gave {float(result):.4f} instead of {float(expected):.4f}. Check the shapes: the near "
        "distances are (B, 1), the far ones (B, K).",
    )


# ---------------------------------------------------------------- the hardest negatives


def _diagnose_hardest(answer: Callable) -> Message | None:
    generator = runtime.generator(2)
    base = torch.randn(5, 6, generator=generator)
    x = base + 3  # cosines are large and positive here
    candidates = torch.cat([x, x + 2 * torch.randn(5, 6, generator=generator)])
    candidates = candidates * (1 + 4 * torch.rand(10, 1, generator=generator))
    allowed = ~torch.eye(5, dtype=torch.bool).repeat(1, 2)
    allowed[0, 1] = allowed[1, 0] = False  # patches of one clip
    opposed = -candidates  # and all negative here
    for shown in (candidates, opposed):
        given = [v.clone() for v in (x, shown, allowed)]
        result = called(answer, *given, 2)
        problem = changed(*zip(given, (x, shown, allowed), strict=True))
        if problem is None:
            problem = not_a_tensor(result)
        if problem is not None:
            return problem
        if result.dtype.is_floating_point or result.dtype == torch.bool:
            return Message(
                ko=f"번호(정수)를 돌려주어야 하는데 {result.dtype}입니다. `topk(…).indices`를 쓰세요.",
                en=f"Indices should come back, whole numbers; these are {result.dtype}. Use `topk(…).indices`.",
            )
        if result.shape == (2, 10):
            return Message(
                ko="후보마다 앵커를 골랐습니다. 앵커마다 후보를 고르려면 1번 축에서 고르세요.",
                en="It chose anchors for each candidate. To choose candidates for each anchor, use axis 1.",
            )
        if result.shape != (5, 2):
            return Message(
                ko=f"결과의 형태가 {tuple(result.shape)}입니다. 앵커 5개에 2개씩 (5, 2)이어야 합니다.",
                en=f"The result has shape {tuple(result.shape)}; 2 for each of 5 anchors is (5, 2).",
            )
        if result.min() < 0 or result.max() > 9:
            return Message(
                ko=f"번호가 0에서 9까지가 아닙니다({int(result.min())}부터 {int(result.max())}까지).",
                en=f"The indices are not within 0 to 9: {int(result.min())} to {int(result.max())}.",
            )
        similar = F.normalize(x, dim=1) @ F.normalize(shown, dim=1).T
        dots = x @ shown.T
        first = lambda scores: scores.topk(2, dim=1).indices.sort(1).values  # noqa: E731
        found = result.long().sort(1).values
        expected = losses.hardest_negatives(x, shown, allowed, 2).sort(1).values
        if torch.equal(found, expected):
            continue
        mistakes = (
            (
                first(similar),
                Message(
                    ko="`allowed`를 쓰지 않았습니다. 가장 닮은 후보는 자기 자신과 자기 짝 X⁺입니다.",
                    en="`allowed` is not used. The most similar candidates are the anchor itself and its own X⁺.",
                ),
            ),
            (
                first(similar * allowed),
                Message(
                    ko="가린 자리에 0을 넣었습니다. 유사도가 음수이면 0이 가장 큽니다. −∞를 넣으세요.",
                    en="Masked places hold 0, which is the largest where similarities are negative. Put −∞ there.",
                ),
            ),
            (
                first(similar.masked_fill(allowed, -torch.inf)),
                Message(
                    ko="거꾸로 가렸습니다. `allowed`가 False인 후보를 빼야 합니다.",
                    en="The mask is inverted. Leave out the candidates where `allowed` is False.",
                ),
            ),
            (
                first((-similar).masked_fill(~allowed, -torch.inf)),
                Message(
                    ko="가장 쉬운 음성입니다. 손실이 큰 것은 가장 닮은 음성입니다.",
                    en="These are the easiest negatives. The loss is largest for the most similar ones.",
                ),
            ),
            (
                first(dots.masked_fill(~allowed, -torch.inf)),
                Message(
                    ko="정규화하지 않은 내적입니다. 긴 벡터가 뽑힙니다. 길이 1로 만든 다음 견주세요.",
                    en="These are plain dot products, which favor long vectors. Make all unit length first.",
                ),
            ),
        )
        for wrong, message in mistakes:
            if torch.equal(found, wrong):
                return message
        kept = [similar[i][allowed[i]].topk(2).indices.sort().values for i in range(len(similar))]
        if torch.equal(found, torch.stack(kept)):
            return Message(
                ko="허락된 후보만 남긴 목록에서의 번호입니다. 모든 후보에서 센 번호로 바꾸세요. 빼지 말고 가리면 번호가 그대로입니다.",
                en="These number the list of allowed candidates. Give the numbers among all candidates: mask instead of "
                "filtering, and they stay as they are.",
            )
        if not allowed.gather(1, found).all():
            return Message(
                ko="허락되지 않은 후보를 골랐습니다. `allowed`가 False인 곳은 뽑히지 않게 하세요.",
                en="It chose a candidate that is not allowed. Keep those out where `allowed` is False.",
            )
        row = int((found != expected).any(1).nonzero()[0])
        return Message(
            ko=f"앵커 {row}에서 {found[row].tolist()}을 골랐는데 가장 어려운 둘은 {expected[row].tolist()}입니다.",
            en=f"For anchor {row} it chose {found[row].tolist()}; the two hardest are {expected[row].tolist()}.",
        )
    return None


# ---------------------------------------------------------------- a gauge of collapse


def _diagnose_spread(answer: Callable) -> Message | None:
    generator = runtime.generator(3)
    z = torch.randn(200, 8, generator=generator) * torch.linspace(0.3, 2, 8)
    z = z + torch.linspace(-1, 3, 8)  # no two dimensions are alike
    z = z * (1 + 3 * torch.rand(200, 1, generator=generator))  # lengths differ a lot
    given = z.clone()
    result = called(answer, given)
    problem = changed((given, z))
    if problem is not None:
        return problem
    if isinstance(result, torch.Tensor):
        if result.shape == (8,):
            return Message(
                ko="차원마다 값이 하나씩 있습니다. 8개를 평균해 숫자 하나로 만드세요.",
                en="There is one value for each dimension. Average the 8 to one number.",
            )
        if result.shape == (200,):
            return Message(
                ko="벡터마다 값이 하나씩 있습니다. 편차는 그림들 사이에서(0번 축) 구하세요.",
                en="There is one value for each vector. Take the deviation over the pictures, axis 0.",
            )
        if result.shape != ():
            return Message(
                ko=f"결과의 형태가 {tuple(result.shape)}입니다. 숫자 하나를 돌려주세요.",
                en=f"The result has shape {tuple(result.shape)}; it should be one number.",
            )
    try:
        result = float(result)
    except (TypeError, ValueError):
        return Message(
            ko=f"숫자 하나를 돌려주어야 하는데 {type(result).__name__}입니다.",
            en=f"One number should come back; this is a {type(result).__name__}.",
        )
    unit = F.normalize(z, dim=1)
    by_dimension = unit.std(0)
    expected = gauges.spread(z)
    mistakes = (
        (
            z.std(0).mean() * 8**0.5,
            Message(
                ko="벡터를 길이 1로 만들지 않았습니다. 벡터를 두 배로 늘리기만 해도 값이 두 배가 됩니다.",
                en="The vectors were not made unit length: doubling them all would double the gauge.",
            ),
        ),
        (
            by_dimension.mean(),
            Message(
                ko="√D를 곱하지 않았습니다. 고르게 퍼진 벡터에서 값이 1이 되게 하려면 필요합니다.",
                en="√D is missing. It makes the gauge 1 for vectors that are evenly spread.",
            ),
        ),
        (
            by_dimension.mean() * 200**0.5,
            Message(
                ko="벡터의 수 N의 제곱근을 곱했습니다. 차원의 수 D의 제곱근을 곱하세요.",
                en="It was multiplied by the root of the number of vectors N. Use the number of dimensions D.",
            ),
        ),
        (
            unit.var(0).mean().sqrt() * 8**0.5,
            Message(
                ko="분산을 먼저 평균하고 제곱근을 구했습니다. 차원마다 표준편차를 구한 다음 평균하세요.",
                en="The variances were averaged before the root. Take the deviation of each dimension first, then the mean.",
            ),
        ),
        (
            by_dimension.mean() * 8,
            Message(ko="D를 곱했습니다. √D를 곱하세요.", en="It was multiplied by D. Use √D."),
        ),
        (
            unit.var(0).mean() * 8**0.5,
            Message(
                ko="분산입니다. 제곱근을 취해 표준편차로 만드세요.",
                en="This is the variance. The standard deviation is its root.",
            ),
        ),
        (
            unit.std(1).mean() * 8**0.5,
            Message(
                ko="벡터 하나 안에서 편차를 구했습니다. 모두 한 점에 모여도 이 값은 그대로입니다. 그림들 사이에서(0번 축) 구하세요.",
                en="The deviation was taken within each vector; it stays when all of them become one point. Take it "
                "over the pictures, axis 0.",
            ),
        ),
        (
            unit.std() * 8**0.5,
            Message(
                ko="모든 숫자를 한데 모아 편차를 구했습니다. 평균이 차원마다 다르면 한 점에 모여도 0이 되지 않습니다. "
                "차원마다 구한 다음 평균하세요.",
                en="The deviation was taken over all numbers at once. It is not 0 for a single point whose dimensions "
                "differ. Take it for each dimension, then average.",
            ),
        ),
        (
            (z / z.norm()).std(0).mean() * 8**0.5,
            Message(
                ko="행렬 전체의 길이로 나누었습니다. 벡터마다 자기 길이로 나누세요(`dim=1`).",
                en="It was divided by the length of the whole matrix. Divide each vector by its own (`dim=1`).",
            ),
        ),
        (
            F.normalize(z, dim=0).std(0).mean() * 8**0.5,
            Message(
                ko="차원마다 길이를 1로 만들었습니다. 벡터마다 하세요(`dim=1`).",
                en="Each dimension was made unit length. Do it for each vector (`dim=1`).",
            ),
        ),
    )
    if abs(result - expected) < 0.01 * expected:
        return None
    for wrong, message in mistakes:
        if abs(result - float(wrong)) < 0.01 * abs(float(wrong)):
            return message
    return Message(
        ko=f"벡터 200개에서 {result:.3f}이 나왔는데 {expected:.3f}이어야 합니다. 길이 1로 만들고, 차원마다 편차를 구하고, "
        "평균하고, √D를 곱하세요.",
        en=f"For 200 vectors it gave {result:.3f} instead of {expected:.3f}. Unit length, deviation of each dimension, "
        "mean, times √D.",
    )


EXERCISES = {
    "tracking_hinge": Exercise(
        reference=losses.tracking_hinge,
        uses=(losses.cosine_distance,),
        diagnose=_diagnose_hinge,
        hints=(
            Message(
                ko="거리는 `1 - F.cosine_similarity(a, b, dim=-1)`입니다.",
                en="The distance is `1 - F.cosine_similarity(a, b, dim=-1)`.",
            ),
            Message(
                ko="D(X, X⁺)는 (B,)이고 D(X, X⁻)는 (B, K)입니다. 앞의 것에 `[:, None]`을 붙이세요.",
                en="D(X, X⁺) is (B,), D(X, X⁻) is (B, K). Put `[:, None]` on the first.",
            ),
            Message(
                ko="`F.relu(near - far + 0.5).mean()`입니다. far에는 `x[:, None]`과 `negatives`를 넣으세요.",
                en="`F.relu(near - far + 0.5).mean()`, where far compares `x[:, None]` with `negatives`.",
            ),
        ),
    ),
    "hardest_negatives": Exercise(
        reference=losses.hardest_negatives,
        uses=(losses._first,),
        diagnose=_diagnose_hardest,
        hints=(
            Message(
                ko="벡터를 모두 길이 1로 만들면 행렬 곱 하나가 코사인 유사도 (B, N)을 모두 줍니다.",
                en="With all vectors at unit length, one matrix product gives all cosines, (B, N).",
            ),
            Message(
                ko="`allowed`가 False인 자리에는 절대 뽑히지 않을 값을 넣으세요(`masked_fill`).",
                en="Where `allowed` is False, put a value that is never chosen (`masked_fill`).",
            ),
            Message(
                ko="−∞로 가리고 `topk(k, dim=1).indices`를 돌려주세요.",
                en="Mask with −∞ and return `topk(k, dim=1).indices`.",
            ),
        ),
    ),
    "spread": Exercise(
        reference=gauges.spread,
        diagnose=_diagnose_spread,
        hints=(
            Message(
                ko="길이는 빼고 방향만 보세요. 벡터마다 자기 길이로 나눕니다.",
                en="Look at directions only: divide each vector by its own length.",
            ),
            Message(
                ko="차원마다 그림들 사이의 표준편차를 구하고, 차원에 걸쳐 평균하세요.",
                en="Take the standard deviation of each dimension over the pictures, then the mean over dimensions.",
            ),
            Message(
                ko="고르게 퍼진 벡터는 차원마다 편차가 1/√D입니다. 그러니 √D를 곱하세요.",
                en="Evenly spread vectors have a deviation of 1/√D in each dimension, so multiply by √D.",
            ),
        ),
    ),
}
