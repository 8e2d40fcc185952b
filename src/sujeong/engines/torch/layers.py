"""LSTM and GRU compiled: a whole layer, all steps of it, in one call, and so its way back through time.

W and R are packed once a call; threads take rows of the batch through the steps, in stretches of these
(`sequence.h`, `lstm.h`, `gru.h`), with products of our own (`packed.h`), which use a processor's units for
bfloat16. The readable form, a product and a dozen calls a step, is in `recurrent.py` and `gated.py`;
gradients that come into the gates are left to it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch

from ...core.native import NativeForm
from ...core.spec import Spec
from ._texts import text_of

_NAMES = {"lstm": ("hs", "h", "c", "cs"), "gru": ("hs", "h")}
"""Operation -> which of its results' gradients the kernel takes, in the order of `given`."""


def _text(_: Mapping[str, Any], x: Spec, *rest: Spec, op: str) -> str | None:
    return (
        text_of(x.dtype, "tiles.h", "packed.h", "sequence.h", f"{op}.h")
        if all(s.size for s in (x, *rest))
        else None
    )


def _gradient_text(attributes: Mapping[str, Any], recurrent: Spec, *rest: Spec, op: str) -> str | None:
    within = attributes["given"][-1]  # of the gates
    return None if within else _text(attributes, recurrent, *rest, op=op)


def _addresses(*arrays: Any) -> Any:
    return (ctypes.c_void_p * len(arrays))(*[None if a is None else a.data_ptr() for a in arrays])


def _call(function: Any, back: int, sizes: list[int], arrays: Any) -> None:
    numbers, pointers = (ctypes.c_int64 * len(sizes))(*sizes), _addresses(*arrays)
    function(back, ctypes.addressof(numbers), ctypes.addressof(pointers))


def _sizes(x: Any, units: int, reverse: bool, *weights: Any) -> list[int]:
    steps, batch, features = x.shape
    return [steps, batch, features, units, int(reverse), *[n for w in weights for n in w.stride()]]


def _ordered(*arrays: Any) -> list[Any]:
    return [None if a is None else a.contiguous() for a in arrays]


def _lstm(function: Any, attributes: Mapping[str, Any], *_: Spec) -> Callable[..., Any]:
    reverse = bool(attributes["reverse"])

    def lstm(
        x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **_: Any
    ) -> tuple[Any, ...]:
        x, h, c, bias, mask = _ordered(x, h, c, bias, mask)
        (steps, batch, _), units = x.shape, h.shape[1]
        hs, cs = x.new_empty((steps, batch, units)), c.new_empty((steps, batch, units))
        gates = x.new_empty((steps, batch, 4 * units))
        sizes = _sizes(x, units, reverse, kernel, recurrent)
        _call(function, 0, sizes, (x, h, c, kernel, recurrent, bias, mask, hs, cs, gates))
        last = 0 if reverse else steps - 1
        return hs, hs[last].clone(), cs[last].clone(), cs, gates

    return lstm


def _gru(function: Any, attributes: Mapping[str, Any], *_: Spec) -> Callable[..., Any]:
    reverse = bool(attributes["reverse"])

    def gru(
        x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any, mask: Any = None, **_: Any
    ) -> tuple[Any, ...]:
        x, h, bias, mask = _ordered(x, h, bias, mask)
        (steps, batch, _), units = x.shape, h.shape[1]
        hs, inner = x.new_empty((steps, batch, units)), x.new_empty((steps, batch, 4 * units))
        sizes = _sizes(x, units, reverse, kernel, recurrent)
        _call(function, 0, sizes, (x, h, kernel, recurrent, bias, mask, hs, inner))
        return hs, hs[0 if reverse else steps - 1].clone(), inner

    return gru


def _came(op: str, given: Any, rest: tuple[Any, ...]) -> list[Any]:
    """The gradients that are given, `None` for the others, and the mask or `None`."""
    left = list(rest)
    found = [left.pop(0) if here else None for _, here in zip(_NAMES[op], given, strict=False)]
    return _ordered(*found, *(left or [None]))


def _lstm_gradient(function: Any, attributes: Mapping[str, Any], *_: Spec) -> Callable[..., Any]:
    given, reverse = attributes["given"], bool(attributes["reverse"])

    def lstm_gradient(recurrent: Any, c: Any, cs: Any, gates: Any, *rest: Any, **_: Any) -> tuple[Any, ...]:
        c, cs, gates = _ordered(c, cs, gates)
        made = torch.empty_like(gates), gates.new_empty(c.shape), torch.empty_like(c)
        sizes = _sizes(cs, cs.shape[2], reverse) + [0, 0, *recurrent.stride()]
        _call(function, 1, sizes, (recurrent, c, cs, gates, *_came("lstm", given, rest), *made))
        return made

    return lstm_gradient


def _gru_gradient(function: Any, attributes: Mapping[str, Any], *_: Spec) -> Callable[..., Any]:
    given, reverse = attributes["given"], bool(attributes["reverse"])

    def gru_gradient(recurrent: Any, h: Any, hs: Any, inner: Any, *rest: Any, **_: Any) -> tuple[Any, ...]:
        h, hs, inner = _ordered(h, hs, inner)
        shape = (*hs.shape[:2], 3 * hs.shape[2])
        made = inner.new_empty(shape), inner.new_empty(shape), torch.empty_like(h)
        sizes = _sizes(hs, hs.shape[2], reverse) + [0, 0, *recurrent.stride()]
        _call(function, 1, sizes, (recurrent, h, hs, inner, *_came("gru", given, rest), *made))
        return made

    return gru_gradient


COMPILED = {
    "lstm": NativeForm(partial(_text, op="lstm"), _lstm),
    "lstm_gradient": NativeForm(partial(_gradient_text, op="lstm"), _lstm_gradient),
    "gru": NativeForm(partial(_text, op="gru"), _gru),
    "gru_gradient": NativeForm(partial(_gradient_text, op="gru"), _gru_gradient),
}
