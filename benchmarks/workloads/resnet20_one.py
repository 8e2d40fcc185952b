"""The answer of the residual network to one image."""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import Step, Weights
from .resnet20 import ResNet20
from .supervised import Inference


class ResNet20One(Inference):
    """ResNet-20, one sample."""

    name = "resnet20_one"
    title = "inference of ResNet-20, batch 1"
    base = ResNet20
    inputs = (1, 32, 32, 3)
    in_jax = True

    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        p = []
        for name, value in zip(peer.names[0], weights[0], strict=True):
            p.append(value)
            if name.endswith("/beta"):  # the averages as every side begins with them
                p += [np.zeros_like(value), np.ones_like(value)]
        return super().jax_step([p], peer)


WORKLOAD = ResNet20One
