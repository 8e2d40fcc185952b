"""`sj.describe`: what it says of a tensor is so, on both engines and in both languages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.errors import ArgumentError, DTypeError, ShapeError
from sujeong.inspect.description import KINDS, LETTERS


@pytest.fixture(params=["numpy", "torch"], autouse=True)
def engine(request: pytest.FixtureRequest) -> Any:
    sj.set_language("en")
    with sj.using(engine=request.param):
        yield request.param


def test_figures_of_a_matrix() -> None:
    about = sj.describe(sj.asarray([[1.5, -2.0, 3.0], [0.0, 4.0, 5.0]]))
    assert (about.rank, about.shape, about.axes, about.layout) == (2, (2, 3), (), "")
    assert (about.dtype, about.size, about.nbytes) == (sj.float32, 6, 24)
    assert (about.strides, about.order) == ((3, 1), "row-major")
    assert (about.low, about.high, about.not_finite) == (-2.0, 5.0, 0)


@pytest.mark.parametrize(
    ("dtype", "nbytes"), [("uint8", 3), ("int64", 24), ("float64", 24), ("bool", 3), ("complex64", 24)]
)
def test_bytes_by_element_type(dtype: str, nbytes: int) -> None:
    about = sj.describe(sj.astype(sj.asarray([0, 1, 1]), getattr(sj, dtype)))
    assert (about.dtype.name, about.nbytes, about.strides) == (dtype, nbytes, (1,))


def test_half_of_the_bytes_that_the_host_needs(engine: str) -> None:
    if engine == "torch":  # numpy has no bfloat16
        about = sj.describe(sj.astype(sj.ones((2, 4)), sj.bfloat16))
        assert (about.nbytes, about.strides) == (16, (4, 1))


def test_the_way_elements_lie() -> None:
    x = sj.asarray(np.arange(24.0).reshape(2, 3, 4))
    assert sj.describe(sj.permute_dims(x, (2, 1, 0))).order == "column-major"
    moved = sj.describe(sj.permute_dims(x, (1, 0, 2)))
    assert (moved.shape, moved.strides, moved.order) == ((3, 2, 4), (4, 12, 1), "rearranged")
    again = sj.describe(sj.broadcast_to(sj.asarray([1.0, 2.0]), (5, 2)))
    assert (again.strides, again.order) == ((0, 1), "repeated")


def test_numpy_arrays_are_described_as_they_lie() -> None:
    about = sj.describe(np.zeros((3, 2), order="F", dtype="int16"))
    assert (about.strides, about.order, about.dtype) == ((1, 3), "column-major", sj.int16)
    assert sj.describe(np.arange(6)[::-2]).strides == (-2,)


def test_scalars_variables_and_nothing() -> None:
    assert (sj.describe(2.5).rank, sj.describe(2.5).low) == (0, 2.5)
    assert sj.describe(sj.Variable(sj.ones((2,)))).shape == (2,)
    empty = sj.describe(sj.zeros((0, 3)))
    assert (empty.size, empty.low, empty.high) == (0, None, None)
    assert "none" in str(empty)


def test_values_that_are_not_finite_are_counted_and_left_out() -> None:
    about = sj.describe(sj.asarray([1.0, float("nan"), float("inf"), -3.0]))
    assert (about.low, about.high, about.not_finite) == (-3.0, 1.0, 2)
    assert str(about).endswith("-3 to 1; 2 not finite")
    assert sj.describe(sj.asarray([float("nan")])).low is None


def test_complex_numbers_by_magnitude() -> None:
    about = sj.describe(sj.asarray([3 + 4j, 0j]))
    assert (about.low, about.high) == (0.0, 5.0)
    assert "magnitudes 0 to 5" in str(about)


def test_large_integers_keep_their_digits() -> None:
    assert str(sj.describe(sj.asarray([2**60 + 1]))).endswith(f"{2**60 + 1} to {2**60 + 1}")


def test_names_of_axes() -> None:
    x = sj.zeros((2, 5, 4, 4, 3))
    assert sj.describe(x, "NTHWC").axes == ("samples", "frames", "height", "width", "channels")
    assert sj.describe(x, "nthwc").layout == "NTHWC"
    assert sj.describe(sj.zeros((2, 5, 3)), "NTF").axes == ("samples", "timesteps", "features")
    assert sj.describe(sj.zeros((2, 5)), ("pupils", "marks")).axes == ("pupils", "marks")
    assert sj.describe(sj.zeros((2, 5)), ["pupils", "marks"]).layout == ""
    assert "pupils 2, marks 5" in str(sj.describe(sj.zeros((2, 5)), ("pupils", "marks")))


def test_every_layout_has_words_in_both_languages() -> None:
    for language in ("en", "ko"):
        sj.set_language(language)
        for layout in KINDS:
            said = str(sj.describe(sj.zeros((1,) * len(layout)), layout))
            assert f"{layout} (" in said
        for letter in LETTERS:
            assert sj.describe(sj.zeros((1,)), letter).axes[0]


def test_korean_in_columns() -> None:
    sj.set_language("ko")
    lines = str(sj.describe(sj.ones((2, 3)), "NF")).splitlines()
    assert lines[0] == "랭크    2 (행렬)"
    assert lines[1] == "형상    (2, 3): 표본 2, 특성 3"
    assert lines[2] == "자료형  float32, 원소마다 4바이트"
    assert lines[3] == "배치    NF (벡터 데이터), 행 우선, 보폭 (3, 1)"
    assert lines[4:] == ["크기    원소 6개, 24 bytes", "값      1부터 1까지"]


@pytest.mark.parametrize(
    ("axes", "error", "said"),
    [
        ("NHW", ShapeError, "received: 3 names ('NHW') for the shape (2, 3)"),
        ("NX", ArgumentError, "no axis is called 'X'"),
        ("NN", ArgumentError, "a letter stands there twice"),
        (("one",), ShapeError, "expected: a name for each axis"),
        ((1, 2), ArgumentError, "axes are named"),
        (2, ArgumentError, "axes are named"),
    ],
)
def test_wrong_names(axes: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as raised:
        sj.describe(sj.zeros((2, 3)), axes)
    assert said in str(raised.value)


def test_what_is_no_tensor() -> None:
    with pytest.raises(DTypeError, match="sj.asarray"):
        sj.describe([1, 2])
    with pytest.raises(DTypeError, match="no such element type"):
        sj.describe(np.array(["a"]))
