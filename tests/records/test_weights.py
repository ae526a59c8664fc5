import numpy as np
import pytest
import torch
from torch import nn

from course_utils import models, runtime
from course_utils.records import weights


def network(seed):
    images = torch.randint(256, (4, 3, 16, 16), generator=runtime.generator(seed)).to(torch.uint8)
    return models.classifier(models.small_encoder(images, seed=seed), 3, seed=seed)


def test_parameters_and_buffers_come_back(tmp_path):
    net, other = network(0), network(1)
    net(torch.rand(8, 3, 16, 16, generator=runtime.generator(2)))  # moves the running statistics
    weights.keep(net, tmp_path / "a.npz")
    weights.fill(other, tmp_path / "a.npz")
    state, filled = net.state_dict(), other.state_dict()
    assert state.keys() == filled.keys()
    for name, value in state.items():
        assert torch.equal(value, filled[name]), name
        assert value.dtype == filled[name].dtype
    x = torch.rand(2, 3, 16, 16, generator=runtime.generator(3))
    assert torch.equal(net.eval()(x), other.eval()(x))
    assert other.encoder.block1[0].weight.is_contiguous(memory_format=torch.channels_last)


def test_the_file_holds_plain_arrays_and_nothing_is_unpickled(tmp_path):
    path = tmp_path / "a.npz"
    net = nn.Linear(2, 1)
    weights.keep(net, path)
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays.files) == {"weight", "bias"}
    np.savez(path, weight=np.array([print], dtype=object), bias=np.zeros(1))
    with pytest.raises(ValueError, match="pickle"):
        weights.fill(net, path)


def test_weights_of_another_network_are_refused(tmp_path):
    weights.keep(nn.Linear(2, 1), tmp_path / "a.npz")
    with pytest.raises(RuntimeError, match=r"shape|size"):
        weights.fill(nn.Linear(3, 1), tmp_path / "a.npz")


def test_half_a_file_is_impossible(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    net = nn.Linear(2, 1)
    weights.keep(net, path)
    before = path.read_bytes()

    def full(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
    for target in (path, tmp_path / "b.npz"):
        with pytest.raises(OSError, match="no space"):
            weights.keep(net, target)
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]
    assert path.read_bytes() == before


def test_the_path_is_named_by_all_that_the_weights_depend_on(tmp_path):
    what = {"code": "abc", "settings": {"data": "toyworld", "examples": 4}, "seed": 0}
    path = weights.path_of_weights(**what)
    assert path.parent == runtime.cache_dir() / "weights" and path.suffix == ".npz"
    turned = {"examples": 4, "data": "toyworld"}
    assert weights.path_of_weights(**what | {"settings": turned}) == path
    others = [{"code": "b"}, {"seed": 1}, {"settings": turned | {"gray": 0.5}}, {"threads": 2}]
    assert len({path, *(weights.path_of_weights(**what | other) for other in others)}) == 5
