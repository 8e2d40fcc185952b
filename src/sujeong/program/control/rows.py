"""A tensor taken apart along its first axis, row by row, and put together again.

rows: (n, ...) -> n times (...)        the gradient puts the rows' gradients together, once
"""

from __future__ import annotations

from typing import Any

from ...core import modes
from ...core.dispatch import _noted
from ...core.op import Op
from ...core.spec import Spec
from ...core.tensor import Tensor
from ...ops.joining import stack

ROWS = Op("rows", lambda x: tuple([Spec(x.shape[1:], x.dtype)] * x.shape[0]), keeps_inputs=False)


@ROWS.gradient
def _rows_gradient(g: tuple[Tensor, ...], y: Any, x: Any) -> tuple[Any, ...]:
    return (stack(g),)


def rows(x: Tensor) -> tuple[Tensor, ...]:
    """The rows of a tensor that has numbers, as views.

    Args:
        x: (n, ...).

    Returns:
        n tensors (...), linked to `x` by one node, so that the gradient of a loop over them is linear in n.
    """
    engine = x._engine
    arrays = tuple([x._array[i, ...] for i in range(x.shape[0])])
    if x._node is not None and modes.grad_enabled.get():
        return _noted(ROWS, (x,), {}, arrays, engine)  # type: ignore[no-any-return]
    return tuple([Tensor(array, engine) for array in arrays])


def empty_rows(count: int, specs: list[Spec], engine: Any, device: str) -> list[Any]:
    """Arrays for `count` rows of each spec, to be written with `array[i, ...] = row`."""
    full = engine.kernels["full"]
    return [full(shape=(count, *s.shape), value=0, dtype=s.dtype, device=device) for s in specs]
