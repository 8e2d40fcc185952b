"""The gradient of a scan: a scan the other way round, which recomputes each step from its own carry.

    carry:  dc, dw                 rows:  c_i, x_i, dy_i
    (dc_i, dx_i, dw_i) = f'(c_i, x_i)^T (dc_{i+1}, dy_i)
    dw <- dw + dw_i

It is written with `scan` itself, so its own gradient is again a scan.
"""

from __future__ import annotations

from typing import Any

from ...autodiff.reverse import filled
from ...core.tensor import Tensor
from ...errors import GradientError, message
from ...ops.arithmetic import add
from ..ir import Program
from .pull import differentiable, pull
from .scan import SCAN, scan


@SCAN.gradient
def _gradient(
    g: tuple[Any, ...],
    y: tuple[Tensor, ...],
    *inputs: Tensor,
    body: Program,
    carry: int,
    slices: int,
    length: int,
    reverse: bool,
    saved: bool,
) -> tuple[Any, ...]:
    if not saved:
        raise GradientError(
            message("scan", "the carries were not kept for the gradient.", received=body.name)
        )
    n, end = carry, carry + slices
    whole, rest = list(inputs[n:end]), list(inputs[end:])
    before = list(y[len(y) - n :])
    of_carry = [i for i in range(n) if inputs[i].dtype.is_differentiable]
    of_rows = differentiable(whole)
    of_rest = differentiable(rest)
    wanted = [*of_carry, *(n + i for i in of_rows), *(end + i for i in of_rest)]
    given = [j for j in range(n, len(y)) if g[j] is not None]

    def back(state: Any, row: Any) -> Any:
        slope, total = state
        c, x, dy = row
        seeds = dict(zip([*of_carry, *given], [*slope, *dy], strict=True))
        found = pull(body, [*c, *x, *rest], wanted, seeds)
        a, b = len(of_carry), len(of_carry) + len(of_rows)
        return (found[:a], [add(t, d) for t, d in zip(total, found[b:], strict=True)]), found[a:b]

    slope = [filled(inputs[i].spec, inputs[i], 0) if g[i] is None else g[i] for i in of_carry]
    total = [filled(rest[i].spec, rest[i], 0) for i in of_rest]
    rows = (before, whole, [g[j] for j in given])
    (slope, total), parts = scan(back, (slope, total), rows, length, not reverse)
    return _spread(len(inputs), wanted, [*slope, *parts, *total])


def _spread(count: int, places: list[int], values: list[Any]) -> tuple[Any, ...]:
    """The values at their places, `None` elsewhere."""
    out: list[Any] = [None] * count
    for i, value in zip(places, values, strict=True):
        out[i] = value
    return tuple(out)
