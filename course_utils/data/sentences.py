"""Short Korean and English sentences, written for the course from a small grammar.

Frequent words are tokens of their own. Nouns are spelled, in letters or in jamo, as BERT spells
rare words in pieces: a noun that training never held is then still made of known pieces. A quarter
of the nouns and some of the sentence patterns occur in test sentences only.

Two choices cannot be made from a word's neighbours alone. Korean particles (``은/는``, ``이/가``,
``을/를``, ``과/와``) need the noun's role in the sentence and whether the noun ends in a consonant
(받침). English ``a``, ``an`` and ``two`` need the noun's first letter and its number.
"""

from dataclasses import dataclass

import torch

from course_utils.lang import both

# fmt: off
# Five topics in each language; every fourth noun is kept for the test.
NOUNS = {
    "ko": {
        "kitchen": (
            "사과 당근 감자 생선 국수 김치 두부 수박 포도 빵 우유 설탕 소금 국 냄비 접시 "
            "숟가락 컵 칼 도마 밥 라면 버섯 호박 고추 만두 떡 과자 배추 참외"
        ).split(),
        "school": (
            "책 연필 공책 지우개 가방 칠판 선생님 학생 친구 교실 의자 책상 시계 지도 사전 문제 "
            "그림 노래 시험 종이 가위 풀 자 붓 물감 필통 교과서 달력 수업 질문"
        ).split(),
        "farm": (
            "소 말 닭 돼지 염소 오리 토끼 강아지 고양이 양 쥐 개 벌 나비 개미 농부 밭 "
            "논 나무 꽃 풀잎 씨앗 울타리 트랙터 호미 삽 바람 비 햇빛 구름"
        ).split(),
        "sea": (
            "배 바다 파도 섬 등대 고래 상어 문어 오징어 조개 게 새우 갈매기 어부 그물 돛 닻 "
            "항구 모래 해변 거북 물개 해녀 낚시 부두 선장 선원 태풍 안개 산호"
        ).split(),
        "city": (
            "버스 기차 지하철 자전거 택시 신호등 건물 공원 가게 시장 극장 병원 은행 우체국 도서관 다리 "
            "길 골목 광장 분수 경찰 의사 간호사 손님 아이 할머니 할아버지 청년 가족 이웃"
        ).split(),
    },
    "en": {
        "kitchen": (
            "apple orange onion egg olive turnip carrot lemon melon banana "
            "oven fork spoon plate cup bowl pan kettle urn almond"
        ).split(),
        "school": (
            "alphabet essay exam eraser ink pencil book teacher pupil desk "
            "chair map clock lesson answer artist idea paper bag ruler"
        ).split(),
        "farm": (
            "emu owl ant eagle ewe otter cow hen goat duck rabbit "
            "horse pig field acorn orchard oak tractor fence barn"
        ).split(),
        "sea": (
            "island anchor oyster osprey eel oar boat whale shark crab gull "
            "net sail harbor wave turtle urchin inlet captain lighthouse"
        ).split(),
        "city": (
            "airport avenue office elevator alley umbrella tram train taxi bridge "
            "park shop market doctor nurse actor engine inn road garden"
        ).split(),
    },
}

# Upper-case letters are slots: N a noun, T a time word, V a verb. A particle or determiner names
# its role; which form it takes is decided by the noun it belongs to.
PATTERNS = {
    "ko": {
        "train": ("N:topic N:object V:do", "T N:subject N:object V:do", "T N:subject V:be",
                  "N:topic T V:be", "N:topic N:subject V:feel", "N:and N:topic V:be",
                  "T N:and N:subject V:be", "N:topic N:and N:object V:do",
                  "N:topic T N:object V:do", "N:and N:topic N:subject V:feel",
                  "N:topic T N:and N:object V:do"),
        "test": ("T N:subject N:and N:object V:do", "N:and N:topic N:object V:do",
                 "N:and N:topic T V:be", "T N:and N:subject N:object V:do"),
    },
    "en": {
        "train": ("N:one V:one", "N:many V:many", "T N:one V:one", "T N:many V:many", "WE N:one",
                  "WE N:many", "N:one SEE:one N:many", "N:many SEE:many N:one",
                  "WE N:one AND N:many", "N:one AND N:one V:many"),
        "test": ("T WE N:many AND N:one", "T N:one SEE:one N:many", "T N:many SEE:many N:one",
                 "N:one AND N:many V:many"),
    },
}
# The form after a vowel, and after a consonant.
PARTICLES = {"topic": ("는", "은"), "subject": ("가", "이"), "object": ("를", "을"),
             "and": ("와", "과")}
# How they sound, for figures on machines without a Hangul font.
SOUNDS = {"는": "neun", "은": "eun", "가": "ga", "이": "i", "를": "reul", "을": "eul", "와": "wa",
          "과": "gwa", "a": "", "an": "", "two": ""}
WORDS = {
    "ko": {
        "T": "오늘 어제 지금 아침에 저녁에 가끔".split(),
        "V:do": "봅니다 그립니다 찾습니다 만납니다 기다립니다 부릅니다".split(),
        "V:be": "있습니다 움직입니다 사라집니다 나타납니다".split(),
        "V:feel": "좋습니다 싫습니다 필요합니다 무섭습니다".split(),
    },
    "en": {
        "T": "today yesterday now sometimes often".split(),
        "V:one": "moves waits appears falls".split(), "V:many": "move wait appear fall".split(),
        "SEE:one": "sees finds likes meets".split(), "SEE:many": "see find like meet".split(),
        "WE": ["we see", "we draw", "we need"], "AND": ["and"],
    },
}
# fmt: on
_INITIAL, _MEDIAL, _FINAL = (
    "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ",
    "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ",
    " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
)
PAD, MASK = "[PAD]", "[MASK]"
SPECIALS = (PAD, MASK)  # the first tokens of every vocabulary; all others are words or pieces
PAD_ID, MASK_ID = range(len(SPECIALS))
FIRST_WORD_ID = len(SPECIALS)  # smaller ids are no words


def has_final_consonant(noun: str) -> bool:
    """Does a Korean noun end in a consonant (받침)?"""
    return (ord(noun[-1]) - 0xAC00) % 28 != 0


def spell(noun: str) -> list[str]:
    """A noun in pieces, each marked with #: letters, or jamo.

    A final ㄱ is the same piece as an initial ㄱ, so pieces alone do not say where a syllable ends.
    """
    pieces = []
    for letter in noun:
        code = ord(letter) - 0xAC00
        if 0 <= code < 11172:
            pieces += [_INITIAL[code // 588], _MEDIAL[code % 588 // 28], _FINAL[code % 28]]
        else:
            pieces.append(letter)
    return [f"#{piece}" for piece in pieces if piece != " "]


def nouns(language: str, split: str, topic: str) -> list[str]:
    """The nouns of one topic in a split, ``"train"`` or ``"test"``."""
    all_of_them = NOUNS[language][topic]
    return [noun for i, noun in enumerate(all_of_them) if (i % 4 == 3) == (split == "test")]


def forms(noun: str, role: str, language: str) -> tuple[str, str]:
    """What a noun's role puts before and behind it.

    Korean ``("", "을")``, English ``("an", "")`` or ``("two", "-s")``.
    """
    if language == "ko":
        return "", PARTICLES[role][has_final_consonant(noun)]
    if role == "many":
        return "two", "-s"
    return ("an" if noun[0] in "aeiou" else "a"), ""


def sentence(language: str, split: str, generator: torch.Generator) -> list[tuple[str, str]]:
    """One random sentence from the patterns and nouns of a split, about one topic.

    A list of (word, role); the role of a word that is no noun is empty.
    """

    def pick(choices):
        return choices[int(torch.randint(len(choices), (1,), generator=generator))]

    unused = nouns(language, split, pick(list(NOUNS[language])))
    found = []
    for slot in pick(PATTERNS[language][split]).split():
        kind, _, role = slot.partition(":")
        if kind == "N":
            found.append((pick(unused), role))
            unused.remove(found[-1][0])
        else:
            found += [(word, "") for word in pick(WORDS[language][slot]).split()]
    return found


def written(words: list[tuple[str, str]], language: str) -> str:
    """A sentence as people write it: ``고양이가 책을 봅니다``, ``two owls wait``."""
    parts = []
    for word, role in words:
        before, behind = forms(word, role, language) if role else ("", "")
        parts.append(f"{before} {word}{behind.removeprefix('-')}".strip())
    return " ".join(parts)


def tokenized(words: list[tuple[str, str]], language: str) -> list[str]:
    """A sentence as tokens: nouns in pieces, everything else whole."""
    tokens = []
    for word, role in words:
        before, behind = forms(word, role, language) if role else ("", "")
        tokens += [before, *(spell(word) if role else [word]), behind]
    return [token for token in tokens if token]


@dataclass(frozen=True)
class Corpus:
    """Sentences as numbers: ``train`` and ``test`` int64 ``(N, L)``, ``tokens`` the vocabulary.

    ``choices`` are the ids that stand for one another: particles, or determiners. ``PAD_ID`` (0)
    fills up short sentences, ``MASK_ID`` (1) is the mask.
    """

    train: torch.Tensor
    test: torch.Tensor
    tokens: tuple[str, ...]
    choices: tuple[int, ...]


def vocabulary(language: str) -> tuple[str, ...]:
    """All tokens of a language: the two special ones, words, and pieces of nouns."""
    words = {w for group in WORDS[language].values() for phrase in group for w in phrase.split()}
    words |= set(_choices(language)) | ({"-s"} if language == "en" else set())
    pieces = {
        piece for group in NOUNS[language].values() for noun in group for piece in spell(noun)
    }
    return (*SPECIALS, *sorted(words), *sorted(pieces))


def _choices(language: str) -> list[str]:
    if language == "ko":
        return [form for pair in PARTICLES.values() for form in pair]
    return ["a", "an", "two"]


def encode(sentences: list[list[str]], tokens: tuple[str, ...], length: int) -> torch.Tensor:
    """Sentences as ids, int64 ``(N, length)``, filled up with ``PAD_ID``.

    Raises ``ValueError`` for a token that is not in ``tokens`` or a sentence that is too long.
    """
    number = {token: i for i, token in enumerate(tokens)}
    unknown = {token for words in sentences for token in words} - set(number)
    longest = max(map(len, sentences))
    if unknown or longest > length:
        raise ValueError(
            both(
                ko=f"쓸 수 없는 문장입니다. 모르는 토큰: {sorted(unknown)}, "
                f"가장 긴 문장: {longest}토큰(한도 {length}).",
                en=f"These sentences do not fit. Unknown tokens: {sorted(unknown)}; "
                f"longest: {longest} of {length}.",
            )
        )
    rows = torch.full((len(sentences), length), PAD_ID)
    for row, words in zip(rows, sentences, strict=True):
        row[: len(words)] = torch.tensor([number[word] for word in words])
    return rows


def corpus(language: str, *, seed: int = 0, n_train: int = 6000, n_test: int = 1000) -> Corpus:
    """Random sentences of ``"ko"`` or ``"en"``; test sentences have other nouns and patterns."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [
        [tokenized(sentence(language, split, generator), language) for _ in range(n)]
        for split, n in (("train", n_train), ("test", n_test))
    ]
    tokens = vocabulary(language)
    length = max(len(words) for part in drawn for words in part)
    train, test = (encode(part, tokens, length) for part in drawn)
    return Corpus(train, test, tokens, tuple(tokens.index(c) for c in _choices(language)))
