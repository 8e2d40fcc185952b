"""The landscape of a loss: its values along one or two directions around the present weights.

    E(a) = E(w + a d)              E(a, b) = E(w + a d1 + b d2)

w all weights, d directions of the same shapes. A random direction means little by itself, since the
scale of a network's weights is arbitrary (ReLU: twice the one layer, half the next, the same function).
Filter normalisation gives each unit's part of the direction the length of that unit's own weights.

Li, Xu, Taylor, Studer and Goldstein, 2018, "Visualizing the loss landscape of neural nets".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core import keys, modes
from ..core.create import from_host
from ..core.engine import using
from ..core.tensor import Operand, as_tensor
from ..core.variable import Variable
from ..errors import ArgumentError, ShapeError, message
from ..nn.module import Module
from .canvas import COLOURS, clean, figure, label, save

Direction = Sequence[np.ndarray]


@dataclass(frozen=True)
class Landscape:
    """Values around a point.

    Attributes:
        steps: a, the multiples of each direction (points,).
        values: E(a) (points, ...), or E(a, b) (points, points, ...) with a along the first axis; further axes
            where the function gives several numbers.
        middle: E(0), the value at the present weights.
    """

    steps: np.ndarray
    values: np.ndarray
    middle: np.ndarray


def random_directions(
    variables: Sequence[Variable], count: int = 1, *, seed: int = 0
) -> list[list[np.ndarray]]:
    """Random directions among the weights, filter-normalised.

    For each unit (the last axis of a kernel: a neuron of a dense layer, a filter of a convolution) the normal
    random numbers d are scaled to the length of its weights w: d <- d ‖w‖ / ‖d‖. Biases and other vectors
    stay where they are, d = 0.

    Args:
        variables: the weights.
        count: how many directions.
        seed: of the random numbers.

    Returns:
        The directions, an array a variable each.

    Example:
        >>> import numpy as np
        >>> import sujeong as sj
        >>> w = sj.Variable(np.eye(3, dtype="float32"))
        >>> ((d,),) = sj.inspect.random_directions([w])
        >>> np.linalg.norm(d, axis=0).round(5).tolist()
        [1.0, 1.0, 1.0]
    """
    sites = [[keys.key(seed, "landscape", i, k) for k in range(len(variables))] for i in range(count)]
    return [[_normalised(v.numpy(), s) for v, s in zip(variables, row, strict=True)] for row in sites]


def _normalised(weights: np.ndarray, key: keys.Key) -> np.ndarray:
    d = keys.host_normal(key, weights.shape)
    if weights.ndim < 2:
        return np.zeros(weights.shape)
    axes = tuple(range(weights.ndim - 1))
    lengths = np.sqrt((weights.astype(float) ** 2).sum(axis=axes))
    return d * lengths / np.sqrt((d**2).sum(axis=axes))


def landscape(
    function: Callable[[], Any],
    variables: Sequence[Variable],
    directions: Sequence[Direction],
    *,
    reach: float = 1.0,
    points: int = 41,
) -> Landscape:
    """Moves weights along one or two directions, measures at each place, and puts them back.

    Args:
        function: measures with the weights as they are; gives one number, or an array of several.
        variables: the weights that move.
        directions: one or two, each with an array a variable, of its shape.
        reach: how far to go, in lengths of the directions: from -reach to +reach.
        points: how many places a direction; an odd number has the present weights in the middle.

    Returns:
        The steps and the values there.

    Raises:
        ArgumentError: not one or two directions, or fewer than two points.
        ShapeError: a direction does not look like the variables.

    Example:
        >>> import numpy as np
        >>> import sujeong as sj
        >>> w = sj.Variable(2.0, name="w")
        >>> around = sj.inspect.landscape(lambda: w * w, [w], [[np.ones(())]], points=3)
        >>> around.steps.tolist(), around.values.tolist(), float(w)
        ([-1.0, 0.0, 1.0], [1.0, 4.0, 9.0], 2.0)
    """
    _check(variables, directions, points)
    steps = np.linspace(-reach, reach, points)
    with modes.no_grad(), _put_back(variables) as home:

        def at(*amounts: float) -> np.ndarray:
            for k, (variable, w) in enumerate(zip(variables, home, strict=True)):
                moved = w + sum(a * np.asarray(d[k]) for a, d in zip(amounts, directions, strict=True))
                with using(variable.engine, variable.device):
                    variable.assign(from_host(moved, variable.dtype))
            return _measured(function)

        middle = at(*[0.0] * len(directions))
        if len(directions) == 1:
            values = np.stack([at(a) for a in steps])
        else:
            values = np.stack([np.stack([at(a, b) for b in steps]) for a in steps])
    return Landscape(steps, values, middle)


def _measured(function: Callable[[], Any]) -> np.ndarray:
    value = function()
    return np.asarray(as_tensor(value).numpy() if isinstance(value, Operand) else value, np.float64)


def _check(variables: Sequence[Variable], directions: Sequence[Direction], points: int) -> None:
    if len(directions) not in (1, 2) or points < 2:
        received = f"{len(directions)} directions, {points} points"
        expected = "one or two directions, two points or more"
        raise ArgumentError(message("landscape", "cannot be drawn.", received=received, expected=expected))
    wanted = [v.shape for v in variables]
    for direction in directions:
        shapes = [np.shape(d) for d in direction]
        if shapes != wanted:
            what = "a direction has one array a variable, of its shape."
            raise ShapeError(message("landscape", what, received=shapes, expected=wanted))


@contextmanager
def _put_back(variables: Sequence[Variable]) -> Iterator[list[np.ndarray]]:
    """The values of the weights on the host; whatever happens inside, the weights are put back at the end."""
    before = [v.value for v in variables]
    try:
        yield [np.array(x.numpy(), np.float64) for x in before]
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value.detach())


def draw_landscape(
    what: Module | Callable[[], Any],
    *data: Any,
    variables: Sequence[Variable] | None = None,
    directions: int | Sequence[Direction] = 2,
    reach: float = 1.0,
    points: int = 25,
    seed: int = 0,
    path: str | os.PathLike[str] | None = None,
    axes: Any = None,
) -> Any:
    """Draws the loss along one or two directions around the present weights; the weights stay as they are.

    Args:
        what: a compiled model, whose loss on the data is measured; or a function without arguments that gives
            one number.
        *data: for a model: inputs and targets.
        variables: the weights that move; default the trainable ones of the model.
        directions: 1 or 2 random, filter-normalised directions; or the directions themselves, each with an
            array a variable: along a curve, or along one weight (zeros but for a one).
        reach: how far to go, in lengths of the directions: 1 changes each unit by as much as it weighs.
        points: how many places a direction.
        seed: of random directions.
        path: where to write the picture; `None` writes nothing.
        axes: matplotlib axes to draw on, instead of a new figure.

    Returns:
        The matplotlib figure.

    Raises:
        ArgumentError: a function without variables, or not one or two directions.
        ShapeError: a direction does not look like the variables.
        EngineError: matplotlib is not installed.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), _ = sj.datasets.xor()
        >>> model = nn.Sequential([nn.Dense(4, "tanh"), nn.Dense(2)]).compile(loss="softmax_cross_entropy")
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> picture = sj.inspect.draw_landscape(model, x, y, points=9, path="landscape.png")
    """
    if isinstance(what, Module):
        model = what
        variables = model.trainable_variables if variables is None else variables

        def function() -> float:
            return float(model.evaluate(*data)["loss"])
    elif variables is None:
        fix = "give variables=[...], the weights that the function reads."
        raise ArgumentError(message("draw_landscape", "a function needs variables to move.", fix=fix))
    else:
        function = what  # type: ignore[assignment]
    chosen = (
        random_directions(variables, directions, seed=seed) if isinstance(directions, int) else directions
    )
    found = landscape(function, variables, chosen, reach=reach, points=points)
    made, axes = figure(5.0, 4.2) if axes is None else (axes.figure, axes)
    (_draw_line if found.values.ndim == 1 else _draw_map)(made, axes, found)
    return save(made, path)


def _draw_line(made: Any, axes: Any, found: Landscape) -> None:
    axes.plot(found.steps, found.values, color=COLOURS[0])
    axes.plot(0, found.middle, "o", color=COLOURS[1])
    axes.set_xlabel(label("landscape.along", number=1))
    axes.set_ylabel(label("figure.loss"))
    clean(axes)


def _draw_map(made: Any, axes: Any, found: Landscape) -> None:
    """Height lines, the low ones dark; levels by rank, since a loss is steep far out."""
    from matplotlib.colors import BoundaryNorm

    finite = found.values[np.isfinite(found.values)]
    levels = np.unique(np.quantile(finite, np.linspace(0, 1, 16))) if finite.size else np.zeros(1)
    if len(levels) < 3:
        levels = levels[0] + np.linspace(-1, 1, 3)
    heights = np.ma.masked_invalid(found.values.T)
    ranks = BoundaryNorm(levels, 256)
    drawn = axes.contourf(found.steps, found.steps, heights, levels, cmap="viridis", norm=ranks)
    axes.contour(found.steps, found.steps, heights, levels, colors="white", linewidths=0.4)
    axes.plot(0, 0, "o", color=COLOURS[1], markeredgecolor="white")
    axes.set_xlabel(label("landscape.along", number=1))
    axes.set_ylabel(label("landscape.along", number=2))
    made.colorbar(drawn, ax=axes, label=label("figure.loss"), format="%.3g")
