"""Three first models: softmax regression, a multi-layer perceptron, a small convolutional network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import nn
from ..errors import ShapeError, message, unknown_name

Shape = tuple[int, ...]


def softmax(shape: Shape, outputs: int) -> nn.Sequential:
    """Softmax regression: one linear layer; with one output, linear regression.

    Args:
        shape: of one sample.
        outputs: number of classes, or 1.

    Returns:
        The model; it gives logits.

    Example:
        >>> import sujeong as sj
        >>> sj.zoo.softmax((8, 8, 1), 10)(sj.zeros((2, 8, 8, 1))).shape
        (2, 10)
    """
    return nn.Sequential([nn.Flatten(), nn.Dense(outputs)])


def mlp(shape: Shape, outputs: int) -> nn.Sequential:
    """Two hidden layers with ReLU and dropout.

    Args:
        shape: of one sample; images are flattened.
        outputs: number of classes, or 1.

    Returns:
        The model; it gives logits.

    Example:
        >>> import sujeong as sj
        >>> sj.zoo.mlp((4,), 3)(sj.zeros((2, 4))).shape
        (2, 3)
    """
    size = 1
    for s in shape:
        size *= s
    units = 512 if size > 200 else 128
    hidden: dict[str, Any] = {"activation": "relu", "kernel_initializer": "he_normal"}
    return nn.Sequential(
        [
            nn.Flatten(),
            nn.Dense(units, **hidden),
            nn.Dropout(0.2),
            nn.Dense(units, **hidden),
            nn.Dropout(0.2),
            nn.Dense(outputs),
        ]
    )


def cnn(shape: Shape, outputs: int) -> nn.Sequential:
    """Three convolutions with batch normalisation and ReLU, pooling, then two dense layers.

    Pooling follows the first and the last convolution; images of fewer than 16 pixels are pooled once only.

    Args:
        shape: of one image (height, width, channels).
        outputs: number of classes, or 1.

    Returns:
        The model; it gives logits.

    Raises:
        ShapeError: the samples are not images.

    Example:
        >>> import sujeong as sj
        >>> sj.zoo.cnn((8, 8, 1), 10)(sj.zeros((2, 8, 8, 1))).shape
        (2, 10)
    """
    if len(shape) != 3:
        fix = "use the model mlp for data without height and width."
        raise ShapeError(
            message("cnn", "needs images.", received=shape, expected="(height, width, channels)", fix=fix)
        )
    start: dict[str, Any] = {"kernel_initializer": "he_normal"}
    layers: list[nn.Module] = []
    for filters, pooled in ((32, min(shape[:2]) >= 16), (64, False), (64, True)):
        layers += [
            nn.Conv2D(filters, 3, padding="same", use_bias=False, **start),
            nn.BatchNorm(momentum=0.9),
            nn.Activation("relu"),
        ]
        if pooled:
            layers.append(nn.MaxPool2D(2))
    layers += [nn.Flatten(), nn.Dense(128, "relu", **start), nn.Dropout(0.5), nn.Dense(outputs)]
    return nn.Sequential(layers)


MODELS: dict[str, Callable[[Shape, int], nn.Sequential]] = {"softmax": softmax, "mlp": mlp, "cnn": cnn}


def make(name: str, shape: Shape, outputs: int) -> nn.Sequential:
    """The model of a name.

    Args:
        name: `"softmax"`, `"mlp"` or `"cnn"`.
        shape: of one sample.
        outputs: number of classes, or 1.

    Returns:
        The model.

    Raises:
        NameUnknownError: there is no such model.

    Example:
        >>> import sujeong as sj
        >>> len(sj.zoo.make("softmax", (4,), 3).layers)
        2
    """
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    return MODELS[name](shape, outputs)
