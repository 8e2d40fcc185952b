"""Texts of compiled kernels that stand in files of their own, for each element type."""

from __future__ import annotations

from functools import cache

from ...core import dtypes
from ...core.dtypes import DType

NAMES = {dtypes.float32: "float", dtypes.bfloat16: "bf16"}
"""Element types that compiled kernels have, by their names in C++."""


@cache
def text_of(dtype: DType, *files: str, **constants: int) -> str | None:
    """A kernel for an element type; `None` where it has no such type.

    Args:
        dtype: what T is.
        *files: what it consists of.
        **constants: whole numbers that the files speak of.
    """
    from importlib import resources

    if dtype not in NAMES:
        return None
    here = resources.files(__package__)
    known = [f"constexpr int {name} = {value};" for name, value in constants.items()]
    parts = [here.joinpath(file).read_text(encoding="utf-8") for file in files]
    return "\n".join((f"typedef {NAMES[dtype]} T;", *known, *parts))
