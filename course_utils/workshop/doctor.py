"""python -m course_utils doctor: is this machine ready for the course, and how fast is it?"""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import torch

from course_utils import losses, models, runtime, threads, train
from course_utils.data import prepared
from course_utils.lang import language, say
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
LESSON_PICTURES = 80_000


def speed(seconds: float = SPEED_SECONDS) -> float:
    """Training pictures a second of the course's encoder on random pixels, in ``seconds`` or so."""
    where = runtime.device()
    images = torch.randint(256, (256, 3, 32, 32), dtype=torch.uint8, generator=runtime.generator(0))
    model = models.classifier(models.small_encoder(images), 4).to(where)
    stream = streams.batches(images.to(where), batch_size=64, generator=runtime.generator(0, where))
    copies = (rotation.four_copies(x) for x, _ in stream)
    # The first run warms up, and gives a guess.
    short = train.fit(model, copies, losses.classification, examples=2048)
    guess = short.examples[-1] / short.seconds * seconds
    history = train.fit(
        model, copies, losses.classification, examples=round(guess / runtime.effort())
    )
    return history.examples[-1] / history.seconds


def doctor() -> None:
    """Print versions, device, cores, precision, data at hand and a ten-second speed estimate."""
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
        ko=f"장치: {where}, 코어 {cores}개, 여기서 빠른 정밀도: {precision}",
        en=f"Device: {where}, {cores} cores, faster precision here: {precision}",
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
    say(ko="10초 동안 속도를 잽니다 …", en="Measuring the speed for ten seconds …")
    rate = speed()
    minutes = LESSON_PICTURES * runtime.effort() / rate / 60
    say(
        ko=f"학습 속도: 초당 이미지 {rate:,.0f}장. 03 노트북의 사전 학습은 {minutes:.1f}분쯤 걸립니다.",
        en=f"Training speed: {rate:,.0f} pictures a second; lesson 03 pretrains in about "
        f"{minutes:.1f} minutes.",
    )
