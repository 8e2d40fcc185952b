"""What recurrent operations share: their arguments checked, the order of axes, and the sweep over the steps.

T steps, N sequences in a batch, F features, U units. Inside, steps come first: x (T, N, F), mask (T, N).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, DTypeError, ShapeError, message
from ..ops._build import Shape, cast, filled_like
from ..ops._real import real_floating
from ..ops.arithmetic import add
from ..ops.batch_norm import wide
from ..ops.comparison import where
from ..ops.joining import concat
from ..ops.matmul import matmul
from ..ops.reduction import sum
from ..ops.shaping import expand_dims, matrix_transpose, permute_dims, reshape
from ..ops.slicing import narrow
from ..program.control.scan import scan


class Given:
    """The arguments of a recurrent operation: of one element type, steps first, their shapes checked.

    Attributes:
        x: the sequences (T, N, F).
        states: the initial states, each (N, U).
        kernel: (F, blocks U).
        recurrent: (U, blocks U).
        bias: (blocks U,), or (rows, blocks U).
        masks: nothing, or the mask (T, N) of truth values.
        time_major: whether the steps came first.
    """

    def __init__(
        self,
        op: str,
        blocks: int,
        x: Any,
        kernel: Any,
        recurrent: Any,
        bias: Any,
        states: list[Any],
        mask: Any,
        *,
        rows: int = 0,
        time_major: bool = False,
    ) -> None:
        self.op, self.time_major = op, time_major
        given = [real_floating(op, v) for v in (x, kernel, recurrent)]
        further = [None if v is None else real_floating(op, v) for v in (bias, *states)]
        dtype = given[0].dtype
        for v in (*given[1:], *further):
            dtype = dtype if v is None else dtypes.result_type(dtype, v.dtype)
        x, self.kernel, self.recurrent = [cast(v, dtype) for v in given]
        self._need("x", x.shape, len(x.shape) == 3, "(batch, steps, features)", _AXES)
        self.x = x if time_major else permute_dims(x, (1, 0, 2))
        _, batch, features = self.x.shape
        units = self.recurrent.shape[0] if self.recurrent.ndim else 0
        shape = (units, blocks * units)
        self._need("recurrent_kernel", self.recurrent.shape, self.recurrent.shape == shape, _square(blocks))
        self._need(
            "kernel", self.kernel.shape, self.kernel.shape == (features, shape[1]), (features, shape[1])
        )
        size = (rows, shape[1]) if rows else (shape[1],)
        self.bias = self._filled("bias", further[0], size, dtype)
        self.states = [
            self._filled("initial_state", v, (batch, units), dtype, "one row for each sequence of the batch.")
            for v in further[1:]
        ]
        self.masks = self._masks(mask)

    def _need(self, name: str, shape: Any, fits: bool, expected: Any, fix: str | None = None) -> None:
        if not fits:
            received = f"{tuple(shape)}" + ("" if name == "x" else f" for x {self._outside()}")
            raise ShapeError(
                message(self.op, f"{name} does not fit.", received=received, expected=expected, fix=fix)
            )

    def _outside(self) -> Shape:
        """The shape of x as the user gave it."""
        steps, batch, features = self.x.shape
        return (steps, batch, features) if self.time_major else (batch, steps, features)

    def _filled(self, name: str, value: Any, shape: Shape, dtype: Any, fix: str | None = None) -> Tensor:
        if value is None:
            return filled_like(self.x, shape, 0, dtype)
        self._need(name, value.shape, value.shape == shape, shape, fix)
        return cast(value, dtype)

    def _masks(self, mask: Any) -> tuple[Tensor, ...]:
        if mask is None:
            return ()
        mask = as_tensor(mask, self.op)
        if mask.dtype is not dtypes.bool_:
            fix = "compare: mask = tokens != 0."
            raise DTypeError(message(self.op, "a mask holds truth values.", received=mask.spec, fix=fix))
        expected = self._outside()[:2]
        self._need("mask", mask.shape, mask.shape == expected, expected, "one truth value for each step.")
        return (mask if self.time_major else permute_dims(mask, (1, 0)),)

    def back(self, ys: Tensor) -> Tensor:
        """All outputs (T, N, U) in the order in which x came."""
        return ys if self.time_major else permute_dims(ys, (1, 0, 2))


_AXES = "a sequence of single numbers has one feature: x[..., None]; one sequence is a batch of one: x[None]."


def _square(blocks: int) -> str:
    return f"(units, {blocks} units)" if blocks > 1 else "(units, units)"


def as_states(op: str, value: Any, count: int) -> list[Any]:
    """The initial states, one or a list of them, as a list of `count`; `None` stands for zeros."""
    if value is None:
        return [None] * count
    states = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(states) != count:
        expected = "[h]" if count == 1 else "[h, c]"
        what = f"{len(states)} initial states came."
        raise ArgumentError(message(op, what, received=len(states), expected=expected))
    return states


def kept(mask: Tensor | None, new: Tensor, old: Tensor) -> Tensor:
    """What a step gives where it counts (mask (N,) true), what was there before where it is left out."""
    return new if mask is None else where(expand_dims(mask, -1), new, old)


def sweep(
    step: Callable[..., tuple[Any, Any]],
    init: Any,
    rows: list[Tensor],
    masks: tuple[Tensor, ...],
    reverse: bool,
) -> tuple[Any, Any]:
    """`scan` over the rows; `step(carry, mask, *rows)` gets the mask of its step, or `None`."""
    if masks:
        return scan(lambda c, row: step(c, row[-1], *row[:-1]), init, [*rows, *masks], reverse=reverse)
    return scan(lambda c, row: step(c, None, *row), init, rows, reverse=reverse)


def before(first: Tensor, ys: Tensor, reverse: bool) -> list[tuple[Tensor, int, int]]:
    """The states that the steps started from, without putting them together: pieces (tensor, start, length).

    Read as h_0 for the step that comes first, and ys for all steps but the last.
    """
    steps = ys.shape[0]
    if not steps:
        return []
    rest = narrow(ys, 0, 1 if reverse else 0, steps - 1)
    one = reshape(first, (1, *first.shape))
    return [(rest, 0, steps - 1), (one, steps - 1, 1)] if reverse else [(one, 0, 1), (rest, 1, steps - 1)]


def shifted(first: Tensor, ys: Tensor, reverse: bool) -> Tensor:
    """For each step the state that it started from (T, N, U)."""
    pieces = [piece for piece, _, _ in before(first, ys, reverse)]
    return concat(pieces, axis=0) if pieces else ys


def came(
    names: tuple[str, ...], rest: tuple[Tensor, ...], given: tuple[bool, ...]
) -> tuple[dict[str, Tensor], tuple[Tensor, ...]]:
    """The gradients of an operation's results that are given, by name, and what follows them: the mask."""
    here = [name for name, is_here in zip(names, given, strict=True) if is_here]
    return dict(zip(here, rest, strict=False)), rest[len(here) :]


def weight_gradient(x: Tensor, d_z: Tensor) -> Tensor:
    """Gives x^T dz summed over steps and sequences: (T, N, F) and (T, N, G) give (F, G), in one product."""
    return matmul(matrix_transpose(_flat(x)), _flat(d_z))


def recurrent_gradient(first: Tensor, ys: Tensor, d_z: Tensor, reverse: bool) -> Tensor:
    """Gives h^T dz summed over steps and sequences, h being the state that a step started from."""
    total = None
    for piece, start, length in before(first, ys, reverse):
        part = weight_gradient(piece, narrow(d_z, 0, start, length))
        total = part if total is None else add(total, part)
    return filled_like(d_z, (first.shape[1], d_z.shape[2]), 0) if total is None else total


def input_gradient(d_z: Tensor, kernel: Tensor) -> Tensor:
    """Gives dz W^T for all steps in one product: (T, N, G) and (F, G) give (T, N, F)."""
    return reshape(matmul(_flat(d_z), matrix_transpose(kernel)), (*d_z.shape[:2], kernel.shape[0]))


def bias_gradient(d_z: Tensor) -> Tensor:
    """Gives dz summed over steps and sequences: (G,)."""
    return sum(d_z, axis=(0, 1))


def _flat(x: Tensor) -> Tensor:
    return reshape(x, (x.shape[0] * x.shape[1], x.shape[2]))


def check(op: str, expected: dict[str, tuple[Spec, Spec]]) -> None:
    """Refuses specs that differ: name -> (received, expected)."""
    for name, (received, wanted) in expected.items():
        if received != wanted:
            raise ShapeError(message(op, f"{name} does not fit.", received=received, expected=wanted))


def sequences(op: str, x: Spec, h: Spec, kernel: Spec, recurrent: Spec, blocks: int, masks: Any) -> Any:
    """Specs of all outputs (T, N, U) and of one (N, U), in the type of x; refuses what does not fit."""
    if x.ndim != 3 or recurrent.ndim != 2:
        raise ShapeError(message(op, "x does not fit.", received=x, expected="(steps, batch, features)"))
    steps, batch, features = x.shape
    units = recurrent.shape[0]
    check(
        op,
        {
            "h": (h, Spec((batch, units), x.dtype)),
            "kernel": (kernel, Spec((features, blocks * units), x.dtype)),
            "recurrent_kernel": (recurrent, Spec((units, blocks * units), x.dtype)),
        },
    )
    for mask in masks:
        check(op, {"mask": (mask, Spec((steps, batch), dtypes.bool_))})
    return Spec((steps, batch, units), x.dtype), Spec((batch, units), x.dtype)


def widened(spec: Spec) -> Spec:
    """The spec with the element type of sums: float32 for 16-bit values."""
    return spec.like(dtype=wide(spec.dtype))


def product_flops(x: Spec, recurrent: Spec) -> int:
    """Multiplications and additions of x W and h R over all steps."""
    return 2 * x.shape[0] * x.shape[1] * (x.shape[2] + recurrent.shape[0]) * recurrent.shape[1]
