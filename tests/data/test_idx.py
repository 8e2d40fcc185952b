"""IDX files: what is written is read back, and nothing that is wrong gets through."""

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sujeong.data import idx, read_idx, write_idx
from sujeong.data.idx import ELEMENT_TYPES
from sujeong.errors import DataError

CODES = {"uint8": 0x08, "int8": 0x09, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}


def header(code: int, *sizes: int) -> bytes:
    return struct.pack(f">BBBB{len(sizes)}I", 0, 0, code, len(sizes), *sizes)


def file_with(tmp_path: Path, content: bytes, packed: bool = False) -> Path:
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    return path


def refusal(path: Path, **options: int) -> str:
    with pytest.raises(DataError) as caught:
        read_idx(path, **options)
    text = str(caught.value)
    assert text.startswith(f"[read_idx] {path}: ")
    return text


both_forms = pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (3, 2, 4), (1, 2, 1, 2, 1, 2, 1, 2), (0, 3)], ids=str)
def test_round_trip(tmp_path, dtype, shape, suffix):
    random = np.random.default_rng(0)
    array = random.integers(0, 120, size=shape).astype(dtype) * (-1 if dtype != "uint8" else 1)
    array = array.astype(dtype)
    path = tmp_path / f"array{suffix}"
    write_idx(path, array)
    back = read_idx(path)
    assert back.dtype == np.dtype(dtype)
    assert back.dtype.isnative
    assert back.shape == shape
    assert back.flags.writeable
    np.testing.assert_array_equal(back, array)


def test_element_types_are_those_of_the_format():
    assert {code: dtype.newbyteorder("=").name for code, dtype in ELEMENT_TYPES.items()} == {
        code: name for name, code in CODES.items()
    }


def test_bytes_are_the_published_layout(tmp_path):
    path = tmp_path / "array"
    write_idx(path, np.array([[1, -2], [3, 256]], dtype=np.int16))
    assert path.read_bytes() == bytes.fromhex("00000b02 00000002 00000002 0001 fffe 0003 0100")


@both_forms
def test_reads_bytes_laid_out_by_hand(tmp_path, packed):
    content = header(0x0D, 2) + struct.pack(">2f", 1.5, -0.25)
    np.testing.assert_array_equal(read_idx(file_with(tmp_path, content, packed)), np.float32([1.5, -0.25]))


def test_more_than_one_block(tmp_path):
    array = np.random.default_rng(1).integers(0, 256, size=(1000, 28, 28)).astype(np.uint8)
    for name in ("array", "array.gz"):
        write_idx(tmp_path / name, array)
        np.testing.assert_array_equal(read_idx(tmp_path / name), array)


def test_the_same_array_gives_the_same_packed_bytes(tmp_path):
    for name in ("a.gz", "b.gz"):
        write_idx(tmp_path / name, np.arange(10, dtype=np.uint8))
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_big_endian_and_strided_arrays_are_written_by_value(tmp_path):
    array = np.arange(12, dtype=">i4").reshape(3, 4).T[::2]
    write_idx(tmp_path / "array", array)
    np.testing.assert_array_equal(read_idx(tmp_path / "array"), array)


def test_writing_replaces_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "array"
    write_idx(path, np.zeros(3, dtype=np.uint8))
    write_idx(path, np.ones(2, dtype=np.uint8))
    assert read_idx(path).tolist() == [1, 1]
    assert list(tmp_path.iterdir()) == [path]


def test_failed_writing_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "array"
    write_idx(path, np.ones(2, dtype=np.uint8))

    def full_disk(_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write_idx(path, np.zeros(3, dtype=np.uint8))
    assert read_idx(path).tolist() == [1, 1]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "array",
    [
        np.array(["a"]),
        np.zeros(2, np.int64),
        np.zeros(2, bool),
        np.zeros((), np.uint8),
        np.zeros((1,) * 9, np.uint8),
    ],
    ids=["text", "int64", "bool", "no axis", "nine axes"],
)
def test_what_the_format_cannot_hold_is_not_written(tmp_path, array):
    with pytest.raises(DataError, match=r"(?s)IDX cannot hold this array.*one of uint8.*1 to 8 dimensions"):
        write_idx(tmp_path / "array", array)
    assert not list(tmp_path.iterdir())


@both_forms
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"\x01\0\x08\x01",
        b"\0\x01\x08\x01",
        b"<!DOCTYPE html>",
        header(0x0A, 1),
        header(0, 1),
    ],
    ids=["empty", "short", "byte 0", "byte 1", "web page", "type 0A", "type 00"],
)
def test_wrong_magic(tmp_path, content, packed):
    text = refusal(file_with(tmp_path, content, packed))
    assert "this is no IDX file" in text
    assert "received: first bytes " + (content[:4].hex(" ") or "none: the file is empty") in text
    assert "0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E" in text


@both_forms
@pytest.mark.parametrize("dimensions", [0, 9, 255])
def test_absurd_number_of_dimensions(tmp_path, dimensions, packed):
    content = bytes((0, 0, 8, dimensions)) + bytes(4 * dimensions)
    text = refusal(file_with(tmp_path, content, packed))
    assert f"the number of dimensions is absurd.\n  received: {dimensions}\n  expected: 1 to 8" in text


@both_forms
def test_truncated_header(tmp_path, packed):
    text = refusal(file_with(tmp_path, header(8, 2, 2, 2)[:-3], packed))
    assert "the file is truncated" in text
    assert "a header of 16 bytes, 13 are there" in text


@pytest.mark.parametrize("missing", [1, 5, 12])
def test_truncated_elements(tmp_path, missing):
    text = refusal(file_with(tmp_path, (header(8, 3, 4) + bytes(12))[:-missing]))
    assert "the file is truncated" in text
    assert f"the header declares uint8 of shape (3, 4): 12 bytes, {12 - missing} are there" in text


def test_truncated_elements_inside_a_whole_gzip_stream(tmp_path):
    text = refusal(file_with(tmp_path, header(8, 3, 4) + bytes(7), packed=True))
    assert "the file is truncated" in text
    assert "12 bytes, 7 are there" in text


@pytest.mark.parametrize("keep", [2, 9, 0.5, -9, -1])
def test_truncated_gzip_stream(tmp_path, keep):
    array = np.random.default_rng(2).integers(0, 256, 5000).astype(np.uint8)
    packed = gzip.compress(header(8, 5000) + array.tobytes(), mtime=0)
    path = tmp_path / "file"
    path.write_bytes(packed[: int(keep * len(packed)) if keep == 0.5 else keep])
    text = refusal(path)
    assert "truncated" in text


@both_forms
@pytest.mark.parametrize("extra", [1, 100_000])
def test_trailing_bytes(tmp_path, packed, extra):
    text = refusal(file_with(tmp_path, header(8, 2, 2) + bytes(4 + extra), packed))
    assert "bytes follow the end of the array" in text
    assert "uint8 of shape (2, 2): 4 bytes, " in text


@pytest.mark.parametrize(
    "extra",
    [b"\0", bytes(1 << 19), gzip.compress(b"more", mtime=0), b"text"],
    ids=["a zero", "many zeros", "a second stream", "text"],
)
def test_bytes_after_the_gzip_stream(tmp_path, extra):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(header(8, 4) + bytes(4), mtime=0) + extra)
    assert "bytes follow the end of the gzip stream" in refusal(path)


def test_damaged_checksum(tmp_path):
    packed = bytearray(gzip.compress(header(8, 4) + b"abcd", mtime=0))
    packed[-6] ^= 1
    path = tmp_path / "file"
    path.write_bytes(packed)
    assert "the gzip stream is damaged" in refusal(path)


def test_damaged_stream(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(header(8, 4), mtime=0)[:10] + b"\xff" * 40)
    assert "the gzip stream is damaged" in refusal(path)


@both_forms
@pytest.mark.parametrize(
    "sizes",
    [(2**32 - 1, 2**32 - 1, 2**32 - 1), (2**32 - 1,) * 8, (0, *(2**32 - 1,) * 7), (2**31, 3)],
    ids=str,
)
def test_absurd_sizes_take_no_memory(tmp_path, sizes, packed):
    path = file_with(tmp_path, header(0x0E, *sizes) + bytes(64), packed)
    tracemalloc.start()
    text = refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "the declared array is larger than allowed" in text
    assert "max_bytes" in text
    assert peak < 4 << 20


@both_forms
def test_a_size_that_the_file_cannot_hold_takes_no_memory(tmp_path, packed):
    path = file_with(tmp_path, header(8, 2**30) + bytes(64), packed)
    tracemalloc.start()
    text = refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "the file is truncated" in text
    assert f"{2**30} bytes" in text
    assert peak < 4 << 20


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "file"
    with gzip.open(path, "wb") as file:
        file.write(header(8, 10))
        for _ in range(64):
            file.write(bytes(1 << 20))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    text = refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "bytes follow the end of the array" in text
    assert peak < 4 << 20


def test_no_more_than_one_byte_past_the_array_is_asked_for(tmp_path, monkeypatch):
    asked = []
    read = idx._Unpacked.read
    monkeypatch.setattr(idx._Unpacked, "read", lambda self, count: asked.append(count) or read(self, count))
    refusal(file_with(tmp_path, header(8, 10) + bytes(5000), packed=True))
    assert sum(asked) == len(header(8, 10)) + 10 + 1


@both_forms
def test_max_bytes(tmp_path, packed):
    path = file_with(tmp_path, header(0x0C, 5) + bytes(20), packed)
    assert "expected: at most 19 bytes" in refusal(path, max_bytes=19)
    assert read_idx(path, max_bytes=20).shape == (5,)


def test_absent_file_and_folder(tmp_path):
    assert "the file cannot be opened.\n  received: No such file" in refusal(tmp_path / "absent")
    assert "this is no file" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "this is no file" in refusal(tmp_path / "pipe")
