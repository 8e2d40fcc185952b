"""Runs of small compiled equations as one function: what they compute, what they refuse, where they end."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.program.native.chain import CHAIN, Chain
from sujeong.program.passes.fusion import building
from sujeong.program.passes.order import optimized
from sujeong.program.replay import Runner

RNG = np.random.default_rng(0)


def normal(*shape: int, dtype: Any = sj.float32) -> sj.Tensor:
    """Random numbers, the same in each run."""
    return sj.asarray(np.random.default_rng(shape).normal(size=shape), dtype=dtype)


def chains(program: Any) -> list[Chain]:
    """The chains of a program."""
    return [e.attributes["chain"] for e in program.equations if e.op is CHAIN]


def built(function: Callable[..., Any], *arrays: Any) -> tuple[list[torch.Tensor], Any]:
    """Results of the function with chains, and the program that ran; a second run gives the same bits."""
    with building():
        fast = optimized(sj.record(function, *arrays))
    run = Runner(fast).run
    out = [x.clone() for x in run(*[a._array for a in arrays])]
    for x, again in zip(out, run(*[a._array for a in arrays]), strict=True):
        assert x.numel() == 0 or torch.equal(x.nan_to_num(7), again.nan_to_num(7)), "repeats to the bit"
    return out, fast


def runner(step: Any) -> Any:
    """What replays the only recording of a function."""
    (compiled,) = step._cache.values()
    return compiled.runner


def test_what_a_run_makes_is_given_back_after_it() -> None:
    """Only arguments, variables and constants stay with a chain, whose addresses need not be asked again."""
    x, w = normal(37, 41), normal(41, 5)
    function = lambda x, w: sj.tanh(sj.sort(x, axis=0) @ w) + 1  # noqa: E731 - nothing compiled sorts
    out, program = built(function, x, w)
    (chain,) = chains(program)
    assert chain.inputs[0] not in program.inputs
    run = Runner(program).run
    assert torch.equal(run(x._array, w._array)[0], out[0])
    alike = [t for t in gc.get_objects() if type(t) is torch.Tensor and t.shape == x.shape]
    assert [t for t in alike if t is not x._array] == []


# -- products -----------------------------------------------------------------------------------------------
SHAPES = [
    *((32, 8, 128), (33, 37, 45), (5, 300, 17), (7, 16, 16), (64, 3, 31), (9, 64, 640), (1, 3, 4)),
    *((2, 5, 2), (3, 16, 48), (6, 33, 1), (128, 32, 4), (12, 1, 20)),
]


@pytest.mark.parametrize(("name", "tolerance"), [("float32", 1e-6), ("bfloat16", 4e-3)])
def test_products_of_any_shape_in_any_order(name: str, tolerance: float) -> None:
    dtype = getattr(sj, name)
    arrays = []
    for rows, k, n in SHAPES:
        arrays += [normal(rows, k, dtype=dtype), normal(k, n, dtype=dtype)]
        arrays += [normal(k, rows, dtype=dtype), normal(n, k, dtype=dtype)]

    def function(*arrays: Any) -> Any:
        found = []
        for i in range(0, len(arrays), 4):
            x, w, x_turned, w_turned = arrays[i : i + 4]
            found += [x @ w, x_turned.T @ w, x @ w_turned.T, x_turned.T @ w_turned.T]
        return tuple(found)

    out, program = built(function, *arrays)
    (chain,) = chains(program)
    assert len(chain.stages) == 4 * len(SHAPES)
    for got, right in zip(out, function(*[sj.astype(a, sj.float64) for a in arrays]), strict=True):
        scale = max(1.0, float(np.abs(right.numpy()).max()))
        np.testing.assert_allclose(got.double().numpy(), right.numpy(), atol=4 * tolerance * scale)


def test_a_number_does_not_depend_on_what_stands_beside_it() -> None:
    """A row's result has the same bits in a batch of 1 row or of 30, a column's beside 3 or beside 40."""
    x, w = normal(30, 50), normal(50, 40)
    (whole, _), _ = built(lambda x, w: (x @ w, x * 2), x, w)
    for rows, columns in ((7, 40), (30, 3), (13, 17)):
        (part, _), _ = built(lambda x, w: (x @ w, x * 2), x[:rows], w[:, :columns])
        assert torch.equal(part, whole[:rows, :columns])


def test_not_a_number_and_infinity_go_through_products() -> None:
    x, w = np.ones((8, 20), np.float32), np.ones((20, 33), np.float32)
    w[3, 5], w[4, 6], w[5, 6], w[6, 32] = np.nan, np.inf, -np.inf, np.inf
    (y, _), _ = built(lambda x, w: (x @ w, x + 1), sj.asarray(x), sj.asarray(w))
    assert y[0, [5, 6, 32, 7]].isnan().tolist() == [True, True, False, False]
    assert y[0, 32].item() == float("inf")


def test_large_products_are_the_librarys() -> None:
    _, program = built(lambda x, w: (x @ w * 2, x + 1, x - 1), normal(400, 60), normal(60, 60))
    assert "matmul" in [e.op.name for e in program.equations]


# -- memory -------------------------------------------------------------------------------------------------
def test_arrays_in_another_order_or_with_gaps_give_the_same() -> None:
    x, w = normal(12, 20), normal(20, 24)

    def function(x: Any, w: Any) -> Any:
        return sj.tanh(x @ w) * 2, x + 1

    right, program = built(function, x, w)
    run = Runner(program).run
    ours, theirs = x._array, w._array
    gaps = torch.cat([ours, ours], 1)[:, :20]
    for a in (ours, ours.t().contiguous().t(), gaps):
        for b in (theirs, theirs.t().contiguous().t(), torch.stack([theirs, theirs], 2)[..., 0]):
            for y, expected in zip(run(a, b), right, strict=True):
                assert torch.equal(y, expected)


def test_views_are_followed_and_handed_out() -> None:
    def function(x: Any, w: Any) -> Any:
        y = sj.tanh(x @ w) * 2
        turned = y.T
        return y[:, None], turned, sj.reshape(y, (-1,)), turned @ y, x.T, sj.exp(sj.reshape(y, (2, -1))) + 1

    x, w = normal(6, 8), normal(8, 10)
    out, program = built(function, x, w)
    (chain,) = chains(program)
    assert len(chain.stages) == 3
    for got, right in zip(out, function(x, w), strict=True):
        np.testing.assert_allclose(got.numpy(), right.numpy(), rtol=1e-5, atol=1e-5)


def test_a_constant_that_is_stretched() -> None:
    def function(x: Any) -> Any:
        return sj.grad(lambda x: sj.sum(sj.tanh(x @ x.T)))(x)

    x = normal(7, 7)
    (got,), program = built(function, x)
    assert chains(program)
    np.testing.assert_allclose(got.numpy(), function(x).numpy(), rtol=1e-4, atol=1e-5)


def test_memory_within_is_used_again_and_never_shared_by_what_lives_at_once() -> None:
    def function(x: Any, w: Any) -> Any:
        first = y = x @ w
        for _ in range(8):
            y = sj.tanh(y @ w) * 2
        return sj.sum(y) + sj.sum(first)

    x, w = normal(16, 16), normal(16, 16) * 0.2
    (got,), program = built(function, x, w)
    (chain,) = chains(program)
    assert len(chain.stages) > 16
    assert chain.room < 16 * 16 * 4 * 6 + 16 * 4 * 64
    np.testing.assert_allclose(got.numpy(), function(x, w).numpy(), rtol=1e-4)


def test_results_of_one_call_are_not_written_over_by_the_next() -> None:
    step = sj.jit(lambda x, w: sj.tanh(x @ w) * 2)
    x, w = normal(5, 6), normal(6, 7)
    with building():
        first = step(x, w)
    before = first.numpy().copy()
    step(x * 3, w)
    np.testing.assert_array_equal(first.numpy(), before)
    assert runner(step).compiled


def test_threads_at_once_have_rooms_of_their_own() -> None:
    step = sj.jit(lambda x, w: sj.tanh(sj.tanh(x @ w) @ w) @ w)
    w = normal(64, 64) * 0.3
    batches = [normal(32, 64) * scale for scale in (0.1, 1.0, 3.0)]
    with building():
        right = [step(x, w).numpy().tobytes() for x in batches]
    assert chains(runner(step).program)
    wrong: list[int] = []

    def work(i: int) -> None:
        wrong.extend(i for _ in range(200) if step(batches[i], w).numpy().tobytes() != right[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


# -- where chains begin and end -----------------------------------------------------------------------------
def both(x: Any, w: Any) -> Any:
    """Two products with something between."""
    return sj.tanh(x @ w) @ w


def test_it_can_be_switched_off_by_name() -> None:
    x, w = normal(5, 6), normal(6, 6)
    _, program = built(both, x, w)
    assert chains(program)
    with sj.without_passes("chains"):
        out, program = built(both, x, w)
    assert not chains(program)
    np.testing.assert_allclose(out[0].numpy(), both(x, w).numpy(), rtol=1e-4, atol=1e-5)
    assert "chains" in sj.pass_names()


def test_nothing_is_chained_that_was_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUJEONG_CACHE", str(tmp_path))
    monkeypatch.setattr(compiler, "_loaded", {})
    program = sj.record(both, normal(5, 6), normal(6, 6))
    assert not chains(optimized(program))
    assert not list(tmp_path.iterdir())
    assert sj.precompile(both, normal(5, 6), normal(6, 6)) == 1
    assert len(chains(optimized(program))) == 1
    monkeypatch.setenv("SUJEONG_NATIVE", "off")
    assert not chains(optimized(program))


def test_another_batch_is_the_same_text() -> None:
    w = sj.Spec((20, 20), sj.float32)
    texts = set()
    with building():
        for rows in (5, 31, 32):
            texts |= {c.text for c in chains(optimized(sj.record(both, sj.Spec((rows, 20), sj.float32), w)))}
    assert len(texts) == 1


def test_an_empty_batch_runs_as_ever() -> None:
    out, program = built(both, normal(0, 6), normal(6, 6))
    assert tuple(out[0].shape) == (0, 6)
    assert not chains(program)


def test_what_is_large_ends_a_chain_and_what_reads_nothing_of_it_runs_ahead() -> None:
    def function(x: Any, w: Any, big: Any) -> Any:
        y = sj.tanh(x @ w)
        z = sj.cumulative_sum(x, axis=1)  # no compiled form, and reads nothing of the chain
        s = sj.cumulative_sum(y @ w, axis=1)
        return s @ w + 1, z, sj.exp(big) * 2

    out, program = built(function, normal(6, 8), normal(8, 8), normal(300, 300))
    names = [e.op.name for e in program.equations]
    assert names.count("chain") == 2
    assert names.index("cumulative_sum") < names.index("chain")
    assert "fused" in names
    for got, right in zip(out, function(normal(6, 8), normal(8, 8), normal(300, 300)), strict=True):
        np.testing.assert_allclose(got.numpy(), right.numpy(), rtol=1e-4, atol=1e-4)


def test_weights_of_few_rows_are_read_where_they_lie() -> None:
    w = sj.Variable(np.random.default_rng(1).normal(size=(300, 400)).astype(np.float32))
    step = sj.jit(lambda x: sj.tanh(x @ w) @ w.value.T)
    x = normal(1, 300)
    right = np.tanh(x.numpy() @ w.numpy()) @ w.numpy().T
    with building():
        np.testing.assert_allclose(step(x).numpy(), right, rtol=1e-3, atol=1e-3)
    assert chains(runner(step).program) or "compiled_" in runner(step).source
    w._replace(w._value._array.t().contiguous().t(), w._value._engine)
    np.testing.assert_allclose(step(x).numpy(), right, rtol=1e-3, atol=1e-3)


# -- indices ------------------------------------------------------------------------------------------------
def test_picking_and_adding_up_and_the_greatest() -> None:
    def function(x: Any, along: Any, w: Any) -> Any:
        y = x @ w
        picked = sj.take_along_axis(y, along, axis=1)
        slope = sj.grad(lambda y: sj.sum(sj.take_along_axis(y, along, axis=1) ** 2))(y)
        return picked, slope, sj.argmax(y, axis=1), sj.argmin(y, axis=0), y

    x, w = normal(9, 5), normal(5, 6)
    along = sj.asarray([[1, 1, -1]] * 8 + [[0, 5, -6]])
    out, program = built(function, x, along, w)
    (chain,) = chains(program)
    assert len(chain.stages) >= 6
    y = out[-1].numpy()
    np.testing.assert_array_equal(out[0].numpy(), np.take_along_axis(y, along.numpy() % 6, 1))
    np.testing.assert_allclose(out[1].numpy(), function(x, along, w)[1].numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(out[2].numpy(), y.argmax(1))
    np.testing.assert_array_equal(out[3].numpy(), y.argmin(0))


def test_the_greatest_is_the_first_of_equals_and_not_a_number_before_all() -> None:
    host = np.array([[1, 3, 3, 2], [np.nan, 9, 1, np.nan], [4, np.nan, 9, 1], [-np.inf] * 4], np.float32)
    out, program = built(lambda x: (sj.argmax(x, axis=1), sj.argmin(x, axis=1), x + 1), sj.asarray(host))
    assert chains(program)
    assert out[0].tolist() == [1, 0, 1, 0]
    assert out[1].tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        ([[0], [6], [1]], "index 6 is out of range for axis 1 with size 6"),
        ([[0], [1], [-7]], "index -7 is out"),
    ],
)
def test_an_index_outside_is_refused_as_ever_and_changes_nothing(bad: Any, text: str) -> None:
    v = sj.Variable(np.ones((4, 6), np.float32), name="weights")
    optimizer = sj.optim.Adam(0.1)
    optimizer.build([v])

    def step(x: Any, indices: Any) -> Any:
        value, slopes = sj.value_and_grad(
            lambda: sj.sum(sj.take_along_axis(x @ v, indices, axis=1) ** 2), variables=[v]
        )()
        optimizer.apply(slopes, [v])
        return value

    x, good, wrong = normal(3, 4), sj.asarray([[0], [1], [-6]]), sj.asarray(bad)
    with sj.without_passes("chains"), pytest.raises(sj.errors.IndexRangeError) as plain:
        sj.jit(step)(x, wrong)
    compiled = sj.jit(step)
    with building():
        compiled(x, good)
    assert len(chains(runner(compiled).program)) == 1
    before = v._value._array.numpy().copy()  # not by `v.numpy()`: it would be copied from then on
    for _ in range(2):
        with pytest.raises(sj.errors.IndexRangeError, match=text) as caught:
            compiled(x, wrong)
        assert str(caught.value) == str(plain.value)
        np.testing.assert_array_equal(v._value._array.numpy(), before)
    compiled(x, good)
    assert not np.array_equal(v.numpy(), before)


def test_a_label_that_is_no_class_is_refused_as_ever() -> None:
    def loss(x: Any, w: Any, labels: Any) -> Any:
        return sj.value_and_grad(lambda w: sj.mean(sj.softmax_cross_entropy(x @ w, labels)))(w)

    step = sj.jit(loss)
    x, w, labels = normal(6, 5), normal(5, 4), sj.asarray([0, 1, 2, 3, 0, 1])
    with building():
        value, slope = step(x, w, labels)
    (chain,) = chains(runner(step).program)
    assert any(stage.refuses for stage in chain.stages)
    right, slopes = loss(x, w, labels)
    np.testing.assert_allclose(float(value), float(right), rtol=1e-5)
    np.testing.assert_allclose(slope.numpy(), slopes.numpy(), rtol=1e-4, atol=1e-5)
    with pytest.raises(sj.errors.IndexRangeError, match=r"label 4 is no class[\s\S]*0 to 3 for 4 classes"):
        step(x, w, sj.asarray([0, 1, 2, 3, 4, 1]))
