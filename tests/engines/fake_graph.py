"""Stand-ins for a device that captures graphs, so that all around it is tested with real numbers.

`FakeDevice` keeps the function and calls it at each replay: kernels of the CPU that read values stay right.
`TapeDevice` keeps what was launched, as CUDA does: Python runs once, whatever it knew is fixed, and asking
for a value ends the capture.

Both compute nothing at capture that anybody could rely on: what was written is put back, and results hold
garbage until the first replay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

READS = {torch.ops.aten._local_scalar_dense.default, torch.ops.aten.is_nonzero.default}


def memory(x: Any) -> int:
    return x.untyped_storage().data_ptr()


class Watch(TorchDispatchMode):
    """Notes each call, and the memory that it overwrites as it was before."""

    def __init__(self, refuses: bool) -> None:
        super().__init__()
        self.refuses, self.tape = refuses, []
        self.before: dict[int, tuple[Any, Any]] = {}
        self.own: set[int] = set()
        self.held: list[Any] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self.refuses and func in READS:
            raise RuntimeError(
                "operation not permitted when stream is capturing\nCUDA kernel errors might ..."
            )
        for x in written(func, args, kwargs):
            if memory(x) not in self.before and memory(x) not in self.own:
                self.before[memory(x)] = x.untyped_storage(), x.untyped_storage().clone()
        out = func(*args, **kwargs)
        results = tensors(out)
        given = {memory(x) for x in (*tensors(args), *tensors(list(kwargs.values())))}
        fresh = [x for x in results if memory(x) not in given]
        self.own |= {memory(x) for x in fresh}
        self.held += results
        self.tape.append((func, args, kwargs, results, {memory(x) for x in fresh}))
        return out

    def put_back(self) -> None:
        for storage, before in self.before.values():
            storage.copy_(before)


def tensors(value: Any) -> list[Any]:
    if isinstance(value, torch.Tensor):
        return [value]
    return [x for part in value for x in tensors(part)] if isinstance(value, (tuple, list)) else []


def written(func: Any, args: Any, kwargs: Any) -> list[Any]:
    found = []
    for i, argument in enumerate(func._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            found += tensors(args[i] if i < len(args) else kwargs.get(argument.name))
    return found


def spoil(x: Any) -> None:
    """Garbage, as memory holds that nothing has been computed into."""
    x.fill_(float("nan") if x.is_floating_point() else 77 if x.dtype is not torch.bool else True)


class FakeDevice:
    """Captures by keeping the function. Counts what was asked of it."""

    refuses = False

    def __init__(self) -> None:
        self.device = torch.device("cpu")
        self.pools = self.captures = self.replays = self.warm_ups = 0
        self.fails: Exception | None = None

    def pool(self) -> Any:
        self.pools += 1
        return object()

    def warm_up(self, function: Callable[[], Any]) -> None:
        self.warm_ups += 1
        function()

    def capture(self, function: Callable[[], list[Any]], pool: Any) -> tuple[Any, list[Any]]:
        self.captures += 1
        watch = Watch(self.refuses)
        try:
            with watch:
                results = function()
                if self.fails is not None:
                    raise self.fails
        finally:
            watch.put_back()
        for x in results:
            if memory(x) in watch.own:  # else it is a constant of the program
                spoil(x)
        return self.graph(function, watch, results), results

    def graph(self, function: Callable[[], list[Any]], watch: Watch, results: list[Any]) -> Any:
        def replay() -> None:
            for static, x in zip(results, function(), strict=True):
                static.copy_(x)

        return replay

    def replay(self, graph: Any) -> None:
        self.replays += 1
        graph()


class TapeDevice(FakeDevice):
    """Captures by keeping the calls on the very memory that they had."""

    refuses = True

    def graph(self, function: Callable[[], list[Any]], watch: Watch, results: list[Any]) -> Any:
        def replay() -> None:
            for func, args, kwargs, before, fresh in watch.tape:
                now = tensors(func(*args, **kwargs))
                for static, x in zip(before, now, strict=True):
                    if memory(static) in fresh:
                        static.copy_(x)

        return replay
