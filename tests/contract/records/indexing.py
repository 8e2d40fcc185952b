"""Records of cutting, picking and adding up by index."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

IDS = np.asarray([[2, 0], [-1, 2]])
LINE = np.asarray([1, 1, -3])
KEYS: list[tuple[str, tuple[int, ...], Any]] = [
    ("whole number", (3, 4), 1),
    ("from the end", (3, 4), (-1, -2)),
    ("step", (7,), slice(1, 6, 2)),
    ("backwards", (3, 4), (slice(None, None, -1), slice(3, 0, -2))),
    ("backwards between others", (2, 3, 4), (None, 1, ..., slice(None, None, -2), None)),
    ("backwards behind dots", (2, 3, 4), (..., slice(2, None, -1), 0)),
    ("nothing backwards", (3, 2), slice(0, 2, -1)),
    ("beyond the end", (3,), slice(1, 100)),
    ("a step beyond the end", (3, 2), slice(1, None, 1 << 61)),
    ("nothing", (3, 2), slice(2, 1)),
    ("dots and a new axis", (2, 3, 2), (Ellipsis, None, 1)),
    ("number without axes", (), ()),
    ("list", (3, 2), [2, 0, 0]),
    ("two lists", (3, 4), ([0, 2], [1, -1])),
    ("lists that broadcast", (3, 4), ([[0], [2]], [1, 3])),
    ("lists apart", (2, 3, 2), ([0, 1], slice(None), [1, 0])),
    ("lists apart, with a new axis", (2, 3, 2), ([0, 1], None, slice(None, 2), [1, 0])),
    ("list and number", (2, 3, 2), (1, slice(None), [1, 0, 1])),
    ("mask", (2, 3), np.asarray([[True, False, True], [False, True, False]])),
    ("mask of one axis", (2, 3), (slice(None), np.asarray([True, False, True]))),
    ("mask beside a list", (3, 3), (np.asarray([True, False, True]), [0, 2])),
    ("truth value", (3,), True),
    ("empty list", (3, 2), ([],)),
]


def _getitem(key: Any) -> Any:
    return lambda x, **_: x[key]


def _numpy_key(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(np.asarray(k, dtype=np.int64) if isinstance(k, list) else k for k in key)
    return key


def _scatter(x: Any, indices: Any, updates: Any, axis: int = 0) -> Any:
    y = np.moveaxis(x, axis, 0).copy()
    shape = y.shape[1:]
    rows = np.moveaxis(updates, range(axis, axis + indices.ndim), range(indices.ndim)).reshape(-1, *shape)
    for i, row in zip(indices.reshape(-1), rows, strict=True):
        y[i] += row
    return np.moveaxis(y, 0, axis)


def _scatter_lines(x: Any, indices: Any, updates: Any, axis: int = -1) -> Any:
    y = x.copy()
    for place in np.ndindex(indices.shape):
        target = list(place)
        target[axis] = indices[place]
        y[tuple(target)] += updates[place]
    return y


def _along(x: Any, indices: Any, axis: int = -1) -> Any:
    shape = np.broadcast_shapes(np.delete(x.shape, axis), np.delete(indices.shape, axis))

    def wide(t: Any) -> Any:
        full = list(shape)
        full.insert(axis % t.ndim, t.shape[axis])
        return np.broadcast_to(t, full)

    return np.take_along_axis(wide(x), wide(indices), axis)


def _update(x: Any, value: Any, start: Any) -> Any:
    y = x.copy()
    begin = [int(s) + n if s < 0 else int(s) for s, n in zip(start, x.shape, strict=True)]
    y[tuple(slice(b, b + n) for b, n in zip(begin, value.shape, strict=True))] = value
    return y


def _part(x: Any, start: Any, shape: Any) -> Any:
    begin = [int(s) + n if s < 0 else int(s) for s, n in zip(start, x.shape, strict=True)]
    return x[tuple(slice(b, b + n) for b, n in zip(begin, shape, strict=True))]


X = data(3, 4)
BEYOND = Refusal(
    (X, np.asarray([0, 3])),
    sj.errors.IndexRangeError,
    r"index 3 is out of range for axis 0 with size 3",
    {"axis": 0},
)
BELOW = Refusal(
    (X, np.asarray([-5])),
    sj.errors.IndexRangeError,
    r"index -5 is out of range for axis 1 with size 4",
    {"axis": 1},
)
NOT_WHOLE = Refusal(
    (X, np.ones(2)), sj.errors.DTypeError, r"indices are whole numbers[\s\S]*float64\[2\]", {"axis": 0}
)


def refused_key(key: Any, error: type[Exception], match: str) -> Record:
    """A record that only refuses."""
    return Record(f"index-{match[:24]}", _getitem(key), _getitem(key), [], [Refusal((X,), error, match)])


RECORDS = [
    *[
        Record(
            f"x[{name}]",
            _getitem(key),
            _getitem(_numpy_key(key)),
            [Sample((data(*shape),))],
            formula="y = the elements at the index",
            gradient_formula="dx = g, added up at the index",
        )
        for name, shape, key in KEYS
    ],
    Record(
        "x[tensors]",
        lambda x, i, j: x[i, :, j],
        lambda x, i, j: x[i, :, j],
        [
            Sample((data(3, 2, 3), IDS, np.asarray([1, -1]))),
            Sample((data(3, 1, 3), np.asarray(1), np.asarray(-3))),
        ],
    ),
    refused_key((0, 4), sj.errors.IndexRangeError, "index 4 is out of range for axis 1 with size 4"),
    refused_key(([0], [-5]), sj.errors.IndexRangeError, "index -5 is out of range for axis 1 with size 4"),
    refused_key((0, 0, 0), sj.errors.IndexRangeError, "more indices than axes"),
    refused_key((..., ...), sj.errors.ArgumentError, "only one '...'"),
    refused_key(10**30, sj.errors.IndexRangeError, r"index 1(0){30} is out of range for axis 0 with size 3"),
    refused_key(slice(0, 2, 0), sj.errors.ArgumentError, r"not a slice: slice step cannot be zero"),
    refused_key(slice(0.5), sj.errors.ArgumentError, r"not a slice: slice indices must be integers"),
    refused_key(0.5, sj.errors.DTypeError, r"not an index[\s\S]*float 0.5"),
    refused_key("a", sj.errors.DTypeError, r"not an index[\s\S]*str 'a'"),
    refused_key([0.5], sj.errors.DTypeError, "indices are whole numbers"),
    refused_key(np.ones(2, bool), sj.errors.IndexRangeError, r"a mask must have[\s\S]*size 2 for axis 0"),
    Record(
        "take",
        sj.take,
        lambda x, i, axis=None: np.take(x, i, axis=axis),
        [
            Sample((X, np.asarray([2, 0, 0, -1])), {"axis": 0}),
            Sample((X, IDS), {"axis": -1}, name="matrix of indices"),
            Sample((data(4), np.asarray(2)), name="one number"),
            Sample((data(1, 3), np.zeros(0, np.int64)), {"axis": 1}, name="empty"),
        ],
        [BEYOND, BELOW, NOT_WHOLE, Refusal((X, [0]), sj.errors.ArgumentError, "whole number")],
        formula="y[..., i, ...] = x[..., idx[i], ...]",
        gradient_formula="dx[..., idx[i], ...] += g[..., i, ...]",
    ),
    Record(
        "take_along_axis",
        sj.take_along_axis,
        _along,
        [
            Sample((X, np.asarray([[2, 0], [3, 3], [-1, 0]])), {"axis": 1}),
            Sample((X, np.asarray([[2, 0, 1, 1]])), {"axis": 0}),
            Sample((X, np.asarray([[2]])), {"axis": 1}, name="stretched"),
            Sample((data(2, 3), np.zeros((2, 0), np.int64)), name="empty"),
        ],
        [
            Refusal(
                (X, np.asarray([[4]])),
                sj.errors.IndexRangeError,
                "index 4 is out of range for axis 1 with size 4",
            ),
            Refusal((X, np.asarray([1])), sj.errors.ShapeError, "the indices need as many axes"),
        ],
        formula="y[i, j] = x[i, idx[i, j]]",
        gradient_formula="dx[i, idx[i, j]] += g[i, j]",
    ),
    Record(
        "scatter_add",
        sj.scatter_add,
        _scatter,
        [
            Sample((X, LINE, data(3, 4, seed=1))),
            Sample((X, LINE, data(3, 3, seed=1)), {"axis": 1}),
            Sample((X, IDS, data(3, 2, 2, seed=1)), {"axis": 1}, name="matrix of indices"),
            Sample((X, np.zeros(0, np.int64), data(0, 4)), name="empty"),
        ],
        [
            Refusal(
                (X, np.asarray([3]), np.ones((1, 4))),
                sj.errors.IndexRangeError,
                "index 3 is out of range for axis 0 with size 3",
            ),
            Refusal((X, np.asarray([0]), np.ones((2, 4))), sj.errors.ShapeError, "updates do not fit"),
        ],
        formula="y = x; y[idx[i]] += u[i]",
        gradient_formula="dx = g, du[i] = g[idx[i]]",
    ),
    Record(
        "scatter_add_along_axis",
        sj.scatter_add_along_axis,
        _scatter_lines,
        [
            Sample((X, np.asarray([[2, 2], [3, 0], [-1, -1]]), data(3, 2, seed=1))),
            Sample((X, np.asarray([[2, 0, 1, 1]] * 2), data(2, 4, seed=1)), {"axis": 0}),
            Sample((data(2, 3), np.zeros((2, 0), np.int64), data(2, 0)), name="empty"),
        ],
        [
            Refusal(
                (X, np.full((3, 1), 7), np.ones((3, 1))),
                sj.errors.IndexRangeError,
                "index 7 is out of range for axis 1 with size 4",
            )
        ],
        formula="y = x; y[i, idx[i, j]] += u[i, j]",
        gradient_formula="dx = g, du[i, j] = g[i, idx[i, j]]",
    ),
    Record(
        "embedding",
        sj.embedding,
        lambda table, ids: table[ids],
        [Sample((X, np.abs(IDS))), Sample((X, np.zeros((0,), np.int64)), name="empty")],
        [
            Refusal(
                (X, np.asarray([3])),
                sj.errors.IndexRangeError,
                r"\[embedding\] index 3 is out of range for axis 0 with size 3",
            ),
            Refusal(
                (X, np.asarray([-1])),
                sj.errors.IndexRangeError,
                r"\[embedding\] index -1[\s\S]*expected: 0 to 2",
            ),
            Refusal((data(3), np.asarray([1])), sj.errors.ShapeError, "the table has not two axes"),
        ],
        formula="y[i] = table[ids[i]]",
        gradient_formula="dtable[w] = sum of g[i] over ids[i] = w",
    ),
    Record(
        "dynamic_slice",
        lambda x, start, shape: sj.dynamic_slice(x, start, shape),
        _part,
        [
            Sample((X, np.asarray([1, -3]), (2, 3))),
            Sample((data(5), np.asarray([0]), (0,)), name="empty"),
            Sample((data(), np.zeros(0, np.int64), ()), name="number"),
        ],
        [
            Refusal(
                (X, np.asarray([2, 0]), (2, 1)),
                sj.errors.IndexRangeError,
                "a cut of 2 from 2 on leaves axis 0 with size 3",
            ),
            Refusal(
                (X, np.asarray([0, 0]), (4, 1)), sj.errors.ShapeError, "larger than the tensor along axis 0"
            ),
            Refusal(
                (X, np.asarray([0]), (1, 1)), sj.errors.ShapeError, "one start index and one size an axis"
            ),
        ],
        formula="y[i] = x[start + i]",
        gradient_formula="dx = 0; dx[start + i] = g[i]",
    ),
    Record(
        "slice_update",
        lambda x, value, start: sj.slice_update(x, value, start),
        _update,
        [
            Sample((X, data(2, 3, seed=1), np.asarray([1, -3]))),
            Sample((X, data(2, 3, seed=1), (1, 0)), name="known place"),
            Sample((data(5), data(0), (5,)), name="empty"),
        ],
        [
            Refusal(
                (X, np.ones((2, 1)), (2, 0)),
                sj.errors.IndexRangeError,
                "a cut of 2 from 2 on leaves axis 0 with size 3",
            ),
            Refusal((X, np.ones(2), (0, 0)), sj.errors.ShapeError, "one start index and one size an axis"),
            Refusal(
                (X.astype("float32"), np.ones((1, 1)) * 1j, (0, 0)),
                sj.errors.DTypeError,
                "cannot hold the value",
            ),
        ],
        formula="y = x; y[start + i] = v[i]",
        gradient_formula="dx = g but 0 there, dv[i] = g[start + i]",
    ),
]
