"""What layers say to a mistake: the layer, what came, what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import (
    ArgumentError,
    DTypeError,
    IndexRangeError,
    NameUnknownError,
    ShapeError,
    StateError,
)

x2, x3, x4 = np.ones((2, 4), "float32"), np.ones((2, 5, 4), "float32"), np.ones((2, 6, 5, 4), "float32")


def again(layer: nn.Module, first: Any, second: Any) -> Any:
    layer(first)
    return layer(second)


MISTAKES: list[tuple[str, Callable[[], Any], type[Exception], str]] = [
    # constructors
    (
        "units",
        lambda: nn.Dense(0),
        ArgumentError,
        r"\[Dense\] units must be a positive whole number.*received: 0",
    ),
    ("filters", lambda: nn.Conv2D(2.5, 3), ArgumentError, r"\[Conv2D\] filters must be.*2\.5"),
    (
        "kernel",
        lambda: nn.Conv2D(3, (3, 3, 3)),
        ArgumentError,
        r"\[Conv2D\] kernel sizes do not fit.*2 numbers",
    ),
    ("zero", lambda: nn.Conv1D(3, 0), ArgumentError, r"\[Conv1D\] kernel sizes are too small.*1 or more"),
    ("stride", lambda: nn.MaxPool2D(2, 0), ArgumentError, r"\[MaxPool2D\] strides are too small"),
    (
        "format",
        lambda: nn.Conv2D(3, 3, data_format="channel_last"),
        NameUnknownError,
        "did you mean 'channels_last'",
    ),
    (
        "activation",
        lambda: nn.Dense(3, "rleu"),
        NameUnknownError,
        "there is no activation named 'rleu'.*mean 'relu'",
    ),
    ("class", lambda: nn.Dense(3, nn.ReLU), ArgumentError, r"a class came, not a function.*nn\.ReLU\(\)"),
    ("none", lambda: nn.Activation(None), ArgumentError, r"\[Activation\] needs a name or a function"),
    (
        "penalty",
        lambda: nn.Dense(3, kernel_regularizer="l2"),
        ArgumentError,
        r"\[Dense\] a penalty.*losses\.l2",
    ),
    ("name", lambda: nn.Dense(3, name="a/b"), ArgumentError, r"\[name\] this cannot name a layer.*'a/b'"),
    ("dots", lambda: nn.Dense(3, name=".."), ArgumentError, r"cannot name a layer"),
    ("rate", lambda: nn.BatchNorm(momentum=1.5), ArgumentError, r"momentum is out of range.*1\.5.*0 to 1"),
    ("epsilon", lambda: nn.LayerNorm(epsilon=-1), ArgumentError, r"\[LayerNorm\] epsilon cannot be negative"),
    ("slope", lambda: nn.LeakyReLU(-0.1), ArgumentError, r"\[LeakyReLU\] negative_slope must be"),
    ("lambda", lambda: nn.Lambda(3), ArgumentError, r"\[Lambda\] takes a function.*int"),
    ("target", lambda: nn.Reshape((-1, -1)), ArgumentError, r"\[Reshape\] target_shape is not understood"),
    ("dims", lambda: nn.Permute((0, 1)), ArgumentError, r"\[Permute\] not an order.*each of 1 to 2 once"),
    (
        "widths",
        lambda: nn.ZeroPadding2D((1, -1)),
        ArgumentError,
        r"\[ZeroPadding2D\] the padding is not understood",
    ),
    (
        "axis",
        lambda: nn.Concatenate(0),
        ArgumentError,
        r"\[Concatenate\] axis 0 is that of the batch.*sj\.concat",
    ),
    (
        "value",
        lambda: nn.Conv2DTranspose(2, 3, padding_value=1),
        ArgumentError,
        r"\[Conv2DTranspose\] cuts its padding",
    ),
    # first use
    ("scalar", lambda: nn.Dense(3)(1.0), ShapeError, r"\[Dense\] needs an axis of features"),
    (
        "rank",
        lambda: nn.Conv2D(3, 3)(x3),
        ShapeError,
        r"\[Conv2D\] the input has another rank.*\(N, H, W, C\).*x\[\.\.\., None\]",
    ),
    (
        "first",
        lambda: nn.Conv2D(3, 3, data_format="channels_first")(x3),
        ShapeError,
        r"expected: \(N, C, H, W\)",
    ),
    (
        "pool rank",
        lambda: nn.MaxPool1D()(x4),
        ShapeError,
        r"\[MaxPool1D\].*float32\[2, 6, 5, 4\].*\(N, L, C\)",
    ),
    ("groups", lambda: nn.Conv2D(4, 3, groups=3)(x4), ArgumentError, r"groups=3, 4 channels in, 4 filters"),
    ("window", lambda: nn.Conv2D(3, 7)(x4), ShapeError, r"the window is larger than the input"),
    ("elements", lambda: nn.Reshape((3,))(x2), ShapeError, r"\[Reshape\] the number of elements.*4 a sample"),
    ("permute", lambda: nn.Permute((2, 1))(x2), ShapeError, r"\[Permute\].*3 axes, the batch and 2 more"),
    ("one", lambda: nn.Add()([x2]), ArgumentError, r"\[Add\] needs two inputs or more"),
    ("broadcast", lambda: nn.Add()(x2, x2[:, :3]), ShapeError, r"\[add\] shapes do not broadcast"),
    ("side", lambda: nn.Concatenate()(x2, x3), ShapeError, r"\[concat\] tensor 1 does not fit"),
    ("words", lambda: nn.Embedding(3, 2)(x2), DTypeError, r"\[Embedding\] takes whole numbers.*sj\.int64"),
    ("word", lambda: nn.Embedding(3, 2)(np.array([3])), IndexRangeError, "3"),
    ("batch", lambda: nn.LayerNorm(0)(x2), ArgumentError, r"\[LayerNorm\] axis 0 is that of the batch"),
    (
        "prelu",
        lambda: nn.PReLU(shared_axes=(0,))(x2),
        ArgumentError,
        r"\[PReLU\] axis 0 is that of the batch",
    ),
    # later uses
    (
        "features",
        lambda: again(nn.Dense(3), x2, x2[:, :3]),
        ShapeError,
        r"number of features.*\(2, 3\).*\(\.\.\., 4\)",
    ),
    (
        "channels",
        lambda: again(nn.Conv2D(3, 3), x4, x4[..., :3]),
        ShapeError,
        "input has 3 channels, weights take 4",
    ),
    (
        "batch norm",
        lambda: again(nn.BatchNorm(), x2, x2[:, :3]),
        ShapeError,
        r"\[BatchNorm\] the number of channels",
    ),
    (
        "layer norm",
        lambda: again(nn.LayerNorm(), x2, x2[:, :3]),
        ShapeError,
        r"\[LayerNorm\] the number of features",
    ),
    # models
    ("no call", lambda: nn.Module()(x2), StateError, r"does not say what it computes.*call\(self, x\)"),
    (
        "function",
        lambda: nn.Sequential([lambda x: x]),
        ArgumentError,
        r"takes modules.*nn\.Lambda\(function\)",
    ),
    ("class in list", lambda: nn.Sequential([nn.ReLU]), ArgumentError, r"make an object of it: nn\.ReLU"),
    (
        "unbuilt",
        lambda: nn.Sequential([nn.Dense(3)]).summary(),
        StateError,
        r"\[sequential\] its sizes are not known yet",
    ),
    ("count", lambda: nn.Dense(3).count_parameters(), StateError, r"\[dense\] its sizes are not known yet"),
]


@pytest.mark.parametrize(("run", "error", "text"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_mistake(run: Callable[[], Any], error: type[Exception], text: str, engine: str) -> None:
    with pytest.raises(error, match=f"(?s){text}"):
        run()


def test_the_layer_is_named_once(engine: str) -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Sequential([nn.Dense(3), nn.Dense(2)])

        def call(self, x: Any) -> Any:
            return self.inner(x)

    block = Block()
    block(x2)
    with pytest.raises(ShapeError) as caught:
        block(x2[:, :3])
    assert caught.value.__notes__ == ["in layer 'inner/dense' (Dense), input float32[2, 3]"]


def test_engines_do_not_mix() -> None:
    with sj.using("numpy"):
        layer = nn.Dense(3)
        layer(sj.ones((2, 4)))
    with sj.using("torch"), pytest.raises(sj.errors.EngineError, match="two engines were mixed"):
        layer(sj.ones((2, 4)))


def test_constructor_that_forgot_its_base() -> None:
    class Forgetful(nn.Module):
        def __init__(self) -> None:
            self.units = 3

    with pytest.raises(
        StateError, match=r"(?s)\[Forgetful\] its constructor must call.*super\(\).__init__\(\)"
    ):
        Forgetful()(x2)


def test_a_wrong_argument_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="unit"):
        nn.Dense(unit=3)  # type: ignore[call-arg]
