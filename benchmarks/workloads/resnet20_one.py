"""The answer of the residual network to one image."""

from __future__ import annotations

from .resnet20 import ResNet20
from .supervised import Inference


class ResNet20One(Inference):
    """ResNet-20, one sample."""

    name = "resnet20_one"
    title = "inference of ResNet-20, batch 1"
    base = ResNet20
    inputs = (1, 32, 32, 3)


WORKLOAD = ResNet20One
