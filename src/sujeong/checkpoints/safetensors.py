"""The safetensors format, read as if every file were hostile and written so that it is the same each time.

    8 bytes   N, the length of the header, little-endian
    N bytes   JSON: {name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {...}}
    the rest  the numbers, row by row, little-endian, one tensor after the other without a gap

Nothing is allocated before all declared sizes have been compared with the size of the file.
"""

from __future__ import annotations

import json
import os
import stat
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
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
NAMES = {dtype: code for code, dtype in CODES.items()}
MOST_AXES = 32
FOREIGN = {
    b"PK\x03\x04": "a zip archive (such as a .pt or .npz file)",
    b"\x80": "a pickle, which can run code when it is opened",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a .npy file",
    b"GGUF": "a GGUF file",
}


@dataclass(frozen=True)
class Entry:
    """One tensor of a file: name, element type, shape, and where its numbers begin and end."""

    name: str
    dtype: DType
    shape: tuple[int, ...]
    begin: int
    end: int


def dumps(tensors: Mapping[str, tuple[np.ndarray, DType]]) -> bytes:
    """The content of a file: wide element types first, then by name, so the same tensors give the same bytes.

    Args:
        tensors: name -> (host array, element type); bfloat16 travels as float32.

    Returns:
        The bytes.

    Raises:
        DataError: the format has no such element type, or a name is refused.
    """
    return b"".join(_parts(tensors))


def write(path: str | Path, tensors: Mapping[str, tuple[np.ndarray, DType]]) -> None:
    """Writes what `dumps` gives to a file, tensor by tensor.

    Args:
        path: the file.
        tensors: as for `dumps`.

    Raises:
        DataError: as for `dumps`.
    """
    with Path(path).open("wb") as file:
        file.writelines(_parts(tensors))


def _parts(tensors: Mapping[str, tuple[np.ndarray, DType]]) -> Iterator[bytes]:
    order = sorted(tensors, key=lambda name: (-tensors[name][1].itemsize, name))
    header: dict[str, Any] = {}
    begin = 0
    for name in order:
        host, dtype = tensors[name]
        _check_name("safetensors", name)
        if dtype not in NAMES:
            fix = "cast it: complex64, float64 and narrower types can be saved."
            raise DataError(message("safetensors", f"{name!r} cannot be saved.", received=dtype, fix=fix))
        end = begin + host.size * dtype.itemsize
        header[name] = {"dtype": NAMES[dtype], "shape": list(host.shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    yield struct.pack("<Q", len(text)) + text
    for name in order:
        yield _to_bytes(*tensors[name])


def _to_bytes(host: np.ndarray, dtype: DType) -> bytes:
    if dtype is dtypes.bfloat16:  # the upper half of a float32 that holds a bfloat16
        return (host.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
    return host.astype(host.dtype.newbyteorder("<"), copy=False).tobytes()


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
        name -> (host array, element type), in the file's order.

    Raises:
        DataError: not a safetensors file, truncated, or with contents that do not add up.
    """
    with open_regular(Path(path)) as file:
        entries, start = _header(file, Path(path).name)
        found = {}
        for entry in entries:
            file.seek(start + entry.begin)
            found[entry.name] = (_numbers(file, entry, Path(path).name), entry.dtype)
        return found


def _header(file: BinaryIO, where: str) -> tuple[list[Entry], int]:
    """The entries in the order of their numbers, and where the numbers begin; everything checked."""
    size = os.fstat(file.fileno()).st_size
    head = file.read(8)
    if len(head) < 8:
        raise DataError(message(where, "truncated: not even a length.", received=f"{size} bytes"))
    length = struct.unpack("<Q", head)[0]
    if length > size - 8:
        _refuse_foreign(where, head)
        what = "truncated, or no safetensors file: its header would be longer than the file."
        raise DataError(message(where, what, received=f"{length} bytes of header in a file of {size}"))
    if length > strict_json.LARGEST:
        expected = f"at most {strict_json.LARGEST} bytes"
        raise DataError(
            message(where, "the header is too large.", received=f"{length} bytes", expected=expected)
        )
    header = strict_json.loads(file.read(length), where)
    if not isinstance(header, dict):
        raise DataError(message(where, "the header is no table of tensors.", received=type(header).__name__))
    notes = header.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(v, str) for v in notes.values()):
        raise DataError(message(where, "__metadata__ must map texts to texts."))
    entries = sorted(
        (_entry(where, name, value) for name, value in header.items()), key=lambda e: (e.begin, e.end)
    )
    reached = 0
    for entry in entries:
        if entry.begin != reached:
            what = "overlaps the one before it" if entry.begin < reached else "leaves a gap before it"
            received = f"begins at {entry.begin}, the one before ends at {reached}"
            raise DataError(message(where, f"tensor {entry.name!r} {what}.", received=received))
        reached = entry.end
    have = size - 8 - length
    if reached != have:
        what = "truncated." if reached > have else "there are bytes after the last tensor."
        received, expected = f"{have} bytes of numbers", f"{reached}, as the header says"
        raise DataError(message(where, what, received=received, expected=expected))
    return entries, 8 + length


def _refuse_foreign(where: str, head: bytes) -> None:
    """A plainer answer for files of other kinds, known by their first bytes."""
    for mark, kind in FOREIGN.items():
        if head.startswith(mark):
            fix = "convert it to safetensors with the library that wrote it."
            raise DataError(message(where, f"this is {kind}, not a safetensors file.", fix=fix))


def _entry(where: str, name: str, value: Any) -> Entry:
    _check_name(where, name)
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        received = sorted(value) if isinstance(value, dict) else type(value).__name__
        expected = "dtype, shape, data_offsets"
        text = message(where, f"tensor {name!r} is not described.", received=received, expected=expected)
        raise DataError(text)
    code, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(code, str) or code not in CODES:
        what = f"tensor {name!r} has an unknown element type."
        raise DataError(message(where, what, received=repr(code), expected="one of " + ", ".join(CODES)))
    if not _whole(shape) or len(shape) > MOST_AXES:
        raise DataError(message(where, f"tensor {name!r} has no proper shape.", received=repr(shape)[:80]))
    if not _whole(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise DataError(
            message(where, f"tensor {name!r} has no proper offsets.", received=repr(offsets)[:80])
        )
    dtype = CODES[code]
    need, have = prod(shape) * dtype.itemsize, offsets[1] - offsets[0]
    if need != have:
        what = f"tensor {name!r}: its shape and its bytes do not agree."
        received, expected = f"{have} bytes for {code}{shape}", f"{need} bytes"
        raise DataError(message(where, what, received=received, expected=expected))
    return Entry(name, dtype, tuple(shape), *offsets)


def _whole(values: Any) -> bool:
    return isinstance(values, list) and all(type(v) is int and v >= 0 for v in values)


def _check_name(where: str, name: str) -> None:
    """Names are paths inside a model; what could lead anywhere else is refused."""
    parts = name.split("/")
    if len(name) > 1000 or "\\" in name or not name.isprintable() or any(p in ("", ".", "..") for p in parts):
        shown = name if len(name) <= 80 else name[:77] + "..."
        fix = "a name is a path inside the model, such as 'dense/kernel'."
        raise DataError(message(where, "a tensor has a name that is refused.", received=repr(shown), fix=fix))


def _numbers(file: BinaryIO, entry: Entry, where: str) -> np.ndarray:
    """The numbers of one tensor; the sizes have been checked against the file."""
    raw = file.read(entry.end - entry.begin)
    if len(raw) != entry.end - entry.begin:
        raise DataError(message(where, "the file became shorter while it was read.", received=entry.name))
    if entry.dtype is dtypes.bfloat16:
        wide = np.frombuffer(raw, "<u2").astype(np.uint32) << 16
        return wide.view(np.float32).reshape(entry.shape)
    if entry.dtype is dtypes.bool_:
        values = np.frombuffer(raw, np.uint8)
        if values.size and values.max() > 1:
            raise DataError(message(where, f"tensor {entry.name!r} holds truth values other than 0 and 1."))
        return values.astype(np.bool_).reshape(entry.shape)
    kind = entry.dtype.to_numpy()
    return np.frombuffer(raw, kind.newbyteorder("<")).astype(kind).reshape(entry.shape)
