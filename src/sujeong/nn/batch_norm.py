"""Batch normalisation: each channel brought to mean 0 and variance 1 over the batch, then scaled and moved.

    mu = 1/m sum x        sigma^2 = 1/m sum (x - mu)^2
    y  = gamma (x - mu) / sqrt(sigma^2 + epsilon) + beta

m counts the numbers of a channel in the batch. In training mu and sigma^2 are those of the batch, and
moving averages of them are kept; prediction uses the averages, so that one sample's answer does not
depend on its neighbours.
"""

from __future__ import annotations

from typing import Any

from ..core import modes
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import ArgumentError, ShapeError, message
from ..ops._build import cast, normalize_axis
from ..ops.batch_norm import batch_norm, batch_norm_inference
from .module import Module


class BatchNorm(Module):
    """Normalises each channel over the batch: y = gamma (x - mu) / sqrt(sigma^2 + epsilon) + beta.

        x (N, ..., C)    gamma, beta (C,)    y like x

    The variance divides by m, not by m - 1, also in the moving average: moving = momentum * moving +
    (1 - momentum) * that of the batch. A frozen layer (`freeze()`) predicts also in training, as in Keras:
    its averages stay.

    Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal
    covariate shift, 2015.

    Args:
        axis: the axis of the channels; 1 for channels-first data.
        momentum: how much of a moving average stays at each step.
        epsilon: added to the variance.
        center: whether to add beta.
        scale: whether to multiply by gamma.
        beta_initializer: first value of beta; default zeros.
        gamma_initializer: first value of gamma; default ones.
        name: its name.

    Raises:
        ArgumentError: momentum is outside 0 to 1, or epsilon negative.
        ShapeError: the number of channels changes after the first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> layer = nn.BatchNorm(momentum=0.5, epsilon=0.0)
        >>> print(layer(sj.asarray([[1.0], [3.0]]), training=True))
        [[-1.]
         [ 1.]]
        >>> print(layer.moving_mean.numpy())
        [1.]
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        if not 0 <= momentum <= 1:
            raise ArgumentError(
                message("BatchNorm", "momentum is out of range.", received=momentum, expected="0 to 1")
            )
        if not epsilon >= 0:
            raise ArgumentError(message("BatchNorm", "epsilon cannot be negative.", received=epsilon))
        self.axis, self.momentum, self.epsilon = axis, float(momentum), float(epsilon)
        self.center, self.scale = center, scale
        self.beta_initializer, self.gamma_initializer = beta_initializer, gamma_initializer

    def build(self, x: Spec) -> None:
        """Makes gamma, beta and the moving statistics for the channels of the input."""
        shape = (x.shape[normalize_axis("BatchNorm", self.axis, x.ndim)],)
        self.gamma = self.add_variable("gamma", shape, self.gamma_initializer) if self.scale else None
        self.beta = self.add_variable("beta", shape, self.beta_initializer) if self.center else None
        self.moving_mean = self.add_variable("moving_mean", shape, "zeros", trainable=False)
        self.moving_variance = self.add_variable("moving_variance", shape, "ones", trainable=False)

    def call(self, x: Tensor) -> Tensor:
        """Normalises by the batch in training, by the moving statistics otherwise."""
        channel = normalize_axis("BatchNorm", self.axis, x.ndim)
        if x.shape[channel] != self.moving_mean.shape[0]:
            what = "the number of channels differs from that of the first use."
            raise ShapeError(message("BatchNorm", what, received=x.spec, expected=self.moving_mean.shape[0]))
        axes = tuple(a for a in range(x.ndim) if a != channel)
        if not modes.training.get() or self._hold:
            return batch_norm_inference(
                x,
                self.moving_mean,
                self.moving_variance,
                self.gamma,
                self.beta,
                axes=axes,
                epsilon=self.epsilon,
            )
        y, mean, variance = batch_norm(x, self.gamma, self.beta, axes=axes, epsilon=self.epsilon)
        with modes.no_grad():
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance)
        return y

    def _follow(self, moving: Variable, now: Tensor) -> None:
        """Moves an average a little towards what the batch shows."""
        moving.assign(moving * self.momentum + cast(now, moving.dtype) * (1 - self.momentum))
