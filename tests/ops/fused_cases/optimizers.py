"""Steps of the optimisers."""

from __future__ import annotations

import numpy as np

from .case import Case, positive, values

P, G, M = values(2, 3), values(2, 3, seed=1), values(2, 3, seed=2)
V, TOP = positive(2, 3, seed=3), positive(2, 3, seed=4)
RATE, STEP = np.array(0.05), np.array(3)
ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "weight_decay": 0.01}
MOMENTUM = {"momentum": 0.9, "weight_decay": 0.01}

CASES = [
    Case("sgd_update", (P, G, RATE), {"weight_decay": 0.01}),
    Case("momentum_update", (P, M, G, RATE), {**MOMENTUM, "nesterov": False}),
    Case("momentum_update", (P, M, G, RATE), {**MOMENTUM, "nesterov": True}, name="nesterov"),
    Case("adagrad_update", (P, V, G, RATE), {"epsilon": 1e-7, "weight_decay": 0.01}),
    Case("rmsprop_update", (P, V, G, RATE), {"rho": 0.9, "epsilon": 1e-7, "weight_decay": 0.01}),
    Case("adam_update", (P, M, V, G, RATE, STEP), ADAM),
    Case("amsgrad_update", (P, M, V, TOP, G, RATE, STEP), ADAM),
]
