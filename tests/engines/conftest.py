"""Fixtures for the tests of graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

import sujeong as sj
from sujeong.engines.torch import graphs

from .fake_graph import FakeDevice, TapeDevice


@pytest.fixture
def graphs_on(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeDevice]:
    """Lets a stand-in capture what is recorded for the CPU from now on."""

    def on(device: FakeDevice | None = None) -> FakeDevice:
        device = device or FakeDevice()
        monkeypatch.setenv("SUJEONG_CUDA_GRAPHS", "on")
        monkeypatch.setitem(graphs.DEVICES, "cpu", lambda name: device)
        return device

    return on


def device_all_finite(*xs: Any) -> Any:
    """The flag as a device computes it, without asking for a value."""
    return torch.stack([x.isfinite().all() for x in xs]).all()


@pytest.fixture
def on_tape(graphs_on: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[TapeDevice]:
    """A stand-in that fixes whatever Python knew at capture. Compiled kernels of our own would bypass it."""
    monkeypatch.setitem(sj.get_engine().kernels, "all_finite", device_all_finite)
    device = TapeDevice()
    graphs_on(device)
    if "fusion" not in sj.pass_names():
        yield device
        return
    with sj.without_passes("fusion"):
        yield device
