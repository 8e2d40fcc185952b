"""Kernels give fresh memory: no result lies in the memory of an input, unless the operation says that it may.

A program writes results over values that nobody reads again. A kernel that hands an input back, where there
is nothing to do, would let it destroy what somebody still reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.core.engine import load_engine
from sujeong.core.op import OPS

from .record import Record, Sample, to_tensors
from .test_contract import each_recorded, flat


def memory(array: Any) -> Any:
    """What tells whether arrays share memory."""
    return array if isinstance(array, np.ndarray) else array.untyped_storage().data_ptr()


def share(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return np.may_share_memory(a, b)
    return a.numel() > 0 and memory(a) == memory(b)


def watched(name: str, kernel: Callable[..., Any], found: list[str]) -> Callable[..., Any]:
    """The kernel, which notes when a result shares memory with an input or with another result."""

    def run(*arrays: Any, **attributes: Any) -> Any:
        out = kernel(*arrays, **attributes)
        results = out if isinstance(out, tuple) else (out,)
        for i, y in enumerate(results):
            if any(share(y, x) for x in arrays):
                found.append(f"{name}: result {i} lies in an input")
            if any(share(y, other) for other in results[:i]):
                found.append(f"{name}: result {i} lies in another result")
        return out

    return run


@each_recorded
def test_kernels_give_fresh_memory(
    record: Record, sample: Sample, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = load_engine(engine)
    found: list[str] = []
    kernels = {
        name: kernel if name in OPS and OPS[name].may_alias else watched(name, kernel, found)
        for name, kernel in target.kernels.items()
    }
    args = to_tensors(list(sample.args), "float32")
    leaves = [
        sj.asarray(np.asarray(a), requires_grad=True)
        if isinstance(a, sj.Tensor) and a.dtype.is_floating
        else a
        for a in args
    ]
    monkeypatch.setattr(target, "kernels", kernels)
    out = flat(record.function(*leaves, **sample.kwargs))
    if record.gradient:
        total: Any = 0.0
        for o in out:
            if o.dtype.is_floating:
                total = total + sj.sum(o)
        watchable = [x for x in leaves if isinstance(x, sj.Tensor) and x.requires_grad]
        if isinstance(total, sj.Tensor) and total.requires_grad:
            sj.gradients(total, watchable)
    assert not found
