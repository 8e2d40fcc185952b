"""Compiled functions called on the memory of torch's tensors.

The text of the call is made once a kernel, as the text of a replay is: with nothing to loop over, a call
costs two or three microseconds beside its work.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import addressof
from typing import Any

import torch

from ...core.native import NativeCall
from ._dtypes import TORCH_DTYPES


def native(call: NativeCall) -> Callable[..., tuple[Any, ...]]:
    """A kernel that calls a compiled function on tensors of the CPU.

    Args:
        call: the function, and what it reads and writes.

    Returns:
        Function from tensors to a tuple of tensors. Inputs in another order than C's are copied first.
    """
    names = [f"v{n}" for n in range(call.inputs)]
    scope: dict[str, Any] = {"function": call.function, "empty": torch.empty, "numbers": call.numbers}
    lines = [f"def kernel({', '.join(names)}):"]
    lines += [f"    if not {v}.is_contiguous(): {v} = {v}.contiguous()" for v in names]
    for n, spec in enumerate(call.outputs):
        if n in call.over:
            lines.append(f"    o{n} = v{call.over[n]}")
            continue
        scope[f"s{n}"], scope[f"d{n}"] = spec.shape, TORCH_DTYPES[spec.dtype]
        lines.append(f"    o{n} = empty(s{n}, dtype=d{n})")
    results = [f"o{n}" for n in range(len(call.outputs))]
    arrays = "".join(f", {a}.data_ptr()" for a in (*names, *results))
    lines.append(f"    function({call.rows}, {addressof(call.numbers)}{arrays})")
    lines.append(f"    return ({', '.join(results)},)")
    exec(compile("\n".join(lines), "<native call>", "exec"), scope)  # noqa: S102 - our own text, no user's
    kernel: Callable[..., tuple[Any, ...]] = scope["kernel"]
    return kernel
