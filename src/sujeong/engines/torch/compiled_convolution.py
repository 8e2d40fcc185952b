"""Ways to compute convolutions that are compiled: what they share.

    y = x * w                  forward, with or without a bias
    dx = g * turned w          its gradient of the images
    dw = sum of x times g      its gradient of the weights, which lies in the order O, kernel, C

A way says where it pays, which text computes it and what that is told; this makes forms of operations of it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...core.native import NativeForm
from ...core.spec import Spec

FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT = 0, 1, 2

Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """A way to compute the three.

    Attributes:
        text: which of the three, images (N, H, W, C), results (N, H', W', O), size of the kernel, attributes
            of the operation -> the text, `None` where this way cannot do it or is not the quicker one. Its
            function takes which of the three, the address of the whole numbers, the addresses of what it
            reads: images or gradient, weights or gradient, bias or nothing; of the result, and, if there is
            room, of memory to work in.
        sizes: images, results, size of the kernel, attributes -> the whole numbers that the function is
            told. The steps in the memory of the weights follow them.
        room: which of the three, images, results, size of the kernel -> elements of memory to work in.
    """

    text: Callable[[int, Spec, Spec, Any, Attributes], str | None]
    sizes: Callable[[Spec, Spec, Any, Attributes], tuple[int, ...]]
    room: Callable[[int, Spec, Spec, Any], int] | None = None

    def forms(self) -> dict[str, NativeForm]:
        """Operation -> its form."""
        forward = NativeForm(self._forward_text, self._forward)
        return {
            "convolution": forward,
            "convolution_bias": forward,
            "convolution_input_gradient": NativeForm(self._input_text, self._input_gradient),
            "convolution_weight_gradient": NativeForm(self._weight_text, self._weight_gradient),
        }

    def _forward_text(self, attributes: Attributes, x: Spec, w: Spec, *_: Spec) -> str | None:
        return self.text(FORWARD, x, result_of(x, w, attributes), w.shape[:-2], attributes)

    def _input_text(self, attributes: Attributes, g: Spec, w: Spec) -> str | None:
        return self.text(INPUT_GRADIENT, _images(attributes, g, w), g, w.shape[:-2], attributes)

    def _weight_text(self, attributes: Attributes, x: Spec, g: Spec) -> str | None:
        return self.text(WEIGHT_GRADIENT, x, g, attributes["kernel_size"], attributes)

    def _forward(
        self, function: Any, attributes: Attributes, x: Spec, w: Spec, *_: Spec
    ) -> Callable[..., Any]:
        y = result_of(x, w, attributes)
        call = self._call(function, FORWARD, x, y, w.shape[:-2], attributes)
        shape = y.shape

        def convolution(x: Any, w: Any, bias: Any = None, **_: Any) -> Any:
            return call(x, w, bias, w.stride(), shape)

        return convolution

    def _input_gradient(self, function: Any, attributes: Attributes, g: Spec, w: Spec) -> Callable[..., Any]:
        x = _images(attributes, g, w)
        call = self._call(function, INPUT_GRADIENT, x, g, w.shape[:-2], attributes)
        shape = x.shape

        def convolution_input_gradient(g: Any, w: Any, **_: Any) -> Any:
            return call(g, w, None, w.stride(), shape)

        return convolution_input_gradient

    def _weight_gradient(self, function: Any, attributes: Attributes, x: Spec, g: Spec) -> Callable[..., Any]:
        kernel = attributes["kernel_size"]
        call = self._call(function, WEIGHT_GRADIENT, x, g, kernel, attributes)
        shape = (g.shape[-1], *kernel, x.shape[-1])

        def convolution_weight_gradient(x: Any, g: Any, **_: Any) -> Any:
            made = call(x, g.contiguous(), None, (0, 0, 0, 0), shape)
            return made.permute(1, 2, 3, 0)  # where weights lie as convolutions want them

        return convolution_weight_gradient

    def _call(
        self, function: Any, which: int, x: Spec, y: Spec, kernel: Any, attributes: Attributes
    ) -> Callable[..., Any]:
        """The function as one of what it reads, the steps of the weights, and the shape of what it makes."""
        sizes = self.sizes(x, y, kernel, attributes)
        room = None if self.room is None else self.room(which, x, y, kernel)
        numbers = ctypes.c_int64 * (len(sizes) + 4)

        def call(a: Any, b: Any, bias: Any, steps: tuple[int, ...], shape: tuple[int, ...]) -> Any:
            a, made = a.contiguous(), a.new_empty(shape)
            bias = None if bias is None else bias.contiguous()
            arrays = [a, b, bias, made] if room is None else [a, b, bias, made, a.new_empty(room)]
            told = numbers(*sizes, *steps)
            function(which, ctypes.addressof(told), *[None if t is None else t.data_ptr() for t in arrays])
            return made

        return call


def result_of(x: Spec, w: Spec, attributes: Attributes) -> Spec:
    """Results of images x and weights w."""
    positions = [
        (n + a + b - d * (k - 1) - 1) // s + 1
        for n, (a, b), k, s, d in zip(
            x.shape[1:-1],
            attributes["padding"],
            w.shape,
            attributes["strides"],
            attributes["dilation"],
            strict=False,
        )
    ]
    return Spec((x.shape[0], *positions, w.shape[-1]), x.dtype)


def _images(attributes: Attributes, g: Spec, w: Spec) -> Spec:
    """The images of which g is the gradient of the results."""
    return Spec((g.shape[0], *attributes["input_size"], w.shape[-2] * attributes["groups"]), g.dtype)
