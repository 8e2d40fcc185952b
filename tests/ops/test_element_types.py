"""astype, result_type, can_cast, isdtype, finfo, iinfo, and what the namespace says about itself."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import sujeong as sj

REAL = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
]
COMPLEX = ["complex64", "complex128"]


# --- astype ----------------------------------------------------------------------------------------
def test_every_type_becomes_every_other(engine: str) -> None:
    for source in REAL + COMPLEX:
        for target in REAL + COMPLEX:
            if source in COMPLEX and target not in COMPLEX:
                continue
            found = sj.astype(sj.asarray([0, 1], dtype=source), target)
            assert found.dtype is getattr(sj, target)
            assert np.asarray(found).tolist() == [0, 1]


def test_complex_numbers_are_not_cut_in_half_silently(engine: str) -> None:
    z = sj.asarray([1 + 2j])
    with pytest.raises(sj.errors.DTypeError, match=r"\[astype\][\s\S]*complex64 to float32[\s\S]*sj\.real"):
        sj.astype(z, sj.float32)
    assert sj.astype(sj.asarray([0j, 1j]), sj.bool).tolist() == [False, True]


def test_astype_copies_unless_told_otherwise(engine: str) -> None:
    x = sj.asarray([1.0, 2.0])
    assert sj.astype(x, sj.float32, copy=False) is x
    assert sj.astype(x, sj.float32)._array is not x._array
    assert x.astype("float64").dtype is sj.float64
    with pytest.raises(sj.errors.NameUnknownError, match=r"float31[\s\S]*did you mean 'float32'"):
        sj.astype(x, "float31")


def test_gradients_go_back_through_astype(engine: str) -> None:
    x = sj.asarray([1.5, 2.5], dtype="float64", requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (g,) = sj.gradients(sj.sum(sj.real(sj.astype(x, sj.complex64) * (2 + 3j))), [x])
    assert g.dtype is sj.float64
    assert g.tolist() == [2.0, 2.0]
    (g,) = sj.gradients(sj.sum(sj.astype(x, sj.float32) * 3), [x])
    assert g.dtype is sj.float64
    assert not sj.astype(x, sj.int32).requires_grad


# --- joining ------------------------------------------------------------------------------------------
def test_result_type() -> None:
    assert sj.result_type(sj.int8, sj.int32) is sj.int32
    assert sj.result_type(sj.uint8, sj.int8) is sj.int16
    assert sj.result_type(sj.uint32, sj.int8) is sj.int64
    assert sj.result_type(sj.int64, sj.float32) is sj.float32
    assert sj.result_type(sj.float64, sj.complex64) is sj.complex128
    assert sj.result_type(sj.float16, sj.bfloat16) is sj.float32
    assert sj.result_type(sj.bool, sj.uint8) is sj.uint8
    assert sj.result_type(sj.asarray([1.0]), np.ones(2), "int8") is sj.float64
    assert sj.result_type(1, sj.int8, 2.0) is sj.float32
    assert sj.result_type(1j, sj.float64) is sj.complex128
    assert sj.result_type(2, 0.5) is sj.float32
    with pytest.raises(
        sj.errors.DTypeError, match=r"no integer type holds both[\s\S]*uint64, int8[\s\S]*astype"
    ):
        sj.result_type(sj.uint64, sj.int8)
    with pytest.raises(sj.errors.DTypeError, match="nothing was given"):
        sj.result_type()


def test_joining_does_not_depend_on_order() -> None:
    types = [getattr(sj, n) for n in REAL + COMPLEX + ["float16", "bfloat16"]]
    for a in types:
        for b in types:
            try:
                joined = sj.result_type(a, b)
            except sj.errors.DTypeError:
                assert {a.name, b.name} <= {"uint64", "int8", "int16", "int32", "int64"}
                continue
            assert sj.result_type(b, a) is joined
            assert sj.result_type(joined, a) is sj.result_type(joined, b) is joined


def test_can_cast() -> None:
    assert sj.can_cast(sj.int8, sj.int16)
    assert sj.can_cast(sj.asarray([1.0]), sj.float64)
    assert not sj.can_cast(sj.float64, sj.float32)
    assert not sj.can_cast(sj.uint64, sj.int64)
    assert not sj.can_cast(sj.float32, sj.int64)


def test_isdtype() -> None:
    for name in REAL + COMPLEX:
        dtype = getattr(sj, name)
        kind = np.dtype(name).kind
        for text, letters in {
            "bool": "b",
            "signed integer": "i",
            "unsigned integer": "u",
            "integral": "iu",
            "real floating": "f",
            "complex floating": "c",
            "numeric": "iufc",
        }.items():
            assert sj.isdtype(dtype, text) is (kind in letters)
        assert sj.isdtype(dtype, dtype)
        assert sj.isdtype(dtype, ("bool", "numeric"))
    with pytest.raises(
        sj.errors.NameUnknownError, match=r"kind of element types named 'real float'[\s\S]*'real floating'"
    ):
        sj.isdtype(sj.int8, "real float")


# --- limits ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["float16", "float32", "float64", *COMPLEX])
def test_finfo(name: str) -> None:
    ours, theirs = sj.finfo(getattr(sj, name)), np.finfo(name)
    for field in ("eps", "max", "min", "smallest_normal"):
        assert getattr(ours, field) == float(getattr(theirs, field))
        assert type(getattr(ours, field)) is float
    assert ours.bits == theirs.bits
    assert ours.dtype is sj.real(sj.ones(1, dtype=name)).dtype
    assert sj.finfo(sj.ones(2, dtype=name)) == ours


def test_finfo_of_bfloat16() -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = sj.finfo(sj.bfloat16), torch.finfo(torch.bfloat16)
    assert (ours.eps, ours.max, ours.min, ours.bits) == (theirs.eps, theirs.max, theirs.min, theirs.bits)
    assert ours.smallest_normal == theirs.smallest_normal


def test_iinfo() -> None:
    for name in REAL[1:9]:
        ours, theirs = sj.iinfo(getattr(sj, name)), np.iinfo(name)
        assert (ours.bits, ours.min, ours.max) == (theirs.bits, theirs.min, theirs.max)
        assert ours.dtype is getattr(sj, name)
    with pytest.raises(
        sj.errors.DTypeError, match=r"\[iinfo\] not an integer type[\s\S]*float32[\s\S]*finfo"
    ):
        sj.iinfo(sj.float32)
    with pytest.raises(sj.errors.DTypeError, match=r"\[finfo\] not a floating type[\s\S]*int8[\s\S]*iinfo"):
        sj.finfo(sj.int8)


# --- the namespace ---------------------------------------------------------------------------------------
def test_constants() -> None:
    assert (sj.e, sj.pi, sj.inf) == (math.e, math.pi, math.inf)
    assert math.isnan(sj.nan)
    assert sj.newaxis is None


def test_namespace_info(engine: str) -> None:
    assert sj.__array_api_version__ == "2024.12"
    assert sj.ones(1).__array_namespace__() is sj
    info = sj.__array_namespace_info__()
    assert info.default_device() in info.devices()
    assert info.capabilities() == {
        "boolean indexing": True,
        "data-dependent shapes": True,
        "max dimensions": 64,
    }
    defaults = info.default_dtypes(device="cpu")
    assert defaults["real floating"] is sj.ones(1).dtype
    assert defaults["integral"] is sj.asarray([1]).dtype
    assert defaults["complex floating"] is sj.asarray([1j]).dtype
    assert defaults["indexing"] is sj.argmax(sj.ones(2)).dtype
    assert list(info.dtypes()) == REAL[:9] + ["float32", "float64", *COMPLEX]
    assert list(info.dtypes(kind="unsigned integer")) == ["uint8", "uint16", "uint32", "uint64"]
    assert list(info.dtypes(kind=("bool", "complex floating"))) == ["bool", *COMPLEX]
