"""Normalisation within a sample: the features of each place brought to mean 0 and variance 1, or to size 1.

    layer norm   y = gamma (x - mean) / sqrt(variance + epsilon) + beta       over the features
    RMS norm     y = gamma x / sqrt(mean of x^2 + epsilon)

Nothing depends on the batch, so training and prediction are the same.
"""

from __future__ import annotations

from typing import Any

from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops._build import normalize_axes
from ..ops.layer_norm import layer_norm, rms_norm
from .module import Module


class _WithinSample(Module):
    """What both share: the axes of the features, and gamma over them."""

    def __init__(
        self, axis: Any, epsilon: float, scale: bool, gamma_initializer: Any, name: str | None
    ) -> None:
        super().__init__(name)
        if not epsilon >= 0:
            raise ArgumentError(message(type(self).__name__, "epsilon cannot be negative.", received=epsilon))
        self.axis = tuple(axis) if isinstance(axis, (list, tuple)) else axis
        self.epsilon, self.scale, self.gamma_initializer = float(epsilon), scale, gamma_initializer

    def _features(self, x: Spec) -> tuple[int, ...]:
        """The sizes of the axes of the features."""
        own = type(self).__name__
        axes = normalize_axes(own, self.axis, x.ndim)
        if 0 in axes and x.ndim > 1:
            fix = "the features are the last axis: axis=-1."
            raise ArgumentError(message(own, "axis 0 is that of the batch.", received=self.axis, fix=fix))
        return tuple(x.shape[a] for a in axes)

    def build(self, x: Spec) -> None:
        """Makes gamma."""
        self.features = self._features(x)
        self.gamma = self.add_variable("gamma", self.features, self.gamma_initializer) if self.scale else None

    def _checked(self, x: Tensor) -> Tensor:
        found = self._features(x.spec)
        if found != self.features:
            what = "the number of features differs from that of the first use."
            raise ShapeError(message(type(self).__name__, what, received=x.spec, expected=self.features))
        return x


class LayerNorm(_WithinSample):
    """Brings the features of each place to mean 0 and variance 1, then scales and moves them.

        x (..., features)    gamma, beta (features,)    y like x

    Ba et al., Layer normalization, 2016.

    Args:
        axis: the axis of the features, or several.
        epsilon: added to the variance.
        center: whether to add beta.
        scale: whether to multiply by gamma.
        beta_initializer: first value of beta; default zeros.
        gamma_initializer: first value of gamma; default ones.
        name: its name.

    Raises:
        ArgumentError: there is no such axis, it is that of the batch, or epsilon is negative.
        ShapeError: the number of features changes after the first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.LayerNorm(epsilon=0.0)(sj.asarray([[1.0, 3.0], [10.0, 30.0]])))
        [[-1.  1.]
         [-1.  1.]]
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(axis, epsilon, scale, gamma_initializer, name)
        self.center, self.beta_initializer = center, beta_initializer

    def build(self, x: Spec) -> None:
        """Makes gamma and beta."""
        super().build(x)
        self.beta = self.add_variable("beta", self.features, self.beta_initializer) if self.center else None

    def call(self, x: Tensor) -> Tensor:
        """Normalises over the features."""
        return layer_norm(self._checked(x), self.gamma, self.beta, axis=self.axis, epsilon=self.epsilon)


class RMSNorm(_WithinSample):
    """Divides the features of each place by the root of the mean of their squares, then scales them.

        x (..., features)    gamma (features,)    y like x

    Zhang and Sennrich, Root mean square layer normalization, 2019.

    Args:
        axis: the axis of the features, or several.
        epsilon: added to the mean of the squares.
        scale: whether to multiply by gamma.
        gamma_initializer: first value of gamma; default ones.
        name: its name.

    Raises:
        ArgumentError: there is no such axis, it is that of the batch, or epsilon is negative.
        ShapeError: the number of features changes after the first use.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> print(nn.RMSNorm(epsilon=0.0)(sj.asarray([[3.0, -3.0]])))
        [[ 1. -1.]]
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-6,
        scale: bool = True,
        gamma_initializer: Any = "ones",
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(axis, epsilon, scale, gamma_initializer, name)

    def call(self, x: Tensor) -> Tensor:
        """Divides by the root mean square of the features."""
        return rms_norm(self._checked(x), self.gamma, axis=self.axis, epsilon=self.epsilon)
