"""The table of a model: each layer's path, class, output shape and number of parameters.

Nothing is allocated for it: sizes come from recording the model, and values are made when first read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.spec import Spec
from .parts import parameters

if TYPE_CHECKING:
    from .module import Module

HEADS = ("layer", "class", "output", "parameters")


@dataclass(frozen=True)
class Row:
    """One layer of a summary.

    Attributes:
        path: its place in the model.
        kind: its class.
        output: the shape of what it gives, `None` for the batch; a tuple of shapes for several tensors.
        parameters: how many numbers its own variables hold.
        trainable: how many of them are trained.
    """

    path: str
    kind: str
    output: Any
    parameters: int
    trainable: int

    def cells(self) -> tuple[str, str, str, str]:
        """The row as text."""
        return self.path, self.kind, str(self.output), f"{self.parameters:,}"


class Summary:
    """A model's table, made by `model.summary()`; `print` shows it.

    Args:
        rows: one for each layer that has variables of its own or no layers below it.
        parameters: how many numbers all variables hold.
        trainable: how many of them are trained.
        nbytes: the bytes they take.

    Attributes:
        rows: as above; so are `parameters`, `trainable` and `nbytes`.

    Example:
        >>> from sujeong import nn
        >>> table = nn.Sequential([nn.Input((4,)), nn.Dense(3)]).summary()
        layer  class  output     parameters
        dense  Dense  (None, 3)          15
        total 15 parameters, 15 trained; 60 bytes
        >>> table.rows[0].output
        (None, 3)
    """

    def __init__(self, rows: list[Row], parameters: int, trainable: int, nbytes: int) -> None:
        self.rows, self.parameters, self.trainable, self.nbytes = rows, parameters, trainable, nbytes

    def __str__(self) -> str:
        table = [HEADS, *(row.cells() for row in self.rows)]
        widths = [max(len(cells[i]) for cells in table) for i in range(len(HEADS))]
        lines = []
        for cells in table:
            left = "  ".join(cell.ljust(width) for cell, width in zip(cells[:-1], widths, strict=False))
            lines.append(f"{left}  {cells[-1].rjust(widths[-1])}")
        rest = self.parameters - self.trainable
        parts = f"{self.trainable:,} trained" + (f", {rest:,} not" if rest else "")
        lines.append(f"total {self.parameters:,} parameters, {parts}; {readable_bytes(self.nbytes)}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Summary: {len(self.rows)} layers, {self.parameters:,} parameters>"


def readable_bytes(count: int) -> str:
    """A number of bytes in the unit that suits it.

    Args:
        count: the number.

    Returns:
        Such as `"2.5 KiB"`.

    Example:
        >>> readable_bytes(2600)
        '2.5 KiB'
    """
    value, units = float(count), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{count} bytes" if units[0] == "bytes" else f"{value:.1f} {units[0]}"


def summarize(model: Module, *inputs: Any) -> Summary:
    """Makes the table of a model.

    Args:
        model: the model.
        *inputs: specs or shapes of its inputs, needed if it has not been used yet.

    Returns:
        The table.

    Raises:
        StateError: sizes are not known yet and no input was given.
    """
    if inputs:
        model.build_for(*inputs)
    model._need_sizes("name an input: model.summary((1, 28, 28, 1))")
    rows = []
    counted: set[int] = set()
    for path, module in model.named_modules():
        own = [v for _, v in module.own_variables() if id(v) not in counted]
        counted.update(id(v) for v in own)
        if own or not any(True for _ in module.children()):
            sizes = sum(v.size for v in parameters(own)), sum(v.size for v in own if v.trainable)
            rows.append(
                Row(path or module.name, type(module).__name__, shown_shape(module.output_spec), *sizes)
            )
    variables = model.variables
    trained = sum(v.size for v in variables if v.trainable)
    nbytes = sum(v.spec.nbytes for v in variables)
    return Summary(rows, sum(v.size for v in parameters(variables)), trained, nbytes)


def shown_shape(spec: Any) -> Any:
    """A spec's shape with `None` for the batch, the first axis; also of several specs."""
    if isinstance(spec, Spec):
        return (None, *spec.shape[1:]) if spec.shape else ()
    return tuple(shown_shape(s) for s in spec) if isinstance(spec, tuple) else spec
