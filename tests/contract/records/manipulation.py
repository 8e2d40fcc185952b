"""Records of arranging, joining, cutting and repeating."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

X = data(2, 3)
CUBE = data(2, 3, 4)
NO_AXIS = Refusal(
    (X,), sj.errors.ArgumentError, r"no such axis[\s\S]*received: 2[\s\S]*-2 to 1 for 2 axes", {"axis": 2}
)


def _copied(x: Any, shape: Any) -> Any:
    return sj.reshape(x, shape, copy=True)


def _both(f: Any) -> Any:
    return lambda *xs, **k: tuple(f(*xs, **k))


def _pad(x: Any, widths: Any, value: Any = 0.0) -> Any:
    pairs = np.broadcast_to(np.asarray(widths), (x.ndim, 2)) if x.ndim else []
    return np.pad(x, pairs, constant_values=value) if x.ndim else x


RECORDS = [
    Record(
        "reshape",
        sj.reshape,
        np.reshape,
        [
            Sample((X, (3, 2))),
            Sample((X, -1), name="one row"),
            Sample((CUBE, (4, -1, 2)), name="one size left open"),
            Sample((data(1, 1), ()), name="number"),
            Sample((data(0, 3), (3, 0, 2)), name="empty"),
        ],
        [
            Refusal(
                (X, (4, 2)),
                sj.errors.ShapeError,
                r"the number of elements differs[\s\S]*\(2, 3\) to \(4, 2\)",
            ),
            Refusal((X, (4, -1)), sj.errors.ShapeError, "-1 cannot be computed"),
            Refusal((X, (-1, -1)), sj.errors.ShapeError, "-1 cannot be computed"),
        ],
        formula="the same elements, row by row",
        gradient_formula="dx = g in the shape of x",
    ),
    Record("reshape-copy", _copied, np.reshape, [Sample((X, (3, 2))), Sample((X, (2, 3)))]),
    Record(
        "reshape-view",
        lambda x, shape: sj.reshape(sj.matrix_transpose(x), shape, copy=False),
        lambda x, shape: x.T.reshape(shape),
        [Sample((data(1, 3), (3,)))],
        [Refusal((X, (6,)), sj.errors.ArgumentError, r"must be copied[\s\S]*\(3, 2\) to \(6,\)")],
    ),
    Record(
        "permute_dims",
        sj.permute_dims,
        np.transpose,
        [
            Sample((CUBE, (2, 0, 1))),
            Sample((CUBE, (-1, 1, 0))),
            Sample((data(), ()), name="number"),
            Sample((data(0, 2), (1, 0))),
        ],
        [
            Refusal(
                (CUBE, (0, 1)), sj.errors.ArgumentError, r"not an order of the axes[\s\S]*each of 0 to 2 once"
            ),
            Refusal((CUBE, (0, 1, 1)), sj.errors.ArgumentError, "not an order of the axes"),
            Refusal((CUBE, (0, 1, 3)), sj.errors.ArgumentError, "no such axis"),
        ],
        formula="y[i, j] = x[j, i]",
        gradient_formula="dx = g permuted back",
    ),
    Record(
        "matrix_transpose",
        sj.matrix_transpose,
        lambda x: np.swapaxes(x, -1, -2),
        [Sample((X,)), Sample((CUBE,))],
        [Refusal((data(3),), sj.errors.ShapeError, "needs two axes")],
        formula="y[..., i, j] = x[..., j, i]",
        gradient_formula="dx = g^T",
    ),
    Record(
        "broadcast_to",
        sj.broadcast_to,
        np.broadcast_to,
        [
            Sample((data(3, 1), (2, 3, 2))),
            Sample((data(), (2, 2))),
            Sample((data(1, 3), (0, 3)), name="empty"),
        ],
        [Refusal((X, (2, 4)), sj.errors.ShapeError, r"shapes do not broadcast|cannot stretch")],
        formula="y[i, j] = x[j]",
        gradient_formula="dx[j] = sum_i g[i, j]",
    ),
    Record(
        "broadcast_arrays",
        _both(sj.broadcast_arrays),
        _both(np.broadcast_arrays),
        [Sample((data(2, 1), data(3, seed=1))), Sample((data(), data(0, seed=1)), name="empty")],
        [Refusal((X, data(4)), sj.errors.ShapeError, "shapes do not broadcast")],
        formula="each stretched to the shape that fits all",
        gradient_formula="dx = sum of g over the stretched axes",
    ),
    Record(
        "expand_dims",
        sj.expand_dims,
        np.expand_dims,
        [Sample((X,), {"axis": a}) for a in (0, 1, 2, -1, -3)]
        + [Sample((data(),), {"axis": 0}, name="number")],
        [Refusal((X,), sj.errors.ArgumentError, "no such axis", {"axis": 3})],
        formula="the same elements, one axis more",
        gradient_formula="dx = g without that axis",
    ),
    Record(
        "squeeze",
        sj.squeeze,
        np.squeeze,
        [Sample((data(1, 3, 1), 0)), Sample((data(1, 3, 1), (-1, 0))), Sample((X, ()), name="no axis")],
        [
            Refusal((X, 1), sj.errors.ShapeError, r"only an axis of size 1[\s\S]*axis 1 of \(2, 3\)"),
            Refusal((data(1, 2), (0, -2)), sj.errors.ArgumentError, "an axis is named twice"),
        ],
        formula="the same elements, without axes of size 1",
        gradient_formula="dx = g with these axes",
    ),
    Record(
        "moveaxis",
        sj.moveaxis,
        np.moveaxis,
        [Sample((CUBE, 0, -1)), Sample((CUBE, (0, 2), (1, 0))), Sample((CUBE, (-1, 0), (0, 2)))],
        [
            Refusal(
                (CUBE, (0, 1), (0,)),
                sj.errors.ArgumentError,
                r"each axis needs one place[\s\S]*from \(0, 1\) to \(0,\)",
            ),
            Refusal((CUBE, 3, 0), sj.errors.ArgumentError, "no such axis"),
        ],
        formula="the same elements, an axis in another place",
        gradient_formula="dx = g, the axis moved back",
    ),
    Record(
        "swapaxes",
        sj.swapaxes,
        np.swapaxes,
        [Sample((CUBE, 0, -1)), Sample((CUBE, 1, 1))],
        [Refusal((CUBE, 0, 3), sj.errors.ArgumentError, "no such axis")],
        formula="y[j, i] = x[i, j]",
        gradient_formula="dx[i, j] = g[j, i]",
    ),
    Record(
        "flip",
        sj.flip,
        np.flip,
        [
            Sample((CUBE,)),
            Sample((CUBE,), {"axis": 1}),
            Sample((CUBE,), {"axis": (0, -1)}),
            Sample((data(0, 2),), name="empty"),
            Sample((data(),), name="number"),
        ],
        [NO_AXIS],
        formula="y[i] = x[n - 1 - i]",
        gradient_formula="dx[i] = g[n - 1 - i]",
    ),
    Record(
        "roll",
        sj.roll,
        np.roll,
        [
            Sample((X, 1), {"axis": 1}),
            Sample((X, -4)),
            Sample((X, (1, 2)), {"axis": (0, 1)}),
            Sample((X, 2), {"axis": (0, 1)}),
            Sample((data(0, 2), 3), {"axis": 0}, name="empty"),
        ],
        [
            Refusal((X, (1, 2, 3)), sj.errors.ArgumentError, "one shift an axis", {"axis": (0, 1)}),
            Refusal((X, 1), sj.errors.ArgumentError, "no such axis", {"axis": 2}),
        ],
        formula="y[i] = x[i - shift]",
        gradient_formula="dx[i] = g[i + shift]",
    ),
    Record(
        "repeat",
        sj.repeat,
        lambda x, n, axis=None: np.repeat(x, n, axis=axis),
        [
            Sample((X, 2)),
            Sample((X, 3), {"axis": -1}),
            Sample((X, 0), {"axis": 0}, name="empty"),
            Sample((X, [2, 0, 1]), {"axis": 1}, name="a number each"),
        ],
        [
            Refusal((X, [1, 2]), sj.errors.ShapeError, "one number an element", {"axis": 1}),
            Refusal((X, -1), sj.errors.ArgumentError, "cannot be negative"),
            Refusal((X, 0.5), sj.errors.ArgumentError, "repeats are whole numbers"),
        ],
        formula="y[i n + k] = x[i]",
        gradient_formula="dx[i] = sum_k g[i n + k]",
    ),
    Record(
        "tile",
        sj.tile,
        np.tile,
        [
            Sample((X, (2, 2))),
            Sample((X, (2,))),
            Sample((data(2), (2, 1, 2))),
            Sample((X, (0, 1)), name="empty"),
            Sample((data(), (2, 1)), name="number"),
        ],
        [Refusal((X, (2, -1)), sj.errors.ArgumentError, "a repetition cannot be negative")],
        formula="y[k n + i] = x[i]",
        gradient_formula="dx[i] = sum_k g[k n + i]",
    ),
    Record(
        "concat",
        sj.concat,
        np.concatenate,
        [
            Sample(([X, data(1, 3, seed=1)],)),
            Sample(([X, data(2, 1, seed=1), data(2, 0)],), {"axis": -1}),
            Sample(([X, data(4, seed=1), data()],), {"axis": None}, name="laid out"),
            Sample(([X],), {"axis": 1}, name="one"),
            Sample(([data(0, 2), data(0, 2)],), name="empty"),
        ],
        [
            Refusal(
                ([X, data(2, 4)],), sj.errors.ShapeError, r"tensor 1 does not fit[\s\S]*\(2, 3\), \(2, 4\)"
            ),
            Refusal(([data(0), X],), sj.errors.ShapeError, "tensor 1 does not fit"),
            Refusal(([],), sj.errors.ArgumentError, "nothing to put together"),
            Refusal(([data(), data()],), sj.errors.ArgumentError, "no such axis"),
        ],
        formula="y = x1, then x2, ...",
        gradient_formula="dx1 = its part of g",
    ),
    Record(
        "stack",
        sj.stack,
        np.stack,
        [Sample(([X, data(2, 3, seed=1)],), {"axis": a}) for a in (0, 1, -1)]
        + [Sample(([data(), data(seed=1)],), name="numbers")],
        [
            Refusal(([X, data(3, 2)],), sj.errors.ShapeError, r"the shapes differ[\s\S]*\(2, 3\), \(3, 2\)"),
            Refusal(([],), sj.errors.ArgumentError, "nothing to put together"),
        ],
        formula="y[k] = x_k",
        gradient_formula="dx_k = g[k]",
    ),
    Record(
        "unstack",
        sj.unstack,
        lambda x, axis=0: tuple(np.moveaxis(x, axis, 0)),
        [Sample((X,)), Sample((X,), {"axis": -1}), Sample((data(2, 0),), name="empty")],
        [NO_AXIS],
        formula="y_k = x[k]",
        gradient_formula="dx[k] = g_k",
    ),
    Record(
        "split",
        sj.split,
        lambda x, parts, axis=0: tuple(np.split(x, parts, axis)),
        [
            Sample((data(4, 3), 2)),
            Sample((CUBE, (1, 3)), {"axis": 2}),
            Sample((data(4), (2, 2)), name="an empty part"),
        ],
        [
            Refusal(
                (data(5), 2),
                sj.errors.ShapeError,
                "the parts are not equal[\\s\\S]*2 parts of axis 0 with size 5",
            ),
            Refusal((data(5), (3, 2)), sj.errors.ArgumentError, "no such cuts"),
            Refusal((data(5), (2, 9)), sj.errors.ArgumentError, "no such cuts"),
        ],
        formula="y_k = x[b_k:e_k]",
        gradient_formula="dx[b_k:e_k] = g_k",
    ),
    Record(
        "pad",
        sj.pad,
        _pad,
        [
            Sample((X, 1)),
            Sample((X, (1, 2), -3.5)),
            Sample((X, ((0, 1), (2, 0)), np.inf), gradient=False, name="infinity"),
            Sample((X, (1, 0), data()), name="a tensor"),
            Sample((X, [[1, 1], [0, 0]], 7), name="whole number"),
            Sample((data(0), (0, 2), 1.5), name="empty"),
            Sample((data(), 3, 1.0), name="number"),
        ],
        [
            Refusal(
                (X, ((1, 1),)),
                sj.errors.ArgumentError,
                r"one width an axis[\s\S]*a number, one pair, or 2 pairs",
            ),
            Refusal((X, -1), sj.errors.ArgumentError, "a width cannot be negative"),
            Refusal((np.arange(3), 1, 0.5), sj.errors.DTypeError, "0.5 for int64"),
            Refusal(
                (X, 1, data(2)),
                sj.errors.DTypeError,
                r"one number[\s\S]*float64\[2\] around float64\[2, 3\]",
            ),
            Refusal(
                (np.arange(3, dtype=np.uint8), 1, 256),
                sj.errors.DTypeError,
                r"does not fit[\s\S]*256[\s\S]*0 to 255",
            ),
            Refusal((X, ((1, 2, 3), (1, 1))), sj.errors.ArgumentError, r"a width is \(before, after\)"),
        ],
        formula="y = value, but y[a + i] = x[i]",
        gradient_formula="dx[i] = g[a + i]",
    ),
]
