"""Residual networks for small images, as ours, for PyTorch and for JAX.

stem: 3 x 3 convolution, batch norm, ReLU; blocks; mean over places; dense 10
block: y = relu(norm(conv(relu(norm(conv(x))))) + skip(x)), where skip is a 1 x 1 convolution with
batch norm if the shape changes, else x itself

He and others, Deep residual learning for image recognition, 2016.
"""

from __future__ import annotations

from typing import Any

Blocks = list[tuple[int, int]]
"""Channels and stride of each block."""
MOMENTUM, EPSILON = 0.9, 1e-5


def our_resnet(stem: int, blocks: Blocks) -> Any:
    """Our model."""
    import sujeong as sj
    from sujeong import nn

    def conv(channels: int, size: int, stride: int = 1) -> Any:
        layer = nn.Conv2D(channels, size, stride, padding=((size // 2,) * 2,) * 2, use_bias=False)
        return nn.Sequential([layer, nn.BatchNorm(momentum=MOMENTUM, epsilon=EPSILON)])

    class Block(nn.Module):
        def __init__(self, channels: int, stride: int, same: bool) -> None:
            super().__init__()
            self.first, self.second = conv(channels, 3, stride), conv(channels, 3)
            self.skip = None if same else conv(channels, 1, stride)

        def call(self, x: Any) -> Any:
            y = self.second(sj.relu(self.first(x)))
            return sj.relu(y + (x if self.skip is None else self.skip(x)))

    layers: list[Any] = [conv(stem, 3), nn.ReLU()]
    channels = stem
    for wide, stride in blocks:
        layers.append(Block(wide, stride, stride == 1 and wide == channels))
        channels = wide
    return nn.Sequential([*layers, nn.GlobalAveragePool2D(), nn.Dense(10)])


def torch_resnet(stem: int, blocks: Blocks) -> Any:
    """PyTorch's model."""
    from torch import nn
    from torch.nn import functional as F

    def conv(before: int, channels: int, size: int, stride: int = 1) -> list[Any]:
        layer = nn.Conv2d(before, channels, size, stride, size // 2, bias=False)
        return [layer, nn.BatchNorm2d(channels)]

    class Block(nn.Module):
        def __init__(self, before: int, channels: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.norm1 = conv(before, channels, 3, stride)
            self.conv2, self.norm2 = conv(channels, channels, 3)
            same = stride == 1 and before == channels
            self.skip = nn.Identity() if same else nn.Sequential(*conv(before, channels, 1, stride))

        def forward(self, x: Any) -> Any:
            y = F.relu(self.norm1(self.conv1(x)))
            return F.relu(self.norm2(self.conv2(y)) + self.skip(x))

    layers, before = [*conv(3, stem, 3), nn.ReLU()], stem
    for channels, stride in blocks:
        layers.append(Block(before, channels, stride))
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


def jax_resnet(p: Any, x: Any, blocks: Blocks, training: bool) -> Any:
    """JAX's model on parameters in our order; to predict, with the averages of each norm behind its beta."""
    from jax.nn import relu
    from sides.jax_layers import batch_norm, batch_norm_inference, conv

    rest = iter(p)

    def convolved(x: Any, stride: int = 1) -> Any:
        x = conv(x, next(rest), stride)
        if training:
            return batch_norm(x, next(rest), next(rest), EPSILON)
        return batch_norm_inference(x, *(next(rest) for _ in range(4)), EPSILON)

    x = relu(convolved(x))
    for channels, stride in blocks:
        same = stride == 1 and x.shape[-1] == channels
        y = convolved(relu(convolved(x, stride)))
        x = relu(y + (x if same else convolved(x, stride)))
    return x.mean((1, 2)) @ next(rest) + next(rest)
