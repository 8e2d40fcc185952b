"""A residual network of 20 layers on colour images of 32 x 32."""

from __future__ import annotations

from typing import Any

from .residual import jax_resnet, our_resnet, torch_resnet
from .supervised import Supervised

BLOCKS = [(16, 1)] * 3 + [(32, 2)] + [(32, 1)] * 2 + [(64, 2)] + [(64, 1)] * 2


class ResNet20(Supervised):
    """Nine residual blocks of 16, 32 and 64 channels, batch normalisation, mean over places."""

    name = "resnet20"
    title = "ResNet-20 on 32x32x3, batch 64"
    inputs = (64, 32, 32, 3)
    tolerance = 1e-2  # thirty layers of batch statistics: rounding grows from step to step

    def model(self) -> Any:
        return our_resnet(16, BLOCKS)

    def torch_model(self) -> Any:
        return torch_resnet(16, BLOCKS)

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        return jax_resnet(p, x, BLOCKS, training=key is not None)


WORKLOAD = ResNet20
