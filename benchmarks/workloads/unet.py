"""A U-Net: down, up again, with the features of each height handed across.

Ronneberger and others, U-Net: convolutional networks for biomedical image segmentation, 2015.
"""

from __future__ import annotations

from typing import Any

from .supervised import Supervised

WIDTHS, CLASSES = (32, 64, 128), 4


class UNet(Supervised):
    """Three heights of 32, 64 and 128 channels, pairs of 3 x 3 convolutions, a class for each pixel."""

    name = "unet"
    title = "U-Net 32-64-128 on 64x64x3, 4 classes, batch 8"
    inputs = (8, 64, 64, 3)
    classes = CLASSES
    labels = (8, 64, 64)

    def model(self) -> Any:
        import sujeong as sj
        from sujeong import nn

        def pair(width: int) -> Any:
            return nn.Sequential([nn.Conv2D(width, 3, padding="same", activation="relu") for _ in range(2)])

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.down = [pair(w) for w in WIDTHS]
                self.grow = [nn.Conv2DTranspose(w, 2, 2) for w in WIDTHS[-2::-1]]
                self.up = [pair(w) for w in WIDTHS[-2::-1]]
                self.pool, self.out = nn.MaxPool2D(2), nn.Conv2D(CLASSES, 1)

            def call(self, x: Any) -> Any:
                across = []
                for block in self.down[:-1]:
                    across.append(block(x))
                    x = self.pool(across[-1])
                x = self.down[-1](x)
                for grow, block in zip(self.grow, self.up, strict=True):
                    x = block(sj.concat([across.pop(), grow(x)], axis=-1))
                return self.out(x)

        return Model()

    def torch_model(self) -> Any:
        import torch
        from torch import nn

        def pair(before: int, width: int) -> Any:
            convs = nn.Conv2d(before, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
            return nn.Sequential(convs[0], nn.ReLU(), convs[1], nn.ReLU())

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                falling = list(zip(WIDTHS[::-1], WIDTHS[-2::-1], strict=False))
                self.down = nn.ModuleList(pair(b, w) for b, w in zip((3, *WIDTHS), WIDTHS, strict=False))
                self.grow = nn.ModuleList(nn.ConvTranspose2d(b, w, 2, 2) for b, w in falling)
                self.up = nn.ModuleList(pair(b, w) for b, w in falling)
                self.pool, self.out = nn.MaxPool2d(2), nn.Conv2d(WIDTHS[0], CLASSES, 1)

            def forward(self, x: Any) -> Any:
                across = []
                for block in self.down[:-1]:
                    across.append(block(x))
                    x = self.pool(across[-1])
                x = self.down[-1](x)
                for grow, block in zip(self.grow, self.up, strict=True):
                    x = block(torch.cat([across.pop(), grow(x)], 1))
                return self.out(x)

        return Model()

    def torch_loss(self, logits: Any, y: Any) -> Any:
        from torch.nn import functional as F

        return F.cross_entropy(logits.float(), y)  # classes on the second axis

    def jax_model(self, p: Any, x: Any, key: Any) -> Any:
        import jax.numpy as jnp
        from jax.nn import relu
        from sides.jax_layers import conv, conv_transpose, max_pool

        rest = iter(p)
        down = [[next(rest) for _ in range(4)] for _ in WIDTHS]
        grow = [[next(rest) for _ in range(2)] for _ in WIDTHS[1:]]
        up = [[next(rest) for _ in range(4)] for _ in WIDTHS[1:]]

        def pair(x: Any, w: Any) -> Any:
            return relu(conv(relu(conv(x, w[0]) + w[1]), w[2]) + w[3])

        across = []
        for block in down[:-1]:
            across.append(pair(x, block))
            x = max_pool(across[-1])
        x = pair(x, down[-1])
        for (kernel, bias), block in zip(grow, up, strict=True):
            x = conv_transpose(x, kernel, 2) + bias
            x = pair(jnp.concatenate([across.pop(), x], -1), block)
        return conv(x, next(rest)) + next(rest)


WORKLOAD = UNet
