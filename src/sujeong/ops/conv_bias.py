"""Convolution plus bias as one operation, for programs: `passes/bias.py` makes it of the two.

    y[n, o, q] = sum_{j, c}  x[n, o s + j d - low, c]  w[j, c, q]  +  b[q]

    x (N, spatial..., C)      w (kernel..., C / groups, O)      b (O,)      y (N, positions..., O)

The sums lie in registers when the bias comes to them; added afterwards it costs one more way through memory.
The letters are those of `conv_primitives`; derivatives are those of the readable form.
"""

from __future__ import annotations

from typing import Any

from ..core.dispatch import apply
from ..core.op import Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ShapeError, message
from ._build import same_dtypes
from .arithmetic import add
from .conv_primitives import CONVOLUTION, _flops, _forward_infer


def _infer(x: Spec, w: Spec, b: Spec, **settings: Any) -> Spec:
    y = _forward_infer(x, w, **settings)
    same_dtypes("convolution_bias", x, b)
    if b.shape != w.shape[-1:]:
        expected = f"one number for each output channel: {w.shape[-1:]}"
        raise ShapeError(message("convolution_bias", "the bias does not fit.", received=b, expected=expected))
    return y


def _readable(x: Tensor, w: Tensor, b: Tensor, **settings: Any) -> Tensor:
    return add(apply(CONVOLUTION, x, w, **settings), b)


def _work(x: Spec, w: Spec, b: Spec, **settings: Any) -> int:
    y = _infer(x, w, b, **settings)
    return _flops(y, w.shape) + y.size


CONVOLUTION_BIAS = Op("convolution_bias", _infer, readable=_readable, flops=_work)
