"""Records of products: matmul, dot products, contractions, index notation."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

MISFIT = r"the inner sizes differ[\s\S]*\(2, 3\) @ \(2, 3\)"
EQUATIONS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk", [(2, 3), (3, 2)]),
    ("bij,bkj->bik", [(2, 2, 3), (2, 3, 3)]),
    ("ii->i", [(3, 3)]),
    ("ii", [(3, 3)]),
    ("iji->j", [(2, 3, 2)]),
    ("ij->ji", [(2, 3)]),
    ("ba", [(2, 3)]),
    ("ij->", [(2, 3)]),
    ("i,j->ij", [(2,), (3,)]),
    ("i,i", [(3,), (3,)]),
    ("ij,ij->ij", [(2, 3), (2, 3)]),
    ("ij,i->i", [(2, 3), (2,)]),
    ("...ij,...jk->...ik", [(2, 1, 2, 3), (3, 3, 2)]),
    ("...i,i...", [(2, 3), (3, 1)]),
    ("i...->...", [(2, 3)]),
    ("a,ab,b->", [(2,), (2, 3), (3,)]),
    ("ij , jk -> i k", [(2, 0), (0, 2)]),
    (",ij->ij", [(), (2, 2)]),
    ("aab,bc->ca", [(2, 2, 3), (3, 2)]),
]


def _equation(text: str) -> Record:
    shapes = next(s for t, s in EQUATIONS if t == text)
    sample = Sample(tuple(data(*s, seed=i) for i, s in enumerate(shapes)))
    return Record(
        f"einsum[{text}]",
        lambda *xs: sj.einsum(text, *xs),
        lambda *xs: np.einsum(text.replace(" ", ""), *xs),
        [sample],
        formula="a sum of products, over the letters that the result lacks",
        gradient_formula="da = einsum of g and the other operands",
    )


def _refused(text: str, arrays: list[Any], error: type[Exception], match: str) -> Record:
    return Record(
        f"einsum-refuses[{text}]",
        lambda *xs: sj.einsum(text, *xs),
        np.einsum,
        [],
        [Refusal(arrays, error, match)],
    )


A, B = np.ones((2, 3)), np.ones((4, 5))

RECORDS = [
    Record(
        "matmul",
        sj.matmul,
        np.matmul,
        [
            Sample((data(2, 3), data(3, 4, seed=1))),
            Sample((data(2, 1, 2, 3), data(3, 3, 2, seed=1)), name="stacks that broadcast"),
            Sample((data(3), data(3, 2, seed=1)), name="vector and matrix"),
            Sample((data(2, 2, 3), data(3, seed=1)), name="matrices and vector"),
            Sample((data(3), data(3, seed=1)), name="two vectors"),
            Sample((data(2, 0), data(0, 3)), name="empty"),
        ],
        [
            Refusal((A, A), sj.errors.ShapeError, MISFIT),
            Refusal((A, data()), sj.errors.ShapeError, "a number has no rows"),
            Refusal(
                (np.ones((2, 2), bool), np.ones((2, 2), bool)),
                sj.errors.DTypeError,
                r"takes numbers[\s\S]*bool\[2, 2\]",
            ),
        ],
        formula="C[i, j] = sum_k A[i, k] B[k, j]",
        gradient_formula="dA = G B^H, dB = A^H G",
    ),
    Record(
        "vecdot",
        sj.vecdot,
        lambda a, b, axis=-1: np.sum(a * b, axis=axis),
        [
            Sample((data(2, 3), data(2, 3, seed=1))),
            Sample((data(3, 1), data(3, 2, seed=1)), {"axis": -2}, name="broadcast"),
            Sample((data(3), data(2, 3, seed=1)), name="fewer axes"),
            Sample((data(2, 0), data(2, 0)), name="empty"),
        ],
        [
            Refusal(
                (A, np.ones((2, 1))),
                sj.errors.ShapeError,
                r"sizes along the axis differ[\s\S]*\(2, 3\) and \(2, 1\)",
            ),
            Refusal((A, A), sj.errors.ArgumentError, "no such axis", {"axis": -3}),
        ],
        formula="y = sum_i conj(a[i]) b[i]",
        gradient_formula="da[i] = conj(g) b[i], db[i] = g a[i]",
    ),
    Record(
        "outer",
        sj.outer,
        np.outer,
        [Sample((data(2), data(3, seed=1))), Sample((data(0), data(2)), name="empty")],
        [Refusal((A, np.ones(2)), sj.errors.ShapeError, "takes two vectors")],
        formula="y[i, j] = a[i] b[j]",
        gradient_formula="da = G b, db = G^T a",
    ),
    Record(
        "tensordot",
        sj.tensordot,
        lambda a, b, axes=2: np.tensordot(a, b, axes=axes),
        [
            Sample((data(2, 3, 2), data(3, 2, 2, seed=1))),
            Sample((data(2, 3), data(3, 2, seed=1)), {"axes": 1}),
            Sample((data(2), data(3, seed=1)), {"axes": 0}, name="no sum"),
            Sample((data(2, 3, 2), data(2, 2, 3, seed=1)), {"axes": ((2, 1), (0, -1))}),
            Sample((data(2, 0), data(0, 2)), {"axes": 1}, name="empty"),
        ],
        [
            Refusal(
                (A, B),
                sj.errors.ShapeError,
                r"the sizes of a pair differ[\s\S]*axis 1 of \(2, 3\) with axis 0 of \(4, 5\)",
                {"axes": 1},
            ),
            Refusal((A, B), sj.errors.ArgumentError, r"so many axes are not there[\s\S]*0 to 2", {"axes": 3}),
            Refusal((A, B), sj.errors.ArgumentError, "axes come in pairs", {"axes": ((0, 1), (0,))}),
        ],
        formula="y[i, j] = sum_k a[i, k] b[k, j]",
        gradient_formula="da[i, k] = sum_j g[i, j] b[k, j]",
    ),
    *[_equation(text) for text, _ in EQUATIONS],
    _refused(
        "ij,jk->ik",
        [A, B],
        sj.errors.ShapeError,
        r"letter 'j' has two sizes, 3 and 4[\s\S]*\(2, 3\), \(4, 5\)",
    ),
    _refused("ii", [A], sj.errors.ShapeError, "letter 'i' has two sizes, 2 and 3"),
    _refused("ij,jk->ik", [A], sj.errors.ArgumentError, "it names 2 operands, 1 came"),
    _refused("ijk", [A], sj.errors.ShapeError, r"'ijk' names 3 axes, but the operand has 2"),
    _refused("ij->il", [A], sj.errors.ArgumentError, "letter 'l' of the result is in no operand"),
    _refused("ij->ii", [A], sj.errors.ArgumentError, "letter 'i' stands twice in the result"),
    _refused("i1->i", [A], sj.errors.ArgumentError, "'1' has no meaning"),
    _refused("...j->j", [A], sj.errors.ArgumentError, r"have axes in '...'[\s\S]*->...j"),
    _refused(
        "...,...",
        [A, B],
        sj.errors.ShapeError,
        "the axes of '...' do not broadcast: 3 and 5|broadcast: 2 and 4",
    ),
]
