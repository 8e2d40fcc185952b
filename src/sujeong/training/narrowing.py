"""Batches in 16 bits, where a step casts its input to 16 bits before anything else.

    float32[128, 784]  gathered, then cast in each step      ->      bfloat16[128, 784]  gathered as such

The same numbers reach the first product. A model that reads its input in another way, such as through a norm,
dropout or an augmentation, gets 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..core.engine import current
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..nn.module import Module
from ..ops.take_as import TAKE_AS
from ..program.ir import Equation, Program, Symbol
from ..program.jit import record
from ..program.native.kernel import compiled_call, compiled_text
from ..program.passes.fusion import ready
from ..program.passes.precision import LOW, VIEWS
from ..program.passes.precision import precision as lowered
from ..program.passes.rewrite import readers, results
from .precision import computing
from .recipe import Recipe
from .targets import SAMPLES


def narrowed(model: Module, recipe: Recipe, x: np.ndarray, precision: str) -> DType | None:
    """The element type of 16 bits that training reads inputs in, and no other.

    Args:
        model: built.
        recipe: keeps what was found.
        x: the inputs.
        precision: of the steps.

    Returns:
        The type; `None` where a step is to be given the inputs as they are.
    """
    low, engine = LOW.get(precision), current()[0]
    if low is None or x.dtype != np.float32 or TAKE_AS.name not in engine.kernels:
        return None
    spec = Spec((SAMPLES, *x.shape[1:]), dtypes.float32)
    kind = ("narrowed", precision, spec, current(), tuple(id(v) for v in model.variables))
    if kind not in recipe.seen:
        with computing(precision):
            recipe.seen[kind] = lowered(record(lambda x: model(x, training=True), spec))
    return low if _is_cast_only(recipe.seen[kind], low) else None


class Rows:
    """Rows of inputs in another element type, by a compiled kernel where it was built before.

    Args:
        x: all inputs.
        dtype: the element type.
    """

    def __init__(self, x: Tensor, dtype: DType) -> None:
        self._x, self._engine = x._array, x._engine
        self._attributes: dict[str, Any] = {"dtype": dtype, "by": "batches", "negative": False}
        self._spec = x.spec
        self._kernels: dict[int, Callable[..., Any]] = {}

    def __call__(self, rows: Any) -> Tensor:
        """Numbers of rows, an array of the engine -> these rows."""
        count = rows.shape[0]
        if count not in self._kernels:
            self._kernels[count] = self.kernel(count)
        return Tensor(self._kernels[count](self._x, rows, **self._attributes), self._engine)

    def kernel(self, count: int) -> Callable[..., Any]:
        """What picks so many rows; built now, if kernels are."""
        x, ids = Symbol(self._spec, 0), Symbol(Spec((count,), dtypes.int64), 1)
        y = Symbol(Spec((count, *x.shape[1:]), self._attributes["dtype"]), 2)
        e = Equation(TAKE_AS, (x, ids), self._attributes, (y,), False, "batches")
        text = compiled_text(self._engine, e)
        ready((), [] if text is None else [text])
        return compiled_call(self._engine, e) or self._engine.kernels[TAKE_AS.name]  # type: ignore[no-any-return]


def _is_cast_only(program: Program, low: DType) -> bool:
    """Whether all that a program does with its input is to cast it."""
    read_by, handed = readers(program), set(results(program))
    waiting, cast = [program.inputs[0]], False
    while waiting:
        s = waiting.pop()
        if s in handed:
            return False
        for e in read_by.get(s, ()):
            if e.op.name == "astype" and e.outputs[0].dtype is low:
                cast = True
            elif e.op.name in VIEWS and e.inputs[0] is s:
                waiting += e.outputs
            else:
                return False
    return cast
