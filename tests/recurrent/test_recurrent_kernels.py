"""Kernels of recurrent operations on many rows of float32, where weights are packed, against float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.core.engine import load_engine

BLOCKS = {"simple_rnn": 1, "lstm": 4, "gru": 3}
FUNCTIONS = {"simple_rnn": sj.simple_rnn, "lstm": sj.lstm, "gru": sj.gru}
T, N, F, U = 5, 16, 7, 12


def arrays(name: str, seed: int = 0) -> list[np.ndarray]:
    """Input, weights, bias, states."""
    rng = np.random.default_rng(seed)
    columns = BLOCKS[name] * U
    bias = (2, columns) if name == "gru" else (columns,)
    states = [(N, U)] * (2 if name == "lstm" else 1)
    return [rng.normal(size=s) * 0.5 for s in ((N, T, F), (F, columns), (U, columns), bias, *states)]


def mask() -> np.ndarray:
    lengths = np.random.default_rng(1).integers(0, T + 1, N)
    return np.arange(T) < lengths[:, None]


def run(name: str, given: list[Any], dtype: str, masked: bool, reverse: bool) -> list[np.ndarray]:
    """Results and gradients by everything, of a weighted sum of all results."""
    leaves = [sj.asarray(a.astype(dtype), requires_grad=True) for a in given]
    keep = sj.asarray(mask()) if masked else None
    out = FUNCTIONS[name](*leaves[:4], leaves[4:], keep, reverse=reverse)
    rng = np.random.default_rng(2)
    total = sum(sj.sum(o * sj.asarray(rng.normal(size=o.shape).astype(dtype))) for o in out)
    return [np.asarray(v) for v in (*out, *sj.gradients(total, leaves))]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", BLOCKS)
def test_float32_against_float64(name: str, masked: bool, reverse: bool, engine: str) -> None:
    given = arrays(name)
    with sj.using(engine="numpy"):
        expected = run(name, given, "float64", masked, reverse)
    with sj.using(engine=engine):
        found = run(name, given, "float32", masked, reverse)
    for f, e in zip(found, expected, strict=True):
        assert f.dtype == np.float32
        # Sums over up to 80 products of float32, through five steps.
        np.testing.assert_allclose(f, e, rtol=1e-5, atol=1e-5 * max(1.0, float(np.abs(e).max())))


@pytest.mark.parametrize("name", BLOCKS)
def test_twenty_runs_are_equal_to_the_bit(name: str, engine: str) -> None:
    first = run(name, arrays(name), "float32", True, False)
    for _ in range(19):
        for a, b in zip(run(name, arrays(name), "float32", True, False), first, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", BLOCKS)
def test_any_strides(name: str, engine: str) -> None:
    given = arrays(name)
    plain = run(name, given, "float32", False, False)
    turned = [
        sj.permute_dims(sj.asarray(np.ascontiguousarray(a.T)), tuple(range(a.ndim))[::-1]) for a in given
    ]
    spread = [sj.asarray(np.repeat(a, 2, axis=-1))[..., ::2] for a in given]
    for values in (turned, spread):
        values = [sj.astype(v, sj.float32) for v in values]
        out = FUNCTIONS[name](*values[:4], values[4:])
        for f, e in zip(out, plain, strict=False):
            np.testing.assert_allclose(np.asarray(f), e, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", BLOCKS)
def test_inputs_are_not_written_to(name: str, engine: str) -> None:
    given = [a.astype("float32") for a in arrays(name)]
    leaves = [sj.asarray(a, requires_grad=True) for a in given]
    out = FUNCTIONS[name](*leaves[:4], leaves[4:])
    before = [np.asarray(o).copy() for o in out]
    came = [sj.asarray(np.ones(o.shape, "float32")) for o in out]
    for _ in range(2):
        found = [np.asarray(g) for g in sj.gradients(list(out), leaves, came, create_graph=True)]
    again = [np.asarray(g) for g in sj.gradients(list(out), leaves, came)]
    for a, b in zip([*given, *before, *found], [*leaves, *out, *again], strict=True):
        np.testing.assert_array_equal(a, np.asarray(b))
    assert all((np.asarray(c) == 1).all() for c in came)


@pytest.mark.parametrize("rows", [2, N])
@pytest.mark.parametrize("name", BLOCKS)
def test_what_is_no_number_stays_visible(name: str, rows: int, engine: str) -> None:
    given = [a.astype("float32") for a in arrays(name)]
    given = [given[0][:rows], *given[1:4], *[s[:rows] for s in given[4:]]]
    given[0][1, 2, 3] = np.nan
    given[0][0] = 1e30  # saturates every gate, without a number that is none
    y = np.asarray(FUNCTIONS[name](*[sj.asarray(a) for a in given[:4]])[0])
    assert np.isnan(y[1, 2:]).all()
    assert np.isfinite(y[1, :2]).all()
    assert np.isfinite(y[0]).all()
    assert np.abs(y[0]).max() <= 1


def test_many_rows_are_packed_and_few_are_not() -> None:
    """The float32 tests above reach both ways of the kernels, where the processor has oneDNN."""
    torch = pytest.importorskip("torch")
    load_engine("torch")
    from sujeong.engines.torch.recurrent import packs

    assert packs(torch.zeros(1), N) is torch.backends.mkldnn.is_available()
    assert not packs(torch.zeros(1), 2)
    assert not packs(torch.zeros(1, dtype=torch.float64), N)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_mask_is_a_shorter_sequence(name: str, engine: str) -> None:
    """Padding behind, read forwards or backwards, gives what each sequence alone gives."""
    given, keep = arrays(name), mask()
    values = [sj.asarray(a) for a in given]
    for reverse in (False, True):
        y, *states = FUNCTIONS[name](*values[:4], values[4:], sj.asarray(keep), reverse=reverse)
        for n in range(N):
            length = int(keep[n].sum())
            start = [v[n : n + 1] for v in values[4:]]
            alone, *ends = FUNCTIONS[name](
                values[0][n : n + 1, :length], *values[1:4], start, reverse=reverse
            )
            np.testing.assert_allclose(np.asarray(y)[n, :length], np.asarray(alone)[0], atol=1e-12)
            for a, b in zip(states, ends, strict=True):
                np.testing.assert_allclose(np.asarray(a)[n], np.asarray(b)[0], atol=1e-12)


def test_the_input_has_no_gradient_where_none_is_wanted(engine: str) -> None:
    """Data needs no product with W^T: a recorded step does not hold it."""
    x, w, r = (sj.asarray(a.astype("float32")) for a in arrays("lstm")[:3])

    def loss(x: Any, w: Any, r: Any) -> Any:
        return sj.sum(sj.lstm(x, w, r)[1])

    def products(argnums: tuple[int, ...]) -> int:
        program = sj.record(sj.grad(loss, argnums), x, w, r)
        return sum(e.op.name == "matmul" for e in program.equations)

    assert products((0, 1, 2)) == products((1, 2)) + 1
