"""What only a CUDA device does: a training step captured once and replayed.

Launching the kernels of a small network takes longer than computing them. As a CUDA graph the whole
step is launched at once. Rows of the record are made on a CPU, so this module is no part of their
hashes (``records.fingerprint``).
"""

from collections.abc import Callable

import torch

# Steps that run as they stand before one is captured: libraries choose their algorithms, the
# optimiser makes its buffers (three, as in PyTorch's notes on CUDA graphs).
WARM_UP = 3

Step = Callable[..., dict[str, torch.Tensor]]


class Captured:
    """A step whose shapes and whose Python are the same every time, replayed from a CUDA graph.

    ``step(*batch)`` takes tensors and returns scalars, as in ``train.fit``. The first ``WARM_UP``
    calls run it, the next captures it, and from then on its kernels are replayed on what is copied
    into the captured batch. A batch of other shapes runs as it stands.
    """

    def __init__(self, step: Step):
        self.step, self.calls = step, 0
        self.graph: torch.cuda.CUDAGraph | None = None
        self.batch: list[torch.Tensor] = []
        self.metrics: dict[str, torch.Tensor] = {}

    def __call__(self, *batch: torch.Tensor) -> dict[str, torch.Tensor]:
        self.calls += 1
        if self.calls <= WARM_UP:
            return self._aside(batch)
        if self.graph is None:
            self._capture(batch)
        if [x.shape for x in batch] != [x.shape for x in self.batch]:
            return self.step(*batch)
        for there, new in zip(self.batch, batch, strict=True):
            there.copy_(new, non_blocking=True)
        self.graph.replay()
        # The next replay writes over what this one gave.
        return {name: value.clone() for name, value in self.metrics.items()}

    def _aside(self, batch: tuple[torch.Tensor, ...]) -> dict[str, torch.Tensor]:
        """Run the step on a stream of its own: autograd remembers the stream of what it saw first,
        and a capture may not depend on the default one.
        """
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            metrics = self.step(*batch)
        here.wait_stream(aside)
        return metrics

    def _capture(self, batch: tuple[torch.Tensor, ...]) -> None:
        self.batch = [x.clone() for x in batch]
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):  # nothing is computed yet
            self.metrics = self.step(*self.batch)
