"""Dense layers as convolutions: a classifier of one image becomes a map of answers over a larger one.

    Flatten, Dense      the same sums as a convolution whose window is the whole map
    further Dense       a convolution with a window of 1: the same sums at each place
    global pooling      a window of the size that the map had, moved by 1

    y[u] = sum over i, j, c of  map[i, j, c] W[flat(i, j, c), u]
         = conv(map, K)[u]      with  K[i, j, c, u] = W[flat(i, j, c), u]

An image as large as those of training gives (N, 1, 1, classes): the old answer. On a larger one each place of
the map answers for the window of the image that it sees, and what windows share is computed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ..core.spec import Spec
from ..errors import ArgumentError, StateError, message
from ..ops.softmax import log_softmax, softmax
from .activation_layers import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from .augmentation import RandomFlip, RandomRotation, RandomTranslation, RandomZoom
from .batch_norm import BatchNorm
from .conv import Conv1D, Conv2D, Conv3D, _Convolution
from .dense import Dense
from .dropout import Dropout
from .layer_norm import LayerNorm, RMSNorm
from .module import Module
from .pooling import (
    AveragePool1D,
    AveragePool2D,
    AveragePool3D,
    GlobalAveragePool1D,
    GlobalAveragePool2D,
    GlobalAveragePool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    _GlobalPooling,
    _Pooling,
)
from .sequential import Sequential
from .shaping import Flatten, _ZeroPadding

CONVOLUTIONS = {1: Conv1D, 2: Conv2D, 3: Conv3D}
MEANS = {1: AveragePool1D, 2: AveragePool2D, 3: AveragePool3D}
GREATEST = {1: MaxPool1D, 2: MaxPool2D, 3: MaxPool3D}
GLOBAL_MEANS = (GlobalAveragePool1D, GlobalAveragePool2D, GlobalAveragePool3D)
LOCAL = (
    _Convolution,
    _Pooling,
    _ZeroPadding,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
SINGLE = (Activation, ReLU, LeakyReLU, ELU)  # look at one value at a time
NORMS = (BatchNorm, LayerNorm, RMSNorm, Softmax)  # look along one axis
Values = dict[str, np.ndarray]


def to_convolutional(model: Sequential, *, class_map: bool = False) -> Sequential:
    """Turns an image classifier into a fully convolutional model with the same weights.

    On images of the size that `model` was built for the outputs are the same to rounding, with spatial axes
    of size 1 in front of the classes (behind, for channels-first models). Larger images give a map: its place
    o is the answer of `model` to the window that starts at o times the product of all strides. That is exact
    where nothing is padded; with `padding="same"` a window inside of a larger image sees its neighbours where
    `model` saw padding, so that answers differ a little, most at the borders.

    The result is a model of its own, to be compiled anew: weights are copied. Layers after `Flatten` that
    look at each value alone and `Dropout` stay; normalisation and softmax after a `Dense` are put on the axis
    of the channels.

    Long, Shelhamer, Darrell, Fully convolutional networks for semantic segmentation, 2015.

    Args:
        model: layers in a row, built: convolutions, pooling, normalisation, activations, `Dropout`,
            `Flatten`, `Dense`, random changes of images, and such rows within it.
        class_map: leave global average pooling out. Each place then shows its own share: with nothing but
            one linear `Dense` behind the pooling, the mean of the map over all places is the answer of
            `model`, and the map shows which places speak for a class (Zhou et al., Learning deep features
            for discriminative localization, 2016).

    Returns:
        The convolutional model.

    Raises:
        StateError: the sizes of the model are not known yet.
        ArgumentError: a layer cannot be turned; the text says which, why, and what to do. Or `class_map`
            where there is no global average pooling.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> small = nn.Sequential([
        ...     nn.Input((8, 8, 1)), nn.Conv2D(4, 3), nn.MaxPool2D(2), nn.ReLU(), nn.Flatten(), nn.Dense(10)
        ... ])
        >>> large = nn.to_convolutional(small)
        >>> large(sj.ones((1, 8, 8, 1))).shape, large(sj.ones((1, 20, 14, 1))).shape
        ((1, 1, 1, 10), (1, 7, 4, 10))
        >>> x = sj.random.normal(sj.random.key(0), (1, 20, 14, 1))
        >>> bool(sj.max(sj.abs(large(x)[:, 2, 1] - small(x[:, 4:12, 2:10]))) < 1e-5)
        True
    """
    if not isinstance(model, Sequential):
        fix = "nn.Sequential([...]) of the layers."
        what = "layers in a row are turned, nothing else."
        raise ArgumentError(message("to_convolutional", what, received=type(model).__name__, fix=fix))
    layers = list(_opened(model))
    if not layers or not all(layer.built and layer.input_specs for layer in layers):
        fix = "use it once, or put nn.Input((height, width, channels)) in front."
        raise StateError(message("to_convolutional", "the sizes of the model are not known yet.", fix=fix))
    if class_map and not any(isinstance(layer, GLOBAL_MEANS) for layer in layers):
        what = "class_map needs a model with global average pooling."
        fix = "nn.GlobalAveragePool2D() in place of nn.Flatten(), then one nn.Dense."
        raise ArgumentError(
            message("to_convolutional", what, received=", ".join(map(_name, layers)), fix=fix)
        )
    return _Turning(layers, class_map).turned()


def _opened(model: Sequential) -> Iterator[Module]:
    """The layers, also of rows within the row."""
    for layer in model.layers:
        if isinstance(layer, Sequential):
            yield from _opened(layer)
        else:
            yield layer


def _name(layer: Module) -> str:
    return type(layer).__name__


@dataclass
class _Turning:
    """Goes through the layers once. First a `map` flows, after Flatten a `row`, after Dense a `vector`."""

    layers: list[Module]
    class_map: bool

    def turned(self) -> Sequential:
        """The new model, built, with the weights of the old one."""
        first = self.layers[0].input_specs[0]  # type: ignore[index]
        self.axes, self.flow = first.ndim - 2, "map"
        local: list[Any] = [layer for layer in self.layers if isinstance(layer, (*LOCAL, _GlobalPooling))]
        told = local or [layer for layer in self.layers if isinstance(layer, Flatten)]
        self.format = told[0].data_format if told else "channels_last"
        if self.axes not in CONVOLUTIONS:
            self._refuse(self.layers[0], f"it takes {first}, no map with channels.", "images (N, H, W, C).")
        self.made: list[tuple[Module, Module, Values]] = []
        for layer in self.layers:
            self._turn(layer)
        if self.flow == "row":
            self._refuse(
                self.layers[-1], "the model ends in a row of all places.", "a Dense behind nn.Flatten()."
            )
        model = Sequential([new for new, _, _ in self.made])
        model.build_for(Spec((1, *first.shape[1:]), first.dtype))
        for new, old, values in self.made:
            new.load_state(values)
            if old._hold:
                new.freeze()
        home = next((v for layer in self.layers for v in layer.variables), None)
        return model if home is None else model.to(home.device, engine=home.engine)  # type: ignore[no-any-return]

    def _turn(self, layer: Module) -> None:
        """Appends what stands for one layer."""
        self._look_at_activation(layer)
        if isinstance(layer, Dense):
            self._dense(layer)
        elif isinstance(layer, Flatten):
            if self.flow == "map":
                self.flow, self.flatten = "row", layer
        elif isinstance(layer, SINGLE):
            self._single(layer)
        elif isinstance(layer, Dropout):
            self._dropout(layer)
        elif isinstance(layer, NORMS):
            self._along_channels(layer)
        elif isinstance(layer, PReLU):
            self._prelu(layer)
        elif self.flow == "map" and isinstance(layer, _GlobalPooling):
            self._global(layer)
        elif self.flow == "map" and isinstance(layer, LOCAL):
            if layer.data_format != self.format:
                self._refuse(
                    layer, f"its data_format is not {self.format!r}.", "one data_format for all layers."
                )
            self._keep(layer)
        else:
            why = "it is not known to look at each place in the same way."
            self._refuse(layer, why, "nn.Activation(function) for functions of single values; nn.Flatten().")

    def _refuse(self, layer: Module, why: str, fix: str) -> None:
        what = f"layer {layer.path or layer.name!r} ({_name(layer)}) cannot be turned: {why}"
        raise ArgumentError(message("to_convolutional", what, received=repr(layer), fix=fix))

    def _keep(self, layer: Module, **changes: Any) -> None:
        """The same layer once more, with other arguments where they change, and its weights."""
        values = {path: v.numpy() for path, v in layer.state().items()}
        self._add(type(layer).from_config(layer.config() | changes), layer, values)

    def _add(self, new: Module, old: Module, values: Values) -> None:
        self.made.append((new, old, values))

    @property
    def _channel(self) -> int:
        return 1 if self.format == "channels_first" else self.axes + 1

    def _look_at_activation(self, layer: Module) -> None:
        """Refuses functions that are not of single values where the last axis is not that of the channels."""
        function = getattr(layer, "activation", None)
        if isinstance(function, Module) and function.state():
            self._refuse(
                layer, "its activation has weights of its own.", "put the activation behind it, as a layer."
            )
        if _is_softmax(function):
            if self.flow == "map" and self.format == "channels_first":
                self._refuse(
                    layer, "softmax runs along the columns.", "nn.Softmax(axis=1) behind it, as a layer."
                )
            if self.flow == "row" and not isinstance(layer, Dense):
                self._refuse(layer, "softmax runs over the whole map.", "a Dense in front of it.")

    # --- layers by kind -------------------------------------------------------------------------------
    def _dense(self, layer: Dense) -> None:
        """A convolution with the same sums."""
        if self.flow == "map":
            if self.format == "channels_first":
                self._refuse(layer, "it runs along the columns.", "a convolution with a window of 1.")
            return self._keep(layer)
        w = layer.kernel.numpy()
        sizes: tuple[int, ...] = (1,) * self.axes
        if self.flow == "row":
            shape = self.flatten.input_specs[0].shape[1:]  # type: ignore[index]
            order = np.arange(prod(shape)).reshape(shape)
            if self.flatten.data_format == "channels_first":
                order = np.moveaxis(order, 0, -1)
            by_place = np.empty_like(w)
            by_place[order.ravel()] = w  # row k of W belongs to the k-th number that Flatten gives
            kernel = by_place.reshape(*shape, layer.units)
            kernel = np.moveaxis(kernel, 0, -2) if self.format == "channels_first" else kernel
            sizes = kernel.shape[: self.axes]
        else:
            kernel = w.reshape(*sizes, *w.shape)
        self.flow = "vector"
        apart = _is_softmax(layer.activation) and self.format == "channels_first"
        arguments = {k: v for k, v in layer.config().items() if k not in ("units", "activation")}
        activation = None if apart else layer.config().get("activation")
        made = CONVOLUTIONS[self.axes](
            layer.units, sizes, data_format=self.format, activation=activation, **arguments
        )
        self._add(
            made, layer, {"kernel": kernel} | ({} if layer.bias is None else {"bias": layer.bias.numpy()})
        )
        if apart:
            self._softmax(layer, layer.activation)
        return None

    def _softmax(self, layer: Module, function: Any) -> None:
        """Softmax along the channels where they are not the last axis."""
        if function is not softmax:
            self._refuse(
                layer, "there is no layer for log_softmax along axis 1.", "sj.log_softmax of the result."
            )
        self._add(Softmax(axis=1), layer, {})

    def _single(self, layer: Module) -> None:
        """Functions of single values stay; softmax by name looks along the channels."""
        function = getattr(layer, "activation", None)
        if _is_softmax(function) and self.format == "channels_first":
            return self._softmax(layer, function)
        return self._keep(layer)

    def _dropout(self, layer: Dropout) -> None:
        shape = layer.noise_shape
        if shape is None or (self.flow == "map" and all(n in (None, 1) for n in shape[1:])):
            return self._keep(layer)
        if self.flow == "vector":
            shared = [shape[1] if a == self._channel else None for a in range(1, self.axes + 2)]
            return self._keep(layer, noise_shape=(shape[0], *shared))
        return self._refuse(
            layer, f"noise_shape={shape} is that of one size.", "noise_shape of None and 1 only."
        )

    def _along_channels(self, layer: Any) -> None:
        """Normalisation and softmax, if they look along the channels."""
        rank = layer.input_specs[0].ndim
        axes = layer.axis if isinstance(layer.axis, tuple) else (layer.axis,)
        along = {axis % rank for axis in axes}
        if self.flow == "row" or along != {self._channel if self.flow == "map" else 1}:
            why = "it looks along other axes than the channels, which depends on the size."
            self._refuse(layer, why, "put it behind a Dense, or in front of nn.Flatten() along the channels.")
        self._keep(layer, axis=self._channel)

    def _prelu(self, layer: PReLU) -> None:
        alpha = layer.alpha.numpy()
        spatial = [a for a in range(1, self.axes + 2) if a != self._channel]
        if self.flow == "vector":
            changed = alpha.reshape([-1 if a == self._channel else 1 for a in range(1, self.axes + 2)])
            arguments = layer.config() | {"shared_axes": tuple(spatial)}
            return self._add(PReLU.from_config(arguments), layer, {"alpha": changed})
        if self.flow == "row" or any(alpha.shape[a - 1] != 1 for a in spatial):
            fix = f"nn.PReLU(shared_axes={tuple(spatial)}) in front of nn.Flatten()."
            self._refuse(layer, "it has a slope of its own for each place.", fix)
        return self._keep(layer, shared_axes=layer.shared_axes)

    def _global(self, layer: Any) -> None:
        """A window of the size that the map had, or nothing for a class map."""
        if not layer.keepdims:
            self.flow = "vector"
        mean = isinstance(layer, GLOBAL_MEANS)
        if mean and self.class_map:
            return
        shape = layer.input_specs[0].shape
        sizes = tuple(shape[a] for a in range(1, self.axes + 2) if a != self._channel)
        kind = (MEANS if mean else GREATEST)[self.axes]
        self._add(kind(sizes, 1, data_format=self.format), layer, {})  # type: ignore[operator]


def _is_softmax(function: Any) -> bool:
    return function is softmax or function is log_softmax or isinstance(function, Softmax)
