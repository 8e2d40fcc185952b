"""The few calls of `torch.cuda`, in the right order and by names that this torch has; nothing is computed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from sujeong.engines.torch import graph_device, graph_inputs
from sujeong.engines.torch.graph_device import CudaDevice

from .fake_graph import FakeDevice


class Calls:
    """Stands for `torch`: notes what is called on it."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.device = torch.device
        here = self._stream("here")
        self.cuda = SimpleNamespace(
            Stream=lambda device: self._stream("side"),
            current_stream=lambda: here,
            graph_pool_handle=lambda: (0, 1),
            synchronize=lambda: self.noted.append("synchronize"),
            CUDAGraph=lambda: SimpleNamespace(replay=lambda: self.noted.append("replay")),
            device=lambda device: self._inside(f"device {device}"),
            stream=lambda stream: self._inside(f"stream {stream.name}"),
            graph=self._graph,
        )

    def _stream(self, name: str) -> Any:
        waits = lambda other: self.noted.append(f"{name} waits for {other.name}")  # noqa: E731
        return SimpleNamespace(name=name, wait_stream=waits)

    def _graph(self, graph: Any, **settings: Any) -> Any:
        inspect.signature(torch.cuda.graph.__init__).bind(None, graph, **settings)  # torch knows these names
        assert settings["capture_error_mode"] == "thread_local"
        return self._inside(f"capture on {settings['stream'].name} into {settings['pool']}")

    @contextmanager
    def _inside(self, name: str) -> Iterator[None]:
        self.noted.append(f"+{name}")
        yield
        self.noted.append(f"-{name}")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()
    monkeypatch.setattr(graph_device, "torch", calls)
    return calls


def test_warming_up_waits_on_both_sides(calls: Calls) -> None:
    CudaDevice("cuda:1").warm_up(lambda: calls.noted.append("work"))
    assert calls.noted == [
        "+device cuda:1",
        "side waits for here",
        "+stream side",
        "work",
        "-stream side",
        "here waits for side",
        "synchronize",
        "-device cuda:1",
    ]


def test_capture_and_replay(calls: Calls) -> None:
    device = CudaDevice("cuda:0")

    def work() -> list[Any]:
        calls.noted.append("work")
        return ["result"]

    graph, results = device.capture(work, device.pool())
    assert results == ["result"]
    capture = "capture on side into (0, 1)"
    inside = [f"+{capture}", "work", f"-{capture}"]
    assert calls.noted == ["+device cuda:0", *inside, "-device cuda:0"]
    calls.noted.clear()
    device.replay(graph)
    assert calls.noted == ["+device cuda:0", "replay", "-device cuda:0"]


def test_torch_has_what_is_called() -> None:
    for name in vars(Calls().cuda):
        assert hasattr(torch.cuda, name), name


def test_stand_ins_are_asked_as_the_device_is() -> None:
    for name, method in inspect.getmembers(CudaDevice, inspect.isfunction):
        if not name.startswith("_"):
            assert inspect.signature(getattr(FakeDevice, name)) == inspect.signature(method), name


def test_arrays_travel_by_way_of_pinned_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = []

    class Host:
        dtype = torch.float64

        def to(self, target: Any, **settings: Any) -> Any:
            noted.append((target, settings))
            return self

        def pin_memory(self) -> Any:
            noted.append(("pinned", {}))
            return self

    graph_inputs.uploaded(Host(), "cuda:0", torch.float32)
    assert noted == [(torch.float32, {}), ("pinned", {}), ("cuda:0", {"non_blocking": True})]


def test_arguments_that_a_device_can_take() -> None:
    device = torch.device("meta")
    there, number, away = torch.ones(2, device="meta"), torch.ones(()), torch.ones(2)
    assert graph_inputs.placed([there, number], device)
    assert not graph_inputs.placed([there, away], device)
    inputs = graph_inputs.Inputs([there, number], device)
    assert [x.device.type for x in inputs.static] == ["meta", "meta"]
    assert inputs.fits([there, number])
    assert not inputs.fits([away, number])
    assert not inputs.fits([torch.ones((2, 2), device="meta")[:, 0], number])
    inputs.fill([there, number])


def test_conjugated_views_are_not_taken() -> None:
    x = torch.ones(3, dtype=torch.complex64)
    inputs = graph_inputs.Inputs([x], torch.device("cpu"))
    assert inputs.fits([x])
    assert not inputs.fits([x.conj()])
