"""The answer of the perceptron to one image."""

from __future__ import annotations

from .mlp import MLP
from .supervised import Inference


class MLPOne(Inference):
    """784-512-512-10, one sample."""

    name = "mlp_one"
    title = "inference of the MLP, batch 1"
    base = MLP
    inputs = (1, 28, 28, 1)
    in_jax = True


WORKLOAD = MLPOne
