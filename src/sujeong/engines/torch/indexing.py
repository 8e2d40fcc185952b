"""Kernels that cut out and put in regular parts, at places known before or only when they run."""

from __future__ import annotations

from typing import Any

import torch

from ...core.ranges import begins

Shape = tuple[int, ...]
_NONE = slice(0, 0)
_SIGNED = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}


def _turned(x: Any, start: Shape, step: Shape, shape: Shape) -> Any:
    """The part with its axes in rising order, which is all that torch can cut."""
    found = []
    for size, a, s, n in zip(x.shape, start, step, shape, strict=True):
        if s < 0:
            a, s = a + (n - 1) * s, -s
        found.append(slice(None) if n == size and s == 1 else slice(a, a + n * s, s) if n else slice(0, 0))
    return x[tuple(found)]


def _backwards(step: Shape) -> list[int]:
    return [i for i, s in enumerate(step) if s < 0]


def _flip(x: Any, axis: list[int] | Shape) -> Any:
    signed = _SIGNED.get(x.dtype)  # torch turns these types around only under the signed name
    return torch.flip(x, axis) if signed is None else torch.flip(x.view(signed), axis).view(x.dtype)


def _slice(x: Any, start: Shape, step: Shape, shape: Shape) -> Any:
    part, back = _turned(x, start, step, shape), _backwards(step)
    return _flip(part, back) if back else part


def _index(x: Any, key: Any) -> Any:
    try:
        return x[key]
    except (ValueError, RuntimeError):  # a step backwards, or one too long for torch's arithmetic
        return _backward_index(x, key if isinstance(key, tuple) else (key,))


def _backward_index(x: Any, key: tuple[Any, ...]) -> Any:
    """Cuts forwards, then turns around the axes that were asked for backwards."""
    axis = place = 0  # of x, and of the result
    missing = x.ndim - sum(item is not None and item is not Ellipsis for item in key)
    found, back = [], []
    for item in key:
        if isinstance(item, slice):
            places = range(*item.indices(x.shape[axis]))
            if places.step < 0:
                back.append(place)
                places = places[::-1]
            item = slice(places[0], places[-1] + 1, min(places.step, x.shape[axis])) if places else _NONE
        found.append(item)
        axis += missing if item is Ellipsis else item is not None
        place += missing if item is Ellipsis else not isinstance(item, int)
    return _flip(x[tuple(found)], back)


def _put_slice(x: Any, start: Shape, step: Shape, shape: Shape, value: complex) -> Any:
    out, back = x.new_full(shape, value), _backwards(step)
    _turned(out, start, step, x.shape).copy_(_flip(x, back) if back else x)
    return out


def _mesh(x: Any, starts: Any, axes: Shape, start: Shape, shape: Shape) -> tuple[tuple[Any, ...], Any]:
    """Indices of a cut for a device that must not be asked for values, and whether the cut fits.

    The start is moved to the nearest place that fits; the caller spoils the result where it had to.
    """
    found, fits, ndim = [], True, len(shape)
    for i, n in enumerate(shape):
        place = torch.arange(n, device=x.device)
        if i in axes:
            a = starts[axes.index(i)]
            a = torch.where(a < 0, a + x.shape[i], a)
            inside = a.clamp(0, x.shape[i] - n)
            fits, place = (a == inside) & fits, place + inside
        else:
            place = place + start[i]
        found.append(place.reshape([-1 if j == i else 1 for j in range(ndim)]))
    return tuple(found), fits


def _spoil(x: Any, fits: Any) -> Any:
    """NaN everywhere (where the type has it) unless the condition holds; nothing is read."""
    return torch.where(fits, x, torch.nan) if x.is_floating_point() or x.is_complex() else x


def _cut(op: str, x: Any, starts: Any, axes: Shape, start: Shape, shape: Shape) -> Any:
    """A view of the cut. Whole axes are left alone: each call costs more than the cut of a small tensor."""
    sizes = x.shape
    for i, a in enumerate(begins(op, sizes, starts, axes, start, shape)):
        if shape[i] != sizes[i]:
            x = x.narrow(i, a, shape[i])
    return x


def _dynamic_slice(x: Any, *starts: Any, axes: Shape, start: Shape, shape: Shape) -> Any:
    if x.device.type == "cpu" or not axes:
        return _cut("dynamic_slice", x, starts, axes, start, shape).clone()
    places, fits = _mesh(x, starts, axes, start, shape)
    return _spoil(x[places], fits)


def _write(x: Any, value: Any, *starts: Any, axes: Shape, start: Shape) -> Any:
    """Writes into the array itself. Each place is written once, so the order cannot matter."""
    if x.device.type == "cpu" or not axes:
        _cut("slice_update", x, starts, axes, start, value.shape).copy_(value)
        return x
    places, fits = _mesh(x, starts, axes, start, tuple(value.shape))
    x.index_put_(places, _spoil(value, fits))
    return x


def _dynamic_update(x: Any, value: Any, *starts: Any, axes: Shape, start: Shape) -> Any:
    return _write(x.clone(), value, *starts, axes=axes, start=start)


_write.overwrites = 1  # type: ignore[attr-defined]

KERNELS = {
    "index": _index,
    "flip": _flip,
    "slice": _slice,
    "put_slice": _put_slice,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update": _dynamic_update,
}
UPDATES = {"dynamic_update": _write}
