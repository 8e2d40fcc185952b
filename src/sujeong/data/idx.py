"""IDX files: the format in which MNIST and its relatives are published.

One file holds one array:

    bytes 0-1    zero
    byte 2       code of the element type (table below)
    byte 3       d, the number of dimensions
    4 d bytes    the d sizes, unsigned, 32 bits, big-endian
    the rest     the elements, big-endian, last index fastest

The file may be compressed as a whole with gzip. A file is not trusted: its sizes are compared with what
is really there before any memory is taken, and never more is unpacked than its own header declares.
"""

from __future__ import annotations

import math
import os
import stat
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from ..errors import DataError, message

ELEMENT_TYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype(">u1"),
    0x09: np.dtype(">i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
"""Code of the element type -> the type as it lies in the file."""

MAXIMUM_DIMENSIONS = 8
DEFAULT_MAXIMUM_BYTES = 2**32

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_BEST_RATIO = 1032  # deflate cannot shrink anything further than 1032 to 1
_CHUNK = 1 << 18


class _Source(Protocol):
    """What bytes are read from: a file, or a file as it is unpacked."""

    def read(self, count: int, /) -> bytes:
        """At most `count` bytes, none only at the end."""
        ...


class _Unpacked:
    """The bytes inside one gzip stream, unpacked only as far as they are asked for."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # 16: with gzip's header and checksum

    def read(self, count: int, /) -> bytes:
        """At most `count` bytes; the checksum is verified when the end is reached."""
        while not self._stream.eof:
            packed = self._stream.unconsumed_tail or self._packed.read(_CHUNK)
            unpacked = self._stream.decompress(packed, count)
            if unpacked:
                return unpacked
            if not packed:
                raise EOFError
        return b""

    def at_end(self) -> bool:
        """Whether nothing follows the gzip stream in its file."""
        return not self._stream.unused_data and not self._packed.read(1)


def read_idx(path: str | os.PathLike[str], *, max_bytes: int = DEFAULT_MAXIMUM_BYTES) -> np.ndarray:
    """Reads an IDX file, plain or compressed with gzip (told by its first bytes, not by its name).

    Args:
        path: the file.
        max_bytes: refuse an array larger than this, in bytes once unpacked; 4 GiB unless given.

    Returns:
        The array, writable, in the machine's own byte order: uint8, int8, int16, int32, float32 or
        float64, with the shape that the file declares.

    Raises:
        DataError: no such file; not IDX; sizes that are absurd or do not agree with what is there; bytes
            missing or left over; a damaged gzip stream. The text names the file.

    Example:
        >>> import numpy as np, tempfile, pathlib
        >>> from sujeong.data import read_idx, write_idx
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "labels-idx1-ubyte.gz")
        ...     write_idx(path, np.array([5, 0, 4], dtype=np.uint8))
        ...     read_idx(path)
        array([5, 0, 4], dtype=uint8)
    """
    path = Path(path)
    with _open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        packed = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        try:
            return _read_packed(path, file, size, max_bytes) if packed else _read(path, file, size, max_bytes)
        except EOFError:
            raise _error(
                path,
                "the gzip stream ends early: the file is truncated.",
                received=f"{size} bytes",
                fix="copy or fetch the file again; its size has to equal the published one.",
            ) from None
        except zlib.error as error:
            raise _error(
                path, "the gzip stream is damaged.", received=str(error), fix="copy or fetch the file again."
            ) from None


def write_idx(path: str | os.PathLike[str], array: np.ndarray) -> None:
    """Writes an array as an IDX file, compressed with gzip when the name ends in `.gz`.

    The bytes go to a file aside, are brought to the disk, and then take the name, so that a reader never
    sees half a file. The same array gives the same bytes.

    Args:
        path: the file to write; one that is there is replaced.
        array: uint8, int8, int16, int32, float32 or float64, with 1 to 8 dimensions.

    Raises:
        DataError: an element type or a number of dimensions that IDX cannot hold.

    Example:
        >>> import numpy as np
        >>> from sujeong.data import write_idx
        >>> write_idx("labels.idx", np.array(["cat"]))
        Traceback (most recent call last):
        sujeong.errors.DataError: [write_idx] IDX cannot hold this array.
          received: <U3 of shape (1,)
          expected: one of uint8, int8, int16, int32, float32, float64, with 1 to 8 dimensions
          fix: convert it, for example array.astype(np.uint8).
    """
    import gzip  # only writers need it

    path = Path(path)
    array = np.asarray(array)
    codes = {known.newbyteorder("="): code for code, known in ELEMENT_TYPES.items()}
    code = codes.get(array.dtype.newbyteorder("="))
    if code is None or not 1 <= array.ndim <= MAXIMUM_DIMENSIONS or max(array.shape) >= 2**32:
        raise DataError(
            message(
                "write_idx",
                "IDX cannot hold this array.",
                received=f"{array.dtype} of shape {array.shape}",
                expected=f"one of {', '.join(map(str, codes))}, with 1 to {MAXIMUM_DIMENSIONS} dimensions",
                fix="convert it, for example array.astype(np.uint8).",
            )
        )
    sizes = np.array(array.shape, dtype=">u4").tobytes()
    content = bytes((0, 0, code, array.ndim)) + sizes + array.astype(ELEMENT_TYPES[code]).tobytes()
    _write_aside(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _read_packed(path: Path, file: BinaryIO, size: int, max_bytes: int) -> np.ndarray:
    unpacked = _Unpacked(file)
    array = _read(path, unpacked, size * _GZIP_BEST_RATIO, max_bytes, exact=False)
    if not unpacked.at_end():
        raise _error(
            path,
            "bytes follow the end of the gzip stream.",
            expected="one gzip stream and nothing after it",
            fix="fetch the file again, or unpack and pack it anew with gzip.",
        )
    return array


def _read(path: Path, source: _Source, size: int, max_bytes: int, exact: bool = True) -> np.ndarray:
    """Reads header and elements; `size` is how many bytes there are (`exact`) or can be at most."""
    dtype, shape = _read_header(path, source)
    declared = math.prod(shape) * dtype.itemsize
    header = 4 + 4 * len(shape)
    text = f"the header declares {dtype.newbyteorder('=')} of shape {shape}: {declared} bytes"
    if declared > max_bytes or math.prod(max(extent, 1) for extent in shape) > 2**62:
        raise _error(
            path,
            "the declared array is larger than allowed.",
            received=text,
            expected=f"at most {max_bytes} bytes",
            fix="if the file is right, call read_idx(path, max_bytes=...) with more.",
        )
    if declared > size - header:
        there = (
            f"{size - header} are there" if exact else f"{size - header} at most can be packed in this file"
        )
        raise _truncated(path, text, there)
    content = np.empty(declared, dtype=np.uint8)
    got = _fill(source, content.data)
    if got < declared:
        raise _truncated(path, text, f"{got} are there")
    if source.read(1):
        raise _error(
            path,
            "bytes follow the end of the array.",
            received=text + (f", {size - header} are there" if exact else ", more are there"),
            fix="the file is damaged or no IDX file; fetch it again.",
        )
    return content.view(dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_header(path: Path, source: _Source) -> tuple[np.dtype, tuple[int, ...]]:
    magic = _take(source, 4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in ELEMENT_TYPES:
        codes = ", ".join(f"0x{code:02X}" for code in ELEMENT_TYPES)
        raise _error(
            path,
            "this is no IDX file.",
            received=f"first bytes {magic.hex(' ') or 'none: the file is empty'}",
            expected=f"00 00, then an element type ({codes}), then the number of dimensions",
            fix="check that the right file has this name (a web page saved in its place is a usual cause).",
        )
    dimensions = magic[3]
    if not 1 <= dimensions <= MAXIMUM_DIMENSIONS:
        raise _error(
            path,
            "the number of dimensions is absurd.",
            received=dimensions,
            expected=f"1 to {MAXIMUM_DIMENSIONS}",
        )
    sizes = _take(source, 4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise _truncated(path, f"a header of {4 + 4 * dimensions} bytes", f"{4 + len(sizes)} are there")
    return ELEMENT_TYPES[magic[2]], tuple(int(extent) for extent in np.frombuffer(sizes, dtype=">u4"))


def _take(source: _Source, count: int) -> bytes:
    content = bytearray(count)
    return bytes(content[: _fill(source, memoryview(content))])


def _fill(source: _Source, target: memoryview) -> int:
    """Reads until `target` is full or the source ends; returns the number of bytes read."""
    done = 0
    while done < len(target):
        piece = source.read(min(_CHUNK, len(target) - done))
        if not piece:
            break
        target[done : done + len(piece)] = piece
        done += len(piece)
    return done


def _open_regular(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # asked first: opening a pipe would wait for a writer
            raise _error(path, "this is no file.", expected="a regular file, not a folder, pipe or device")
        return path.open("rb")
    except OSError as error:
        raise _error(
            path, "the file cannot be opened.", received=error.strerror, fix="check the path."
        ) from None


def _write_aside(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    if os.name == "posix":  # the new name itself has to reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _truncated(path: Path, declared: str, there: str) -> DataError:
    return _error(
        path,
        "the file is truncated.",
        received=f"{declared}, {there}",
        fix="copy or fetch the file again; its size has to equal the published one.",
    )


def _error(path: Path, what: str, **parts: object) -> DataError:
    return DataError(message("read_idx", f"{path}: {what}", **parts))  # type: ignore[arg-type]
