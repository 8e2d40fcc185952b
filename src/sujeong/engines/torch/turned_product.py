"""Products of a turned matrix in bfloat16 by the processor's units for tiles, compiled: y (M, N) = x^T g.

Such is the gradient of a dense layer's weights: x (K, M) and g (K, N) lie in rows, and are summed over these.
The library turns x as a whole before it multiplies; here each thread lays out what it needs piece by piece,
in its caches (`turned_product.h`). What lies otherwise is the plain kernel's, which is asked at each call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...core import dtypes
from ...core.native import NativeForm
from ...core.spec import Spec
from . import products
from ._processor import has_matrix_units
from ._texts import text_of

FILES = "tiles.h", "tile_sums.h", "turned_product.h"
TILE = 16
"""Rows and columns of a tile of sums."""
MOST = 512
"""Of the smaller of M and N: all of it is laid out at once."""
FEWEST_PRODUCTS = 1 << 22
"""With fewer, the call is what takes time."""


def _text(_: Mapping[str, Any], x: Spec, g: Spec) -> str | None:
    if not has_matrix_units() or x.dtype != dtypes.bfloat16 or x.ndim != 2 or g.ndim != 2:
        return None
    (m, k), n = x.shape, g.shape[1]
    if m % TILE or n % TILE or min(m, n) > MOST or m * k * n < FEWEST_PRODUCTS:
        return None
    return text_of(x.dtype, *FILES)


def _bound(function: Any, _: Mapping[str, Any], x: Spec, g: Spec) -> Callable[[Any, Any], Any]:
    """The product as a function of two tensors."""
    (m, k), n = x.shape, g.shape[1]
    plain: Any = products.KERNELS["matmul"]

    def product(x: Any, g: Any) -> Any:
        (along, x_step), (g_step, across) = x.stride(), g.stride()
        if along != 1 or across != 1 or x_step < m:
            return plain(x, g)
        y = x.new_empty((m, n))
        function(m, k, n, x_step, g_step, x.data_ptr(), g.data_ptr(), y.data_ptr())
        return y

    return product


COMPILED = {"matmul": NativeForm(_text, _bound)}
