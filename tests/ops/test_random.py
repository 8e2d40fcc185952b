"""Random numbers from keys: the bits, the statistics, and the places where they must not depend on anything.

All keys are fixed, so each verdict is the same in each run. Bounds are those that a fair draw passes with a
chance of about 0.9999; a biased one of a few per cent does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import sujeong as sj
from sujeong.core import draws, keys
from sujeong.engines.torch import random as torch_random

N = 200_000
ENGINES = ("numpy", "torch")


def key(*words: Any) -> sj.Tensor:
    return sj.random.key(2024, *words)


# --- keys and bits ------------------------------------------------------------------------------------
def test_key_is_the_hosts_key(engine: str) -> None:
    host = keys.key(5, "block/dropout", 7, -1)
    assert sj.random.key(5, "block/dropout", 7, -1).tolist() == [
        w - (1 << 64) if w >> 63 else w for w in host
    ]


def test_words_may_be_tensors_anywhere(engine: str) -> None:
    plain = sj.random.key(5, 3, "dropout", 7).tolist()
    step = sj.Variable(sj.asarray(7), trainable=False)
    assert sj.random.key(5, 3, "dropout", step).tolist() == plain
    assert sj.random.key(5, sj.asarray(3), "dropout", 7).tolist() == plain
    assert sj.random.key(sj.asarray(5), 3, "dropout", np.array(7)).tolist() == plain
    assert sj.random.fold_in(sj.random.key(5, 3, "dropout"), step).tolist() == plain
    assert sj.random.key(5, 3, 7, "dropout").tolist() != plain


@pytest.mark.parametrize("wrong", [1.5, True, None])
def test_seed_must_be_whole(wrong: Any) -> None:
    with pytest.raises(sj.errors.ArgumentError, match="a seed is a whole number"):
        sj.random.key(wrong)


def test_an_integer_is_no_key(engine: str) -> None:
    with pytest.raises(sj.errors.ArgumentError, match=r"this is no key[\s\S]*sj.random.key\(seed\)"):
        sj.random.uniform(0, (3,))


@pytest.mark.parametrize("width", [16, 32, 64])
def test_bits_across_blocks(engine: str, width: int) -> None:
    """Blocks join without a seam, and lanes are the words from their low end."""
    count = 2 * draws.BLOCK * 64 // width + 3
    found = np.asarray(sj.random.bits(key(), count, width=width))
    words = keys.host_bits(keys.key(2024), -(-count * width // 64))
    np.testing.assert_array_equal(found, words.view(f"<i{width // 8}")[:count])
    one_by_one = [keys.finish((i + 1) * keys.GOLDEN + keys.key(2024)[0], keys.key(2024)[1]) for i in range(5)]
    assert words[:5].tolist() == one_by_one
    last = words.size - 1
    assert int(words[last]) == keys.finish((last + 1) * keys.GOLDEN + keys.key(2024)[0], keys.key(2024)[1])


def test_bits_of_other_devices() -> None:
    """What torch does off the CPU, held against the host, without a GPU."""
    import torch

    k = torch.from_numpy(np.asarray(key()).copy())
    host = np.asarray(key())
    for word in (0, 5, -3):
        expected = np.asarray(sj.random.fold_in(key(), word))
        got = torch_random._fold_in_on_device(k, torch.tensor(word)).numpy()
        np.testing.assert_array_equal(got, expected)
    for width in (16, 32, 64):
        lanes = torch_random._lanes_on_device(k, 1001, width).numpy()
        expected = draws.bits((int(host[0]) & keys.MASK, int(host[1]) & keys.MASK), 1001, width)
        np.testing.assert_array_equal(lanes, expected.view(f"<i{width // 8}"))


@pytest.mark.gpu
def test_bits_on_a_gpu() -> None:
    with sj.using(engine="torch", device="cuda"):
        found = [np.asarray(sj.random.bits(key("a", sj.asarray(3)), 1001, width=w)) for w in (16, 32, 64)]
        numbers = np.asarray(sj.random.uniform(key(), 1001))
    with sj.using(engine="numpy"):
        expected = [np.asarray(sj.random.bits(key("a", 3), 1001, width=w)) for w in (16, 32, 64)]
        np.testing.assert_array_equal(numbers, np.asarray(sj.random.uniform(key(), 1001)))
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_array_equal(f, e)


DRAWS = {
    "bits": lambda k: sj.random.bits(k, (101, 3)),
    "uniform": lambda k: sj.random.uniform(k, (101, 3), -1.0, 2.5),
    "uniform float64": lambda k: sj.random.uniform(k, (101, 3), dtype="float64"),
    "bernoulli": lambda k: sj.random.bernoulli(k, 0.3, (101, 3)),
    "chances": lambda k: sj.random.bernoulli(k, sj.asarray([0.2, 0.7]), (50, 2)),
    "dropout_mask": lambda k: sj.random.dropout_mask(k, (101, 3), 0.3),
    "randint": lambda k: sj.random.randint(k, (101, 3), -5, 12),
    "permutation": lambda k: sj.random.permutation(k, 101),
    "rows": lambda k: sj.random.permutation(k, sj.reshape(sj.arange(60), (20, 3))),
}


@pytest.mark.parametrize("name", DRAWS)
def test_equal_to_the_bit(name: str) -> None:
    """Both engines, eager and recorded."""
    draw = DRAWS[name]
    results = []
    for engine in ENGINES:
        with sj.using(engine=engine):
            results.append(np.asarray(draw(key(name))))
            results.append(np.asarray(sj.jit(draw)(key(name))))
            results.append(np.asarray(sj.jit(lambda: draw(key(name)))()))
    assert len({r.tobytes() for r in results}) == 1
    assert len({r.dtype for r in results}) == 1


def test_bfloat16_has_eight_digits() -> None:
    with sj.using(engine="torch"):
        x = sj.random.uniform(key(), (1000,), dtype="bfloat16")
        lanes = np.asarray(sj.random.bits(key(), (1000,), width=16)).view("u2")
    assert x.dtype is sj.bfloat16
    np.testing.assert_array_equal(np.asarray(x), (lanes >> 8) / 256.0)


def test_a_recorded_step_draws_anew(engine: str) -> None:
    step = sj.Variable(sj.asarray(0), trainable=False, name="step")

    @sj.jit
    def draw() -> Any:
        mask = sj.random.dropout_mask(sj.random.key(1, "dropout", step), (64,), 0.5)
        step.assign(step.value + 1)
        return mask

    first, second, third = (np.asarray(draw()) for _ in range(3))
    assert len(draw.programs) == 1
    expected = [sj.random.dropout_mask(sj.random.key(1, "dropout", i), (64,), 0.5) for i in range(3)]
    for got, want in zip((first, second, third), expected, strict=True):
        np.testing.assert_array_equal(got, np.asarray(want))
    assert not np.array_equal(first, second)


def test_permutation_is_the_hosts(engine: str) -> None:
    order = keys.host_permutation(3, "epoch 2", 1000)
    assert sj.random.permutation(sj.random.key(3, "epoch 2"), 1000).tolist() == order.tolist()


def test_host_uniform_is_the_ops(engine: str) -> None:
    drawn = np.asarray(sj.random.uniform(key(), (7, 5), dtype="float64"))
    np.testing.assert_array_equal(drawn, keys.host_uniform(keys.key(2024), (7, 5)))


# --- statistics ---------------------------------------------------------------------------------------
def _fair(counts: np.ndarray, expected: Any = None) -> None:
    """Chi-square: neither too uneven, nor too even to be random."""
    share = stats.chisquare(counts, expected).pvalue
    assert 1e-4 < share < 1 - 1e-4


@pytest.mark.parametrize("width", [16, 32, 64])
def test_each_bit_is_fair(width: int) -> None:
    lanes = np.asarray(sj.random.bits(key("fair"), N, width=width)).view(f"u{width // 8}")
    for i in range(width):
        ones = int(((lanes >> np.array(i, lanes.dtype)) & np.array(1, lanes.dtype)).sum())
        assert abs(ones - N / 2) < 4.5 * np.sqrt(N) / 2


def test_bits_of_one_word_are_independent() -> None:
    words = np.asarray(sj.random.bits(key("pairs"), N)).view("u8")
    table = ((words[:, None] >> np.arange(64, dtype="u8")) & np.uint64(1)).astype("f4") * 2 - 1
    correlation = table.T @ table / N
    np.fill_diagonal(correlation, 0)
    assert np.abs(correlation).max() < 5.5 / np.sqrt(N)  # 2016 pairs


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_uniform(dtype: str) -> None:
    x = np.asarray(sj.random.uniform(key("uniform"), N, dtype=dtype)).astype("f8")
    assert 0 <= x.min() < x.max() < 1
    assert abs(x.mean() - 0.5) < 4 * np.sqrt(1 / 12 / N)
    assert abs(x.var() - 1 / 12) < 4 * np.sqrt(1 / 180 / N)
    _fair(np.histogram(x, 256, (0, 1))[0])
    pairs = np.histogram2d(x[::2], x[1::2], 16, [(0, 1), (0, 1)])[0]
    _fair(pairs.ravel())


def test_normal() -> None:
    x = np.asarray(sj.random.normal(key("normal"), N, dtype="float64"))
    assert abs(x.mean()) < 4 / np.sqrt(N)
    assert abs(x.var() - 1) < 4 * np.sqrt(2 / N)
    assert abs((x**3).mean()) < 4 * np.sqrt(15 / N)
    assert abs((x**4).mean() - 3) < 4 * np.sqrt(96 / N)
    _fair(np.histogram(stats.norm.cdf(x), 100, (0, 1))[0])
    half = N // 2
    assert abs(np.corrcoef(x[:half], x[half:])[0, 1]) < 4 / np.sqrt(half)  # cosine and sine of one pair


def test_normal_of_sixteen_bits(engine: str) -> None:
    x = sj.random.normal(key(), (1000,), dtype="float16")
    assert x.dtype is sj.float16
    np.testing.assert_array_equal(x, np.asarray(sj.random.normal(key(), (1000,))).astype("float16"))


def test_truncated_normal() -> None:
    x = np.asarray(sj.random.truncated_normal(key("cut"), N, dtype="float64"))
    cut = stats.truncnorm(-2, 2)
    assert -2 <= x.min() < x.max() <= 2
    assert abs(x.std() - cut.std()) < 0.005
    _fair(np.histogram(cut.cdf(x), 100, (0, 1))[0])


@pytest.mark.parametrize("p", [0.001, 0.3, 0.5, 0.9])
def test_bernoulli_and_dropout(p: float) -> None:
    deviation = 4 * np.sqrt(p * (1 - p) * N)
    assert abs(int(np.asarray(sj.random.bernoulli(key("yes"), p, N)).sum()) - p * N) < deviation
    kept = int(np.asarray(sj.random.dropout_mask(key("kept"), N, p)).sum())
    assert abs(kept - (1 - p) * N) < deviation + N * 2**-17
    chances = np.asarray(sj.random.bernoulli(key("chances"), sj.full((N,), p))).sum()
    assert abs(int(chances) - p * N) < deviation


def test_randint() -> None:
    x = np.asarray(sj.random.randint(key("dice"), N, 1, 7))
    _fair(np.bincount(x)[1:])
    wide = np.asarray(sj.random.randint(key("wide"), N, -(1 << 62), (1 << 62) - 1))
    _fair(np.histogram(wide.astype("f8"), 64, (-(2.0**62), 2.0**62))[0])


def test_permutation_is_fair() -> None:
    """Each of the 24 orders of four is as likely as the others."""
    counts: dict[tuple[int, ...], int] = {}
    for i in range(2400):
        order = tuple(sj.random.permutation(key("orders", i), 4).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 24
    _fair(np.array(list(counts.values())))


def test_categorical(engine: str) -> None:
    chances = np.array([0.05, 0.15, 0.3, 0.5])
    x = np.asarray(sj.random.categorical(key("class"), np.log(chances), (50_000,)))
    _fair(np.bincount(x, minlength=4), chances * 50_000)
    never = sj.random.categorical(key(), sj.asarray([0.0, -np.inf, 0.0]), (10_000,))
    assert set(never.tolist()) == {0, 2}


NEIGHBOURS = {
    "steps": [("site", i) for i in range(8)],
    "seeds": [(sj.asarray(i), "site") for i in range(8)],
    "sites": [(f"layer {i}",) for i in range(8)],
    "prefixes": [("a" * (i + 1),) for i in range(8)],
    "powers of two": [(1 << i,) for i in range(0, 64, 8)],
    "nested": [(i, j) for i in range(3) for j in range(3)],
}


@pytest.mark.parametrize("kind", NEIGHBOURS)
def test_neighbouring_streams_have_nothing_in_common(kind: str) -> None:
    streams = [np.asarray(sj.random.bits(key(*words), 20_000)).view("u8") for words in NEIGHBOURS[kind]]
    n, count = streams[0].size, len(streams)
    everything = np.concatenate(streams)
    assert np.unique(everything).size == everything.size  # no word twice: no shifted copies
    x = np.array([s / 2.0**64 for s in streams]) - 0.5
    for shift in (0, 1, -1):
        moved = np.roll(x, shift, axis=1)
        for i in range(count):
            for j in range(count):
                if i != j:
                    assert abs(np.mean(x[i] * moved[j]) * 12) < 5 / np.sqrt(n)
    flips = np.unpackbits((streams[0] ^ streams[1]).view("u1")).mean()
    assert abs(flips - 0.5) < 4.5 / np.sqrt(64 * n) / 2


def test_first_words_of_successive_keys_are_fair() -> None:
    """A layer draws little in each of many steps: across steps it must look random too."""
    first = np.array([keys.host_bits(keys.key(0, "site", i), 1)[0] for i in range(20_000)])
    _fair(np.histogram(first / 2.0**64, 64, (0, 1))[0])
    assert abs(np.corrcoef(first[1:] / 2.0**64, first[:-1] / 2.0**64)[0, 1]) < 4 / np.sqrt(20_000)
