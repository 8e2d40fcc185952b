"""Activations, softmax and the cross-entropies."""

from __future__ import annotations

import numpy as np

from .case import Case, values

X, G = values(3, 4), values(3, 4, seed=1)
FAR = np.array([-40.0, -25.0, 25.0, 45.0])
LEAKY, ELU = {"negative_slope": 0.2}, {"alpha": 0.7, "scale": 1.3}
LABELS = np.array([3, 0, 1])
SHARES = np.abs(values(3, 4, seed=2)) / 4
YES_NO = np.array([[0.0, 1.0, 0.2, 1.0], [1.0, 0.0, 0.0, 0.7], [0.0, 0.0, 1.0, 1.0]])

CASES = [
    Case("relu", (X,)),
    Case("relu_gradient", (G, X)),
    Case("leaky_relu", (X,), LEAKY),
    Case("leaky_relu_gradient", (G, X), LEAKY),
    Case("elu", (X,), ELU),
    Case("elu_gradient", (G, X), ELU),
    Case("sigmoid", (X,)),
    Case("sigmoid", (FAR,), name="far"),
    Case("sigmoid_gradient", (G, X)),
    Case("softplus", (X,)),
    Case("softplus", (FAR,), name="far"),
    Case("silu", (X,)),
    Case("silu_gradient", (G, X)),
    *[Case("gelu", (X,), {"approximate": form}, name=form) for form in ("none", "tanh")],
    *[Case("gelu_gradient", (G, X), {"approximate": form}, name=form) for form in ("none", "tanh")],
    *[Case("softmax", (X,), {"axis": axis}) for axis in (0, 1)],
    *[Case("softmax_gradient", (G, X), {"axis": axis}) for axis in (0, 1)],
    *[Case("log_softmax", (X,), {"axis": axis}) for axis in (0, 1)],
    *[Case("log_softmax_gradient", (G, X), {"axis": axis}) for axis in (0, 1)],
    Case("softmax_cross_entropy", (X, LABELS)),
    Case("softmax_cross_entropy", (values(2, 3, 4), np.array([[0, 1, 3], [2, 2, 0]])), name="rows of rows"),
    Case("softmax_cross_entropy_gradient", (values(3), X, LABELS)),
    Case("softmax_cross_entropy_targets", (X, SHARES)),
    Case("softmax_cross_entropy_targets_gradient", (values(3), X, SHARES)),
    Case("sigmoid_binary_cross_entropy", (X, YES_NO)),
    Case("sigmoid_binary_cross_entropy", (FAR, np.array([0.0, 1.0, 0.0, 1.0])), name="far"),
    Case("sigmoid_binary_cross_entropy_gradient", (G, X, YES_NO)),
]
