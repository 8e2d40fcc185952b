"""Derivatives by trying: slow and approximate, but sure. The judge of all other gradients.

df/dx_i = (f(x + h e_i) - f(x - h e_i)) / 2h         central difference, error of order h^2
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core import dtypes, keys, modes, tree
from ..core.create import from_host
from ..core.engine import using
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import ArgumentError, DTypeError, GradientError, message
from ..ops.arithmetic import add, multiply
from ..ops.reduction import sum as total
from .arguments import is_differentiable
from .functional import grad


def _differences(f: Callable[[np.ndarray], Any], x: np.ndarray, h: float) -> np.ndarray:
    """Central differences of a function of one array, element by element."""
    slopes = np.zeros(x.shape, np.float64)
    for i in np.ndindex(x.shape):
        ends = []
        for step in (h, -h):
            moved = x.copy()
            moved[i] += step
            ends.append(_number(f(moved)))
        slopes[i] = (ends[0] - ends[1]) / (2 * h)
    return slopes


def _number(value: Any) -> float:
    if isinstance(value, Operand):
        value = as_tensor(value).numpy()
    host = np.asarray(value)
    if host.size != 1:
        fix = "reduce it (sj.sum, sj.mean)."
        text = message("numerical_gradient", "f must give one number.", received=host.shape, fix=fix)
        raise GradientError(text)
    return float(host.reshape(()))


def numerical_gradient(f: Callable[..., Any], x: Any, h: float = 1e-4) -> Any:
    """The gradient by central differences: (f(x + h) - f(x - h)) / 2h for each element.

    Args:
        f: gives one number. Called with x; without arguments if `x` is a list of variables.
        x: a tensor, a NumPy array or a number: f gets it in float64, whatever its type, since differences
            of float32 numbers keep few digits. Or a list of variables: each is moved, element by element,
            in its own type, and put back.
        h: the step.

    Returns:
        A tensor of the shape and element type of `x` (float32 for whole numbers); a list for variables.

    Raises:
        GradientError: f does not give one number.
        ArgumentError: the step is not positive.

    Example:
        >>> import sujeong as sj
        >>> print(sj.numerical_gradient(lambda x: x[0] * x[0] + x[1], sj.asarray([3.0, 4.0])))
        [6. 1.]
    """
    if not h > 0:
        raise ArgumentError(message("numerical_gradient", "the step must be positive.", received=h))
    with modes.no_grad():
        if isinstance(x, (list, tuple)) and x and all(isinstance(v, Variable) for v in x):
            return [_by_variable(f, v, h) for v in x]
        tensor = as_tensor(x, "numerical_gradient")
        if tensor.dtype.kind == "complex":
            text = message("numerical_gradient", "x must be real.", received=tensor.spec)
            raise DTypeError(text)
        dtype = tensor.dtype if tensor.dtype.is_floating else dtypes.float32
        with using(tensor._engine.name, tensor.device):
            host = tensor.numpy().astype(np.float64)
            slopes = _differences(lambda v: f(from_host(v, dtypes.float64)), host, h)
            return from_host(slopes, dtype)


def _by_variable(f: Callable[[], Any], variable: Variable, h: float) -> Tensor:
    before = variable.value
    with using(variable.engine, variable.device):

        def at(host: np.ndarray) -> Any:
            variable.assign(from_host(host, variable.dtype))
            return f()

        try:
            return from_host(_differences(at, before.numpy().astype(np.float64), h), variable.dtype)
        finally:
            variable.assign(before)


def check_grad(f: Callable[..., Any], *args: Any, h: float = 1e-5, tolerance: float = 1e-6) -> float:
    """Compares the gradient of a function with central differences, in float64, element by element.

    Args:
        f: gives tensors; several numbers are added up with fixed random weights.
        *args: where to compare; each may be a tree. All floating-point leaves are compared, in float64.
        h: the step of the differences.
        tolerance: the greatest error allowed.

    Returns:
        The worst error: |a - n| / max(1, |a|, |n|) for the analytic a and the numerical n.

    Raises:
        GradientError: an error is beyond the tolerance; it names the argument, the place and both values.

    Example:
        >>> import sujeong as sj
        >>> sj.check_grad(lambda x, y: sj.sum(sj.tanh(x) * y), sj.ones(3), sj.ones(3)) < 1e-8
        True
    """
    leaves, structure = tree.flatten(tuple(args))
    places = [i for i, v in enumerate(leaves) if is_differentiable(v)]
    for i in places:
        host = np.asarray(as_tensor(leaves[i], "check_grad").numpy(), np.float64)
        leaves[i] = from_host(host, dtypes.float64)
    if not places:
        text = message("check_grad", "no argument holds a floating-point value.", received=structure)
        raise DTypeError(text)

    def at(values: Sequence[Any]) -> Tensor:
        moved = list(leaves)
        for i, v in zip(places, values, strict=True):
            moved[i] = v
        return _weighted(f(*tree.unflatten(structure, moved)))

    points = [leaves[i] for i in places]
    found = grad(lambda values: at(values))(points)
    names = _names(args)
    worst = 0.0
    for k, (i, g) in enumerate(zip(places, found, strict=True)):

        def along(host: np.ndarray, k: int = k) -> Tensor:
            return at([from_host(host, dtypes.float64) if j == k else p for j, p in enumerate(points)])

        with modes.no_grad():
            numerical = _differences(along, points[k].numpy(), h)
        analytic = g.numpy()
        error = np.abs(analytic - numerical) / np.maximum(1, np.maximum(np.abs(analytic), np.abs(numerical)))
        error = np.where(np.isnan(error), np.inf, error)
        if error.size == 0:
            continue
        place = tuple(int(p) for p in np.unravel_index(int(error.argmax()), error.shape))
        if error[place] > tolerance:
            what = f"the gradient of {names[i]} at {list(place)} is wrong."
            received = f"{analytic[place]:.10g}, numerically {numerical[place]:.10g}"
            raise GradientError(
                message("check_grad", what, received=received, expected=f"an error below {tolerance:g}")
            )
        worst = max(worst, float(error[place]))
    return worst


def _names(args: Sequence[Any]) -> list[str]:
    """A name for each leaf of the arguments: the number of the argument and, in a tree, of the leaf."""
    names = []
    for a, value in enumerate(args):
        n = len(tree.leaves(value))
        names += [f"argument {a}" + (f", leaf {k}" if n > 1 else "") for k in range(n)]
    return names


def _weighted(out: Any) -> Tensor:
    """One number: all floating-point results, each element times a fixed weight between 0.5 and 1.5."""
    sums: Tensor | None = None
    for i, y in enumerate(tree.leaves(out)):
        y = as_tensor(y, "check_grad")
        if not y.dtype.is_differentiable:
            continue
        weights = 0.5 + keys.host_uniform(keys.key(0, "check_grad", i), y.shape) if y.shape else np.ones(())
        part = total(multiply(y, from_host(weights, y.dtype)))
        sums = part if sums is None else add(sums, part)
    if sums is None:
        raise GradientError(message("check_grad", "the function gives no floating-point value."))
    return sums
