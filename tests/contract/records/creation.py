"""Records of tensors made from numbers and patterns."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

X = data(3, 4)


def _one_hot(ids: Any, n: int, axis: int = -1) -> Any:
    return np.moveaxis(np.eye(n)[ids], -1, axis)


def _grids(*arrays: Any, indexing: str = "xy") -> tuple[Any, ...]:
    return tuple(np.meshgrid(*arrays, indexing=indexing))


def made(
    name: str, function: Any, reference: Any, samples: list[Sample], refusals: list[Refusal] | None = None
) -> Record:
    """A record of a function of plain values, which has no gradient."""
    return Record(
        name,
        function,
        reference,
        samples,
        refusals or [],
        dtypes=("float64",),
        gradient=False,
    )


NEGATIVE = Refusal((-1,), sj.errors.ArgumentError, "sizes are whole numbers, 0 or more")

RECORDS = [
    made(
        "zeros",
        sj.zeros,
        lambda shape, dtype="float32": np.zeros(shape, dtype),
        [
            Sample(((2, 3),)),
            Sample((0,), name="empty"),
            Sample(((),), {"dtype": "int8"}, name="number"),
            Sample((2,), {"dtype": "bool"}),
        ],
        [
            NEGATIVE,
            Refusal(((2, 1.5),), sj.errors.ArgumentError, "sizes are whole numbers"),
            Refusal((2,), sj.errors.NameUnknownError, "did you mean 'float32'", {"dtype": "flot32"}),
        ],
    ),
    made(
        "ones",
        sj.ones,
        lambda shape, dtype="float32": np.ones(shape, dtype),
        [Sample(((2, 3),)), Sample((2,), {"dtype": "uint8"})],
        [NEGATIVE],
    ),
    made(
        "empty",
        sj.empty,
        lambda shape, dtype="float32": np.zeros(shape, dtype),
        [Sample(((2, 3),)), Sample((0,), {"dtype": "int64"})],
        [NEGATIVE],
    ),
    made(
        "full",
        sj.full,
        lambda shape, value, dtype=None: np.full(shape, value, dtype),
        [
            Sample(((2, 3), 7)),
            Sample((2, -1.5), {"dtype": "float64"}),
            Sample((2, np.inf), {"dtype": "float64"}),
            Sample((2, True)),
            Sample((2, 1.0), {"dtype": "int32"}, name="whole float"),
            Sample((2, 2**63 + 5), {"dtype": "uint64"}, name="upper half of uint64"),
            Sample(((), 3), name="number"),
        ],
        [
            Refusal((-1, 1), sj.errors.ArgumentError, "sizes are whole numbers"),
            Refusal(
                (2, 0.5),
                sj.errors.DTypeError,
                r"cannot hold the number[\s\S]*0.5 for int32",
                {"dtype": "int32"},
            ),
            Refusal(
                (2, 300), sj.errors.DTypeError, r"does not fit[\s\S]*300[\s\S]*0 to 255", {"dtype": "uint8"}
            ),
            Refusal((2, 1j), sj.errors.DTypeError, "1j for float32", {"dtype": "float32"}),
        ],
    ),
    Record(
        "full-of-a-tensor",
        lambda v, shape: sj.full(shape, v),
        lambda v, shape: np.full(shape, v),
        [Sample((data(), (2, 3)))],
        [Refusal((data(2), (2,)), sj.errors.ShapeError, "fills with one number")],
        formula="y[i] = value",
        gradient_formula="dvalue = sum of g",
    ),
    Record(
        "zeros_like",
        sj.zeros_like,
        np.zeros_like,
        [Sample((X,)), Sample((data(0, 2),), name="empty")],
        gradient=False,
        formula="y[i] = 0",
    ),
    Record(
        "ones_like",
        sj.ones_like,
        np.ones_like,
        [Sample((X,)), Sample((X,), {"dtype": "int8"})],
        gradient=False,
        formula="y[i] = 1",
    ),
    Record("empty_like", sj.empty_like, np.zeros_like, [Sample((X,))], gradient=False),
    Record(
        "full_like",
        lambda x, value, dtype=None: sj.full_like(x, value, dtype=dtype),
        lambda x, value, dtype=None: np.full_like(x, value, dtype=dtype),
        [
            Sample((X, 2.5)),
            Sample((X, data()), name="a tensor"),
            Sample((X, np.asarray(4)), {"dtype": "int16"}),
        ],
        [Refusal((np.arange(2), 0.5), sj.errors.DTypeError, "0.5 for int64")],
        gradient=False,
        formula="y[i] = value",
    ),
    made(
        "arange",
        sj.arange,
        lambda *a, **k: np.arange(*a, **k).astype(
            k.get("dtype", "int64" if all(isinstance(v, int) for v in a) else "float32")
        ),
        [
            Sample((5,)),
            Sample((2, 7)),
            Sample((7, 1, -2)),
            Sample((3, 3), name="empty"),
            Sample((5, 2), name="nothing between"),
            Sample((-(2**62), 2**62 + 2**40, 2**62), name="wide steps"),
            Sample((-(2**63), 2**62, 2**63 - 1), name="the widest step"),
            Sample((0.0, 1.0, 0.25)),
            Sample((0.1, 0.75, 0.25), {"dtype": "float64"}),
            Sample((1, 6, 2), {"dtype": "float64"}),
            Sample((2**63, 2**63 + 10, 5), {"dtype": "uint64"}, name="upper half of uint64"),
        ],
        [
            Refusal((1, 2, 0), sj.errors.ArgumentError, "the step is zero"),
            Refusal((float("inf"),), sj.errors.ArgumentError, "no end"),
            Refusal((float("nan"), 1.0), sj.errors.ArgumentError, "no end"),
        ],
    ),
    made(
        "linspace",
        sj.linspace,
        lambda *a, **k: np.linspace(*a, **k).astype(
            k.get("dtype", "complex64" if isinstance(a[0], complex) else "float32")
        ),
        [
            Sample((0, 1, 5)),
            Sample((-3.0, 2.0, 7), {"dtype": "float64"}),
            Sample((0, 1, 4), {"endpoint": False}),
            Sample((2, 3, 1)),
            Sample((2, 3, 0), name="empty"),
            Sample((1j, 1.0, 3)),
        ],
        [
            Refusal((0, 1, -1), sj.errors.ArgumentError, "sizes are whole numbers"),
            Refusal((0, 1, 3), sj.errors.DTypeError, "the numbers are not whole", {"dtype": "int32"}),
            Refusal((0, 1j, 3), sj.errors.DTypeError, "holds both ends", {"dtype": "float32"}),
        ],
    ),
    made(
        "eye",
        sj.eye,
        lambda *a, **k: np.eye(*a, **{"dtype": "float32", **k}),
        [
            Sample((3,)),
            Sample((2, 4), {"k": 1}),
            Sample((3, 2), {"k": -1, "dtype": "int32"}),
            Sample((2,), {"k": 10**20}),
            Sample((0, 2), name="empty"),
        ],
        [NEGATIVE],
    ),
    Record(
        "meshgrid",
        lambda *a, **k: tuple(sj.meshgrid(*a, **k)),
        _grids,
        [
            Sample((data(2), data(3, seed=1))),
            Sample((data(2), data(3, seed=1), data(1, seed=2)), {"indexing": "ij"}),
            Sample((data(2),)),
            Sample((data(), data(0)), name="empty"),
        ],
        [
            Refusal((X,), sj.errors.ShapeError, "coordinates are vectors"),
            Refusal((data(2),), sj.errors.ArgumentError, "xy or ij", {"indexing": "ji"}),
        ],
        formula="y_k[i_1, i_2, ...] = x_k[i_k]",
        gradient_formula="dx_k[i] = sum of g_k where i_k = i",
    ),
    Record(
        "tril",
        sj.tril,
        np.tril,
        [Sample((X,), {"k": k}) for k in (0, 1, -2, 9, -9)]
        + [
            Sample((data(2, 2, 3),)),
            Sample((data(0, 2),), name="empty"),
            Sample((np.ones((2, 2), bool),), gradient=False),
        ],
        [Refusal((data(3),), sj.errors.ShapeError, "needs two axes")],
        formula="y[i, j] = x[i, j] where j <= i + k, else 0",
        gradient_formula="dx = tril(g)",
    ),
    Record(
        "triu",
        sj.triu,
        np.triu,
        [Sample((X,), {"k": k}) for k in (0, 1, -2, 9, -9)] + [Sample((data(2, 2, 3),))],
        [Refusal((data(3),), sj.errors.ShapeError, "needs two axes")],
        formula="y[i, j] = x[i, j] where j >= i + k, else 0",
        gradient_formula="dx = triu(g)",
    ),
    Record(
        "one_hot",
        sj.one_hot,
        _one_hot,
        [
            Sample((np.asarray([2, 0, 1]), 3)),
            Sample((np.asarray([[2, 0], [1, 1]]), 3), {"axis": 0}),
            Sample((np.asarray(1), 2), name="number"),
            Sample((np.zeros(0, np.int64), 4), name="empty"),
        ],
        [
            Refusal(
                (np.asarray([0, 3]), 3),
                sj.errors.IndexRangeError,
                r"\[one_hot\] index 3 is out of range[\s\S]*0 to 2",
            ),
            Refusal((np.asarray([-1]), 3), sj.errors.IndexRangeError, r"\[one_hot\] index -1[\s\S]*0 to 2"),
            Refusal((np.asarray([0.5]), 3), sj.errors.DTypeError, "indices are whole numbers"),
        ],
        gradient=False,
        formula="y[i, c] = 1 where c = x[i], else 0",
    ),
]
