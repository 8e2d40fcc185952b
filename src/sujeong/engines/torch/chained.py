"""Chains of compiled functions called on the memory of torch's tensors.

To ask a tensor for its address costs a tenth of a microsecond, and a step has dozens of variables. So the
table of addresses stays from call to call, and of the inputs that outlive a run only those are asked that are
other tensors than before. What a run makes on its way is asked each time, and not held longer than the run
does. A table and its room belong to one call at a time: a second thread takes, or makes, another.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from operator import is_
from typing import Any

import torch

from ...core.native import ChainCall
from ._dtypes import TORCH_DTYPES
from .native import SMALL


class _Space:
    """The table of addresses of a call, and the memory that it has to itself."""

    __slots__ = (
        *("address", "begin", "copies", "fixed", "given", "lasting", "over", "refused", "refused_at", "room"),
        *("sizes", "sizes_at", "table", "turned", "turns"),
    )

    def __init__(self, call: ChainCall) -> None:
        count = len(call.inputs) + len(call.outputs)
        self.room = torch.empty(call.room + 64, dtype=torch.uint8)
        begin = -(-self.room.data_ptr() // 64) * 64
        self.table = (ctypes.c_void_p * (count + len(call.places)))()
        for n, offset in enumerate(call.places):
            self.table[count + n] = begin + offset
        self.address = ctypes.addressof(self.table)
        self.sizes, self.turns = type(call.sizes)(*call.sizes), call.turns
        self.begin = tuple(call.sizes)
        self.sizes_at = ctypes.addressof(self.sizes)
        self.refused = ctypes.c_int64(0)
        self.refused_at = ctypes.addressof(self.refused)
        self.lasting = [n for n in range(len(call.inputs)) if n not in call.passing]
        self.given: tuple[Any, ...] = (None,) * len(self.lasting)
        self.turned: set[int] = set()
        self.fixed = call.fixed
        self.copies: dict[int, Any] = {}
        self.over = [(len(call.inputs) + n, position) for n, position in call.over.items()]

    def laid(self, given: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs that outlive a run in C order, their addresses in the table."""
        laid = [
            now if now is before else self.placed(n, now)
            for n, now, before in zip(self.lasting, given, self.given, strict=True)
        ]
        for n, position in self.over:
            self.table[n] = self.table[position]
        self.given = tuple(
            [now if n in self.fixed else own for n, now, own in zip(self.lasting, given, laid, strict=True)]
        )
        return self.given

    def placed(self, n: int, array: Any) -> Any:
        """An input in C order, or turned where it may be; its address in the table."""
        if n in self.turned or not array.is_contiguous():
            array = self._other(n, array)
        self.table[n] = array.data_ptr()
        return array

    def _other(self, n: int, array: Any) -> Any:
        """An input that lies in another order, or did the last time: as it lies if it may, else a copy."""
        turned = n in self.turns and not array.is_contiguous() and array.t().is_contiguous()
        for at in self.turns.get(n, ()):
            self.sizes[at] = self.begin[at] ^ turned
        (self.turned.add if turned else self.turned.discard)(n)
        if turned or array.is_contiguous():
            return array
        copy = array.contiguous()
        if n in self.fixed:  # the numbers of a constant are copied once
            self.copies[n] = copy
        return copy


def chained(call: ChainCall) -> Callable[..., tuple[Any, ...]]:
    """A kernel that calls a chain on tensors of the CPU.

    Args:
        call: the function, and what it reads and writes.

    Returns:
        Function from tensors to a tuple of tensors. Inputs in another order than C's are copied first; where
        one is to be overwritten, the copy is.
    """
    spaces: list[_Space] = []
    names = "".join(f"v{n}, " for n in range(len(call.inputs)))
    lasting = "".join(f"v{n}, " for n in range(len(call.inputs)) if n not in call.passing)
    scope: dict[str, Any] = {"spaces": spaces, "fresh": lambda: _Space(call), "is_": is_}
    scope |= {
        "empty": torch.empty,
        "empty_like": torch.empty_like,
        "function": call.function,
        "plain": call.plain,
    }
    lines = [
        f"def kernel({names}):",
        "    try: space = spaces.pop()",
        "    except IndexError: space = fresh()",
        f"    given = ({lasting})",
        f"    if not all(map(is_, given, space.given)): {lasting or '_'} = space.laid(given)",
        "    table = space.table",
    ]
    for n in sorted(call.passing):
        if n in call.turns:
            lines.append(f"    v{n} = space.placed({n}, v{n})")
        else:
            lines.append(f"    if not v{n}.is_contiguous(): v{n} = v{n}.contiguous()")
            lines.append(f"    table[{n}] = v{n}.data_ptr()")
    results = []
    for n, spec in enumerate(call.outputs):
        if n in call.over:
            results.append(f"v{call.over[n]}")
            continue
        if spec.nbytes <= SMALL:
            scope[f"t{n}"] = torch.empty(spec.shape, dtype=TORCH_DTYPES[spec.dtype])
            lines.append(f"    o{n} = empty_like(t{n})")
        else:
            scope[f"s{n}"], scope[f"d{n}"] = spec.shape, TORCH_DTYPES[spec.dtype]
            lines.append(f"    o{n} = empty(s{n}, dtype=d{n})")
        lines.append(f"    table[{len(call.inputs) + n}] = o{n}.data_ptr()")
        results.append(f"o{n}")
    scope["kept"] = call.numbers
    lines += [
        f"    function(space.sizes_at, {ctypes.addressof(call.numbers)}, space.address, space.refused_at)",
        "    refused = space.refused.value",
        "    if refused: space.refused.value = 0",
        "    spaces.append(space)",
        f"    if refused: return plain({names})",
        f"    return ({', '.join(results)},)",
    ]
    exec(compile("\n".join(lines), "<chain call>", "exec"), scope)  # noqa: S102 - our own text, no user's
    kernel: Callable[..., tuple[Any, ...]] = scope["kernel"]
    return kernel
