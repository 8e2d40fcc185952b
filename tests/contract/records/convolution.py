"""Records of convolution, its transpose, and windows as a matrix, held against loops that say the formula."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

ArgumentError, ShapeError, DTypeError = sj.errors.ArgumentError, sj.errors.ShapeError, sj.errors.DTypeError
NameUnknownError = sj.errors.NameUnknownError


def _each(value: Any, axes: int) -> tuple[int, ...]:
    return (value,) * axes if isinstance(value, int) else tuple(value)


def _pairs(padding: Any, size: Any, kernel: Any, strides: Any, dilation: Any) -> list[tuple[int, int]]:
    if padding == "valid":
        return [(0, 0)] * len(size)
    if padding == "same":
        found = []
        for n, k, s, d in zip(size, kernel, strides, dilation, strict=True):
            total = max((int(np.ceil(n / s)) - 1) * s + d * (k - 1) + 1 - n, 0)
            found.append((total // 2, total - total // 2))
        return found
    items = [padding] * len(size) if isinstance(padding, int) else padding
    return [(p, p) if isinstance(p, int) else tuple(p) for p in items]


def _places(size: Any, kernel: Any, strides: Any, pairs: Any, dilation: Any) -> list[int]:
    rows = zip(size, kernel, strides, pairs, dilation, strict=True)
    return [(n + a + b - d * (k - 1) - 1) // s + 1 for n, k, s, (a, b), d in rows]


def _at(o: Any, j: Any, strides: Any, dilation: Any) -> tuple[int, ...]:
    """Where element j of the window at position o lies in the padded input."""
    return tuple(p * s + i * d for p, i, s, d in zip(o, j, strides, dilation, strict=True))


def conv(
    x: Any,
    w: Any,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    padding_value: float = 0.0,
    dilation: Any = 1,
    groups: int = 1,
    data_format: str = "channels_last",
) -> Any:
    """Loops over positions, elements of the window, and output channels."""
    x = x if data_format == "channels_last" else np.moveaxis(x, 1, -1)
    kernel, size, outputs = w.shape[:-2], x.shape[1:-1], w.shape[-1]
    strides, dilation = _each(strides, len(size)), _each(dilation, len(size))
    pairs = _pairs(padding, size, kernel, strides, dilation)
    x = np.pad(x, [(0, 0), *pairs, (0, 0)], constant_values=padding_value)
    places = _places(size, kernel, strides, pairs, dilation)
    y = np.zeros((len(x), *places, outputs))
    inside = w.shape[-2]
    for n, o, j in product(range(len(x)), product(*map(range, places)), product(*map(range, kernel))):
        values = x[(n, *_at(o, j, strides, dilation))]
        for q in range(outputs):
            group = q // (outputs // groups)
            y[(n, *o, q)] += values[group * inside : (group + 1) * inside] @ w[j][:, q]
    return y if data_format == "channels_last" else np.moveaxis(y, -1, 1)


def conv_transpose(
    x: Any,
    w: Any,
    *,
    strides: Any = 1,
    padding: Any = "valid",
    output_padding: Any = None,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Loops that spread each value over its window."""
    kernel, size, inputs = w.shape[:-2], x.shape[1:-1], x.shape[-1]
    strides, dilation = _each(strides, len(size)), _each(dilation, len(size))
    covered = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if padding == "same":
        whole = [n * s for n, s in zip(size, strides, strict=True)]
        pairs = _pairs("same", whole, kernel, strides, dilation)
    else:
        pairs = _pairs(padding, size, kernel, strides, dilation)
        extra = [max(s - e, 0) if padding == "valid" else 0 for s, e in zip(strides, covered, strict=True)]
        extra = extra if output_padding is None else list(_each(output_padding, len(size)))
        rows = zip(size, strides, covered, pairs, extra, strict=True)
        whole = [(n - 1) * s + e - a - b + more for n, s, e, (a, b), more in rows]
    full = [n + a + b for n, (a, b) in zip(whole, pairs, strict=True)]
    y = np.zeros((len(x), *full, w.shape[-2] * groups))
    inside = w.shape[-2]
    for n, o, j in product(range(len(x)), product(*map(range, size)), product(*map(range, kernel))):
        for q in range(inputs):
            group = q // (inputs // groups)
            spot = (n, *_at(o, j, strides, dilation), slice(group * inside, (group + 1) * inside))
            y[spot] += x[(n, *o, q)] * w[j][:, q]
    return y[(slice(None), *(slice(a, a + n) for n, (a, _) in zip(whole, pairs, strict=True)))]


def im2col(x: Any, window: Any, *, strides: Any = 1, padding: Any = "valid", dilation: Any = 1) -> Any:
    """One row a window, by loops."""
    size = x.shape[1:-1]
    window, strides, dilation = (_each(v, len(size)) for v in (window, strides, dilation))
    pairs = _pairs(padding, size, window, strides, dilation)
    x = np.pad(x, [(0, 0), *pairs, (0, 0)])
    places = _places(size, window, strides, pairs, dilation)
    rows = [
        np.concatenate([x[(n, *_at(o, j, strides, dilation))] for j in product(*map(range, window))])
        for n, o in product(range(len(x)), product(*map(range, places)))
    ]
    return np.array(rows).reshape(len(rows), int(np.prod(window)) * x.shape[-1])


def col2im(
    columns: Any, shape: Any, window: Any, *, strides: Any = 1, padding: Any = "valid", dilation: Any = 1
) -> Any:
    """Adds each row back to its window, by loops."""
    size = shape[1:-1]
    window, strides, dilation = (_each(v, len(size)) for v in (window, strides, dilation))
    pairs = _pairs(padding, size, window, strides, dilation)
    full = [n + a + b for n, (a, b) in zip(size, pairs, strict=True)]
    x = np.zeros((shape[0], *full, shape[-1]), columns.dtype)
    places = _places(size, window, strides, pairs, dilation)
    for row, (n, o) in zip(columns, product(range(shape[0]), product(*map(range, places))), strict=True):
        for j, values in zip(product(*map(range, window)), row.reshape(-1, shape[-1]), strict=True):
            x[(n, *_at(o, j, strides, dilation))] += values
    return x[(slice(None), *(slice(a, a + n) for n, (a, _) in zip(size, pairs, strict=True)))]


def _arrays(x: tuple[int, ...], w: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    return data(*x), data(*w, seed=1)


CONV = [
    Sample(_arrays((1, 4, 3, 2), (2, 2, 2, 3)), name="plane"),
    Sample(_arrays((2, 5, 2), (3, 2, 2)), name="line"),
    Sample(_arrays((1, 2, 3, 2, 2), (2, 1, 2, 2, 2)), name="space"),
    Sample(
        _arrays((1, 5, 4, 1), (2, 2, 1, 2)),
        {"strides": (2, 1), "padding": ((0, 1), (2, 0))},
        name="uneven padding",
    ),
    Sample(_arrays((1, 5, 3, 1), (3, 2, 1, 2)), {"padding": "same", "strides": 2}, name="same"),
    Sample(_arrays((1, 5, 5, 1), (2, 3, 1, 1)), {"dilation": (3, 2), "padding": 1}, name="dilation"),
    Sample(_arrays((1, 3, 2, 4), (2, 2, 2, 2)), {"groups": 2}, name="groups"),
    Sample(_arrays((1, 3, 2, 3), (2, 1, 1, 6)), {"groups": 3}, name="each channel by itself"),
    Sample(
        _arrays((1, 3, 4, 1), (2, 2, 1, 2)), {"padding": 1, "padding_value": -1.5}, name="a constant around"
    ),
    Sample(_arrays((1, 2, 3, 4), (2, 2, 2, 1)), {"data_format": "channels_first"}, name="channels first"),
    Sample(_arrays((1, 1, 1, 1), (1, 1, 1, 1)), name="one number"),
    Sample(_arrays((0, 3, 3, 2), (2, 2, 2, 1)), name="empty batch"),
]
X, W = np.ones((2, 5, 5, 3)), np.ones((3, 3, 3, 4))
CONV_REFUSALS = [
    Refusal((X, np.ones((3, 3, 1, 4))), ShapeError, r"\[conv\] input has 3 channels, weights take 1"),
    Refusal((X, np.ones((3, 3, 3, 4))[..., :1, :]), ShapeError, r"weights \(kernel\.\.\., 3, 4\)"),
    Refusal(
        (X, np.ones((7, 3, 3, 4))),
        ShapeError,
        r"window is larger than the input[\s\S]*\(5 \+ 0 \+ 0 - 1 \(7 - 1\) - 1\) / 1\) \+ 1 = -1",
    ),
    Refusal(
        (X, W),
        ShapeError,
        r"a window of 3 with dilation 4 \(covers 9\) along spatial axis 1 of size 5",
        {"dilation": (1, 4)},
    ),
    Refusal(
        (X, W), ArgumentError, r"strides are too small[\s\S]*received: 0[\s\S]*1 or more", {"strides": 0}
    ),
    Refusal(
        (X, W),
        ArgumentError,
        r"strides do not fit the axes[\s\S]*2 numbers, one for each spatial axis",
        {"strides": (1, 1, 1)},
    ),
    Refusal((X, W), ArgumentError, r"strides are not understood[\s\S]*received: 1\.5", {"strides": 1.5}),
    Refusal((X, W), ArgumentError, r"strides are not understood[\s\S]*received: True", {"strides": True}),
    Refusal((X, W), ArgumentError, r"dilations are too small", {"dilation": (1, 0)}),
    Refusal(
        (X, W),
        ArgumentError,
        r"groups must divide[\s\S]*groups=2, 3 input channels, 4 output channels",
        {"groups": 2},
    ),
    Refusal(
        (X, np.ones((3, 3, 1, 4))),
        ArgumentError,
        r"groups must divide[\s\S]*groups=3, 3 input channels, 4 output",
        {"groups": 3},
    ),
    Refusal((X, W), ArgumentError, r"groups are too small", {"groups": 0}),
    Refusal(
        (X, W), NameUnknownError, r"no padding named 'smae'[\s\S]*did you mean 'same'", {"padding": "smae"}
    ),
    Refusal(
        (X, W),
        ArgumentError,
        r"padding cannot be negative[\s\S]*cut the input",
        {"padding": ((0, 0), (0, -1))},
    ),
    Refusal(
        (X, W),
        ArgumentError,
        r"padding is not understood[\s\S]*\(\(1, 1\), \(1, 1\),\)",
        {"padding": ((1, 1),)},
    ),
    Refusal((X, W), NameUnknownError, r"no data_format named 'NCHW'", {"data_format": "NCHW"}),
    Refusal(
        (X[0], W),
        ShapeError,
        r"differ in spatial axes[\s\S]*input \(5, 5, 3\)[\s\S]*example needs a batch axis: x\[None\]",
    ),
    Refusal((np.ones((5, 3)), W), ShapeError, r"takes one to three spatial axes[\s\S]*received: \(5, 3\)"),
    Refusal((X, np.ones((0, 3, 3, 4))), ShapeError, r"the weights are empty[\s\S]*received: \(0, 3, 3, 4\)"),
    Refusal((X[..., :0], W), ShapeError, r"there are no channels[\s\S]*\[2, 5, 5, 0\]"),
    Refusal((X.astype("complex64"), W), DTypeError, r"takes real numbers"),
]

TRANSPOSE = [
    Sample(_arrays((1, 2, 3, 2), (2, 2, 3, 2)), name="plane"),
    Sample(
        _arrays((2, 3, 2), (3, 1, 2)), {"strides": 2, "output_padding": 1, "padding": ((1, 0),)}, name="line"
    ),
    Sample(_arrays((1, 2, 1, 2, 2), (2, 1, 2, 1, 2)), {"strides": (1, 2, 2)}, name="space"),
    Sample(_arrays((1, 2, 3, 1), (3, 2, 2, 1)), {"strides": (2, 3), "padding": "same"}, name="same"),
    Sample(
        _arrays((1, 2, 2, 4), (2, 2, 1, 4)),
        {"groups": 2, "dilation": 2, "padding": 1},
        name="groups and dilation",
    ),
    Sample(_arrays((1, 3, 1), (1, 2, 1)), {"strides": 3}, name="kernel shorter than the stride"),
    Sample(_arrays((0, 2, 2, 2), (2, 2, 1, 2)), name="empty batch"),
]
TRANSPOSE_REFUSALS = [
    Refusal(
        (X, W), ShapeError, r"\[conv_transpose\] input has 3 channels, weights take 4[\s\S]*outputs come last"
    ),
    Refusal(
        (X, np.ones((3, 3, 2, 3))),
        ArgumentError,
        r"must be smaller than the stride[\s\S]*output_padding=2, strides=\(2, 2\)",
        {"strides": 2, "output_padding": 2},
    ),
    Refusal(
        (X, np.ones((3, 3, 2, 3))),
        ArgumentError,
        r"there is nothing to add",
        {"padding": "same", "output_padding": 1},
    ),
    Refusal(
        (X, np.ones((3, 3, 2, 3))),
        ShapeError,
        r"cuts off the whole result[\s\S]*sizes \(-1, -1\)",
        {"padding": 4},
    ),
    Refusal((X, np.ones((3, 3, 2, 3))), ShapeError, r"input has 3 channels[\s\S]*groups=2", {"groups": 2}),
]

IMAGE = data(1, 4, 3, 2)
WINDOWS = [
    Sample((IMAGE, 2), name="plane"),
    Sample((data(2, 5, 1), 3), {"strides": 2, "padding": ((1, 2),)}, name="line"),
    Sample((data(1, 2, 2, 3, 1), (1, 2, 2)), name="space"),
    Sample((IMAGE, (2, 1)), {"dilation": 2, "strides": (1, 2), "padding": "same"}, name="dilation"),
    Sample((np.arange(12).reshape(1, 3, 4, 1), 2), gradient=False, name="whole numbers"),
    Sample((IMAGE, 1), name="one element"),
    Sample((data(0, 3, 3, 1), 2), name="empty batch"),
]
BACK = [
    Sample((data(6, 8), (1, 4, 3, 2), 2), name="plane"),
    Sample((data(6, 3), (2, 5, 1), 3), {"strides": 2, "padding": ((1, 1),)}, name="line"),
    Sample((data(8, 4), (1, 2, 3, 3, 1), (1, 2, 2)), name="space"),
    Sample(
        (data(8, 4), (1, 4, 3, 1), 2),
        {"dilation": (2, 1), "padding": (0, (1, 1)), "strides": (1, 1)},
        name="dilation",
    ),
    Sample((np.arange(24).reshape(6, 4), (1, 3, 4, 1), 2), gradient=False, name="whole numbers"),
    Sample((data(0, 4), (0, 3, 3, 1), 2), name="empty batch"),
]
# Sums of up to a dozen products of numbers up to 2: each rounding is of a partial sum, not of the result.
SUMS = {"float32": (4e-6, 4e-6), "float64": (1e-13, 1e-13)}

RECORDS = [
    Record(
        "conv",
        sj.conv,
        conv,
        CONV,
        CONV_REFUSALS,
        tolerance=SUMS,
        formula="y[n, o, q] = sum_{j, c} x[n, o s + j d - low, c] w[j, c, q]",
        gradient_formula="dx = conv_transpose(g, w), dw[j, c, q] = sum_{n, o} x[n, o s + j d - low, c] "
        "g[n, o, q]",
    ),
    Record(
        "conv_transpose",
        sj.conv_transpose,
        conv_transpose,
        TRANSPOSE,
        TRANSPOSE_REFUSALS,
        tolerance=SUMS,
        formula="y[n, i, c] = sum of x[n, o, q] w[j, c, q] over o s + j d - low = i",
        gradient_formula="dx = conv(g, w), dw[j, c, q] = sum_{n, o} g[n, o s + j d - low, c] x[n, o, q]",
    ),
    Record(
        "im2col",
        sj.im2col,
        im2col,
        WINDOWS,
        [
            Refusal((X, 6), ShapeError, r"\[im2col\] the window is larger than the input[\s\S]*= 0"),
            Refusal((X, (2, 2, 2)), ArgumentError, r"window sizes do not fit the axes"),
            Refusal((X[0, 0], 2), ShapeError, r"takes one to three spatial axes[\s\S]*x\[None\]"),
        ],
        formula="row (n, o), column (j, c): y = x[n, o s + j d - low, c]",
        gradient_formula="dx = col2im(g)",
    ),
    Record(
        "col2im",
        sj.col2im,
        col2im,
        BACK,
        [
            Refusal(
                (np.ones((4, 4)), (1, 4, 4, 1), 2),
                ShapeError,
                r"columns do not fit an input \(1, 4, 4, 1\)[\s\S]*\(9, 4\)",
            ),
            Refusal(
                (np.ones((4, 4)), (4, 4), 2),
                ArgumentError,
                r"not the shape of a batch[\s\S]*received: \(4, 4\)",
            ),
        ],
        formula="x[n, i, c] = sum of columns[(n, o), (j, c)] over o s + j d - low = i",
        gradient_formula="dcolumns = im2col(g)",
    ),
]
