"""A recurrent layer that reads from both ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.tensor import Tensor
from ..errors import ArgumentError, message, unknown_name
from ..ops.joining import concat
from ..ops.slicing import flip
from .module import Module
from .recurrent import _Recurrent

MERGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ave": lambda a, b: (a + b) * 0.5,
    "concat": lambda a, b: concat([a, b], axis=-1),
    "mul": lambda a, b: a * b,
    "sum": lambda a, b: a + b,
}


class Bidirectional(Module):
    """Reads sequences forwards with one layer and backwards with another, and joins what they give.

        y_t = merge(forward over x_1 ... x_t, backward over x_T ... x_t)

    Without `return_sequences` each gives what it knows after its last step. With `return_state` the states of
    the forward layer come first, then those of the backward one.

    Schuster and Paliwal, Bidirectional recurrent neural networks, 1997.

    Args:
        layer: a recurrent layer, for the way forwards.
        merge_mode: `"concat"`, `"sum"`, `"mul"`, `"ave"`, or `None` to give both outputs.
        backward_layer: for the way back, with `go_backwards=True`; default a layer like `layer`.
        name: its name.

    Raises:
        ArgumentError: not recurrent layers that fit together.
        NameUnknownError: no such way to merge.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Bidirectional(nn.LSTM(4, return_sequences=True))(sj.ones((2, 10, 3))).shape
        (2, 10, 8)
    """

    tensors_only = False

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        backward_layer: Any = None,
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if merge_mode is not None and merge_mode not in MERGES:
            raise unknown_name("merge mode", repr(merge_mode), MERGES)
        self.merge_mode = merge_mode
        self.forward_layer = _recurrent("layer", layer)
        if backward_layer is None:
            settings = layer.config() | {"go_backwards": not layer.go_backwards}
            backward_layer = type(layer).from_config(settings)
        self.backward_layer = _recurrent("backward_layer", backward_layer)
        for setting in ("return_sequences", "return_state", "states"):
            a, b = (getattr(part, setting) for part in (layer, backward_layer))
            if a != b:
                what = f"the two layers differ in {setting}."
                raise ArgumentError(message("Bidirectional", what, received=f"{a} and {b}"))
        if layer.go_backwards == backward_layer.go_backwards:
            fix = "one of them needs go_backwards=True."
            raise ArgumentError(message("Bidirectional", "both layers read the same way.", fix=fix))

    def __call__(  # type: ignore[override]
        self, x: Any, initial_state: Any = None, mask: Any = None, *, training: bool | None = None
    ) -> Any:
        """Reads the sequences both ways.

        Args:
            x: (N, T, features).
            initial_state: the forward layer's states, then the backward layer's, as one list; default zeros.
            mask: (N, T) of truth values; a step with `False`, such as padding, leaves the state as it is.
            training: as for every layer.

        Returns:
            The merged outputs; with `return_state` a tuple of them and the states.
        """
        inputs = [x, initial_state, mask]
        while len(inputs) > 1 and inputs[-1] is None:
            inputs.pop()
        return super().__call__(*inputs, training=training)

    def call(self, x: Any, initial_state: Any = None, mask: Any = None) -> Any:
        """Both ways, and the merge."""
        count = self.forward_layer.states
        starts: tuple[Any, Any] = (None, None)
        if initial_state is not None:
            given = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
            if len(given) != 2 * count:
                what = "the initial states of both layers are needed."
                raise ArgumentError(message("Bidirectional", what, received=len(given), expected=2 * count))
            starts = given[:count], given[count:]
        there, back = self.forward_layer(x, starts[0], mask), self.backward_layer(x, starts[1], mask)
        (a, *states), (b, *others) = _listed(there), _listed(back)
        if self.forward_layer.return_sequences:  # each output beside that of its step
            a, b = (flip(a, axis=1), b) if self.forward_layer.go_backwards else (a, flip(b, axis=1))
        y: Any = (a, b) if self.merge_mode is None else MERGES[self.merge_mode](a, b)
        if not self.forward_layer.return_state:
            return y
        return (*(y if self.merge_mode is None else (y,)), *states, *others)


def _recurrent(name: str, layer: Any) -> Any:
    if not isinstance(layer, _Recurrent):
        fix = "nn.Bidirectional(nn.LSTM(32))."
        what = f"{name} is not a recurrent layer."
        raise ArgumentError(message("Bidirectional", what, received=type(layer).__name__, fix=fix))
    return layer


def _listed(out: Any) -> list[Tensor]:
    return list(out) if isinstance(out, tuple) else [out]
