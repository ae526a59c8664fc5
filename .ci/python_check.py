"""Says what to do where Python is too old or lacks what an environment needs: run by ``make``.

It must run on any Python there is, so it is written for all of them and imports nothing of the course.
"""

import sys

OLD = """파이썬 {found}이 너무 오래되었습니다. 3.11 이상이 필요합니다. 설치한 다음 이렇게 실행하세요: make lab PYTHON=python3.12
Python {found} is too old; 3.11 or later is needed. Install one, then run for instance: make lab PYTHON=python3.12
"""
NO_VENV = """이 파이썬({found})에는 가상 환경을 만드는 모듈이 없습니다. 데비안과 우분투에서는 이렇게 설치하세요: sudo apt install python3-venv
This Python ({found}) cannot make environments. On Debian and Ubuntu: sudo apt install python3-venv
"""


def complaint(version, has_venv):
    """What is wrong with a Python, None if nothing is: ``version`` as ``sys.version_info``."""
    found = f"{version[0]}.{version[1]}"
    if tuple(version[:2]) < (3, 11):
        return OLD.format(found=found)
    return None if has_venv else NO_VENV.format(found=found)


def has_venv():
    """Whether environments can be made: Debian leaves out ``ensurepip``."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    told = complaint(sys.version_info, has_venv())
    if told:
        stream = getattr(sys.stderr, "buffer", sys.stderr)
        stream.write(told.encode("utf-8"))
        sys.exit(1)
