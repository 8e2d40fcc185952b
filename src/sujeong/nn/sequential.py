"""Modules one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import ArgumentError, message
from .graph import is_placeholder
from .module import Module
from .parts import numbered


class Sequential(Module):
    """Feeds each module's output to the next: y = f_n(... f_2(f_1(x))).

    Args:
        layers: the modules, in order; an `nn.Input` in front makes the sizes known at once.
        name: its name.

    Raises:
        ArgumentError: something is not a module.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> model = nn.Sequential([nn.Dense(8, activation="relu"), nn.Dense(3)])
        >>> model(sj.zeros((2, 4))).shape
        (2, 3)
    """

    tensors_only = False

    def __init__(self, layers: Any = (), name: str | None = None) -> None:
        super().__init__(name)
        self.layers: list[Any] = []
        self._input: Any = None
        layers = [layers] if isinstance(layers, Module) else list(layers)
        if layers and is_placeholder(layers[0]):
            self._input = layers.pop(0)
        for layer in layers:
            self._append(layer)
        self._settle()

    def add(self, layer: Any) -> None:
        """Appends a module.

        Args:
            layer: the module.

        Raises:
            ArgumentError: it is not a module.
        """
        if is_placeholder(layer) and not self.layers and self._input is None:
            self._input = layer
            return
        self._append(layer)
        self.built = False
        self._settle()

    def _append(self, layer: Any) -> None:
        if not isinstance(layer, Module):
            fix = "nn.Activation(function) or nn.Lambda(function) makes a layer of a function."
            if is_placeholder(layer):
                fix = "an nn.Input stands first, or nowhere."
            elif isinstance(layer, type):
                fix = f"make an object of it: nn.{layer.__name__}(...)."
            raise ArgumentError(
                message("Sequential", "takes modules.", received=type(layer).__name__, fix=fix)
            )
        self.layers.append(layer)

    def _settle(self) -> None:
        """Finds all sizes if the input is known."""
        if self._input is not None and self.layers:
            self.output_spec = None
            self.build_for(self._input._array.at(1))

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules, named by their kind and numbered within it: `dense`, `dense_1`."""
        yield from numbered(self.layers)

    def _is_model(self) -> bool:
        return True

    def call(self, x: Any) -> Any:
        """Runs the modules in order."""
        for layer in self.layers:
            x = layer(x)
        return x

    def config(self) -> dict[str, Any]:
        """The layers as they are now, and the name."""
        layers = ([] if self._input is None else [self._input]) + self.layers
        return {"layers": layers} | ({"name": self.name} if self._named else {})

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> Module:
        return self.layers[index]  # type: ignore[no-any-return]
