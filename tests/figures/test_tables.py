from course_utils import lang
from course_utils.figures import tables


def test_names_are_in_both_languages_and_all_else_as_it_is(capsys):
    lang.set_language("both")
    tables.named(
        ["labels", ("값", "value")], [["random weights", "block2"], [("가", "a"), "37.1%"]]
    )
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ") for line in lines] == [
        ["레이블 수 / labels", "값 / value"],
        ["학습하지 않은 인코더 / random weights", "블록 2 / block2"],
        ["가 / a", "37.1%"],
    ]
