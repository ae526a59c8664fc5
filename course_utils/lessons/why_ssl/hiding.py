"""What could be hidden of data, and which lesson does it: a lab to look at."""

import ipywidgets
import torch

from course_utils.lessons.why_ssl import drawings
from course_utils.widgets import labs
from course_utils.widgets.questions import Option

SENTENCE = ("an", "owl", "sees", "two", "eagles", "today")
OPTIONS = {
    "top": Option(
        "위쪽",
        "the top",
        "아래쪽을 보고 위쪽 행을 예측합니다. 픽셀 대신 특징을 예측하면 대조 예측 부호화(CPC)가 됩니다. "
        "07 강의에서 배웁니다.",
        "Predict the upper rows from the lower ones. With features instead of pixels this leads to "
        "contrastive predictive coding: lesson 07.",
    ),
    "left": Option(
        "왼쪽",
        "the left",
        "오른쪽을 보고 왼쪽에 무엇이 오는지 예측합니다. 조각의 상대 위치와 직소 퍼즐이 여기에서 "
        "나옵니다. 04 강의입니다.",
        "Predict from the right what belongs on the left: relative position of pieces, and jigsaw "
        "puzzles, in lesson 04.",
    ),
    "color": Option(
        "색",
        "the color",
        "밝기만 보고 색을 예측합니다. 잔디가 초록인 것을 알아야 합니다. 05 강의의 채색입니다.",
        "Predict the color from lightness alone. It takes knowing that grass is green: "
        "colorization, lesson 05.",
    ),
    "center": Option(
        "가운데",
        "the center",
        "둘레를 보고 구멍을 메웁니다. 06 강의의 컨텍스트 인코더입니다.",
        "Fill a hole from its surroundings: the context encoder of lesson 06.",
    ),
    "next frame": Option(
        "다음 프레임",
        "the next frame",
        "앞 프레임을 보고 다음 프레임을 예측합니다. 추적, 프레임 순서, 비디오 채색이 모두 시간에서 "
        "정답을 얻습니다. 08, 09, 10 강의입니다. 여기서는 사진 한 장 위로 창을 옮겨 흉내 냅니다.",
        "Predict what comes next. Tracking, frame order and video colorization take their answers "
        "from time: lessons 08, 09, 10. (Here a window moves over one photograph.)",
    ),
    "word": Option(
        "단어",
        "a word",
        "문장에서 단어를 가리고 예측합니다. BERT가 이렇게 배웁니다. 아래 '더 깊이'에서 그런 모델을 직접 "
        "학습합니다.",
        "Hide a word and predict it, as BERT does. You train such a model in Go deeper.",
    ),
}


def lab(picture: torch.Tensor) -> ipywidgets.VBox:
    """Choose what is hidden of a uint8 picture ``(3, S, S)``, and see what has to be predicted."""
    return labs.look_lab(
        lambda part: drawings.hidden_part(picture, part, sentence=SENTENCE), OPTIONS
    )
