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

SMALL = 4096
"""Bytes of a result for which an empty pattern is kept, since to make one like it takes half the time."""


def native(call: NativeCall) -> Callable[..., tuple[Any, ...]]:
    """A kernel that calls a compiled function on tensors of the CPU.

    Args:
        call: the function, and what it reads and writes.

    Returns:
        Function from tensors to a tuple of tensors. Inputs in another order than C's are copied first, unless
        they may lie in one other order and do.
    """
    names = [f"v{n}" for n in range(len(call.inputs))]
    scope: dict[str, Any] = {"function": call.function, "numbers": call.numbers}
    scope |= {"empty": torch.empty, "empty_like": torch.empty_like, "in_one_order": in_one_order}
    alike = [names[n] for n in call.alike]
    lines = [f"def kernel({', '.join(names)}):"]
    lines += [f"    if not {v}.is_contiguous(): {v} = {v}.contiguous()" for v in names if v not in alike]
    if alike:
        lines.append(f"    if not ({' and '.join(f'{v}.is_contiguous()' for v in alike)}):")
        lines.append(f"        {', '.join(alike)}, = in_one_order({', '.join(alike)})")
    for n, spec in enumerate(call.outputs):
        like = next((names[m] for m, given in enumerate(call.inputs) if given == spec), None)
        if n in call.over:
            made = names[call.over[n]]
        elif like is not None:  # takes half the time
            made = f"empty_like({like})"
        elif alike and spec.shape == call.inputs[call.alike[0]].shape:
            scope[f"d{n}"] = TORCH_DTYPES[spec.dtype]
            made = f"empty_like({alike[0]}, dtype=d{n})"
        elif spec.nbytes <= SMALL:
            scope[f"t{n}"] = torch.empty(spec.shape, dtype=TORCH_DTYPES[spec.dtype])
            made = f"empty_like(t{n})"
        else:
            scope[f"s{n}"], scope[f"d{n}"] = spec.shape, TORCH_DTYPES[spec.dtype]
            made = f"empty(s{n}, dtype=d{n})"
        lines.append(f"    o{n} = {made}")
    results = [f"o{n}" for n in range(len(call.outputs))]
    arrays = "".join(f", {a}.data_ptr()" for a in (*names, *results))
    lines.append(f"    function({call.rows}, {addressof(call.numbers)}{arrays})")
    lines.append(f"    return ({', '.join(results)},)")
    exec(compile("\n".join(lines), "<native call>", "exec"), scope)  # noqa: S102 - our own text, no user's
    kernel: Callable[..., tuple[Any, ...]] = scope["kernel"]
    return kernel


def in_one_order(*arrays: Any) -> tuple[Any, ...]:
    """Arrays of one shape in one order without gaps: as they lie, or copied into C's order."""
    first = arrays[0]
    strides = torch.empty_like(first).stride()  # the same only where there are no gaps
    if all(a.stride() == strides for a in arrays):
        return arrays
    return tuple([a.contiguous() for a in arrays])
