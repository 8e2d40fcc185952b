"""Weights and masks that come with samples: on the right device, and of the right shape.

values (n, ...)  with a weight (n,):  the weight is stretched over the further axes of its sample
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.tensor import Operand, Tensor, as_tensor
from ..errors import ShapeError, message
from .comparison import equal, not_equal, where
from .shaping import broadcast_to, reshape


def as_mask(like: Tensor, mask: Any, name: str) -> Tensor:
    """A mask as truth values; numbers count where they are not 0."""
    m = beside(like, mask, name)
    return m if m.dtype is dtypes.bool_ else not_equal(m, 0)


def beside(like: Tensor, value: Any, name: str) -> Tensor:
    """A value as tensor; what comes from the host goes to the engine and device of another tensor."""
    if isinstance(value, Operand):
        return as_tensor(value, name)
    engine = like._engine
    host = np.asarray(value)
    dtype = dtypes.as_dtype(host.dtype)
    return Tensor(engine.from_host(host, dtype, like.device), engine)


def over(part: Tensor, whole: Tensor) -> Tensor:
    """The quotient of a part and its whole; where the whole is 0, the part itself, which is 0 there."""
    return part / where(equal(whole, 0), 1, whole)


def spread(name: str, what: str, weight: Tensor, values: Tensor) -> Tensor:
    """A weight (n,) stretched over the further axes of its sample's values (n, ...)."""
    n = weight.ndim
    if weight.shape != values.shape[:n]:
        text = message(
            name,
            f"{what} does not belong to the samples.",
            received=f"{what} {weight.shape}, samples {values.shape}",
            expected=f"{values.shape}, or its first axes",
        )
        raise ShapeError(text)
    if n == values.ndim:
        return weight
    return broadcast_to(reshape(weight, (*weight.shape, *(1,) * (values.ndim - n))), values.shape)
