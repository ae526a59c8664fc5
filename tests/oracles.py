"""What several tests hold messages against."""

import re


def assert_bilingual(message: str) -> None:
    """An error message has a Korean sentence and an English one."""
    assert re.search(r"[가-힣]{2,}.*(니다|세요)", message), message
    assert re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", message), message
