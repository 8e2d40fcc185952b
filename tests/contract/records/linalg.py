"""Records of linear algebra.

Factors are compared by what does not depend on the signs of their vectors. Where only a triangle of a
symmetric matrix is read, the functions make the matrix symmetric first, so that differences see both halves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

LOOSE = {"float32": (2e-4, 2e-4), "float64": (1e-11, 1e-11)}  # conditioned by the matrix, not by us
SQUARE = data(3, 3) + 3 * np.eye(3)
STACK = data(2, 2, 2) + 2 * np.eye(2)
NOT_SQUARE = Refusal(
    (np.ones((2, 3)),), sj.errors.ShapeError, r"takes square matrices[\s\S]*\(2, 3\)[\s\S]*\(..., n, n\)"
)
NO_MATRIX = Refusal((np.ones(3),), sj.errors.ShapeError, r"takes (square )?matrices[\s\S]*\(3,\)")
HALF = Refusal(
    (np.ones((2, 2), np.float16),),
    sj.errors.DTypeError,
    "takes floating numbers of 32 or 64 bits[\\s\\S]*float16",
)
SINGULAR = np.asarray([[1.0, 2.0], [2.0, 4.0]])
SAMPLES = [Sample((SQUARE,)), Sample((STACK,), name="stack"), Sample((data(0, 2, 2),), name="empty")]


def _definite(x: Any) -> Any:
    """Positive definite: x x^T + 1."""
    return x @ (x.mT if isinstance(x, sj.Tensor) else np.swapaxes(x, -1, -2)) + np.eye(x.shape[-1]).astype(
        "float32"
    )


def _symmetric(x: Any) -> Any:
    return x + (x.mT if isinstance(x, sj.Tensor) else np.swapaxes(x, -1, -2))


def _heights(n: int) -> np.ndarray:
    return np.linspace(0.5, 1.5, n, dtype="float32")


def _eigh(x: Any) -> Any:
    """The eigenvalues, and V diag(h) V^T for fixed h, which depends on no sign."""
    w, v = sj.linalg.eigh(_symmetric(x))
    return w, (v * _heights(x.shape[-1])) @ v.mT


def _eigh_reference(x: Any) -> Any:
    w, v = np.linalg.eigh(_symmetric(x))
    return w, (v * _heights(x.shape[-1])) @ np.swapaxes(v, -1, -2)


def _svd(x: Any, full_matrices: bool = False) -> Any:
    u, s, vh = sj.linalg.svd(x, full_matrices=full_matrices)
    return s, (u * _heights(s.shape[-1])) @ vh


def _svd_reference(x: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return s, (u * _heights(s.shape[-1])) @ vh


def _qr(x: Any, mode: str = "reduced") -> Any:
    """Q and R with the signs that make the diagonal of R positive."""
    q, r = sj.linalg.qr(x, mode=mode)
    k = min(x.shape[-2:])
    sign = sj.sign(sj.stop_gradient(sj.linalg.diagonal(r)))
    if r.shape[-2] > k:
        return sign[..., None] * r[..., :k, :]
    return q * sign[..., None, :], sign[..., None] * r


def _qr_reference(x: Any, mode: str = "reduced") -> Any:
    q, r = np.linalg.qr(x, mode)
    k = min(x.shape[-2:])
    sign = np.sign(np.diagonal(r, axis1=-2, axis2=-1))
    if r.shape[-2] > k:
        return sign[..., None] * r[..., :k, :]
    return q * sign[..., None, :], sign[..., None] * r


def _complete(x: Any) -> Any:
    """All of the factors whose columns are not arbitrary: the product."""
    q, r = sj.linalg.qr(x, mode="complete")
    assert q.shape[-1] == x.shape[-2]
    return sj.stop_gradient(q) @ sj.stop_gradient(r)


def _slogdet(x: Any) -> Any:
    return sj.linalg.slogdet(x)


def _norm(x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if isinstance(axis, tuple):
        x = np.moveaxis(x, axis, range(-len(axis), 0))
        flat = x.reshape(*x.shape[: x.ndim - len(axis)], -1)
        y = np.linalg.norm(flat, axis=-1, ord=ord)
        return np.expand_dims(y, axis) if keepdims else y
    if axis is None:
        y = np.linalg.norm(x.reshape(-1), ord=ord)
        return y.reshape((1,) * x.ndim) if keepdims else y
    return np.linalg.norm(x, axis=axis, keepdims=keepdims, ord=ord)


NORMS: list[Any] = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]

RECORDS = [
    Record(
        "inv",
        sj.linalg.inv,
        np.linalg.inv,
        SAMPLES,
        [
            NOT_SQUARE,
            NO_MATRIX,
            HALF,
            Refusal((SINGULAR,), sj.errors.ArgumentError, r"a matrix is singular[\s\S]*\(2, 2\)"),
        ],
        tolerance=LOOSE,
        formula="A Y = 1",
        gradient_formula="dA = -Y^H G Y^H",
    ),
    Record(
        "solve",
        sj.linalg.solve,
        np.linalg.solve,
        [
            Sample((SQUARE, data(3, 2, seed=1))),
            Sample((SQUARE, data(3, seed=1)), name="vector"),
            Sample((STACK, data(2, 2, seed=1)), name="stack and one matrix"),
            Sample((data(2, 2) + 2 * np.eye(2), data(3, 2, 1, seed=1)), name="matrix and a stack"),
            Sample((SQUARE, data(3, 0)), name="empty"),
        ],
        [
            Refusal((np.ones((2, 3)), np.ones(2)), sj.errors.ShapeError, "takes square matrices"),
            Refusal(
                (np.eye(2), np.ones((3, 1))),
                sj.errors.ShapeError,
                r"not as many equations[\s\S]*\(2, 2\) and \(3, 1\)",
            ),
            Refusal((SINGULAR, np.ones(2)), sj.errors.ArgumentError, "a matrix is singular"),
        ],
        tolerance=LOOSE,
        formula="A X = B",
        gradient_formula="dB = A^-H G, dA = -dB X^H",
    ),
    Record(
        "det",
        sj.linalg.det,
        np.linalg.det,
        SAMPLES,
        [NOT_SQUARE, NO_MATRIX],
        tolerance=LOOSE,
        formula="y = det A",
        gradient_formula="dA = g y A^-T",
    ),
    Record(
        "slogdet",
        _slogdet,
        lambda x: tuple(np.linalg.slogdet(x)),
        [*SAMPLES, Sample((-SQUARE,), name="negative")],
        [NOT_SQUARE],
        tolerance=LOOSE,
        formula="det A = s e^l",
        gradient_formula="dA = g_l A^-T",
    ),
    Record(
        "pinv",
        sj.linalg.pinv,
        lambda x, rtol=None: np.linalg.pinv(x, rtol=rtol),
        [
            Sample((data(3, 2),)),
            Sample((data(2, 3),)),
            Sample((STACK,), {"rtol": 1e-3}, name="stack"),
            Sample(
                (np.diag([2.0, 1.0]) + 0 * data(2, 2),),
                {"rtol": 0.75},
                gradient=False,
                name="a value left out",
            ),
        ],
        [
            NO_MATRIX,
            Refusal((SINGULAR,), sj.errors.ArgumentError, "a tolerance is not negative", {"rtol": -1}),
        ],
        tolerance=LOOSE,
        formula="Y = A^+",
        gradient_formula="dA = -Y^H G Y^H + (1 - A Y) G^H Y Y^H + Y^H Y G^H (1 - Y A)",
    ),
    Record(
        "pinv-tolerance-of-a-tensor",
        lambda x: sj.linalg.pinv(x, rtol=sj.asarray([1e-3, 1e-4])),
        lambda x: np.linalg.pinv(x, rtol=np.asarray([1e-3, 1e-4])),
        [Sample((STACK,))],
        tolerance=LOOSE,
    ),
    Record(
        "cholesky",
        lambda x, upper=False: sj.linalg.cholesky(_definite(x), upper=upper),
        lambda x, upper=False: (
            np.swapaxes(np.linalg.cholesky(_definite(x)), -1, -2)
            if upper
            else np.linalg.cholesky(_definite(x))
        ),
        [Sample((SQUARE,)), Sample((STACK,), {"upper": True}, name="upper")],
        tolerance=LOOSE,
        formula="A = L L^H",
        gradient_formula="dA = 1/2 L^-H (P + P^H) L^-1",
    ),
    Record(
        "cholesky-refuses",
        sj.linalg.cholesky,
        np.linalg.cholesky,
        [],
        [NOT_SQUARE, NO_MATRIX, Refusal((-np.eye(2),), sj.errors.ArgumentError, "not positive definite")],
    ),
    Record(
        "qr",
        _qr,
        _qr_reference,
        [
            Sample((data(3, 2),)),
            Sample((data(2, 3),), name="wide"),
            Sample((STACK,), {"mode": "complete"}, name="stack"),
        ],
        [
            NO_MATRIX,
            Refusal(
                (np.eye(2),), sj.errors.ArgumentError, r"there is no such mode[\s\S]*full", {"mode": "full"}
            ),
        ],
        tolerance=LOOSE,
        formula="A = Q R",
        gradient_formula="dA = (G_Q + Q (T + T^H)) R^-H",
    ),
    Record("qr-complete", _complete, lambda x: x, [Sample((data(3, 2),))], gradient=False, tolerance=LOOSE),
    Record(
        "eigh",
        _eigh,
        _eigh_reference,
        [Sample((data(3, 3),)), Sample((data(2, 2, 2),), name="stack")],
        tolerance=LOOSE,
        formula="A V = V diag(w)",
        gradient_formula="dA = V (diag(g_w) + F * V^H G_V) V^H",
    ),
    Record("eigh-refuses", sj.linalg.eigh, np.linalg.eigh, [], [NOT_SQUARE, NO_MATRIX]),
    Record(
        "eigvalsh",
        lambda x: sj.linalg.eigvalsh(_symmetric(x)),
        lambda x: np.linalg.eigvalsh(_symmetric(x)),
        SAMPLES,
        tolerance=LOOSE,
        formula="A V = V diag(w)",
        gradient_formula="dA = V diag(g) V^H",
    ),
    Record(
        "svd",
        _svd,
        _svd_reference,
        [Sample((data(3, 2),)), Sample((data(2, 3),)), Sample((STACK,), name="stack")],
        [NO_MATRIX],
        tolerance=LOOSE,
        formula="A = U diag(s) V^H",
        gradient_formula="stands at the head of its room",
    ),
    Record(
        "svd-full",
        lambda x: sj.linalg.svd(x).S,
        lambda x: np.linalg.svd(x).S,
        [Sample((data(3, 2),)), Sample((data(2, 3),))],
        tolerance=LOOSE,
    ),
    Record(
        "svdvals",
        sj.linalg.svdvals,
        np.linalg.svdvals,
        [Sample((data(3, 2),)), Sample((STACK,), name="stack"), Sample((data(0, 2),), name="empty")],
        [NO_MATRIX],
        tolerance=LOOSE,
        formula="A = U diag(s) V^H",
        gradient_formula="dA = U diag(g) V^H",
    ),
    Record(
        "matrix_power",
        sj.linalg.matrix_power,
        np.linalg.matrix_power,
        [Sample((STACK, n), gradient=n != 0) for n in (0, 1, 2, 5, -1, -3)],
        [
            Refusal((np.ones((2, 3)), 2), sj.errors.ShapeError, "takes square matrices"),
            Refusal((SQUARE, 0.5), sj.errors.ArgumentError, "the power is a whole number"),
            Refusal((SINGULAR, -1), sj.errors.ArgumentError, "a matrix is singular"),
        ],
        tolerance={"float32": (2e-3, 2e-3), "float64": (1e-11, 1e-11)},
        formula="Y = A^n",
        gradient_formula="dA = sum_k (A^k)^H G (A^(n-1-k))^H",
    ),
    Record(
        "matrix_rank",
        sj.linalg.matrix_rank,
        # NumPy 2.0 refuses a matrix without columns, whose rank is 0
        lambda x, **options: np.linalg.matrix_rank(x, **options) if x.size else np.int64(0),
        [
            Sample((SINGULAR,)),
            Sample((STACK,)),
            Sample((np.eye(3),), {"rtol": 2.0}),
            Sample((data(2, 0),), name="empty"),
        ],
        [
            NO_MATRIX,
            Refusal((SINGULAR,), sj.errors.ArgumentError, "a tolerance is not negative", {"rtol": -1}),
        ],
        gradient=False,
        formula="how many s_i exceed the tolerance",
    ),
    Record(
        "diagonal",
        sj.linalg.diagonal,
        lambda x, offset=0: np.diagonal(x, offset, -2, -1),
        [Sample((data(3, 4),), {"offset": k}) for k in (0, 1, 3, 4, -2, -3, 9, -9)]
        + [Sample((data(2, 3, 2),), name="stack"), Sample((data(0, 3),), name="empty")],
        [NO_MATRIX],
        formula="y[i] = x[i, i + k]",
        gradient_formula="dx[i, i + k] = g[i]",
    ),
    Record(
        "trace",
        sj.linalg.trace,
        lambda x, offset=0, dtype=None: np.trace(x, offset, -2, -1, dtype=dtype),
        [Sample((data(3, 4),), {"offset": k}) for k in (0, 2, -1, 9)]
        + [Sample((np.ones((2, 2), np.int8),), {"dtype": "int16"}, gradient=False)],
        [NO_MATRIX],
        formula="y = sum_i x[i, i + k]",
        gradient_formula="dx[i, i + k] = g",
    ),
    Record(
        "cross",
        sj.linalg.cross,
        lambda a, b, axis=-1: np.cross(a, b, axis=axis),
        [
            Sample((data(3), data(3, seed=1))),
            Sample((data(2, 3), data(3, seed=1))),
            Sample((data(3, 2), data(3, 1, seed=1)), {"axis": -2}),
            Sample((data(0, 3), data(3)), name="empty"),
        ],
        [
            Refusal((np.ones(2), np.ones(2)), sj.errors.ShapeError, "takes vectors of three numbers"),
            Refusal((np.ones(3), np.ones(3)), sj.errors.ArgumentError, "no such axis", {"axis": 1}),
        ],
        formula="y = a x b",
        gradient_formula="da = b x g, db = g x a",
    ),
    Record(
        "vector_norm",
        sj.linalg.vector_norm,
        _norm,
        [Sample((data(2, 3),), {"ord": p}) for p in (2, 1, 3, 0.5, -1, -2.5, np.inf, -np.inf)]
        + [
            Sample((data(2, 3),), {"ord": 0}, gradient=False, name="how many"),
            Sample((data(2, 3, 2),), {"axis": (0, 2), "keepdims": True}),
            Sample((data(2, 3),), {"axis": -1, "ord": 4}),
            Sample((data(0),), name="empty"),
        ],
        [
            Refusal((np.ones(2),), sj.errors.ArgumentError, "no such axis", {"axis": 1}),
            Refusal(
                (np.ones(2),), sj.errors.ArgumentError, "the power is a number[\\s\\S]*'fro'", {"ord": "fro"}
            ),
        ],
        tolerance={"float32": (1e-5, 1e-6), "float64": (1e-13, 1e-13)},
        formula="y = (sum_i |x_i|^p)^(1/p)",
        gradient_formula="dx_i = g sign(x_i) (|x_i| / y)^(p-1)",
    ),
    Record(
        "matrix_norm",
        sj.linalg.matrix_norm,
        lambda x, ord="fro", keepdims=False: np.linalg.norm(x, ord, axis=(-2, -1), keepdims=keepdims),
        [Sample((data(3, 2),), {"ord": kind}) for kind in NORMS]
        + [Sample((STACK,), {"ord": kind, "keepdims": True}) for kind in ("fro", 2)],
        [
            NO_MATRIX,
            Refusal(
                (SQUARE,), sj.errors.ArgumentError, r"there is no such norm[\s\S]*3[\s\S]*'fro'", {"ord": 3}
            ),
        ],
        tolerance=LOOSE,
        formula="Frobenius: y = sqrt(sum |x|^2)",
        gradient_formula="Frobenius: dx = g x / y",
    ),
]
