"""Making tensors out of nothing: the one place where engine and device are chosen for a new value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import EngineError, ExchangeError, SujeongError, message
from .dispatch import explain
from .dtypes import DType
from .engine import Engine
from .op import Op
from .tensor import Tensor, _home


def fresh(op: Op, device: str | None = None, **attributes: Any) -> Tensor:
    """Runs an operation that takes no tensors (`full`, `arange`) on the chosen engine and device.

    Args:
        op: the operation.
        device: where; default the chosen device.
        **attributes: its plain values.

    Returns:
        The new tensor.
    """
    engine, home = _home()
    kernel = engine.kernels.get(op.name)
    if kernel is None:
        raise EngineError(message(op.name, f"engine {engine.name!r} has no kernel for it."))
    try:
        return Tensor(kernel(device=_place(engine, device, home), **attributes), engine)
    except SujeongError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is explained in our words
        raise explain(op, (), attributes, error) from None


def from_host(host: np.ndarray, dtype: DType, device: str | None = None, *, copy: bool = True) -> Tensor:
    """A tensor of a NumPy array's values, on the chosen engine and device."""
    engine, home = _home()
    return Tensor(engine.from_host(host, dtype, _place(engine, device, home), copy=copy), engine)


def exchanged(obj: Any, device: str | None = None) -> Tensor:
    """A tensor that shares the memory of an object which offers DLPack, on the chosen engine."""
    engine, home = _home()
    place = None if device is None else _place(engine, device, home)
    try:
        return Tensor(engine.from_dlpack(obj, place), engine)
    except SujeongError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is explained in our words
        text = message(
            "dlpack",
            f"the engine {engine.name!r} cannot take over this memory: {error}",
            received=type(obj).__name__,
            fix="copy it to the host first, or choose the engine that knows its device.",
        )
        raise ExchangeError(text) from None


def _place(engine: Engine, device: str | None, home: str) -> str:
    if device is None or device == home:
        return home
    from .engine import _check_device

    return _check_device(engine, device)
