"""Softmax: scores made into probabilities, and its logarithm.

    y_k = e^(x_k) / sum_j e^(x_j)            between 0 and 1, adding up to 1 along the axis

The greatest score is subtracted first. That changes nothing (it cancels above and below the line), but
without it e^100 overflows float32 and the quotient is NaN.

    dx = y (g - sum_j g_j y_j)               log_softmax:  dx = g - e^y sum_j g_j
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ._build import normalize_axis
from ._real import real_floating
from .arithmetic import multiply
from .exponential import exp, log
from .reduction import max, sum


def _like_first(x: Spec, *_: Spec, axis: int) -> Spec:
    return x


def _shifted(x: Tensor, axis: int) -> Tensor:
    """The scores less their greatest one, which no gradient flows through: it cancels."""
    return x - max(x, axis=axis, keepdims=True).detach()


def _softmax_readable(x: Tensor, axis: int) -> Tensor:
    z = exp(_shifted(x, axis))
    return z / sum(z, axis=axis, keepdims=True)


SOFTMAX = Op("softmax", _like_first, readable=_softmax_readable, keeps_inputs=False, keeps_output=True)


def softmax(x: Any, /, *, axis: int = -1) -> Tensor:
    """Turns scores into probabilities: y_k = e^(x_k) / sum_j e^(x_j).

    Args:
        x: tensor of any shape with at least one axis; float, integers become float32.
        axis: the axis along which the results add up to 1.

    Returns:
        Numbers between 0 and 1, shape of `x`. The greatest score keeps the greatest probability.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.softmax(sj.asarray([1.0, 1.0, 1.0, 1.0])))
        [0.25 0.25 0.25 0.25]
    """
    x = real_floating("softmax", x)
    y: Tensor = apply(SOFTMAX, x, axis=normalize_axis("softmax", axis, x.ndim))
    return y


def _softmax_gradient_readable(g: Tensor, y: Tensor, axis: int) -> Tensor:
    return y * (g - sum(g * y, axis=axis, keepdims=True))


SOFTMAX_GRADIENT = Op("softmax_gradient", _like_first, readable=_softmax_gradient_readable)


@SOFTMAX.gradient
def _softmax_gradient(g: Tensor, y: Tensor, x: Any, axis: int) -> tuple[Any, ...]:
    return (apply(SOFTMAX_GRADIENT, g, y, axis=axis),)


def _log_softmax_readable(x: Tensor, axis: int) -> Tensor:
    z = _shifted(x, axis)
    return z - log(sum(exp(z), axis=axis, keepdims=True))


LOG_SOFTMAX = Op(
    "log_softmax", _like_first, readable=_log_softmax_readable, keeps_inputs=False, keeps_output=True
)


def log_softmax(x: Any, /, *, axis: int = -1) -> Tensor:
    """The logarithms of softmax's probabilities: y_k = x_k - ln(sum_j e^(x_j)).

    Better than `log(softmax(x))`, where a probability that rounds to 0 gives minus infinity.

    Args:
        x: tensor of any shape with at least one axis; float, integers become float32.
        axis: the axis along which the probabilities add up to 1.

    Returns:
        Numbers of at most 0, shape of `x`.

    Raises:
        ArgumentError: there is no such axis.
        DTypeError: `x` is complex.

    Example:
        >>> import sujeong as sj
        >>> print(sj.log_softmax(sj.asarray([0.0, 1000.0])))
        [-1000.     0.]
    """
    x = real_floating("log_softmax", x)
    y: Tensor = apply(LOG_SOFTMAX, x, axis=normalize_axis("log_softmax", axis, x.ndim))
    return y


def _log_softmax_gradient_readable(g: Tensor, y: Tensor, axis: int) -> Tensor:
    return g - multiply(exp(y), sum(g, axis=axis, keepdims=True))


LOG_SOFTMAX_GRADIENT = Op("log_softmax_gradient", _like_first, readable=_log_softmax_gradient_readable)


@LOG_SOFTMAX.gradient
def _log_softmax_gradient(g: Tensor, y: Tensor, x: Any, axis: int) -> tuple[Any, ...]:
    return (apply(LOG_SOFTMAX_GRADIENT, g, y, axis=axis),)
