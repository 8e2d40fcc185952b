"""Linear algebra on the matrices in the last two axes: the extension of the array API standard.

Factorisations, equations, determinants, norms; whatever stands in front of the last two axes is a stack
of matrices, each treated alone. All have gradients of any order where they are differentiable.
"""

from ..matmul import matmul
from ..products import outer, tensordot, vecdot
from ..shaping import matrix_transpose
from .equations import det, inv, pinv, slogdet, solve
from .factors import cholesky, qr
from .matrices import cross, diagonal, matrix_power, matrix_rank, trace
from .norms import matrix_norm, vector_norm
from .spectra import eigh, eigvalsh, svd, svdvals

__all__ = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]
