"""Exercise of lesson 01: the encoder of the course, completed from its first block."""

from collections.abc import Callable, Iterator

import torch
from torch import nn

from course_utils import models, runtime
from course_utils.exercises.diagnosis import Exercise
from course_utils.exercises.facts import RETURNED, called

BLOCKS = ("block1", "block2", "block3")


def _pictures() -> torch.Tensor:
    """Twelve pictures of noise, uint8 ``(12, 3, 32, 32)``, each brighter than the one before."""
    noise = torch.rand(12, 3, 32, 32, generator=runtime.generator(0))
    return (noise * torch.linspace(20, 255, 12)[:, None, None, None]).to(torch.uint8)


def _filled(encoder: nn.Module) -> nn.Module:
    """All weights drawn anew, in the order in which the encoder holds them."""
    generator = runtime.generator(1)
    with torch.no_grad():
        for weight in encoder.parameters():
            scale = weight[0].numel() ** -0.5 if weight.ndim > 1 else 1.0
            weight.copy_(scale * torch.randn(weight.shape, generator=generator))
    return encoder


def _observe(answer: Callable, pictures: torch.Tensor) -> Iterator[tuple[str, object]]:
    with torch.random.fork_rng(devices=[]):  # layers draw their weights from the global generator
        encoder = called(answer, pictures.clone())
    parts = encoder if isinstance(encoder, nn.Sequential) else None
    yield "encoder_kind", type(encoder).__name__ if parts is None else "Sequential"
    if parts is None:
        return
    n_weights = sum(weight.numel() for weight in encoder.parameters())
    names = [name for name, _ in encoder.named_children()]
    yield "named", set(BLOCKS) <= set(names)
    yield "told_stages", ", ".join(names)
    yield "weights", n_weights
    yield "told_weights", f"{n_weights:,}"
    own, whole = encoder[0], models.Normalize(pictures)
    yield "normalized", isinstance(own, models.Normalize) and torch.equal(own.mean, whole.mean)
    if isinstance(own, models.Normalize):
        own.load_state_dict(whole.state_dict())  # one mistake at a time
    _filled(encoder).train()
    found = models.stage_maps(encoder, pictures.float() / 255).values()
    maps = dict(zip(BLOCKS, found, strict=False))  # in order, whatever they are called
    for name, x in maps.items():
        yield f"{name}_axes", x.ndim
        yield f"{name}_shape", tuple(x.shape)
    yield RETURNED, True
    for name, x in maps.items():
        yield f"{name}_negative", bool((x < 0).any())
        yield f"{name}_values", x.detach().mean((0, 2, 3))
    list(maps.values())[-1].sum().backward()
    yield "all_trained", all(weight.grad is not None for weight in encoder.parameters())


def _layers(c_in: int, c_out: int, **how) -> list[nn.Module]:
    conv = {"kernel_size": 3, "padding": 1, "bias": False} | how
    return [nn.Conv2d(c_in, c_out, **conv), nn.BatchNorm2d(c_out), nn.ReLU()]


def _with(pictures: torch.Tensor, *blocks: list[nn.Module]) -> nn.Sequential:
    """An encoder with the first block that is given and others after it."""
    encoder = models.small_encoder(pictures)[:2]
    for number, layers in enumerate(blocks, start=2):
        encoder.add_module(f"block{number}", nn.Sequential(*layers))
    return encoder


def _unnamed(pictures: torch.Tensor) -> nn.Sequential:
    parts = list(_with(pictures, [*_layers(64, 128), _pool()], _layers(128, 256)))
    return nn.Sequential(*parts)


def _flat(pictures: torch.Tensor) -> nn.Sequential:
    encoder = models.small_encoder(pictures)[:2]
    return encoder.extend([*_layers(64, 128), _pool(), *_layers(128, 256)])


def _normalized_by_some(pictures: torch.Tensor) -> nn.Sequential:
    encoder = models.small_encoder(pictures)
    encoder.normalize = models.Normalize(pictures[:4])
    return encoder


def _pool() -> nn.Module:
    return nn.MaxPool2d(2)


MISTAKES = {
    "no_third": lambda p: _with(p, [*_layers(64, 128), _pool()]),
    "no_pool": lambda p: _with(p, _layers(64, 128), _layers(128, 256)),
    "pool_at_the_end": lambda p: _with(
        p, [*_layers(64, 128), _pool()], [*_layers(128, 256), _pool()]
    ),
    "pool_in_the_third": lambda p: _with(p, _layers(64, 128), [*_layers(128, 256), _pool()]),
    "pool_first": lambda p: _with(p, [_pool(), *_layers(64, 128)], _layers(128, 256)),
    "average": lambda p: _with(p, [*_layers(64, 128), nn.AvgPool2d(2)], _layers(128, 256)),
    "overlapping": lambda p: _with(
        p, [*_layers(64, 128), nn.MaxPool2d(3, stride=2, padding=1)], _layers(128, 256)
    ),
    "twice": lambda p: _with(
        p,
        [*_layers(64, 128), *_layers(128, 128), _pool()],
        [*_layers(128, 256), *_layers(256, 256)],
    ),
    "stride": lambda p: _with(p, _layers(64, 128, stride=2), _layers(128, 256)),
    "learned_pool": lambda p: _with(
        p, _layers(64, 128, kernel_size=2, stride=2, padding=0), _layers(128, 256)
    ),
    "pooled_by_convolution": lambda p: _with(
        p, [nn.Conv2d(64, 128, 2, stride=2), *_layers(128, 128)], _layers(128, 256)
    ),
    "with_bias": lambda p: _with(
        p, [*_layers(64, 128, bias=True), _pool()], _layers(128, 256, bias=True)
    ),
    "no_norm": lambda p: _with(p, [*_layers(64, 128)[::2], _pool()], _layers(128, 256)[::2]),
    "last_without_norm": lambda p: _with(p, [*_layers(64, 128), _pool()], _layers(128, 256)[::2]),
    "bare_third": lambda p: _with(
        p, [*_layers(64, 128), _pool()], _layers(128, 256, bias=True)[:1]
    ),
    "no_relu": lambda p: _with(p, [*_layers(64, 128)[:2], _pool()], _layers(128, 256)[:2]),
    "narrow": lambda p: _with(p, [*_layers(64, 64), _pool()], _layers(64, 64)),
    "as_wide": lambda p: _with(p, [*_layers(64, 128), _pool()], _layers(128, 128)),
    "pointwise": lambda p: _with(
        p, [*_layers(64, 128), _pool()], _layers(128, 256, kernel_size=1, padding=0)
    ),
    "no_padding": lambda p: _with(
        p, [*_layers(64, 128, padding=0), _pool()], _layers(128, 256, padding=0)
    ),
    "unnamed": _unnamed,
    "flat": _flat,
    "normalized_by_some": _normalized_by_some,
    "flattened": lambda p: _with(
        p, [*_layers(64, 128), _pool()], [*_layers(128, 256), nn.Flatten()]
    ),
}

EXERCISE = Exercise(
    reference=models.small_encoder.__wrapped__,  # the lesson seeds it, as any answer
    observe=_observe,
    cases=(_pictures,),
    mistakes=MISTAKES,
    uses=(models._block,),
)
