"""A residual network of 18 layers, its stem made for images of 32 x 32."""

from __future__ import annotations

from typing import Any

from .residual import jax_resnet, our_resnet, torch_resnet
from .supervised import Supervised

BLOCKS = [(64, 1)] * 2 + [(128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)]


class ResNet18(Supervised):
    """Eight residual blocks of 64 to 512 channels; eleven million parameters."""

    name = "resnet18"
    title = "ResNet-18 on 32x32x3, batch 32"
    inputs = (32, 32, 32, 3)
    tolerance = 1e-2

    def model(self) -> Any:
        return our_resnet(64, BLOCKS)

    def torch_model(self) -> Any:
        return torch_resnet(64, BLOCKS)

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        return jax_resnet(p, x, BLOCKS, training=key is not None)


WORKLOAD = ResNet18
