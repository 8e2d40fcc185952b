"""Sujeong: deep learning that you can see through.

    import sujeong as sj

The namespace follows the Python array API standard (2024.12) for tensors, Keras for layers and
training, and PyTorch for eager gradients.
"""

import typing as _typing
from importlib import import_module as _import_module
from math import e, inf, nan, pi

from . import errors
from .autodiff.checkpoint import checkpoint
from .autodiff.custom import custom_gradient
from .autodiff.functional import grad, stop_gradient, value_and_grad
from .autodiff.higher import hessian, hvp, jacobian
from .autodiff.numerical import check_grad, numerical_gradient
from .autodiff.products import jvp, vjp
from .autodiff.reverse import backward, gradients
from .core import late as _late
from .core import tree
from .core.dtypes import (
    DType,
    bfloat16,
    complex64,
    complex128,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .core.dtypes import bool_ as bool
from .core.engine import engine_names, get_device, get_engine, set_device, set_engine, using
from .core.modes import enable_grad, is_training, no_grad, training_mode
from .core.settings import get_seed, set_seed
from .core.spec import Spec
from .core.tensor import Tensor
from .core.variable import Variable
from .messages import get_language, set_language
from .ops import fft, linalg, random
from .ops.activations.exponential_units import elu, selu
from .ops.activations.gaussian import gelu, identity, sine
from .ops.activations.rectifiers import leaky_relu, prelu, relu, step
from .ops.activations.sigmoids import log_sigmoid, sigmoid, silu, softplus
from .ops.arithmetic import add, divide, multiply, negative, positive, reciprocal, square, subtract
from .ops.attention import attention
from .ops.batch_norm import batch_norm, batch_norm_inference
from .ops.bitwise import (
    bitwise_and,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
)
from .ops.casting import astype, can_cast, finfo, iinfo, isdtype, result_type
from .ops.comparison import (
    equal,
    greater,
    greater_equal,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    not_equal,
    where,
)
from .ops.complexes import conj, imag, real
from .ops.conv import conv, conv_transpose
from .ops.creation import asarray, from_dlpack
from .ops.cross_entropy import sigmoid_binary_cross_entropy, softmax_cross_entropy
from .ops.cumulative import cumulative_prod, cumulative_sum, diff
from .ops.dynamic import dynamic_slice, slice_update
from .ops.einsum import einsum
from .ops.embedding_bag import embedding_bag
from .ops.exponential import exp, expm1, log, log1p, log2, log10, logaddexp, rsqrt, sqrt
from .ops.extremes import clip, maximum, minimum
from .ops.filling import empty, empty_like, full, full_like, ones, ones_like, zeros, zeros_like
from .ops.finite import all_finite
from .ops.gathering import embedding, scatter_add, scatter_add_along_axis, take, take_along_axis
from .ops.grids import arange, eye, linspace, meshgrid, one_hot
from .ops.hyperbolic import acosh, asinh, atanh, cosh, sinh, tanh
from .ops.joining import concat, stack
from .ops.layer_norm import layer_norm, rms_norm
from .ops.logic import logical_and, logical_not, logical_or, logical_xor
from .ops.magnitude import abs, copysign, hypot, sign, signbit
from .ops.matmul import matmul
from .ops.namespace_info import API_VERSION as __array_api_version__  # noqa: N811 (the standard's name)
from .ops.namespace_info import namespace_info as __array_namespace_info__
from .ops.padding import pad
from .ops.pooling import average_pool, global_average_pool, global_max_pool, max_pool
from .ops.powers import pow
from .ops.products import outer, tensordot, vecdot
from .ops.reduction import all, any, logsumexp, max, min, prod, sum
from .ops.repeating import repeat, roll, tile
from .ops.rounding import ceil, floor, floor_divide, nextafter, remainder, round, trunc
from .ops.searching import argmax, argmin, count_nonzero, nonzero, searchsorted
from .ops.sets import unique_all, unique_counts, unique_inverse, unique_values
from .ops.shaping import (
    broadcast_arrays,
    broadcast_to,
    expand_dims,
    matrix_transpose,
    moveaxis,
    permute_dims,
    reshape,
    squeeze,
    swapaxes,
)
from .ops.slicing import flip, split, unstack
from .ops.softmax import log_softmax, softmax
from .ops.sorting import argsort, sort, top_k
from .ops.special import erf
from .ops.statistics import mean, median, quantile, std, var
from .ops.triangles import tril, triu
from .ops.trigonometry import acos, asin, atan, atan2, cos, sin, tan
from .ops.windows import col2im, im2col
from .program.control.cond import cond
from .program.control.scan import scan
from .program.control.while_loop import while_loop
from .program.jit import jit, record
from .program.passes.order import pass_names, without_passes
from .program.precompile import precompile
from .recurrent.gru import gru
from .recurrent.lstm import lstm
from .recurrent.simple_rnn import simple_rnn

# fmt: off
__all__ = [
    "DType", "Spec", "Tensor", "Variable", "__array_api_version__", "__array_namespace_info__", "__version__",
    "abs", "acos", "acosh", "add", "all", "all_finite", "any", "arange", "argmax", "argmin", "argsort",
    "asarray", "asin", "asinh", "astype", "atan", "atan2", "atanh", "attention", "average_pool", "backward",
    "batch_norm", "batch_norm_inference", "bfloat16", "bitwise_and", "bitwise_invert", "bitwise_left_shift",
    "bitwise_or", "bitwise_right_shift", "bitwise_xor", "bool", "broadcast_arrays", "broadcast_to",
    "can_cast", "ceil", "check_grad", "checkpoint", "clip", "col2im", "complex64", "complex128", "concat",
    "cond", "conj", "conv", "conv_transpose", "copysign", "cos", "cosh", "count_nonzero", "cumulative_prod",
    "cumulative_sum", "custom_gradient", "datasets", "describe", "diff", "divide", "draw", "dynamic_slice",
    "e", "einsum", "elu", "embedding", "embedding_bag", "empty", "empty_like", "enable_grad", "engine_names",
    "equal", "erf", "errors", "exp", "expand_dims", "expm1", "eye", "fft", "finfo", "flip", "float16",
    "float32", "float64", "floor", "floor_divide", "from_dlpack", "full", "full_like", "gelu", "get_device",
    "get_engine", "get_language", "get_seed", "global_average_pool", "global_max_pool", "grad", "gradients",
    "greater", "greater_equal", "gru", "hessian", "hvp", "hypot", "identity", "iinfo", "im2col", "imag",
    "inf", "initializers", "inspect", "int8", "int16", "int32", "int64", "is_training", "isdtype", "isfinite",
    "isinf", "isnan", "jacobian", "jit", "jvp", "layer_norm", "leaky_relu", "less", "less_equal", "linalg",
    "linspace", "load", "log", "log1p", "log2", "log10", "log_sigmoid", "log_softmax", "logaddexp",
    "logical_and", "logical_not", "logical_or", "logical_xor", "logsumexp", "losses", "lstm", "matmul",
    "matrix_transpose", "max", "max_pool", "maximum", "mean", "median", "meshgrid", "metrics", "min",
    "minimum", "moveaxis", "multiply", "nan", "negative", "newaxis", "nextafter", "nn", "no_grad", "nonzero",
    "not_equal", "numerical_gradient", "one_hot", "ones", "ones_like", "optim", "outer", "pad", "pass_names",
    "permute_dims", "pi", "positive", "pow", "precompile", "prelu", "prod", "quantile", "random", "real",
    "reciprocal", "record", "relu", "remainder", "repeat", "reshape", "result_type", "rms_norm", "roll",
    "round", "rsqrt", "scan", "scatter_add", "scatter_add_along_axis", "searchsorted", "selu", "set_device",
    "set_engine", "set_language", "set_seed", "sigmoid", "sigmoid_binary_cross_entropy", "sign", "signbit",
    "silu", "simple_rnn", "sin", "sine", "sinh", "slice_update", "softmax", "softmax_cross_entropy",
    "softplus", "sort", "split", "sqrt", "square", "squeeze", "stack", "std", "step", "stop_gradient",
    "subtract", "sum", "swapaxes", "take", "take_along_axis", "tan", "tanh", "tensordot", "tile", "top_k",
    "training", "training_mode", "tree", "tril", "triu", "trunc", "uint8", "uint16", "uint32", "uint64",
    "unique_all", "unique_counts", "unique_inverse", "unique_values", "unstack", "using", "value_and_grad",
    "var", "vecdot", "vjp", "where", "while_loop", "without_passes", "zeros", "zeros_like", "zoo",
]
# fmt: on

newaxis = None
__version__ = "0.1.0"

# Loaded when first used: the import of the package stays light.
if _typing.TYPE_CHECKING:
    from . import inspect, losses, metrics, nn, optim, training, zoo
    from .checkpoints import load
    from .data import datasets
    from .inspect import describe, draw
    from .nn import initializers

_LATE = {
    "datasets": ".data.datasets",
    "initializers": ".nn.initializers",
    "inspect": ".inspect",
    "losses": ".losses",
    "metrics": ".metrics",
    "nn": ".nn",
    "optim": ".optim",
    "training": ".training",
    "zoo": ".zoo",
}
_LATE_NAMES = {"describe": ".inspect", "draw": ".inspect", "load": ".checkpoints"}


def __getattr__(name: str) -> object:
    if name in _LATE:
        value: object = _import_module(_LATE[name], __name__)
    elif name in _LATE_NAMES:
        value = getattr(_import_module(_LATE_NAMES[name], __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


_FIT = ("compile", "fit", "evaluate", "predict", "precompile", "_compile_from")
_late.provide("Module", _FIT, lambda: _import_module(".training", __name__))
_FILES = ("save", "save_weights", "load_weights")
_late.provide("Module", _FILES, lambda: _import_module(".checkpoints", __name__))
_late.provide("History", ("plot",), lambda: _import_module(".inspect", __name__))
