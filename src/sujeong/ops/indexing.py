"""What `x[...]` means, as in NumPy: whole numbers, slices, `...`, `None`, tensors of indices, masks.

    x[2]  x[1:7:2]  x[::-1]  x[..., None]      cuts: one `index`
    x[[2, 0]]  x[ids]  x[rows, columns]        picks: one `take`, after the axes have been put together
    x[x > 0]                                   the places where the mask holds, then a pick

A key of whole numbers, slices, `...` and `None` alone goes to the engine as it is; our own reading of it
says what shape comes out, and what is wrong where the engine refuses. Any other key is read in two steps:
`_parse` gives each axis its entry, then cuts are made before picks. Several index tensors broadcast to one
shape; it stands where they stand, or in front if they stand apart.
"""

from __future__ import annotations

import operator
from math import prod
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dispatch import apply
from ..core.op import Op
from ..core.ranges import check_indices, out_of_range
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ArgumentError, DTypeError, IndexRangeError, RecordError, message
from ._build import RESHAPE, Shape, broadcast_shapes
from .arithmetic import add, multiply
from .gathering import TAKE, as_indices, checked, host_indices, picked, refuse_outside
from .shaping import broadcast_to, permute_dims
from .slicing import cut, put

_FULL = slice(None)
_ITEMS = frozenset({int, slice, type(None), type(Ellipsis)})
_ENDS = frozenset({int, type(None)})


class _Pick:
    """Indices along one axis: a tensor, or an array where they are known on the host.

    Attributes:
        values: the indices.
        shape: their shape.
        mask_size: the size of the mask that they come from, which the axis must have.
    """

    def __init__(self, values: Tensor | np.ndarray, mask_size: int = 0) -> None:
        self.values, self.mask_size = values, mask_size
        self.shape: Shape = tuple(values.shape)


class _Zero(_Pick):
    """A truth value: a new axis of size 1 or 0, which takes part as an index tensor without an axis."""


def index(x: Any, key: Any) -> Tensor:
    """x[key]: see the head of this file."""
    x = x if x.__class__ is Tensor else as_tensor(x, "index")
    if key.__class__ is Tensor and x.ndim and key.dtype.is_integer:
        return picked(x, key, 0)
    if _is_plain(key):
        return apply(INDEX, x, key=key)
    entries = _parse(x, key if isinstance(key, tuple) else (key,))
    placed = _placed(x, entries)
    if any(isinstance(e, _Pick) and (e.shape or isinstance(e, _Zero)) for e in entries):
        return _pick(x, placed, _stand_apart(entries))
    return _drop(x, placed)


# --- keys that every engine reads as we do -------------------------------------------------------------
def _is_plain(key: Any) -> bool:
    """Whether a key is of whole numbers, slices, `None` and one `...` at most, which an engine may see."""
    items = key if key.__class__ is tuple else (key,)
    for item in items:
        if item.__class__ is slice:
            if not (item.start.__class__ in _ENDS and item.stop.__class__ in _ENDS):
                return False
            if item.step.__class__ not in _ENDS:
                return False
        elif item.__class__ not in _ITEMS:
            return False
    return len(items) < 2 or items.count(Ellipsis) < 2


def _read(x: Spec, key: Any) -> tuple[list[tuple[int, int, int]], Shape]:
    """First index, step and number of elements along each axis that is cut, and the shape that is left."""
    placed = _placed(x, _parse(x, key if isinstance(key, tuple) else (key,)))
    cuts = [_range(e, x.shape[a], a) for e, a in placed if a is not None]
    left = [1 if a is None else cuts[a][2] for e, a in placed if not isinstance(e, int)]
    return cuts, tuple(left)


INDEX = Op("index", lambda x, key: x.like(shape=_read(x, key)[1]), keeps_inputs=False, may_alias=True)


@INDEX.gradient
def _index_gradient(g: Tensor, y: Any, x: Any, key: Any) -> tuple[Any, ...]:
    cuts, _ = _read(x, key)
    start, step, part = (tuple(c[i] for c in cuts) for i in range(3))
    return (put(_shaped(g, part), start, step, x.shape),)


# --- reading the key ----------------------------------------------------------------------------------
def _parse(x: Tensor | Spec, key: tuple[Any, ...]) -> list[Any]:
    """Entries of the key, each an int, a slice, `None`, `...` or a pick; one for each axis and more."""
    entries: list[Any] = []
    for item in key:
        entries += _entry(x, item)
    dots = sum(e is Ellipsis for e in entries)
    if dots > 1:
        raise ArgumentError(message("index", "only one '...' can stand in an index.", received=_show(key)))
    used = _axes(entries)
    if used > x.ndim:
        received = f"{used} indices for shape {x.shape}"
        raise IndexRangeError(message("index", "there are more indices than axes.", received=received))
    return entries if dots else [*entries, Ellipsis]


def _axes(entries: list[Any]) -> int:
    """How many axes the entries speak of, apart from `...`."""
    return sum(e is not None and e is not Ellipsis and not isinstance(e, _Zero) for e in entries)


def _entry(x: Any, item: Any) -> list[Any]:
    """One item of the key; a mask gives one pick for each of its axes."""
    if item is None or item is Ellipsis:
        return [item]
    if isinstance(item, slice):
        return [_whole(item)]
    if isinstance(item, (bool, np.bool_)):
        return _mask(np.asarray(item))
    if isinstance(item, (int, np.integer)):
        return [int(item)]
    if isinstance(item, Operand):
        tensor = as_tensor(item, "index")
        if tensor.dtype is dtypes.bool_:
            return _mask(_values(tensor))
        return [_Pick(as_indices("index", tensor, x))]
    if isinstance(item, (list, np.ndarray)):
        if isinstance(item, list) and any(isinstance(i, Operand) for i in item):
            from .creation import asarray

            return _entry(x, asarray(item))
        host = np.asarray(item)
        if host.dtype == bool:
            return _mask(host)
        if host.dtype.kind in "iu" or not host.size:
            return [_Pick(host.astype(np.int64)) if host.ndim else int(host)]
        raise DTypeError(
            message("index", "indices are whole numbers.", received=f"{host.dtype} {_show(item)}")
        )
    if hasattr(item, "__index__"):
        return [operator.index(item)]
    expected = "whole numbers, slices, ..., None, or tensors of whole or truth values"
    raise DTypeError(message("index", "not an index.", received=_show(item), expected=expected))


def _whole(entry: slice) -> slice:
    """A slice whose ends are Python's own whole numbers."""
    try:
        entry.indices(0)
    except (TypeError, ValueError) as error:
        raise ArgumentError(message("index", f"not a slice: {error}.", received=entry)) from None
    ends = (entry.start, entry.stop, entry.step)
    return slice(*[None if end is None else operator.index(end) for end in ends])


def _show(item: Any) -> str:
    return f"{type(item).__name__} {item!r:.60}"


def _values(mask: Tensor) -> np.ndarray:
    """The truth values of a mask: how many hold decides the shape, so they must be known."""
    if getattr(mask._engine, "is_recorder", False):
        what = "how many elements a mask picks is known only when the program runs."
        fix = "sj.where(mask, x, 0) keeps the shape; or pick outside of the recorded function."
        raise RecordError(message("index", what, received=mask.spec, fix=fix))
    return mask.numpy()


def _mask(mask: np.ndarray) -> list[Any]:
    """Picks of the places where a mask holds, one for each of its axes."""
    if not mask.ndim:
        return [_Zero(np.zeros(int(mask), np.int64))]
    return [_Pick(places, size) for places, size in zip(np.nonzero(mask), mask.shape, strict=True)]


def _placed(x: Tensor | Spec, entries: list[Any]) -> list[tuple[Any, int | None]]:
    """Each entry with its axis; `...` becomes full slices, `None` and truth values have no axis."""
    found: list[tuple[Any, int | None]] = []
    axis, missing = 0, x.ndim - _axes(entries)
    for entry in entries:
        if entry is None or isinstance(entry, _Zero):
            found.append((entry, None))
        elif entry is Ellipsis:
            found += [(_FULL, a) for a in range(axis, axis + missing)]
            axis += missing
        else:
            if isinstance(entry, _Pick) and entry.mask_size not in (0, x.shape[axis]):
                what = "a mask must have the sizes of the axes that it picks from."
                received = f"size {entry.mask_size} for axis {axis} of {x.shape}"
                raise IndexRangeError(message("index", what, received=received))
            found.append((entry, axis))
            axis += 1
    return found


# --- cutting -------------------------------------------------------------------------------------------
def _cut(x: Tensor, placed: list[tuple[Any, int | None]]) -> Tensor:
    """Cuts along every axis, all of which stay; where a pick will be made, the axis is left as it is."""
    cuts = [_range(e, x.shape[a], a) for e, a in placed if a is not None]
    return cut(x, tuple(a for a, _, _ in cuts), tuple(s for _, s, _ in cuts), tuple(n for _, _, n in cuts))


def _range(entry: Any, size: int, axis: int) -> tuple[int, int, int]:
    """First index, step and number of elements."""
    if isinstance(entry, _Pick):
        return 0, 1, size
    if isinstance(entry, slice):
        first, stop, step = entry.indices(size)
        count = len(range(first, stop, step))
        return (first if count else 0), (step if count > 1 else 1), count
    if not -size <= entry < size:
        raise out_of_range("index", entry, size, axis)
    return entry % size, 1, 1


def _shaped(y: Tensor, shape: Shape) -> Tensor:
    return y if shape == y.shape else apply(RESHAPE, y, shape=shape)


# --- picking -------------------------------------------------------------------------------------------
def _pick(x: Tensor, placed: list[tuple[Any, int | None]], apart: bool) -> Tensor:
    """Index tensors along some axes: slices are cut first, then all picks are made at once."""
    # beside index tensors, whole numbers are index tensors too
    placed = [(_Pick(np.asarray(e)) if isinstance(e, int) else e, a) for e, a in placed]
    x = _cut(x, placed)
    picks = [(e, a) for e, a in placed if isinstance(e, _Pick)]
    shape = broadcast_shapes("index", *[p.shape for p, _ in picks])
    y, place = _gather(x, [(p.values, a) for p, a in picks if a is not None], shape)
    return _arrange(y, [e for e, _ in placed], place, len(shape), apart)


def _stand_apart(entries: list[Any]) -> bool:
    """Whether something else stands between the index tensors: their axes then come first."""
    places = [i for i, e in enumerate(entries) if isinstance(e, (_Pick, int))]
    return places[-1] - places[0] + 1 != len(places)


def _drop(x: Tensor, placed: list[tuple[Any, int | None]]) -> Tensor:
    """Whole numbers, and tensors that hold one, drop their axis; `None` adds one."""
    y = apply(INDEX, x, key=tuple(_FULL if isinstance(e, _Pick) else e for e, _ in placed))
    left = [(e, a) for e, a in placed if not isinstance(e, int)]
    for place in reversed(range(len(left))):
        entry, axis = left[place]
        if isinstance(entry, _Pick) and axis is not None:
            refuse_outside("index", entry.values, x.shape[axis], axis)  # type: ignore[arg-type]
            y = apply(TAKE, y, entry.values, axis=place)  # type: ignore[arg-type]
    return y


def _gather(x: Tensor, picks: list[tuple[Any, int]], shape: Shape) -> tuple[Tensor, int]:
    """Picks along several axes at once, by one `take`; also gives the place of the new axes."""
    if not picks:  # truth values only: one element of a new axis, or none
        y = apply(RESHAPE, x, shape=(*(1,) * len(shape), *x.shape))
        return cut(y, (0,) * y.ndim, (1,) * y.ndim, (*shape, *x.shape)), 0
    axes = [a for _, a in picks]
    sizes, first, count = [x.shape[a] for a in axes], axes[0], len(axes)
    ids = _combined(x, [v for v, _ in picks], sizes, axes, shape)
    if axes != list(range(first, first + count)):
        x, first = permute_dims(x, (*axes, *(a for a in range(x.ndim) if a not in axes))), 0
    if count > 1:
        x = apply(RESHAPE, x, shape=(*x.shape[:first], prod(sizes), *x.shape[first + count :]))
    return apply(TAKE, x, ids, axis=first), first


def _combined(x: Tensor, values: list[Any], sizes: list[int], names: list[int], shape: Shape) -> Tensor:
    """One index tensor for axes put together: i j -> i * (size of j) + j."""
    if len(values) == 1 and isinstance(values[0], Tensor):
        refuse_outside("index", values[0], sizes[0], names[0])
        return broadcast_to(values[0], shape)
    if all(isinstance(v, np.ndarray) for v in values):
        total: Any = 0
        for v, size, axis in zip(values, sizes, names, strict=True):
            total = total * size + check_indices("index", v, size, axis)
        return host_indices(np.broadcast_to(total, shape), x)
    joined: Tensor | None = None
    for v, size, axis in zip(values, sizes, names, strict=True):
        if isinstance(v, np.ndarray):
            v = host_indices(check_indices("index", v, size, axis), x)
        else:
            v = checked("index", v, size, axis)
        joined = v if joined is None else add(multiply(joined, size), v)
    return broadcast_to(joined, shape)


def _arrange(y: Tensor, entries: list[Any], place: int, rank: int, apart: bool) -> Tensor:
    """Puts the picked axes and the new axes of size 1 where they belong."""
    picked = y.shape[place : place + rank]
    sizes = iter(y.shape[:place] + y.shape[place + rank :])
    shape: list[int] = []
    if apart and place:
        y = permute_dims(y, (*range(place, place + rank), *range(place), *range(place + rank, y.ndim)))
    if apart:
        shape += picked
    for entry in entries:
        if entry is None:
            shape.append(1)
        elif not isinstance(entry, _Pick):
            shape.append(next(sizes))
        elif not apart:
            shape += picked
            apart = True  # once is enough
    return _shaped(y, tuple(shape))


Operand.__getitem__ = index
