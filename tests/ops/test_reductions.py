"""Reductions, running totals, sorting, searching and sets beyond what their records check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.core.op import OPS

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


# --- element types --------------------------------------------------------------------------------
@pytest.mark.parametrize("function", [sj.sum, sj.prod, sj.cumulative_sum, sj.cumulative_prod])
def test_totals_of_integers_have_64_bits(function: Callable[..., Any], engine: str) -> None:
    for name in ["bool", *INTEGERS]:
        total = function(sj.asarray([1, 1], dtype=name))
        assert total.dtype is (sj.uint64 if name.startswith("u") else sj.int64)
        assert function(sj.asarray([1, 1], dtype=name), dtype=sj.float32).dtype is sj.float32
    for name in ("float16", "float32", "float64", "complex64", "complex128"):
        assert function(sj.ones(2, dtype=name)).dtype is getattr(sj, name)


def test_totals_do_not_overflow_the_type_they_came_from(engine: str) -> None:
    assert sj.sum(sj.full((300,), 200, dtype="uint8")).item() == 60000
    assert sj.cumulative_sum(sj.full((3,), 100, dtype="int8")).tolist() == [100, 200, 300]
    assert sj.prod(sj.full((3,), 100, dtype="int8")).item() == 10**6
    assert sj.sum(sj.asarray(np.array([2**63, 2**63 - 1], "uint64"))).item() == 2**64 - 1


def test_mean_of_halves_does_not_overflow(engine: str) -> None:
    x = sj.full((4,), 60000.0, dtype="float16")
    assert sj.mean(x).dtype is sj.float16
    assert sj.mean(x).item() == np.float16(60000.0)
    assert sj.var(x).item() == 0.0
    assert sj.std(sj.asarray(np.array([-300.0, 300.0], "float16"))).item() == 300.0


@pytest.mark.parametrize("function", [sj.argmax, sj.argmin, sj.argsort, sj.count_nonzero])
def test_places_are_int64(function: Callable[..., Any], engine: str) -> None:
    for name in ["bool", *INTEGERS, "float16", "float32", "float64"]:
        assert function(sj.asarray([1, 0], dtype=name)).dtype is sj.int64


@pytest.mark.parametrize("function", [sj.mean, sj.var, sj.std, sj.median, sj.logsumexp])
def test_statistics_of_integers_are_float32(function: Callable[..., Any], engine: str) -> None:
    for name in ["bool", *INTEGERS]:
        y = function(sj.asarray([1, 0, 1], dtype=name))
        assert y.dtype is sj.float32
        assert y.item() == function(sj.asarray([1.0, 0.0, 1.0])).item()


def test_bfloat16() -> None:
    with sj.using(engine="torch"):
        x = sj.asarray([1.0, 3.0, -2.0, 3.0], dtype="bfloat16")
        assert sj.top_k(x, 3).indices.tolist() == [1, 3, 0]
        assert sj.sort(x).dtype is sj.bfloat16
        assert np.asarray(sj.logsumexp(x)).item() == pytest.approx(3.7644, rel=1e-2)
        assert sj.searchsorted(sj.sort(x), sj.asarray([2.0], dtype="bfloat16")).tolist() == [2]
        assert np.asarray(sj.prod(x)).item() == -18.0


# --- products: right where factors are zero, in any order -------------------------------------------
def third(f: Callable[[Any], Any], x: np.ndarray, u: np.ndarray, v: np.ndarray, w: np.ndarray) -> float:
    """The third derivative of a function, a number, along three directions."""
    for direction in (u, v):
        f = _along(f, direction)
    t = sj.asarray(x, requires_grad=True)
    (g,) = sj.gradients(f(t), [t])
    return 0.0 if g is None else float(np.sum(np.asarray(g) * w))


def _along(f: Callable[[Any], Any], direction: np.ndarray) -> Callable[[Any], Any]:
    """x -> the derivative of f at x along a direction, still to be differentiated."""

    def slope(x: Any) -> Any:
        (g,) = sj.gradients(f(x), [x], create_graph=True)
        return sj.sum(g * sj.asarray(direction))

    return slope


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_third_derivative_of_a_product(zeros: int, engine: str, rng: np.random.Generator) -> None:
    x = rng.uniform(0.5, 1.5, 5)
    x[:zeros] = 0.0
    i, j, k = 3, 0, 1
    e = np.eye(5)
    others = x[2] * x[4]
    assert third(lambda t: sj.prod(t), x, e[i], e[j], e[k]) == pytest.approx(others, rel=1e-14)
    assert third(lambda t: sj.prod(t), x, e[i], e[i], e[k]) == 0.0
    # the running product: y_4 is the only one that holds x_3 beside x_0 and x_1, with y_3 before it
    weights = sj.asarray(np.array([0.3, -0.2, 0.7, 1.1, 0.4]))
    found = third(lambda t: sj.sum(weights * sj.cumulative_prod(t)), x, e[i], e[j], e[k])
    assert found == pytest.approx(x[2] * (1.1 + 0.4 * x[4]), rel=1e-13)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33])
def test_product_and_its_gradient_of_any_size(size: int, engine: str, rng: np.random.Generator) -> None:
    x = rng.uniform(0.5, 1.5, (2, size))
    x[1, size // 2] = 0.0
    g = rng.uniform(-1, 1, (2, size))
    t = sj.asarray(x, requires_grad=True)
    (found,) = sj.gradients(sj.sum(sj.prod(t, axis=1)), [t])
    others = [[np.prod(np.delete(row, i)) for i in range(size)] for row in x]
    np.testing.assert_allclose(np.asarray(found), others, rtol=1e-13)
    (found,) = sj.gradients(sj.sum(sj.cumulative_prod(t, axis=1) * sj.asarray(g)), [t])
    expected = [
        [sum(g[r, i] * np.prod(np.delete(x[r, : i + 1], j)) for i in range(j, size)) for j in range(size)]
        for r in range(2)
    ]
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12)


FUSED = {
    "mean": {"axis": (0, 1), "keepdims": False},
    "prod": {"axis": (0, 2), "keepdims": False},
    "cumulative_prod": {"axis": 1},
    "logsumexp": {"axis": (1,), "keepdims": True},
}


@pytest.mark.parametrize("name", FUSED)
def test_fused_and_readable_forms_agree_to_the_third_derivative(
    name: str, engine: str, rng: np.random.Generator
) -> None:
    op, attributes = OPS[name], FUSED[name]
    assert name in sj.get_engine().kernels
    x, u, v, w = (rng.uniform(-1, 1, (2, 3, 2)) for _ in range(4))
    forms = {  # of cubes, since a mean alone is straight
        "fused": lambda t: getattr(sj, name)(t * t * t, **attributes),
        "readable": lambda t: op.readable(t * t * t, **attributes),
    }
    values = [np.asarray(f(sj.asarray(x))) for f in forms.values()]
    np.testing.assert_allclose(*values, rtol=1e-14)
    weights = sj.asarray(rng.uniform(0.5, 1.5, values[0].shape))
    slopes = [third(lambda t, f=f: sj.sum(weights * f(t)), x, u, v, w) for f in forms.values()]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-11)
    assert abs(slopes[0]) > 1e-4


def test_logsumexp_where_nothing_is_possible_has_no_gradient(engine: str) -> None:
    x = sj.asarray([[-np.inf, -np.inf], [0.0, -np.inf]], requires_grad=True)
    (g,) = sj.gradients(sj.sum(sj.logsumexp(x, axis=1)), [x])
    assert g.tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_equal_extremes_share_the_gradient(engine: str) -> None:
    x = sj.asarray([1.0, 3.0, 3.0], requires_grad=True)
    (g,) = sj.gradients(sj.max(x), [x])
    assert g.tolist() == [0.0, 0.5, 0.5]
    (g,) = sj.gradients(sj.min(x), [x])
    assert g.tolist() == [1.0, 0.0, 0.0]


# --- order --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int16", "uint32", "int64"])
def test_top_k_is_the_head_of_a_stable_sort(dtype: str, engine: str, rng: np.random.Generator) -> None:
    x = rng.integers(-40 if dtype[0] != "u" else 0, 40, (4, 500)).astype(dtype)
    if dtype.startswith("f"):
        x[0, ::7], x[0, ::14], x[1, ::9], x[2, 3], x[3, 5] = np.nan, -np.nan, -np.inf, np.inf, -0.0
    if dtype == "uint32":
        x[0, :2] = [2**32 - 1, 2**31]
    t = sj.asarray(x)
    for k in (1, 5, 500):
        values, indices = sj.top_k(t, k)
        np.testing.assert_array_equal(np.asarray(indices), np.asarray(sj.argsort(t, descending=True))[:, :k])
        np.testing.assert_array_equal(np.asarray(values), np.take_along_axis(x, np.asarray(indices), 1))
    np.testing.assert_array_equal(np.asarray(sj.argsort(t)), np.argsort(x, axis=1, kind="stable"))


def test_sorting_has_gradients_of_higher_order(engine: str, rng: np.random.Generator) -> None:
    x = rng.permutation(12).reshape(3, 4) / 3.0
    weights = rng.uniform(0.5, 1.5, (3, 4))
    u, v, w = (rng.uniform(-1, 1, (3, 4)) for _ in range(3))
    rank = np.argsort(np.argsort(x, axis=0), axis=0)

    def cubes(t: Any) -> Any:
        y = sj.sort(t, axis=0)
        return sj.sum(sj.asarray(weights) * y * y * y)

    expected = np.sum(6 * np.take_along_axis(weights, rank, 0) * u * v * w)
    assert third(cubes, x, u, v, w) == pytest.approx(expected, rel=1e-12)


def test_median_gradient_goes_to_the_middle(engine: str) -> None:
    x = sj.asarray([5.0, 1.0, 3.0, 2.0], requires_grad=True)
    (g,) = sj.gradients(sj.median(x), [x])
    assert g.tolist() == [0.0, 0.0, 0.5, 0.5]


# --- what depends on values ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "function", [sj.nonzero, sj.unique_all, sj.unique_counts, sj.unique_inverse, sj.unique_values]
)
def test_sizes_that_depend_on_values_are_not_recorded(function: Callable[..., Any], engine: str) -> None:
    compiled = sj.jit(lambda x: function(x))
    with pytest.raises(
        sj.errors.RecordError, match=rf"\[{function.__name__}\][\s\S]*depends on the values[\s\S]*sj.where"
    ):
        compiled(sj.asarray([1.0, 2.0]))


def test_unique_parts_fit_together(engine: str, rng: np.random.Generator) -> None:
    x = rng.integers(0, 9, (5, 8))
    found = sj.unique_all(sj.asarray(x))
    expected = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(a), b)
    np.testing.assert_array_equal(np.asarray(found.values)[np.asarray(found.inverse_indices)], x)


def test_gradient_of_different_values_goes_to_the_first_of_each(engine: str) -> None:
    x = sj.asarray([[3.0, 1.0], [3.0, 2.0]], requires_grad=True)
    (g,) = sj.gradients(sj.sum(sj.unique_values(x) * sj.asarray([10.0, 20.0, 30.0])), [x])
    assert g.tolist() == [[30.0, 10.0], [0.0, 20.0]]


# --- on a GPU ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [2, 3, 4, 5, 9, 15, 16, 17, 100])
def test_running_totals_in_rows(size: int, rng: np.random.Generator) -> None:
    """What runs on a GPU, tried where there is none."""
    import torch

    from sujeong.engines.torch.reduction import in_rows

    host = rng.uniform(0.5, 1.5, size) + 1j * rng.uniform(-1, 1, size)
    for x in (host, host.real.copy()):
        found = in_rows(torch.from_numpy(x), torch.cumsum, torch.add, 0)
        np.testing.assert_allclose(found.numpy(), np.cumsum(x), rtol=1e-13)
        found = in_rows(torch.from_numpy(x), torch.cumprod, torch.mul, 1)
        np.testing.assert_allclose(found.numpy(), np.cumprod(x), rtol=1e-12)


@pytest.mark.gpu
@pytest.mark.parametrize("function", [sj.cumulative_sum, sj.cumulative_prod])
def test_running_totals_repeat_to_the_bit_on_a_gpu(
    function: Callable[..., Any], rng: np.random.Generator
) -> None:
    host = rng.uniform(0.999, 1.001, 1_000_003).astype("float32")
    with sj.using(engine="torch", device="cuda"):
        x = sj.asarray(host)
        first = np.asarray(function(x))
        for _ in range(20):
            assert np.asarray(function(x)).tobytes() == first.tobytes()
    numpy_function = np.cumsum if function is sj.cumulative_sum else np.cumprod
    np.testing.assert_allclose(first, numpy_function(host.astype("float64")), rtol=1e-3)
