"""Tables whose names are those of the figures, in both languages."""

from collections.abc import Iterable, Sequence

from course_utils import lang
from course_utils.figures import words
from course_utils.lang import Text


def named(head: Sequence[Text], rows: Iterable[Sequence[Text]]) -> None:
    """Say a table as ``lang.table`` does; a name that figures know, an arm's or a block's say, has
    its Korean beside it.
    """
    lang.table(
        [words.name(text) for text in head], [[words.name(text) for text in row] for row in rows]
    )
