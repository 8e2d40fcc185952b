"""Compiled products with a few rows against NumPy in 64 bits, and where they are used."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.core.spec import Spec
from sujeong.engines.torch import few_rows
from sujeong.program.passes.fusion import building

TYPES = {"float32": (sj.float32, torch.float32, 1e-6), "bfloat16": (sj.bfloat16, torch.bfloat16, 4e-3)}


def product(dtype: Any, x: Spec, w: Spec) -> Any:
    """The compiled product for these specs."""
    compiled = few_rows.COMPILED["matmul"]
    text = compiled.text({}, x, w)
    assert text is not None
    compiler.build([text])
    assert compiled.bound is not None
    return compiled.bound(compiler.load(text), {}, x, w)


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize(("k", "n"), [(64, 64), (101, 130), (1, 5000), (5000, 1), (300, 257), (63, 640)])
@pytest.mark.parametrize("name", TYPES)
def test_values_in_both_orders_of_the_weights(name: str, k: int, n: int, rows: int) -> None:
    ours, theirs, tolerance = TYPES[name]
    x, w = (
        torch.from_numpy(np.random.default_rng(k + n).normal(size=s)).to(theirs) for s in ((rows, k), (k, n))
    )
    run = product(ours, Spec((rows, k), ours), Spec((k, n), ours))
    right = x.double() @ w.double()
    scale = {"float32": (x.double().abs() @ w.double().abs()), "bfloat16": right.abs()}[name].max().item()
    for laid in (w, w.t().contiguous().t(), torch.cat([w, w], 1)[:, :n]):
        y = run(x, laid)
        assert y.dtype is theirs
        assert (y.double() - right).abs().max().item() <= tolerance * scale
        assert torch.equal(y, run(x.t().contiguous().t(), laid)), "rows in another order"


@pytest.mark.parametrize(("k", "n"), [(700, 900), (333, 555), (65, 1100)])
@pytest.mark.parametrize("name", TYPES)
def test_a_row_alone_is_rounded_as_among_others(name: str, k: int, n: int) -> None:
    ours, theirs, _ = TYPES[name]
    numbers = torch.Generator().manual_seed(0)
    x, w = (torch.randn(s, generator=numbers).to(theirs) for s in ((4, k), (k, n)))
    for laid in (w, w.t().contiguous().t()):
        whole = product(ours, Spec((4, k), ours), Spec((k, n), ours))(x, laid)
        for rows in (1, 2, 3):
            some = product(ours, Spec((rows, k), ours), Spec((k, n), ours))
            assert torch.equal(some(x[1 : 1 + rows].clone(), laid), whole[1 : 1 + rows])


@pytest.mark.parametrize("name", TYPES)
def test_threads_change_no_bit(name: str) -> None:
    ours, theirs, _ = TYPES[name]
    numbers = torch.Generator().manual_seed(0)
    x, w = (torch.randn(s, generator=numbers).to(theirs) for s in ((3, 700), (700, 900)))
    run = product(ours, Spec((3, 700), ours), Spec((700, 900), ours))
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = [run(x, w), run(x, w.t().contiguous().t())]
        torch.set_num_threads(2)
        two = [run(x, w), run(x, w.t().contiguous().t())]
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))


def test_not_a_number_and_infinity_go_through() -> None:
    x, w = torch.ones(1, 100), torch.ones(100, 70)
    w[3, 5], w[4, 6], w[5, 6], w[6, 7] = float("nan"), float("inf"), float("-inf"), float("inf")
    y = product(sj.float32, Spec((1, 100), sj.float32), Spec((100, 70), sj.float32))(x, w)
    assert y[0, [5, 6, 7]].isnan().tolist() == [True, True, False]
    assert y[0, 7].item() == float("inf")


def test_other_products_are_the_librarys() -> None:
    text = partial(few_rows.COMPILED["matmul"].text, {})
    weights = Spec((64, 64), sj.float32)
    assert text(Spec((4, 64), sj.float32), weights) == text(Spec((1, 2, 64), sj.float32), weights) is not None
    for x, w in (
        (Spec((5, 64), sj.float32), weights),  # many rows
        (Spec((0, 64), sj.float32), weights),
        (Spec((64,), sj.float32), weights),
        (Spec((1, 1, 64), sj.float32), Spec((1, 64, 64), sj.float32)),  # several matrices
        (Spec((1, 8), sj.float32), Spec((8, 8), sj.float32)),  # few weights
        (Spec((1, 64), sj.float64), Spec((64, 64), sj.float64)),
    ):
        assert text(x, w) is None


def test_a_program_uses_them_once_they_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(1)
    w = sj.Variable(numbers.normal(size=(128, 96)).astype(np.float32))
    x = sj.asarray(numbers.normal(size=(1, 128)).astype(np.float32))
    right = x.numpy() @ w.numpy()

    def plain(x: Any) -> Any:
        return x @ w

    step = sj.jit(plain)
    with monkeypatch.context() as context:
        context.setattr(compiler, "load", lambda text: None)  # not built yet
        np.testing.assert_allclose(step(x).numpy(), right, rtol=1e-4, atol=1e-4)
    assert "compiled_" not in next(iter(step._cache.values())).runner.source
    with building():
        step = sj.jit(plain)
        found = step(x)
    runner = next(iter(step._cache.values())).runner
    assert "compiled_" in runner.source
    assert runner.compiled
    np.testing.assert_allclose(found.numpy(), right, rtol=1e-4, atol=1e-4)
    turned = sj.jit(lambda x: x @ w.value.T @ w.value)
    tall = sj.asarray(numbers.normal(size=(2, 96)).astype(np.float32))
    expected = tall.numpy() @ w.numpy().T @ w.numpy()
    np.testing.assert_allclose(turned(tall).numpy(), expected, rtol=1e-3, atol=1e-3)
    assert next(iter(turned._cache.values())).runner.source.count("= compiled_") == 2
