"""The computational graph drawn: inputs left, result right, the value above each edge, the gradient below."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.tensor import Tensor
from .arrangement import arrange
from .canvas import COLOURS, figure, label, save
from .computation import MOST, Box, Computation, Edge, trace

VALUE, GRADIENT = COLOURS[0], COLOURS[1]
SIGNS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "matmul": "@", "negative": "−"}
FILLS = {"operation": "#F2F2F2", "variable": "#D6EAF5", "constant": "white", "result": "white"}
LETTERS = 8.0  # size of the letters, in points
LINE, LETTER = 0.155, 0.072  # height of a line and width of a letter at that size, in inches


def draw(
    result: Tensor | Callable[[], Tensor],
    path: str | os.PathLike[str] | None = None,
    *,
    names: Mapping[str, Any] | None = None,
    gradient: Any = None,
    most: int = MOST,
    axes: Any = None,
) -> Any:
    """Draws how a result was computed, as a graph of boxes and arrows, with what flows through it both ways.

    Above each edge stands the value that went forward, below it the gradient that comes back. Small arrays
    are written out; of larger ones the shape and the length ‖x‖ = sqrt(sum x²). Where a value is read several
    times each edge shows its own part of the gradient; `.grad` is their sum.

    A computation keeps only those values that gradient rules read. Give a function, which is then run with
    all values kept, or compute inside of `sj.inspect.keep_values()`; else some edges show only the shape of
    their value, or a question mark for a number.

    Args:
        result: a tensor, such as a loss, or a function without arguments that computes one.
        path: where to write the picture (PNG, SVG, PDF by its ending); `None` writes nothing.
        names: name -> tensor, for inputs and the result; variables show their own names.
        gradient: dL/d(result), of its shape; needed unless the result is a single number.
        most: the most boxes that are drawn.
        axes: matplotlib axes to draw on, instead of a new figure.

    Returns:
        The matplotlib figure.

    Raises:
        GradientError: no gradient flows to the result, so that no operation was noted; or it is not a single
            number and no gradient is given.
        ArgumentError: the graph has more than `most` boxes.
        EngineError: matplotlib is not installed.

    Example:
        >>> import sujeong as sj
        >>> apples = sj.asarray([100.0], requires_grad=True)
        >>> picture = sj.draw(lambda: sj.sum(apples * 2.0 * 1.1), "apples.png", names={"apples": apples})
        >>> apples.grad is None
        True
    """
    graph = trace(result, names=names, gradient=gradient, most=most)
    labels = [_label(box) for box in graph.boxes]
    written = [_written(graph, edge) for edge in graph.edges]
    plan = arrange(
        [_box_size(box, text) for box, text in zip(graph.boxes, labels, strict=True)],
        [(edge.source, edge.target) for edge in graph.edges],
        [_text_size(*texts) for texts in written],
    )
    width, height = plan.size[0] + 0.3, plan.size[1] + 0.5
    made, axes = figure(width, height) if axes is None else (axes.figure, axes)
    _prepare(axes, width, height)
    scale = _scale(axes, width, height)
    for route, (value, back) in zip(plan.routes, written, strict=True):
        _draw_edge(axes, route, value, back, scale)
    for box, text, where in zip(graph.boxes, labels, plan.boxes, strict=True):
        if box.kind != "result" or text:
            _draw_box(axes, box, text, where, scale)
    key: dict[str, Any] = {"fontsize": LETTERS * scale, "va": "center"}
    value, back = label("draw.value"), label("draw.gradient")
    axes.text(0, -0.27, value, color=VALUE, **key)
    axes.text(LETTER * (len(value) * _wide(value) + 3), -0.27, back, color=GRADIENT, **key)
    return save(made, path)


def _label(box: Box) -> str:
    """What is written into a box."""
    if box.kind == "operation":
        return SIGNS.get(box.label) or textwrap.fill(box.label.replace("_", " "), 11, break_long_words=False)
    if not box.label and box.kind in ("variable", "constant"):
        return label(f"draw.{box.kind}")
    return textwrap.fill(box.label.replace("/", "/ "), 14, break_long_words=False).replace("/ ", "/")


def _written(graph: Computation, edge: Edge) -> tuple[str, str]:
    """The texts above and below an edge; a number that is a constant already stands in its box."""
    box = graph.boxes[edge.source]
    if box.kind == "constant" and not edge.shape and box.label and edge.gradient is None:
        return "", ""
    return formatted(edge.value, edge.shape), "" if edge.gradient is None else formatted(edge.gradient)


def formatted(value: np.ndarray | None, shape: tuple[int, ...] = ()) -> str:
    """A value as it is written on an edge.

    Args:
        value: the value; `None` if it is not known.
        shape: its shape, written where the value is not known.

    Returns:
        Small arrays in full, one line a row; larger ones as shape and length.
    """
    if value is None:
        return str(shape) if shape else "?"
    if value.size == 1:
        return _number(value.reshape(())[()])
    if value.ndim == 1 and value.size <= 4:
        return "[" + "  ".join(map(_number, value)) + "]"
    if value.ndim == 2 and value.shape[0] <= 3 and value.shape[1] <= 4 and value.size:
        cells = [[_number(v) for v in row] for row in value]
        most = [max(len(row[j]) for row in cells) for j in range(value.shape[1])]
        rows = ["  ".join(c.rjust(m, "\u2007") for c, m in zip(row, most, strict=True)) for row in cells]
        return "\n".join(f"[{row}]" for row in rows)
    length = float(np.sqrt((np.abs(value.astype(float)) ** 2).sum()))
    return f"{value.shape}  ‖{_number(length)}‖"


def _number(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)) or np.issubdtype(type(value), np.integer):
        return str(value)
    return f"{value:.3g}".replace("-", "−").replace("e−0", "e−").replace("e+0", "e")


def _wide(text: str) -> float:
    """Hangul takes almost twice the room."""
    return 1.7 if any("가" <= c <= "힣" for c in text) else 1.0


def _text_size(*texts: str) -> tuple[float, float]:
    """Width and height of a text above an edge and one below it."""
    lines = [line for text in texts for line in text.split("\n")]
    rows = max(
        text.count("\n") + 1 if text else 0 for text in texts
    )  # as much below as above: the edge is the middle
    return LETTER * max(map(len, lines)), max(2 * LINE * rows + 0.1, 0.3)


def _box_size(box: Box, text: str) -> tuple[float, float]:
    if box.kind == "result" and not text:
        return 0.05, 0.3
    lines = text.split("\n")
    width = LETTER * max(len(line) * _wide(line) for line in lines) + 0.2
    return max(width, 0.34), LINE * len(lines) + 0.18


def _prepare(axes: Any, width: float, height: float) -> None:
    axes.set_xlim(-0.1, width - 0.1)
    axes.set_ylim(height - 0.4, -0.4)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _scale(axes: Any, width: float, height: float) -> float:
    """By how much the letters shrink where the axes are smaller than the graph."""
    room, (across, down) = axes.get_position(), axes.figure.get_size_inches()
    return float(min(1.6, room.width * across / width * 1.2, room.height * down / height * 1.2))


def _draw_edge(axes: Any, route: list[tuple[float, float]], value: str, back: str, scale: float) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    points, codes = [route[0]], [Path.MOVETO]
    for (left, y), (right, _) in zip(route[1::2], route[2::2], strict=True):
        x, start = points[-1]
        middle = (x + left) / 2
        points += [(middle, start), (middle, y), (left, y), (right, y)]
        codes += [Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO]
    arrow: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 9 * scale, "shrinkA": 0, "shrinkB": 0}
    axes.add_patch(
        FancyArrowPatch(path=Path(points, codes), color="#555555", linewidth=0.9, fill=False, **arrow)
    )
    (left, y), (right, _) = route[-2:]
    where: dict[str, Any] = {"ha": "center", "fontsize": LETTERS * scale, "linespacing": 1.15}
    axes.text((left + right) / 2, y - 0.03, value, va="bottom", color=VALUE, **where)
    axes.text((left + right) / 2, y + 0.04, back, va="top", color=GRADIENT, **where)


def _draw_box(axes: Any, box: Box, text: str, where: tuple[float, float, float], scale: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    (x, y, height), (width, _) = where, _box_size(box, text)
    edge = "#AAAAAA" if box.kind == "constant" else "black"
    sign = text in SIGNS.values()
    style = f"round,pad=0,rounding_size={0.17 if sign else 0.06}"
    look: dict[str, Any] = {"facecolor": FILLS[box.kind], "edgecolor": edge, "linewidth": 0.9}
    axes.add_patch(FancyBboxPatch((x, y - height / 2), width, height, style, **look))
    size = LETTERS * scale * (1.35 if sign else 1)
    axes.text(x + width / 2, y, text, ha="center", va="center", fontsize=size)
