"""What the processor has that decides which kernel is the faster one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import torch


@cache
def has_matrix_units() -> bool:
    """Whether it multiplies matrices of bfloat16 in units of their own (AMX)."""
    return _has("_is_amx_tile_supported")


@cache
def has_units_for_16_bits() -> bool:
    """Whether it multiplies bfloat16 faster than float32 (AMX, AVX-512 BF16)."""
    return has_matrix_units() or _has("_is_avx512_bf16_supported")


@cache
def is_amd() -> bool:
    """Whether AMD made it: the library's products of float32 (MKL) are slower there than they could be."""
    try:
        return "AuthenticAMD" in Path("/proc/cpuinfo").read_text(encoding="utf-8")[:1000]
    except OSError:
        return False


def _has(question: str) -> bool:
    """What torch knows of the processor; `False` where this torch cannot be asked."""
    ask = getattr(torch.cpu, question, None)
    return ask is not None and bool(ask())
