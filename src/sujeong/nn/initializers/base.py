"""What an initialiser is: shape and key in, array out."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ...core import keys
from ...errors import ArgumentError, message
from ..arguments import keep
from ..registry import register

Shape = tuple[int, ...]


class Initializer:
    """Base: an object that makes an array of a shape from a key.

    Example:
        >>> import numpy as np
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> class Diagonal(sj.initializers.Initializer):
        ...     def __call__(self, shape, key):
        ...         return np.eye(*shape)
        >>> nn.Dense(2, kernel_initializer=Diagonal())
        Dense(units=2, kernel_initializer=Diagonal())
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in cls.__dict__:
            cls.__init__ = keep(cls.__dict__["__init__"])  # type: ignore[method-assign]
        if cls.__module__.startswith(__package__) and not cls.__name__.startswith("_"):
            register(cls)

    def __call__(self, shape: Shape, key: keys.Key) -> np.ndarray:
        """The first value.

        Args:
            shape: its sizes.
            key: from `core.keys`.

        Returns:
            A float64 array, rounded when the variable is made.
        """
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return dict(self.__dict__.get("_arguments", {}))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(self) == vars(other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.config().items())})"


def finite(owner: str, **numbers: Any) -> None:
    """Refuses what is not a finite number, naming owner and argument."""
    for name, value in numbers.items():
        if isinstance(value, (bool, str)) or not isinstance(value, (int, float)) or not isfinite(value):
            raise ArgumentError(message(owner, f"{name} must be a finite number.", received=repr(value)))
