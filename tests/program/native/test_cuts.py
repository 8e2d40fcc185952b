"""Cuts at places found when they run, and picked rows, in chains: values, refusals, what is written where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.program.passes.chains import MOST_BYTES
from sujeong.program.passes.fusion import building

from .test_chains import built, chains, runner

CUTS = [  # shape of the array, of the cut, and the axes whose place is found when it runs
    ((7,), (3,), (0,)),
    ((4, 5), (4, 2), (1,)),
    ((4, 5), (2, 5), (0,)),
    ((3, 4, 5), (1, 4, 5), (0,)),
    ((2, 3, 8, 4), (2, 3, 1, 4), (2,)),
    ((2, 3, 8, 4), (1, 2, 3, 2), (0, 1, 2, 3)),
    ((1, 6, 1, 5), (1, 3, 1, 5), (0, 1)),
    ((6, 6), (2, 3), ()),
    ((3, 3), (3, 3), (0, 1)),
]


def numbers(*shape: int, dtype: Any = sj.float32) -> sj.Tensor:
    return sj.asarray(np.random.default_rng(shape).normal(size=shape) * 9, dtype=dtype)


def window(begin: list[int], part: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(a, a + n) for a, n in zip(begin, part, strict=True))


@pytest.mark.parametrize("dtype", [sj.float32, sj.bfloat16, sj.int64])
@pytest.mark.parametrize(("shape", "part", "axes"), CUTS)
def test_values_of_cuts(
    shape: tuple[int, ...], part: tuple[int, ...], axes: tuple[int, ...], dtype: Any
) -> None:
    x, value = numbers(*shape, dtype=dtype), numbers(*part, dtype=dtype)
    last = [n - m for n, m in zip(shape, part, strict=True)]
    for begin in ([0] * len(shape), last, [a // 2 for a in last]):
        # Half of the places are counted from the end.
        given = [a - n if a % 2 else a for a, n in zip(begin, shape, strict=True)]
        starts = [sj.asarray(given[axis], dtype=sj.int32 if axis % 2 else sj.int64) for axis in axes]

        def function(x: Any, value: Any, *starts: Any, begin: list[int] = begin) -> Any:
            at: list[Any] = list(begin)
            for axis, start in zip(axes, starts, strict=True):
                at[axis] = start
            return sj.dynamic_slice(x + 1, at, part), sj.slice_update(x + x, value * 2, at)

        out, program = built(function, x, value, *starts)
        assert chains(program)
        right = (x + x).numpy().copy()
        right[window(begin, part)] = (value * 2).numpy()
        cut = (x + 1).numpy()[window(begin, part)]
        for found, expected in zip(out, (cut, right), strict=True):
            np.testing.assert_array_equal(found.double().numpy(), expected.astype(np.float64))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_rows_are_picked(axis: int) -> None:
    x, at = numbers(4, 5, 3), sj.asarray([[0, 2, -1], [1, -3, 0]])
    out, program = built(lambda x, at: sj.take(x * 2, at, axis=axis) + 1, x, at)
    assert len(chains(program)[0].stages) == 3
    np.testing.assert_array_equal(out[0].numpy(), np.take(x.numpy() * 2, at.numpy(), axis=axis) + 1)


def test_other_sizes_are_the_same_text() -> None:
    def text(length: int) -> str:
        cache, value, n = numbers(2, length, 4), numbers(2, 1, 4), sj.asarray(1)
        _, program = built(lambda c, v, n: sj.sum(sj.slice_update(c, v, (0, n, 0)), axis=2), cache, value, n)
        return chains(program)[0].text  # type: ignore[no-any-return]

    assert text(6) == text(11)


class Growing:
    """Two caches that a step writes into, before it reads them; the place goes on."""

    def __init__(self, length: int = 8, features: int = 16) -> None:
        self.caches = [
            sj.Variable(np.zeros((2, n, features), np.float32), trainable=False) for n in (length, length - 1)
        ]
        self.place = sj.Variable(0, trainable=False)
        self.step = sj.jit(self._step)

    def _step(self, x: Any) -> Any:
        place = self.place.value
        one, two = (sj.slice_update(c.value, sj.tanh(x), (0, place, 0)) for c in self.caches)
        for cache, value in zip(self.caches, (one, two), strict=True):
            cache.assign(value)
        self.place.assign(place + 1)
        return sj.sum(one * one, axis=1) + sj.sum(two * two, axis=1)

    def arrays(self) -> list[Any]:
        """Of the caches; asked so, they are shown to nobody."""
        return [cache._value._array for cache in self.caches]


def test_variables_are_written_over_and_one_that_was_shown_is_not() -> None:
    own, x = Growing(), numbers(2, 1, 16)
    with building():
        own.step(x)
    (chain,) = chains(runner(own.step).program)
    refuses = [stage.refuses for stage in chain.stages]
    assert refuses.count(True) == 2
    assert refuses == sorted(refuses, reverse=True), "both refuse before anything is written"
    before = [a.data_ptr() for a in own.arrays()]
    own.step(x)
    assert [a.data_ptr() for a in own.arrays()] == before
    shown = own.caches[0].value
    kept = shown.numpy().copy()
    y = own.step(x)
    np.testing.assert_array_equal(shown.numpy(), kept)
    right = kept.copy()
    right[:, 2:3] = np.tanh(x.numpy())
    np.testing.assert_allclose(own.caches[0].numpy(), right, rtol=1e-6)
    np.testing.assert_allclose(y.numpy(), 2 * (right * right).sum(1), rtol=1e-5)


def test_a_place_outside_is_refused_as_ever_and_changes_nothing() -> None:
    own, x = Growing(length=3), numbers(2, 1, 16)
    with building():
        own.step(x)
    own.step(x)
    assert chains(runner(own.step).program)
    before = [a.clone() for a in own.arrays()]
    for _ in range(2):  # in the first cache there is room, in the second one there is none
        with pytest.raises(sj.errors.IndexRangeError, match="a cut of 1 from 2 on leaves axis 1 with size 2"):
            own.step(x)
        assert all(a.equal(b) for a, b in zip(own.arrays(), before, strict=True))
        assert own.place._value._array.item() == 2


def test_an_index_outside_is_refused_as_ever() -> None:
    step = sj.jit(lambda x, at: sj.tanh(sj.take(x, at, axis=0)) * 2 + sj.take(x, at, axis=0))
    x = numbers(6, 4)
    with building():
        step(x, sj.asarray([5, -6]))
    assert chains(runner(step).program)
    for bad in (6, -7):
        with pytest.raises(sj.errors.IndexRangeError, match=f"index {bad} is out of range"):
            step(x, sj.asarray([0, bad]))


def test_a_large_cache_is_part_of_a_chain_where_it_is_written_over() -> None:
    own = sj.Variable(np.zeros((1, 4, 300, 64), np.float32), trainable=False)
    assert own.size * 4 > MOST_BYTES

    def step(q: Any, n: Any) -> Any:
        cache = sj.slice_update(own.value, q * 2, (0, 0, n, 0))
        own.assign(cache)
        return sj.attention(q, cache, cache) + 1

    compiled, q = sj.jit(step), sj.asarray(numbers(1, 4, 1, 64) / 9)
    with sj.no_grad(), building():
        y = compiled(q, sj.asarray(299))
    program = runner(compiled).program
    assert len(chains(program)) == 1
    assert "dynamic_update" not in [e.op.name for e in program.equations]
    given = q.numpy()[0, :, 0].astype(np.float64)
    score = 2 * (given**2).sum(-1, keepdims=True) / 8  # of the last place; of the others it is 0
    right = 1 + np.exp(score) / (299 + np.exp(score)) * 2 * given
    # Numbers of a few units, to some roundings; near 0 where 1 meets -1.
    np.testing.assert_allclose(y.numpy()[0, :, 0], right, rtol=1e-5, atol=3e-6)


def test_a_copy_that_is_handed_out_is_one() -> None:
    own = sj.Variable(np.zeros((3, 4), np.float32), trainable=False)

    def step(x: Any, n: Any) -> Any:
        before = own.value
        own.assign(sj.slice_update(before, x * 2, (n, 0)))
        return sj.asarray(before, copy=True) + 1, sj.asarray(before, copy=True)

    compiled, x = sj.jit(step), numbers(1, 4)
    with building():
        compiled(x, sj.asarray(0))
    one, two = compiled(x, sj.asarray(1))
    first = np.zeros((3, 4), np.float32)
    first[0] = 2 * x.numpy()
    np.testing.assert_array_equal(two.numpy(), first)
    np.testing.assert_array_equal(one.numpy(), first + 1)
    compiled(x, sj.asarray(2))
    np.testing.assert_array_equal(two.numpy(), first)


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_a_word_that_is_written_is_one_call(temperature: float) -> None:
    model = sj.zoo.GPT(vocabulary=60, length=32, features=64, heads=4, depth=2)
    ids = sj.asarray([[3, 1, 4, 1, 5]])
    with sj.without_passes("fusion", "chains"):
        plain = model.generate(ids, 20, temperature=temperature)
    model._writers.clear()
    with building():
        found = model.generate(ids, 20, temperature=temperature)
    np.testing.assert_array_equal(found.numpy(), plain.numpy())
    (writer,) = model._writers.values()
    program = runner(writer.go_on).program
    assert len(chains(program)) == 1
    names = [e.op.name for e in program.equations]
    if not temperature:
        assert names == ["chain"]
    again = model.generate(ids, 20, temperature=temperature)
    np.testing.assert_array_equal(again.numpy(), found.numpy())
