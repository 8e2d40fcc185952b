"""`sj.precompile`: builds the compiled kernels of a function before it runs for the first time.

A training run never waits for a compiler and never changes its kernels on the way: it uses what lies in the
cache when its step is recorded. Once built, kernels serve all later processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .jit import record
from .passes.fusion import building
from .passes.order import optimized


def precompile(function: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
    """Builds the compiled kernels that a function needs for such arguments, without running it.

    `model.precompile(x, y)` does so for the steps of `fit`, `evaluate` and `predict`. A kernel does not
    depend on the number of rows, so another batch size needs no other. Call it before the function's first
    call: what was recorded keeps its kernels.

    Args:
        function: takes and returns trees of tensors; what `sj.jit` gives, or what it takes.
        *args: tensors, or `sj.Spec` for a tensor that need not exist.
        **kwargs: the same, by name.

    Returns:
        How many different kernels the function uses, chains of them counted as well; 0 where the engine or
        the device uses none.

    Raises:
        EngineError: there is no C++ compiler, it failed, or others may write into the folder of kernels
            (`SUJEONG_CACHE`, default ~/.cache/sujeong).
        RecordError: a value was read inside the function.

    Example:
        >>> import sujeong as sj
        >>> with sj.using(engine="numpy"):                       # it computes without compiled kernels
        ...     sj.precompile(lambda x: sj.tanh(x) * 2, sj.Spec((3,), sj.float32))
        0
    """
    with building() as texts:
        optimized(record(function, *args, **kwargs))
    return len(set(texts))
