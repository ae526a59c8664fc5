import re

import pytest

from course_utils import lang, runtime
from course_utils.__main__ import main
from course_utils.workshop import doctor


@pytest.fixture
def measured(monkeypatch):
    """Speeds as if they had been measured."""
    monkeypatch.setattr(doctor, "speed", lambda seconds, batch=64: 1000.0)
    monkeypatch.setattr(doctor, "view_speed", lambda seconds: 9000.0)


def test_the_speed_is_measured(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "SPEED_SECONDS", 0.3)
    assert main(["doctor"]) == 0
    told = re.search(r"Training speed: ([\d,]+) pictures", capsys.readouterr().out)
    assert int(told[1].replace(",", "")) > 10


@pytest.mark.parametrize("language", ["ko", "en"])
def test_doctor_tells_what_it_found(measured, capsys, language):
    lang.set_language(language)
    (runtime.cache_dir()).mkdir(parents=True)
    (runtime.cache_dir() / "cifar10-32px.npz").write_bytes(b"0" * 2_000_000)
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("torch", "torchvision", str(runtime.device()), "cifar10-32px.npz, 2 MB"):
        assert word in out
    expected = {"ko": "학습 속도: 초당 이미지 1,000장", "en": "Training speed: 1,000 pictures"}
    assert expected[language] in out


def test_doctor_tells_of_a_missing_shared_drive_and_goes_on(measured, monkeypatch, capsys):
    monkeypatch.setenv("SSL_COURSE_DATA", "no/such/drive")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "no/such/drive" in out
    assert "Training speed:" in out


def test_doctor_says_what_is_missing(measured, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))
    main(["doctor"])
    assert "no-such-package: not installed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rate", "views", "larger", "said"),
    [
        (1000, 1500, 9000, "making the pictures"),
        (1000, 9000, 1600, "too little work"),
        (1000, 9000, 1400, "computing the network"),
    ],
)
def test_what_limits_the_speed_is_named(rate, views, larger, said):
    ko, en = doctor.limit(rate, views, larger)
    assert said in en and "초당" in ko


def test_views_alone_are_faster_than_training():
    assert doctor.view_speed(0.2) > doctor.speed(0.2)


def test_a_gpu_is_named(monkeypatch):
    monkeypatch.setattr(doctor.torch.cuda, "get_device_name", lambda where: "Some GPU")
    properties = type("P", (), {"total_memory": 40 * 2**30})
    monkeypatch.setattr(doctor.torch.cuda, "get_device_properties", lambda where: properties)
    assert "Some GPU, 40 GiB" in doctor._named(doctor.torch.device("cuda"))
    assert doctor._named(doctor.torch.device("cpu")) == "cpu"
