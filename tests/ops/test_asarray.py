"""What `asarray` and `from_dlpack` make of what they are given."""

from __future__ import annotations

import array

import numpy as np
import pytest

import sujeong as sj
from sujeong.errors import ArgumentError, DTypeError, ExchangeError


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (True, sj.bool),
        (3, sj.int64),
        (0.5, sj.float32),
        (1j, sj.complex64),
        ([1, 2.0], sj.float32),
        ([True, 2], sj.int64),
        ([[1, 2], [3, 4j]], sj.complex64),
        (range(3), sj.int64),
        ((), sj.float32),
        (np.float64(0.5), sj.float64),
        ([np.float64(0.5)], sj.float64),
        ([np.ones(2), np.ones(2)], sj.float64),
        (np.ones(2, ">i4"), sj.int32),
        (array.array("d", [1.0, 2.0]), sj.float64),
        (b"\x01\x02", sj.uint8),
        (memoryview(np.ones(3, np.int16)), sj.int16),
    ],
)
def test_element_types(value: object, dtype: sj.DType, engine: str) -> None:
    x = sj.asarray(value)
    assert x.dtype is dtype
    assert x.engine == engine
    expected = np.frombuffer(value, np.uint8) if isinstance(value, bytes) else np.asarray(value)
    np.testing.assert_array_equal(np.asarray(x), expected.astype(dtype.to_numpy()))


def test_a_given_element_type_wins(engine: str) -> None:
    assert sj.asarray([1, 2], dtype=sj.float64).dtype is sj.float64
    assert sj.asarray(np.ones(2), dtype="int8").dtype is sj.int8
    assert sj.asarray(sj.ones(2), dtype=sj.int32).tolist() == [1, 1]
    assert sj.asarray([2**63 + 1], dtype=sj.uint64).tolist() == [2**63 + 1]


def test_tensors_in_lists_keep_their_gradients(engine: str) -> None:
    a, b = sj.asarray(2.0, requires_grad=True), sj.asarray([1.0, 4.0], requires_grad=True)
    y = sj.asarray([[a, 3], b])
    assert y.tolist() == [[2.0, 3.0], [1.0, 4.0]]
    assert y.dtype is sj.float32
    da, db = sj.gradients(sj.sum(y * sj.asarray([[1.0, 2.0], [3.0, 4.0]])), [a, b])
    assert da.item() == 1.0
    assert db.tolist() == [3.0, 4.0]


def test_tensors_in_lists_can_be_recorded(engine: str) -> None:
    both = sj.jit(lambda a, b: sj.asarray([a, b, 1.0]))
    assert both(sj.asarray(2.0), sj.asarray(3.0)).tolist() == [2.0, 3.0, 1.0]


def test_arrays_are_copied_unless_told_otherwise(engine: str) -> None:
    host = np.ones(3, np.float32)
    copied, shared = sj.asarray(host), sj.asarray(host, copy=False)
    host[0] = 7
    assert copied.tolist() == [1.0, 1.0, 1.0]
    assert shared.tolist() == [7.0, 1.0, 1.0]


def test_memory_is_shared_with_a_recording_too(engine: str) -> None:
    host = np.ones(2, np.float32)
    shared = sj.jit(lambda: sj.asarray(host, copy=False))
    assert shared().tolist() == [1.0, 1.0]
    host[0] = 7
    assert shared().tolist() == [7.0, 1.0]
    with pytest.raises(ArgumentError, match="memory cannot be shared"):
        sj.jit(lambda: sj.asarray(host, dtype=sj.float64, copy=False))()


def test_a_copy_of_a_tensor_has_memory_of_its_own(engine: str) -> None:
    host = np.ones(2, np.float32)
    shared = sj.asarray(host, copy=False)
    same, copied = sj.asarray(shared), sj.asarray(shared, copy=True)
    host[0] = 7
    assert same.tolist() == [7.0, 1.0]
    assert copied.tolist() == [1.0, 1.0]


def test_memory_that_cannot_be_shared_is_refused(engine: str) -> None:
    for value, options in [
        ([1.0], {}),
        (1.0, {}),
        ([sj.ones(())], {}),
        (np.ones(2), {"dtype": sj.float32}),
        (sj.ones(2), {"dtype": sj.float64}),
        (np.ones(2, ">f8"), {}),
    ]:
        with pytest.raises(ArgumentError, match=r"\[asarray\][\s\S]*leave copy out"):
            sj.asarray(value, copy=False, **options)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([[1], [2, 3]], "form no array"),
        ([1, None], "not numbers|form no array"),
        ("text", "not numbers"),
        (["a"], "not numbers"),
        ({1: 2}, "not numbers"),
        (object(), "not numbers"),
        (np.asarray(["2020"], "datetime64"), "not numbers"),
        ([2**70], "not numbers|does not fit"),
    ],
)
def test_what_is_no_number_is_refused(value: object, text: str, engine: str) -> None:
    with pytest.raises(DTypeError, match=text):
        sj.asarray(value)


def test_numbers_that_do_not_fit_are_refused(engine: str) -> None:
    with pytest.raises(DTypeError, match=r"does not fit[\s\S]*int8"):
        sj.asarray([300], dtype=sj.int8)
    with pytest.raises(DTypeError, match="only floating-point values have gradients"):
        sj.asarray([1, 2], requires_grad=True)


def test_dlpack_from_numpy_shares_memory(engine: str) -> None:
    host = np.arange(3)
    shared, copied = sj.from_dlpack(host), sj.from_dlpack(host, copy=True)
    host[0] = 7
    assert shared.tolist() == [7, 1, 2]
    assert copied.tolist() == [0, 1, 2]


def test_dlpack_from_another_library(engine: str) -> None:
    torch = pytest.importorskip("torch")
    weight = torch.arange(6.0).reshape(2, 3).T
    assert sj.from_dlpack(weight).tolist() == weight.tolist()
    assert sj.asarray(weight).tolist() == weight.tolist()
    copied = sj.asarray(weight)
    weight[0, 0] = 9
    assert copied.tolist()[0][0] == 0.0
    assert sj.asarray(weight, copy=False).tolist()[0][0] == 9.0


def test_dlpack_to_another_library(engine: str) -> None:
    x = sj.asarray([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(np.from_dlpack(x), np.asarray(x))
    torch = pytest.importorskip("torch")
    assert torch.from_dlpack(x).tolist() == x.tolist()


def test_dlpack_of_a_tensor_is_the_tensor(engine: str) -> None:
    x = sj.ones(3)
    assert sj.from_dlpack(x) is x
    assert sj.from_dlpack(x, copy=True) is not x


def test_dlpack_refuses_what_offers_none(engine: str) -> None:
    with pytest.raises(ExchangeError, match=r"offers no DLPack[\s\S]*list"):
        sj.from_dlpack([1, 2])


def test_a_device_that_is_not_there_is_refused(engine: str) -> None:
    with pytest.raises(sj.errors.EngineError, match="has no device 'moon'"):
        sj.asarray([1.0], device="moon")


def test_a_leaf_asks_for_gradients(engine: str) -> None:
    x = sj.asarray(np.ones(2, np.float32), requires_grad=True)
    sj.sum(x * x).backward()
    assert x.grad.tolist() == [2.0, 2.0]
