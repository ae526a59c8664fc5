import pytest
import torch

from course_utils import runtime
from tests.oracles import assert_bilingual


def test_effort(monkeypatch):
    assert runtime.effort() == 1
    monkeypatch.setenv("SSL_COURSE_EFFORT", "0.25")
    assert runtime.effort() == 0.25


@pytest.mark.parametrize("wrong", ["0", "-1", "much", "nan", "inf"])
def test_bad_effort(monkeypatch, wrong):
    monkeypatch.setenv("SSL_COURSE_EFFORT", wrong)
    with pytest.raises(ValueError, match="SSL_COURSE_EFFORT") as error:
        runtime.effort()
    assert_bilingual(str(error.value))


def test_generator_is_explicit():
    state = torch.get_rng_state()
    one, two = (torch.rand(3, generator=runtime.generator(1)) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.equal(torch.get_rng_state(), state)


def test_generator_lies_where_it_is_asked_to():
    assert runtime.generator(0).device == torch.device("cpu")
    assert runtime.generator(3, torch.device("cpu")).initial_seed() == 3
    if torch.cuda.is_available():
        assert runtime.generator(0, "cuda").device.type == "cuda"
    else:
        with pytest.raises(RuntimeError):
            runtime.generator(0, "cuda")


def test_replacing_is_all_or_nothing(tmp_path):
    path = tmp_path / "가 나" / "file.txt"
    with runtime.replacing(path) as beside:
        beside.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"

    def half_written():
        with runtime.replacing(path) as beside:
            beside.write_text("tw")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half_written()
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_replace_all_writes_all_or_none(tmp_path):
    first, second = tmp_path / "하나.txt", tmp_path / "new" / "two.txt"
    runtime.replace_all({first: "가", second: "b"})
    assert (first.read_text(encoding="utf-8"), second.read_text(encoding="utf-8")) == ("가", "b")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        runtime.replace_all({first: "나", tmp_path / "file" / "x.txt": "c"})
    assert first.read_text(encoding="utf-8") == "가"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "new", "하나.txt"]


@pytest.mark.parametrize(
    ("fp32", "bf16", "expected"),
    [(3.0, 1.0, torch.bfloat16), (1.0, 10.0, torch.float32), (1.0, 0.9, torch.float32)],
)
def test_fastest_precision_takes_the_faster_and_a_tie_is_float32(monkeypatch, fp32, bf16, expected):
    seconds = {torch.float32: fp32, torch.bfloat16: bf16}
    monkeypatch.setattr(runtime, "_step_seconds", lambda where, ps: [seconds[p] for p in ps])
    runtime.fastest_precision.cache_clear()
    assert runtime.fastest_precision(torch.device("cpu")) == expected
    runtime.fastest_precision.cache_clear()


def test_step_is_timed_inside_no_grad_and_leaves_the_generator_alone():
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    with torch.no_grad():
        assert min(runtime._step_seconds(torch.device("cpu"), [torch.float32])) > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_autocast():
    x = torch.ones(2, 2)
    with runtime.autocast(torch.device("cpu"), torch.bfloat16):
        assert (x @ x).dtype == torch.bfloat16
    with runtime.autocast(torch.device("cpu"), torch.float32):
        assert (x @ x).dtype == torch.float32
