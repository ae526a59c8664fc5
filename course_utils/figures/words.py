"""What figures call things: names that lessons use, in the reader's language.

A lesson names arms, factors and classes in English, as its code does; a figure writes them in the
language it is drawn in.
"""

import functools
import re
from collections.abc import Iterable

from course_utils import texts
from course_utils.figures.style import drawable
from course_utils.lang import Text, t

_NUMBER = re.compile(r"\d+(?:[,.]\d+)*")

# Rows, columns and axes that several figures share.
_NAMES = {
    "pixels": "픽셀",
    "random weights": "학습하지 않은 인코더",
    "supervised": "지도학습",
    "rotation": "회전",
    "you": "나",
    "accuracy": "정확도",
    "loss": "손실",
    "probability": "확률",
    "test accuracy": "테스트 정확도",
    "labels": "레이블 수",
    # factors of ToyWorld
    "kind": "종류", "x": "가로 위치", "y": "세로 위치", "scale": "크기", "angle": "기울기", "turn": "회전각",
    "hue": "색조", "value": "밝기", "tint": "배경 색조", "light": "빛의 방향",
    # classes of CIFAR-10 and of STL-10
    "airplane": "비행기", "automobile": "자동차", "bird": "새", "cat": "고양이", "deer": "사슴",
    "dog": "개", "frog": "개구리", "horse": "말", "ship": "배", "truck": "트럭", "car": "자동차",
    "monkey": "원숭이",
    # kinds of ToyWorld
    "house": "집", "tree": "나무", "boat": "배", "cup": "컵", "lamp": "램프", "umbrella": "우산",
    "mushroom": "버섯", "rocket": "로켓", "duck": "오리",
    "label {}": "레이블 {}", "frame {}": "프레임 {}", "block{}": "블록 {}", "spread": "퍼진 정도",
    # classes of Imagenette
    "tench": "텐치", "English springer": "스프링어 스패니얼", "cassette player": "카세트 플레이어",
    "chain saw": "전기톱", "church": "교회", "French horn": "호른", "garbage truck": "쓰레기차",
    "gas pump": "주유기", "golf ball": "골프공", "parachute": "낙하산",
}  # fmt: skip


@functools.cache
def _known() -> dict[str, str]:
    """Every name that has a Korean one, those of all lessons too."""
    return _NAMES | texts.figure_names()


def name(text: Text) -> tuple[str, str]:
    """Korean and English of a name: a pair as it is, a name above or in a lesson's ``texts.toml``
    with its Korean, and anything else, a reader's own class name say, the same twice.

    Numbers in a name may be any: ``label {}`` in the texts serves ``label 3``.
    """
    if not isinstance(text, str):
        return text
    known = _known()
    for form, numbers in ((text, []), (_NUMBER.sub("{}", text), _NUMBER.findall(text))):
        words = " ".join(form.split())
        if words in known:
            return known[words].format(*numbers), text
    return text, text


def word(text: Text) -> str:
    """A name in the language that is drawn, with nothing in it that no font has."""
    ko, en = name(text)
    return drawable(t(ko=ko, en=en))


def words(names: Iterable[Text]) -> list[str]:
    """``word`` of each."""
    return [word(one) for one in names]
