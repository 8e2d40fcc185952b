"""Activations by name.

step      1 if x > 0 else 0                  relu         max(0, x)
sigmoid   1 / (1 + e^-x)                     leaky_relu   x if x > 0 else 0.01 x
tanh      (e^x - e^-x) / (e^x + e^-x)        elu          x if x > 0 else e^x - 1
silu      x sigmoid(x)                       selu         elu, scaled to keep mean 0 and variance 1
gelu      x P(Z <= x)                        softplus     log(1 + e^x)
softmax   e^x_i / sum_j e^x_j                sine         sin(x)
identity  x
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.names import find
from ..errors import ArgumentError, message
from ..ops.activations.exponential_units import elu, selu
from ..ops.activations.gaussian import gelu, identity, sine
from ..ops.activations.rectifiers import leaky_relu, relu, step
from ..ops.activations.sigmoids import log_sigmoid, sigmoid, silu, softplus
from ..ops.hyperbolic import tanh
from ..ops.softmax import log_softmax, softmax

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    "elu": elu,
    "gelu": gelu,
    "identity": identity,
    "leaky_relu": leaky_relu,
    "linear": identity,
    "log_sigmoid": log_sigmoid,
    "log_softmax": log_softmax,
    "relu": relu,
    "selu": selu,
    "sigmoid": sigmoid,
    "silu": silu,
    "sine": sine,
    "softmax": softmax,
    "softplus": softplus,
    "step": step,
    "swish": silu,
    "tanh": tanh,
}


def get(activation: Any) -> Any:
    """The function of a name; a function or a layer is taken as it is, `None` stays.

    Args:
        activation: a name, a function of one tensor, or `None`.

    Returns:
        The function, or `None`.

    Raises:
        NameUnknownError: no activation has this name.
        ArgumentError: a class where an object is wanted.

    Example:
        >>> get("swish").__name__
        'silu'
    """
    if isinstance(activation, type):
        fix = f"make an object of it: nn.{activation.__name__}()."
        raise ArgumentError(message("activation", "a class came, not a function.", fix=fix))
    if activation is None or callable(activation):
        return activation
    return find("activation", activation, ACTIVATIONS)
