"""Files that are damaged or made to do harm: each is refused with a text, nothing is run or changed."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.checkpoints import safetensors, strict_json
from sujeong.errors import DataError

GOOD = {
    "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
    "b": {"dtype": "U8", "shape": [3], "data_offsets": [8, 11]},
}


def pack(header: Any, data: bytes = bytes(11), length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def changed(**parts: Any) -> dict[str, Any]:
    """The good header with parts of tensor a replaced."""
    header = copy.deepcopy(GOOD)
    header["a"].update(parts)
    return header


def test_the_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(pack(GOOD | {"__metadata__": {"made": "by hand"}}))
    assert {k: v.tolist() for k, (v, _) in safetensors.read(tmp_path / "w").items()} == {
        "a": [0, 0],
        "b": [0, 0, 0],
    }


TENSOR_FILES: list[tuple[str, bytes, str]] = [
    ("empty", b"", "truncated: not even a length"),
    ("five bytes", b"\x01\x00\x00\x00\x00", r"truncated: not even a length.*5 bytes"),
    (
        "length beyond the file",
        pack(GOOD, length=10**6),
        r"truncated, or no safetensors file.*1000000 bytes of header",
    ),
    ("length of 2^63", pack(GOOD, length=2**63), "header would be longer than the file"),
    ("length of 2^64-1", pack(GOOD, length=2**64 - 1), "header would be longer than the file"),
    ("length too short", pack(GOOD, length=20), "not readable"),
    ("data cut off", pack(GOOD, bytes(10)), r"truncated\..*10 bytes of numbers.*11, as the header says"),
    ("data too long", pack(GOOD, bytes(12)), r"bytes after the last tensor.*12 bytes.*11"),
    ("no JSON", pack(b"hello, world"), "not readable"),
    ("not UTF-8", pack(b'{"\xff\xfe": 1}'), "not readable"),
    ("a list", pack([1, 2]), r"the header is no table of tensors.*list"),
    (
        "same key twice",
        pack(b'{"a": {"dtype": "U8"}, "a": {"dtype": "U8"}}'),
        "the key 'a' stands twice in one object",
    ),
    ("inner key twice", pack(b'{"a": {"dtype": "U8", "dtype": "I8"}}'), "the key 'dtype' stands twice"),
    ("NaN", pack(b'{"a": NaN}'), "NaN is not a number that JSON has"),
    ("infinity", pack(b'{"a": 1e999}'), "a number is too large"),
    ("digits", pack(b'{"a": ' + b"9" * 10000 + b"}"), "not readable"),
    ("deep", pack(b"[" * 10**6), "nested too deeply|not readable"),
    ("deep object", pack(b'{"a":' * 5000 + b"1" + b"}" * 5000), "nested too deeply"),
    ("metadata", pack(GOOD | {"__metadata__": {"a": 1}}), "__metadata__ must map texts to texts"),
    ("metadata list", pack(GOOD | {"__metadata__": []}), "__metadata__ must map texts to texts"),
    ("no description", pack({"a": 3}), r"tensor 'a' is not described.*int"),
    ("part missing", pack({"a": {"dtype": "U8", "shape": [1]}}), r"tensor 'a' is not described"),
    ("part unknown", pack(changed(run="me")), r"tensor 'a' is not described.*'run'"),
    ("type unknown", pack(changed(dtype="F128")), r"tensor 'a' has an unknown element type.*'F128'.*BF16"),
    ("type no text", pack(changed(dtype=["F32"])), "tensor 'a' has an unknown element type"),
    ("negative size", pack(changed(shape=[-2])), "tensor 'a' has no proper shape"),
    ("two negative sizes", pack(changed(shape=[-1, -2])), "tensor 'a' has no proper shape"),
    ("size no number", pack(changed(shape=["2"])), "tensor 'a' has no proper shape"),
    ("size true", pack(changed(shape=[True, 2])), "tensor 'a' has no proper shape"),
    ("size 2.0", pack(changed(shape=[2.0])), "tensor 'a' has no proper shape"),
    ("many axes", pack(changed(shape=[1] * 1000 + [2])), "tensor 'a' has no proper shape"),
    (
        "huge shape",
        pack(changed(shape=[10**15, 10**15])),
        r"places of the tensors do not add up.*overflow computing buffer size from shape",
    ),
    (
        "shape that wraps to 8 bytes",
        pack(changed(shape=[2**62 + 2])),
        r"places of the tensors do not add up.*overflow computing buffer size from shape",
    ),
    (
        "huge offsets",
        pack(changed(shape=[2**60], data_offsets=[0, 2**62])),
        r"truncated.*expected: 4611686018427387904, as the header says",
    ),
    ("huge alone", pack({"a": {"dtype": "F32", "shape": [2**60], "data_offsets": [0, 2**62]}}), "truncated"),
    ("three offsets", pack(changed(data_offsets=[0, 8, 8])), "tensor 'a' has no proper offsets"),
    ("offsets backwards", pack(changed(data_offsets=[8, 0])), "tensor 'a' has no proper offsets"),
    ("negative offset", pack(changed(data_offsets=[-8, 0])), "tensor 'a' has no proper offsets"),
    ("overlap", pack(changed(data_offsets=[4, 12]), bytes(12)), r"without gap or overlap"),
    (
        "same place",
        pack({"a": GOOD["a"], "b": GOOD["a"]}, bytes(8)),
        r"do not add up.*invalid offset for tensor `[ab]`.*without gap or overlap",
    ),
    (
        "gap",
        pack({"a": GOOD["a"], "b": {"dtype": "U8", "shape": [1], "data_offsets": [10, 11]}}),
        r"do not add up.*invalid offset for tensor `b`.*without gap or overlap",
    ),
    ("gap in front", pack({"b": GOOD["b"]}), r"invalid offset for tensor `b`.*without gap or overlap"),
    ("shape too small", pack(changed(shape=[1])), r"do not add up.*each with the bytes that its shape needs"),
    ("shape too large", pack(changed(shape=[3])), r"do not add up.*each with the bytes that its shape needs"),
    ("narrow type", pack(changed(dtype="F8_E4M3", shape=[8])), r"unknown element type.*'F8_E4M3'"),
    (
        "same key twice, each sound",
        pack(b'{"a": %b, "a": %b}' % ((json.dumps(GOOD["a"]).encode(),) * 2), bytes(8)),
        "the key 'a' stands twice in one object",
    ),
    (
        "truth values",
        pack({"a": {"dtype": "BOOL", "shape": [3], "data_offsets": [0, 3]}}, b"\x00\x01\x02"),
        "truth values other than 0 and 1",
    ),
    (
        "parent path",
        pack({"../../etc/passwd": GOOD["a"]}, bytes(8)),
        r"a name that is refused.*\.\./\.\./etc",
    ),
    ("absolute path", pack({"/etc/passwd": GOOD["a"]}, bytes(8)), "a name that is refused"),
    ("backslash", pack({"a\\b": GOOD["a"]}, bytes(8)), "a name that is refused"),
    ("empty name", pack({"": GOOD["a"]}, bytes(8)), "a name that is refused"),
    ("null in name", pack({"a\u0000": GOOD["a"]}, bytes(8)), "a name that is refused"),
    ("long name", pack({"a" * 2000: GOOD["a"]}, bytes(8)), "a name that is refused"),
    ("pickle", pickle.dumps({"a": np.zeros(3)}), "this is a pickle, which can run code"),
    ("npy", b"\x93NUMPY\x01\x00v\x00{'descr'", r"this is a \.npy file"),
    ("hdf5", b"\x89HDF\r\n\x1a\n" + bytes(50), "this is an HDF5 file"),
]


@pytest.mark.parametrize(("content", "text"), [t[1:] for t in TENSOR_FILES], ids=[t[0] for t in TENSOR_FILES])
def test_tensor_file(content: bytes, text: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    model = nn.Sequential([nn.Input((4,)), nn.Dense(3)])
    before = [v.numpy().copy() for v in model.variables]
    with pytest.raises(DataError, match=f"(?s){text}") as caught:
        model.load_weights(path)
    assert str(caught.value).startswith("[weights.safetensors]")
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable.numpy())


def test_torch_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("data.pkl", pickle.dumps(3))
    with pytest.raises(
        DataError, match=r"(?s)a zip archive \(such as a \.pt or \.npz file\).*convert it to safetensors"
    ):
        safetensors.read(tmp_path / "model.pt")


def test_every_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    nn.Sequential([nn.Input((2,)), nn.Dense(2)]).save_weights(tmp_path / "w")
    whole = (tmp_path / "w").read_bytes()
    for end in range(len(whole)):
        (tmp_path / "w").write_bytes(whole[:end])
        with pytest.raises(DataError, match="truncated"):
            safetensors.read(tmp_path / "w")


def test_huge_header_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 2**33))
        file.truncate(2**33 + 8)  # takes no room on the disk
    tracemalloc.start()
    with pytest.raises(DataError, match=r"(?s)the header is too large.*8589934592 bytes"):
        safetensors.read(path)
    assert tracemalloc.get_traced_memory()[1] < 2**22
    tracemalloc.stop()


def test_huge_tensor_is_compared_with_the_model_not_made(tmp_path: Path) -> None:
    """A description of a layer of 4 TB with a small file of numbers."""
    folder = saved(tmp_path)
    edit(folder, lambda c: layers(c)[1]["arguments"].update(units=10**12))
    tracemalloc.start()
    with pytest.raises(DataError, match=r"(?s)'dense/(kernel|bias)' has another shape.*1000000000000"):
        sj.load(folder)
    assert tracemalloc.get_traced_memory()[1] < 2**24
    tracemalloc.stop()


# --- the description -----------------------------------------------------------------------------------
def saved(tmp_path: Path) -> Path:
    nn.Sequential([nn.Input((4,)), nn.Dense(3, activation="relu")]).save(tmp_path / "model")
    return tmp_path / "model"


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


def layers(config: dict[str, Any]) -> list[Any]:
    return config["model"]["arguments"]["layers"]  # type: ignore[no-any-return]


def put(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda config: config.update(values)


def dense(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda config: layers(config)[1].update(values)


def argument(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda config: layers(config)[1]["arguments"].update(values)


def drop(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda config: config.pop(key)


DESCRIPTIONS: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("format", put(format="other"), r"this does not describe a model.*'other'.*sujeong model"),
    ("no format", drop("format"), "this does not describe a model"),
    ("newer", put(version=2), r"another format version.*2.*expected: 1.*pip install --upgrade"),
    ("true version", put(version=True), "another format version"),
    ("text version", put(version="1"), "another format version"),
    ("missing part", drop("inputs"), r"parts are missing or unknown.*inputs"),
    ("unknown part", put(run="me"), r"parts are missing or unknown.*'run'"),
    (
        "unknown class",
        dense(**{"class": "Dens"}),
        r"an unknown name.*no layer class named 'Dens'.*did you mean 'Dense'.*@nn\.register",
    ),
    ("builtin", dense(**{"class": "eval"}), "no layer class named 'eval'"),
    ("dotted", dense(**{"class": "os.system"}), r"no layer class named 'os\.system'"),
    ("base", dense(**{"class": "Module"}), "no layer class named 'Module'"),
    ("private", dense(**{"class": "_Convolution"}), "no layer class named '_Convolution'"),
    ("class no text", dense(**{"class": {"a": 1}}), "an unknown name"),
    (
        "argument",
        argument(unit=3),
        r"Dense cannot be made.*no argument of Dense named 'unit'.*did you mean 'units'",
    ),
    ("self", argument(self=3), r"no argument of Dense named 'self'"),
    (
        "value",
        argument(units=-3),
        r"Dense cannot be made of the arguments in the file.*units must be a positive",
    ),
    ("kind", argument(units="3"), r"Dense cannot be made"),
    ("missing argument", lambda c: layers(c)[1]["arguments"].pop("units"), r"Dense cannot be made.*units"),
    ("arguments", dense(arguments=[3]), r"the arguments of Dense are no table.*list"),
    ("function", argument(activation={"function": "os.system"}), r"no function named 'os\.system'"),
    ("module function", argument(activation={"function": "register"}), "no function named 'register'"),
    ("form", argument(units={"eval": "3"}), r"an unknown form.*'eval'"),
    ("method", argument(units={"decode": "3"}), r"an unknown form.*'decode'"),
    ("dunder", argument(units={"_object": "3"}), "an unknown form"),
    ("two forms", argument(units={"tuple": [], "float": "inf"}), "an object of an unknown form"),
    ("float", argument(units={"float": "3"}), r"no such number.*inf, -inf or nan"),
    ("dtype", argument(units={"dtype": "object"}), "there is no dtype named 'object'"),
    (
        "array",
        argument(units={"array": {"dtype": "int64", "shape": [9], "numbers": [1]}}),
        "shape and numbers do not agree",
    ),
    (
        "array kind",
        argument(units={"array": {"dtype": "int64", "shape": [1], "numbers": [{}]}}),
        "a wrong 'array'",
    ),
    ("tuple", argument(units={"tuple": 3}), "a tuple is written as a list"),
    ("dict", argument(units={"dict": [[[], 1]]}), "a wrong 'dict'"),
    ("same", lambda c: layers(c).append({"same": 7}), "a layer that is not there"),
    ("same as itself", lambda c: layers(c).append({"same": 0}), "a layer that is not there"),
    ("layer no layer", lambda c: layers(c).append(3), r"Sequential cannot be made.*takes modules"),
    ("model no model", put(model=3), r"the file holds no model.*int"),
    ("model initialiser", put(model={"class": "Zeros", "arguments": {}}), r"the file holds no model.*Zeros"),
    ("inputs", put(inputs=3), "'inputs' must be a list"),
    ("input", put(inputs=[{"shape": [-1, 4], "dtype": "float32"}]), "an input is not described"),
    ("input type", put(inputs=[{"shape": [1, 4], "dtype": "object"}]), "an input is not described"),
    (
        "more inputs",
        put(inputs=[{"shape": [1, 4], "dtype": "float32"}] * 2),
        "its layers do not fit together",
    ),
    (
        "wrong input",
        put(inputs=[{"shape": [1, 5], "dtype": "float32"}]),
        r"its layers do not fit together.*in layer 'dense'",
    ),
    ("held", put(held=["nowhere"]), r"a frozen part is not there.*nowhere"),
    ("held kind", put(held=[3]), "'held' must be a list of paths"),
    ("fixed", put(fixed=["dense/kernl"]), r"a frozen part is not there.*dense/kernl"),
    (
        "name",
        lambda c: c["model"]["arguments"].update(name="../up"),
        r"Sequential cannot be made.*cannot name a layer",
    ),
    (
        "checksum",
        put(weights={"bytes": 1, "sha256": "0"}),
        r"weights\.safetensors is not the one.*load_weights",
    ),
]


@pytest.mark.parametrize(("change", "text"), [d[1:] for d in DESCRIPTIONS], ids=[d[0] for d in DESCRIPTIONS])
def test_description(change: Callable[[dict[str, Any]], Any], text: str, tmp_path: Path) -> None:
    folder = saved(tmp_path)
    sj.load(folder)
    edit(folder, change)
    with pytest.raises(DataError, match=f"(?s){text}"):
        sj.load(folder)


TEXTS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "not readable"),
    ("no JSON", b"import os", "not readable"),
    ("list", b"[]", "this does not describe a model"),
    ("deep", b"[" * 200_000, "nested too deeply|not readable"),
    ("deep and closed", b"[" * 150 + b"]" * 150, "nested too deeply"),
    ("NaN", b'{"format": NaN}', "NaN is not a number"),
    ("minus infinity", b'{"format": -Infinity}', "-Infinity is not a number"),
    ("too large", b" " * (strict_json.LARGEST + 1), "too large"),
    ("twice", b'{"format": 1, "format": 2}', "stands twice"),
    ("pickle", pickle.dumps(3), "not readable"),
]


@pytest.mark.parametrize(("content", "text"), [t[1:] for t in TEXTS], ids=[t[0] for t in TEXTS])
def test_description_text(content: bytes, text: str, tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / "config.json").write_bytes(content)
    with pytest.raises(DataError, match=text):
        sj.load(folder)


def refit(folder: Path) -> None:
    """Makes the checksum that of the present numbers, as an attacker would."""
    content = (folder / "weights.safetensors").read_bytes()
    fingerprint = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    edit(folder, put(weights=fingerprint))


def weights(**tensors: Any) -> bytes:
    pairs = {
        k.replace("__", "/"): (v, sj.float32 if v.dtype == np.float32 else sj.float64)
        for k, v in tensors.items()
    }
    return safetensors.dumps(pairs)


kernel, bias = np.zeros((4, 3), "float32"), np.zeros(3, "float32")
WEIGHTS: list[tuple[str, bytes, str]] = [
    (
        "missing",
        weights(dense__kernel=kernel),
        r"not those of the model.*1 of 2 values are missing.*dense/bias",
    ),
    (
        "extra",
        weights(dense__kernel=kernel, dense__bias=bias, dense__more=bias),
        r"not those of the model.*named 'dense/more'",
    ),
    (
        "shape",
        weights(dense__kernel=kernel.T, dense__bias=bias),
        r"'dense/kernel' has another shape.*\(3, 4\).*\(4, 3\)",
    ),
    (
        "type",
        weights(dense__kernel=kernel.astype("float64"), dense__bias=bias),
        r"another element type.*float64.*float32",
    ),
]


@pytest.mark.parametrize(("content", "text"), [w[1:] for w in WEIGHTS], ids=[w[0] for w in WEIGHTS])
def test_weights_of_another_model(content: bytes, text: str, tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / "weights.safetensors").write_bytes(content)
    with pytest.raises(DataError, match="is not the one"):
        sj.load(folder)
    refit(folder)
    with pytest.raises(DataError, match=f"(?s){text}"):
        sj.load(folder)


def test_one_flipped_bit(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    content = bytearray((folder / "weights.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(bytes(content))
    with pytest.raises(DataError, match="is not the one that config.json was saved with"):
        sj.load(folder)


# --- what lies in the folder ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["config.json", "weights.safetensors"])
def test_links_out_are_not_followed(name: str, tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="is a link out of its folder"):
        sj.load(folder)


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors"])
def test_missing_file_pipe_and_folder(name: str, tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"{name}' cannot be opened"):
        sj.load(folder)
    os.mkfifo(folder / name)  # opening it would wait for ever
    with pytest.raises(DataError, match=f"{name}' is not a file"):
        sj.load(folder)
    (folder / name).unlink()
    (folder / name).mkdir()
    with pytest.raises(DataError, match=f"{name}' is not a file"):
        sj.load(folder)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"(?s)there is no model in.*no such folder.*model\.save"):
        sj.load(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"(?s)there is no model in.*received: a file.*load_weights"):
        sj.load(tmp_path / "file")


def test_linked_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(saved(tmp_path))
    assert sj.load(tmp_path / "latest").count_parameters() == 15


def test_drawn_model_takes_only_elementwise_operations(tmp_path: Path) -> None:
    x = nn.Input((4,))
    nn.Model(x, nn.Dense(2)(sj.tanh(x))).save(tmp_path / "model")

    def steps(config: dict[str, Any]) -> Any:
        return config["model"]["arguments"]["steps"]

    cases: list[tuple[Callable[[Any], Any], str]] = [
        (lambda s: s[0]["dict"][0].__setitem__(1, "matmul"), r"no elementwise operation.*matmul"),
        (lambda s: s[0]["dict"][1].__setitem__(1, [5]), "a step uses a value that is not there"),
        (lambda s: s[0]["dict"][1].__setitem__(1, [-1]), "a step uses a value that is not there"),
        (lambda s: s[0]["dict"][1].__setitem__(1, ["0"]), "a step uses a value that is not there"),
    ]
    text = (tmp_path / "model" / "config.json").read_text()
    for change, match in cases:
        (tmp_path / "model" / "config.json").write_text(text)
        edit(tmp_path / "model", lambda c, change=change: change(steps(c)))
        with pytest.raises(DataError, match=f"(?s){match}"):
            sj.load(tmp_path / "model")
