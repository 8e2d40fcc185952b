"""Tensors in files of the safetensors format, by the format's own library, with errors in words of ours.

    8 bytes   N, the length of the header, little-endian
    N bytes   JSON: {name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {...}}
    the rest  the numbers, row by row, little-endian, one tensor after the other without a gap

A file is taken for hostile. What can be told from its size and its header is refused here, before the numbers
are read; that the tensors cover the numbers without gap or overlap is what the library makes sure of.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..errors import DataError, message
from . import strict_json

CODES: dict[str, DType] = {
    "BOOL": dtypes.bool_,
    "U8": dtypes.uint8,
    "I8": dtypes.int8,
    "U16": dtypes.uint16,
    "I16": dtypes.int16,
    "F16": dtypes.float16,
    "BF16": dtypes.bfloat16,
    "U32": dtypes.uint32,
    "I32": dtypes.int32,
    "F32": dtypes.float32,
    "U64": dtypes.uint64,
    "I64": dtypes.int64,
    "F64": dtypes.float64,
    "C64": dtypes.complex64,
}
MOST_AXES = 32
FOREIGN = {
    b"PK\x03\x04": "a zip archive (such as a .pt or .npz file)",
    b"\x80": "a pickle, which can run code when it is opened",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a .npy file",
    b"GGUF": "a GGUF file",
}


def dumps(tensors: Mapping[str, tuple[np.ndarray, DType]]) -> bytes:
    """The content of a file; the same tensors give the same bytes, in whatever order they come.

    Args:
        tensors: name -> (host array, element type); bfloat16 travels as float32.

    Returns:
        The bytes.

    Raises:
        DataError: the format has no such element type, or a name is refused.
    """
    from safetensors import TensorSpec, serialize

    raw, specs = {}, {}  # `raw` keeps the numbers alive, to which the specs only point
    for name, (host, dtype) in tensors.items():
        _check_name("safetensors", name)
        if dtype not in CODES.values():
            fix = "cast it: complex64, float64 and narrower types can be saved."
            raise DataError(message("safetensors", f"{name!r} cannot be saved.", received=dtype, fix=fix))
        little = np.ascontiguousarray(host, host.dtype.newbyteorder("<"))
        if dtype is dtypes.bfloat16:  # the upper half of a float32 that holds a bfloat16
            little = (np.ascontiguousarray(host, "<f4").view("<u4") >> 16).astype("<u2")
        raw[name] = little
        specs[name] = TensorSpec(
            dtype=dtype.name, shape=host.shape, data_ptr=little.ctypes.data, data_len=little.nbytes
        )
    return bytes(serialize(specs))


def open_regular(path: Path) -> BinaryIO:
    """Opens a file for reading if it is one, and no pipe, device or link out of its folder.

    Args:
        path: the file.

    Returns:
        The open file.

    Raises:
        DataError: missing, or something else.
    """
    where = str(path)
    if path.is_symlink() and Path(os.path.realpath(path)).parent != Path(os.path.realpath(path.parent)):
        raise DataError(
            message("load", f"{where!r} is a link out of its folder.", fix="put the file itself there.")
        )
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(message("load", f"{where!r} is not a file."))
        return path.open("rb")
    except OSError as error:
        raise DataError(message("load", f"{where!r} cannot be opened.", received=error.strerror)) from None


def read(path: str | Path) -> dict[str, tuple[np.ndarray, DType]]:
    """Reads all tensors of a file.

    Args:
        path: the file.

    Returns:
        name -> (host array, element type).

    Raises:
        DataError: not a safetensors file, truncated, or with contents that do not add up.
    """
    from safetensors import SafetensorError, deserialize

    where = Path(path).name
    with open_regular(Path(path)) as file:
        head, size = _checked_head(file, where)
        content = b"".join((head, file.read(size)))
    try:
        found = deserialize(content)
    except SafetensorError as error:
        what = "the places of the tensors do not add up."
        received = str(error).removeprefix("Error while deserializing: ")
        expected = "one after the other without gap or overlap, each with the bytes that its shape needs"
        raise DataError(message(where, what, received=received, expected=expected)) from None
    return {name: (_numbers(where, name, tensor), CODES[tensor["dtype"]]) for name, tensor in found}


def _checked_head(file: BinaryIO, where: str) -> tuple[bytes, int]:
    """The bytes up to the numbers, and how many bytes of numbers follow; each tensor is described soundly."""
    size = os.fstat(file.fileno()).st_size
    head = file.read(8)
    if len(head) < 8:
        raise DataError(message(where, "truncated: not even a length.", received=f"{size} bytes"))
    length = int.from_bytes(head, "little")
    if length > size - 8:
        for mark, kind in FOREIGN.items():
            if head.startswith(mark):
                fix = "convert it to safetensors with the library that wrote it."
                raise DataError(message(where, f"this is {kind}, not a safetensors file.", fix=fix))
        what = "truncated, or no safetensors file: its header would be longer than the file."
        raise DataError(message(where, what, received=f"{length} bytes of header in a file of {size}"))
    if length > strict_json.LARGEST:
        received, expected = f"{length} bytes", f"at most {strict_json.LARGEST} bytes"
        raise DataError(message(where, "the header is too large.", received=received, expected=expected))
    text = file.read(length)
    header = strict_json.loads(text, where)
    if not isinstance(header, dict):
        raise DataError(message(where, "the header is no table of tensors.", received=type(header).__name__))
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(v, str) for v in notes.values()):
        raise DataError(message(where, "__metadata__ must map texts to texts."))
    said = max((_end(where, name, value) for name, value in header.items()), default=0)
    have = size - 8 - length
    if said != have:
        what = "truncated." if said > have else "there are bytes after the last tensor."
        received, expected = f"{have} bytes of numbers", f"{said}, as the header says"
        raise DataError(message(where, what, received=received, expected=expected))
    return head + text, said


def _end(where: str, name: str, value: Any) -> int:
    """Where the numbers of a tensor end, by its description, whose form is checked."""
    _check_name(where, name)
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        what, expected = f"tensor {name!r} is not described.", "dtype, shape, data_offsets"
        received = sorted(value) if isinstance(value, dict) else type(value).__name__
        raise DataError(message(where, what, received=received, expected=expected))
    code, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(code, str) or code not in CODES:
        what, expected = f"tensor {name!r} has an unknown element type.", "one of " + ", ".join(CODES)
        raise DataError(message(where, what, received=repr(code)[:80], expected=expected))
    if not _whole(shape) or len(shape) > MOST_AXES:
        raise DataError(message(where, f"tensor {name!r} has no proper shape.", received=repr(shape)[:80]))
    if not _whole(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        what = f"tensor {name!r} has no proper offsets."
        raise DataError(message(where, what, received=repr(offsets)[:80]))
    return int(offsets[1])


def _whole(values: Any) -> bool:
    return isinstance(values, list) and all(type(v) is int and v >= 0 for v in values)


def _check_name(where: str, name: str) -> None:
    """Names are paths inside a model; what could lead anywhere else is refused."""
    parts = name.split("/")
    if len(name) > 1000 or "\\" in name or not name.isprintable() or any(p in ("", ".", "..") for p in parts):
        shown = name if len(name) <= 80 else name[:77] + "..."
        fix = "a name is a path inside the model, such as 'dense/kernel'."
        raise DataError(message(where, "a tensor has a name that is refused.", received=repr(shown), fix=fix))


def _numbers(where: str, name: str, tensor: dict[str, Any]) -> np.ndarray:
    """One tensor as a host array; its size has been compared with its shape."""
    raw, dtype, shape = tensor["data"], CODES[tensor["dtype"]], tensor["shape"]
    if dtype is dtypes.bfloat16:
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if dtype is dtypes.bool_ and np.any(np.frombuffer(raw, np.uint8) > 1):
        raise DataError(message(where, f"tensor {name!r} holds truth values other than 0 and 1."))
    kind = dtype.to_numpy()
    return np.frombuffer(raw, kind.newbyteorder("<")).astype(kind, copy=False).reshape(shape)
