"""Convolution, its two gradients, and average pooling."""

from __future__ import annotations

from .case import Case, values

PLAIN = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
MIXED = {"strides": (2, 1), "padding": ((1, 0), (1, 2)), "dilation": (1, 2), "groups": 2}
WINDOW = {"window": (2, 2), "strides": (1, 2)}

# name, settings, x, w, y
SIZES = [
    ("one dimension", PLAIN, (2, 4, 2), (2, 2, 3), (2, 3, 3)),
    ("groups and strides", MIXED, (1, 4, 3, 4), (2, 2, 2, 2), (1, 2, 4, 2)),
]

CASES = [
    *[Case("convolution", (values(*x), values(*w, seed=1)), s, name) for name, s, x, w, _ in SIZES],
    *[
        Case("convolution_bias", (values(*x), values(*w, seed=1), values(w[-1], seed=2)), s, name)
        for name, s, x, w, _ in SIZES
    ],
    *[
        Case(
            "convolution_input_gradient",
            (values(*y, seed=2), values(*w, seed=1)),
            {"input_size": x[1:-1], **s},
            name,
        )
        for name, s, x, w, y in SIZES
    ],
    *[
        Case(
            "convolution_weight_gradient",
            (values(*x), values(*y, seed=2)),
            {"kernel_size": w[:-2], **s},
            name,
        )
        for name, s, x, w, y in SIZES
    ],
    Case("average_pool", (values(1, 3, 4, 2),), WINDOW),
    Case("average_pool", (values(1, 4, 2),), {"window": (2,), "strides": (1,)}, name="one axis"),
    Case("max_pool_values", (values(1, 3, 4, 2),), WINDOW),
    Case("max_pool_values", (values(1, 4, 2),), {"window": (2,), "strides": (1,)}, name="one axis"),
    Case("max_pool_values", (values(8, 9, 9, 2),), {**WINDOW}, name="many numbers", order=1),
    Case("average_pool_transpose", (values(1, 2, 2, 2),), {"size": (3, 4), **WINDOW}),
]
