"""A function as a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, message
from .module import Module


class Lambda(Module):
    """Makes a layer of a function of tensors: y = function(x).

    It has no variables, and its function is no data: a model with it can be saved only if the function was
    registered under its name with `@nn.register`, and loaded only where it is registered again.

    Args:
        function: takes and gives tensors.
        name: its name.

    Raises:
        ArgumentError: not a function.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.Lambda(lambda x: x * 2)(sj.asarray([1.0, 2.0])))
        [2. 4.]
    """

    tensors_only = False

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        super().__init__(name)
        if not callable(function) or isinstance(function, type):
            fix = "nn.Lambda(lambda x: x * 2)."
            raise ArgumentError(
                message("Lambda", "takes a function.", received=type(function).__name__, fix=fix)
            )
        self.function = function

    def call(self, *inputs: Any) -> Any:
        """The function of the inputs."""
        return self.function(*inputs)
