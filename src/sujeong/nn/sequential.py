"""Modules one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import ArgumentError, message
from .module import Module


class Sequential(Module):
    """Feeds each module's output to the next: y = f_n(... f_2(f_1(x))).

    Args:
        layers: the modules, in order; a function of tensors also counts as one.
        name: its name.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> model = nn.Sequential([nn.Dense(8, activation="relu"), nn.Dense(3)])
        >>> model(sj.zeros((2, 4))).shape
        (2, 3)
    """

    def __init__(self, layers: Any = (), name: str | None = None) -> None:
        super().__init__(name)
        self.layers: list[Any] = []
        for layer in layers:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Appends a module.

        Args:
            layer: the module.

        Raises:
            ArgumentError: it is not a module.
        """
        if not isinstance(layer, Module):
            fix = "wrap a function as nn.Activation(function)."
            raise ArgumentError(
                message("Sequential", "takes modules.", received=type(layer).__name__, fix=fix)
            )
        self.layers.append(layer)
        self.path = None

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules, named by their kind and numbered within it: `dense`, `dense_1`."""
        seen: dict[str, int] = {}
        for layer in self.layers:
            n = seen.get(layer.name, 0)
            seen[layer.name] = n + 1
            yield (f"{layer.name}_{n}" if n else layer.name), layer

    def _is_model(self) -> bool:
        return True

    def call(self, x: Any) -> Any:
        """Runs the modules in order."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> Module:
        return self.layers[index]  # type: ignore[no-any-return]
