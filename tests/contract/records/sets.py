"""Records of the different values of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Sample

SAMPLES = [
    Sample((np.array([[3.0, 1.0], [3.0, 2.0], [1.0, 3.0]]),), gradient=False, name="matrix"),
    Sample((np.array(4.0),), gradient=False, name="number"),
    Sample((np.zeros((0, 2)),), gradient=False, name="empty"),
    Sample((np.array([np.nan, 1.0, np.nan, -0.0, 0.0]),), gradient=False, name="NaN"),
    Sample((np.array([True, False, True]),), gradient=False, name="truth values"),
    *[
        Sample((np.array([5, 0, 5, 9], dtype=t),), gradient=False, name=t)
        for t in ("int8", "uint16", "uint32", "uint64")
    ],
    Sample((np.array([1 + 2j, 1 - 1j, 1 + 2j, 0.5j, 1 - 1j]),), gradient=False, name="complex"),
]


def _unique(*parts: str) -> Any:
    """Found one after the other, then put in order; NaN equals nothing, so each is new."""

    def reference(x: np.ndarray) -> Any:
        values: list[Any] = []
        first, inverse, counts = [], [], []
        for i, v in enumerate(x.reshape(-1).tolist()):
            if v not in values or v != v:
                values.append(v)
                first.append(i)
                counts.append(0)
            place = len(values) - 1 if v != v else values.index(v)
            inverse.append(place)
            counts[place] += 1

        def key(i: int) -> tuple[Any, ...]:
            v = values[i]
            return (
                (v != v, complex(v).real, complex(v).imag) if isinstance(v, (complex, float)) else (False, v)
            )

        order = sorted(range(len(values)), key=key)
        rank = {old: new for new, old in enumerate(order)}
        found = {
            "values": np.array([values[i] for i in order], x.dtype),
            "indices": np.array([first[i] for i in order], "int64"),
            "inverse": np.array([rank[i] for i in inverse], "int64").reshape(x.shape),
            "counts": np.array([counts[i] for i in order], "int64"),
        }
        return tuple(found[p] for p in parts) if len(parts) > 1 else found[parts[0]]

    return reference


RECORDS = [
    Record(
        name,
        function,
        _unique(*parts),
        SAMPLES,
        gradient=False,
        why_not_recorded="the size of the result depends on the values",
        formula=formula,
    )
    for name, function, parts, formula in (
        ("unique_all", sj.unique_all, ("values", "indices", "inverse", "counts"), "all four parts"),
        (
            "unique_counts",
            sj.unique_counts,
            ("values", "counts"),
            "the different values, and how often each occurs",
        ),
        ("unique_inverse", sj.unique_inverse, ("values", "inverse"), "x = values[inverse]"),
        ("unique_values", sj.unique_values, ("values",), "the different values, sorted"),
    )
]
