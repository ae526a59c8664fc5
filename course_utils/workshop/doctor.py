"""python -m course_utils doctor: is this machine ready for the course, and how fast is it?"""

import os
import platform
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import torch

from course_utils import losses, models, runtime, threads, train
from course_utils.data import prepared
from course_utils.lang import Text, language, say
from course_utils.pretext import rotation
from course_utils.views import streams

PACKAGES = (
    "torch",
    "torchvision",
    "jupyterlab",
    "ipywidgets",
    "matplotlib",
    "scikit-image",
    "scikit-learn",
)
SPEED_SECONDS = 10.0
# Rotated pictures that lesson 03 trains its encoder on, the reference for the estimate.
LESSON_PICTURES = 96_000
# A batch four times as large is so much faster a picture: then small ones wait for something else.
CLEARLY_FASTER = 1.5


def speed(seconds: float, *, batch: int = 64) -> float:
    """Training pictures a second of the course's encoder on random pixels, in ``seconds`` or so;
    ``batch`` pictures are turned four times in a step.
    """
    where = runtime.device()
    images = _noise(where)
    model = models.classifier(models.small_encoder(images), 4).to(where)
    how = {"batches": _copies(images, batch), "loss": losses.classification, "static": True}
    # The first run warms up, and gives a guess.
    short = train.fit(model, examples=round(8 * 4 * batch / runtime.effort()), **how)
    guess = short.examples[-1] / short.seconds * seconds
    history = train.fit(model, examples=round(guess / runtime.effort()), **how)
    return history.examples[-1] / history.seconds


def _noise(where: torch.device) -> torch.Tensor:
    """Random pixels, uint8 ``(256, 3, 32, 32)``."""
    how = {"dtype": torch.uint8, "generator": runtime.generator(0, where), "device": where}
    return torch.randint(256, (256, 3, 32, 32), **how)


def _copies(images: torch.Tensor, batch: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches of ``batch`` pictures, turned all four ways."""
    generator = runtime.generator(0, images.device)
    stream = streams.batches(images, batch_size=batch, generator=generator)
    return (rotation.four_copies(x) for x, _ in stream)


def view_speed(seconds: float) -> float:
    """Pictures a second of the same batches, made and not learned from."""
    where = runtime.device()
    copies, made = _copies(_noise(where), 64), 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        made += len(next(copies)[0])
        if where.type == "cuda":
            torch.cuda.synchronize()
    return made / (time.perf_counter() - start)


def limit(rate: float, views: float, larger: float) -> Text:
    """What keeps training from being faster, by its speed, that of the views alone, and that of
    training on batches four times as large: pictures a second.
    """
    if views < 2 * rate:
        return (
            f"이미지를 만드는 일(그것만 하면 초당 {views:,.0f}장)",
            f"making the pictures (alone {views:,.0f} a second)",
        )
    if larger > CLEARLY_FASTER * rate:
        return (
            f"한 번에 맡기는 일이 적음(배치를 네 배로 하면 초당 {larger:,.0f}장)",
            f"too little work at a time (batches four times as large: {larger:,.0f} a second)",
        )
    return (
        f"신경망의 계산(이미지만 만들면 초당 {views:,.0f}장)",
        f"computing the network (the pictures alone: {views:,.0f} a second)",
    )


def _named(where: torch.device) -> str:
    """The device, on a GPU with its name and memory."""
    if where.type != "cuda":
        return str(where)
    memory = torch.cuda.get_device_properties(where).total_memory / 2**30
    return f"{where} ({torch.cuda.get_device_name(where)}, {memory:.0f} GiB)"


def doctor() -> None:
    """Print versions, device, cores, precision, data at hand, the speed and what limits it."""
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for package in PACKAGES:
        try:
            print(f"  {package} {version(package)}")
        except PackageNotFoundError:
            say(ko=f"  {package}: 설치되어 있지 않습니다.", en=f"  {package}: not installed.")
    where = runtime.device()
    precision = str(runtime.fastest_precision(where)).removeprefix("torch.")
    cores, chosen = os.cpu_count(), threads.choice()
    say(
        ko=f"장치: {_named(where)}, 코어 {cores}개, 여기서 빠른 정밀도: {precision}",
        en=f"Device: {_named(where)}, {cores} cores, faster precision here: {precision}",
    )
    say(
        ko=f"스레드 {chosen.threads}개: {chosen.ko}",
        en=f"Threads: {chosen.threads}, {chosen.en}",
    )
    say(
        ko=f"언어: {language()}, 학습량: {runtime.effort():g}",
        en=f"Language: {language()}, effort: {runtime.effort():g}",
    )
    try:
        folders = prepared.folders()
    except FileNotFoundError as error:  # the very thing that a reader calls the doctor for
        print(error)
        folders = [runtime.cache_dir()]
    files = [path for folder in folders if folder.is_dir() for path in folder.glob("*px.npz")]
    say(
        ko=f"준비된 데이터 {len(files)}개({', '.join(str(folder) for folder in folders)}):",
        en=f"Prepared data, {len(files)} files ({', '.join(str(folder) for folder in folders)}):",
    )
    for path in files:
        print(f"  {path.name}, {path.stat().st_size / 1e6:.0f} MB")
    say(ko="15초쯤 속도를 잽니다 …", en="Measuring the speed for some fifteen seconds …")
    rate, some = speed(SPEED_SECONDS), SPEED_SECONDS / 5
    ko, en = limit(rate, view_speed(some), speed(some, batch=256))
    minutes, million = LESSON_PICTURES * runtime.effort() / rate / 60, 1e6 / rate / 60
    say(
        ko=f"학습 속도: 초당 이미지 {rate:,.0f}장. 03 노트북의 사전 학습은 {minutes:.1f}분쯤, "
        f"100만 장은 {million:.1f}분쯤 걸립니다.",
        en=f"Training speed: {rate:,.0f} pictures a second; lesson 03 pretrains in about "
        f"{minutes:.1f} minutes, a million pictures take {million:.1f}.",
    )
    say(ko=f"  속도를 정하는 것: {ko}", en=f"  What limits it: {en}")
