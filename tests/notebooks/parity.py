"""What must be equal in the Korean and the English block of a markdown cell, and how to extract it."""

import re
from collections import Counter

BLOCK = re.compile(r'^<div lang="(ko|en)">\n\n(.*?)\n\n</div>$', re.S | re.M)
FENCE, MATH2 = re.compile(r"```.*?```", re.S), re.compile(r"\$\$(.+?)\$\$", re.S)
MATH1, TICK = re.compile(r"(?<![\\$])\$([^$\n]+?)(?<!\\)\$"), re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")

# (English length at most, warn band, fail band) of Korean / English characters without white space
BANDS = [(60, (0.20, 1.60)), (150, (0.30, 1.10)), (400, (0.34, 0.95)), (10**9, (0.38, 0.85))]

TRAPS = [
    r"\*\*[^*\n]+?[)\]\"'`%°.!?$]\*\*(?=[가-힣])",  # the stars will be printed
    r"(?<!~)~(?!~)[^~\n]+(?<!~)~(?!~)",  # will be struck through
    r"`[^`\n]+` +(?:은|는|이|가|을|를|의|에|로|와|과|도)(?![가-힣])",  # particle cut off
    r"(?<![가-힣])우리(?:는|가|의)",
    r"(?:이다|한다|된다|있다|없다)\.(?=\s|$)",
    r"십시오|당신",
]

# English pattern, an approved Korean form, forbidden Korean forms: the core of the style sheet.
GLOSSARY = [
    line.split("\t")
    for line in """\
self-supervised learning	자기지도학습	자기 지도 학습|자기지도 학습|자가 ?지도|셀프 슈퍼
(?<!self-)(?<!semi-)(?<!un)supervised learning	지도학습	(?<![가-힣])지도 학습
unsupervised learning	비지도학습	비지도 학습
representation	표현	표상|리프리젠테이션
pretext task	프리텍스트 태스크	사전 텍스트|사전 과제|사전 작업
downstream task	다운스트림 태스크	하위 작업|다운스트림 작업
surrogate class	대리 클래스	대체 클래스
label	레이블	라벨
feature	특징	피처|피쳐
convolution	합성곱|CNN	컨볼루션|컨벌루션|콘볼루션
layer	계층	레이어
gradient	그래디언트|경사 하강	변화도|그라디언트|그레이디언트|그라데이션
\\btrain(?:ing|ed|s)?\\b	학습	훈련|트레이닝
pretrain	사전 학습	사전학습|사전 훈련|사전훈련
fine-tun	미세 조정	미세조정|파인 ?튜닝
augment	증강	증대|보강
dataset	데이터셋	데이터 ?세트|데이터 셋
loss function	손실 함수	손실함수
(?<!hyper)parameter	파라미터|인자	매개변수|패러미터
hyperparameter	하이퍼파라미터	하이퍼 파라미터|초매개변수
epoch	에폭	에포크
regulariz	규제	정칙화
overfit	과적합	과대적합|오버피팅
positive (?:pair|sample|patch|image)	양성	긍정
negative (?:pair|sample|patch|image)	음성|네거티브	부정
triplet	삼중항	트리플[릿렛]|세쌍
hard negative	하드 네거티브	어려운 음성
trivial solution	자명한 해	사소한 해
invarian	불변|변하지 않	번역 불변
equivarian	등변	등분산|번역 등변
optical flow	광학 흐름	옵티컬 플로우|광류
learning rate	학습률	학습율|학습 속도
batch size	배치 크기	배치 사이즈
linear probe	선형 프로브	선형 탐침
exercise	연습 문제	과제
solution	풀이|해	솔루션|설루션
target	타깃|대상|정답|목표	타겟
edge	에지|가장자리|경계	엣지""".splitlines()
]


def blocks(source):
    """The text of a cell's blocks by language; raises if the cell is not a Korean–English pair."""
    found = BLOCK.findall(source)
    assert [lang for lang, _ in found] == ["ko", "en"], "one Korean block, then one English block"
    assert not BLOCK.sub("", source).strip(), "text outside the two blocks"
    return dict(found)


def prose(md):
    for pattern in (FENCE, MATH2, MATH1, TICK):
        md = pattern.sub(" ", md)
    return re.sub(r"<[^>]+>|https?://\S+|[#*_>|~]+", " ", LINK.sub(r"\1", md))


def size(md):
    """Characters without white space."""
    return len(re.sub(r"\s", "", prose(md)))


def equations(md):
    md = TICK.sub(" ", FENCE.sub(" ", md))
    found = MATH2.findall(md) + MATH1.findall(MATH2.sub(" ", md))
    return Counter(re.sub(r"\s|\\text\{[^}]*\}", "", x) for x in found)


def links(md):
    md = FENCE.sub(" ", md)
    return Counter(
        [m.group(2) for m in LINK.finditer(md)] + re.findall(r'(?:href|src)="([^"]+)"', md)
    )


def code(md):
    return Counter(TICK.findall(FENCE.sub(" ", md))), FENCE.findall(md)


def shape(md):
    md = FENCE.sub(" ", md)
    count = lambda pattern: len(re.findall(pattern, md, re.M))  # noqa: E731
    return {
        "headings": [len(h) for h in re.findall(r"^(#{1,6})\s", md, re.M)],
        "bullets": count(r"^\s*[-*+]\s+\S"),
        "steps": count(r"^\s*\d+[.)]\s+\S"),
        "table rows": count(r"^\s*\|"),
        "images": count(r"!\[|<img"),
        "bold": count(r"\*\*[^*\n]+\*\*"),
        "blocks": sum(bool(b.strip()) for b in re.split(r"\n\s*\n", md)),
    }


def numbers(md):
    """Numbers above 10; below, a language may spell them."""
    found = re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", prose(md))
    plain = (f.rstrip(",").replace(",", "") for f in found)
    return Counter(x for x in plain if not re.fullmatch(r"\d|10", x))


def hangul_share(md):
    text = prose(md)
    hangul, latin = len(re.findall("[가-힣]", text)), len(re.findall("[A-Za-z]", text))
    return hangul / (hangul + latin) if hangul + latin else 1.0


def length_ratio_and_band(ko, en):
    band = next(band for most, band in BANDS if size(en) < most)
    return size(ko) / max(size(en), 1), band


def sentences(md):
    """Sentences of running Korean text: no headings, tables, list items or emphasised captions."""
    lines = [
        x for x in FENCE.sub("", md).splitlines() if not re.match(r"\s*([#|*]|[-+] |\d+\.)", x)
    ]
    text = re.sub(r"\([^()]*\)", "", prose(" ".join(lines)))
    return [s for s in re.split(r"(?<=[.?!])\s+", text) if re.search("[가-힣]", s)]
