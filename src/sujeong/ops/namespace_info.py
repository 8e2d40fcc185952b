"""What this namespace can do, as the array API standard asks for it."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dtypes import DType
from ..core.engine import get_device, get_engine
from .casting import isdtype

API_VERSION = "2024.12"
# The standard's types; float16 and bfloat16 are ours beside them.
_STANDARD = [d for d in dtypes.ALL.values() if d not in (dtypes.float16, dtypes.bfloat16)]


class NamespaceInfo:
    """Answers of the namespace about itself; they hold for the engine that is chosen when they are asked for.

    Example:
        >>> import sujeong as sj
        >>> sj.__array_namespace_info__().default_dtypes()["real floating"]
        sujeong.float32
    """

    def capabilities(self) -> dict[str, Any]:
        """What is supported.

        Returns:
            `"boolean indexing"`, `"data-dependent shapes"` (both in eager use, not in recorded functions),
            and `"max dimensions"`.
        """
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """Where new tensors are made."""
        return get_device()

    def devices(self) -> list[str]:
        """The devices at hand."""
        return list(get_engine().devices())

    def default_dtypes(self, *, device: str | None = None) -> dict[str, DType]:
        """Element types of numbers that do not say theirs.

        Args:
            device: makes no difference.

        Returns:
            Kind -> element type.
        """
        return {
            "real floating": dtypes.float32,
            "complex floating": dtypes.complex64,
            "integral": dtypes.int64,
            "indexing": dtypes.int64,
        }

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, DType]:
        """The standard's element types that the engine can hold.

        Args:
            device: makes no difference.
            kind: as in `sj.isdtype`; default all.

        Returns:
            Name -> element type.
        """
        known = get_engine().dtypes
        return {d.name: d for d in _STANDARD if d in known and (kind is None or isdtype(d, kind))}


def namespace_info() -> NamespaceInfo:
    """What this namespace can do: capabilities, devices, element types.

    Returns:
        An object with the methods `capabilities`, `default_device`, `default_dtypes`, `devices`, `dtypes`.

    Example:
        >>> import sujeong as sj
        >>> sorted(sj.__array_namespace_info__().dtypes(kind="real floating"))
        ['float32', 'float64']
    """
    return NamespaceInfo()
