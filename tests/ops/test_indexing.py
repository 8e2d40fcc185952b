"""Indexing against NumPy, in programs, and the ways that only a GPU takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.errors import ImmutableError, IndexRangeError, RecordError


def random_key(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """A key of whole numbers, slices, new axes, dots, index arrays and masks that NumPy may take."""
    key: list[Any] = []
    axis = 0
    while axis < len(shape) and rng.random() < 0.85:
        size = shape[axis]
        kind = rng.choice(["number", "slice", "new", "dots", "array", "array", "mask", "truth"])
        if kind == "new":
            key.append(None)
        elif kind == "dots" and Ellipsis not in [k for k in key if k is Ellipsis]:
            key.append(Ellipsis)
        elif kind == "truth" and rng.random() < 0.2:
            key.append(bool(rng.integers(2)))
        else:
            key.append(_of_axis(rng, kind, size))
            axis += 1
    return tuple(key)


def _of_axis(rng: np.random.Generator, kind: str, size: int) -> Any:
    if kind == "number":
        return int(rng.integers(-size, size))
    if kind == "array":
        shape = [(), (3,), (2, 3), (2, 1), (0,)][rng.integers(5)]
        return rng.integers(-size, size, shape)
    if kind == "mask":
        return rng.random(size) > 0.5
    ends = [None if rng.random() < 0.3 else int(rng.integers(-size - 1, size + 2)) for _ in range(2)]
    return slice(*ends, [None, 1, 2, -1, -3][rng.integers(5)])


def test_keys_mean_what_they_mean_in_numpy(engine: str) -> None:
    rng = np.random.default_rng(3)
    taken = 0
    for _ in range(400):
        shape = tuple(int(s) for s in rng.integers(1, 5, rng.integers(0, 5)))
        x = np.arange(float(np.prod(shape))).reshape(shape)
        key = random_key(rng, shape)
        tensors = tuple(sj.asarray(k) if isinstance(k, np.ndarray) else k for k in key)
        try:
            expected = x[key]
        except IndexError:
            with pytest.raises((IndexRangeError, sj.errors.ShapeError)):
                sj.asarray(x)[tensors]
            continue
        taken += 1
        leaf = sj.asarray(x, requires_grad=True)
        y = leaf[tensors]
        np.testing.assert_array_equal(np.asarray(y), expected, strict=True, err_msg=f"{shape} {key}")
        weights = rng.uniform(1, 2, expected.shape)
        (found,) = sj.gradients(sj.sum(y * sj.asarray(weights)), [leaf])
        gradient = np.zeros(shape)
        np.add.at(gradient, key, weights)
        np.testing.assert_allclose(np.asarray(found), gradient, err_msg=f"{shape} {key}")
    assert taken > 250


def test_every_element_type_can_be_picked(engine: str) -> None:
    for name in [
        "bool",
        "int8",
        "int16",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "complex128",
    ]:
        host = np.asarray([[0, 1, 1], [1, 0, 1]]).astype(name)
        x = sj.asarray(host)
        for key in [(1, slice(None, None, -1)), ([1, 0, 1],), (slice(1), [2, 0])]:
            np.testing.assert_array_equal(np.asarray(x[key]), host[key], strict=True)
        along = np.asarray([[2, 0], [1, 1]])
        np.testing.assert_array_equal(
            np.asarray(sj.take_along_axis(x, along, axis=1)), np.take_along_axis(host, along, 1), strict=True
        )


def test_indices_of_any_integer_type(engine: str) -> None:
    x = sj.asarray([1.0, 2.0, 3.0])
    for name in ["int8", "uint8", "int16", "int32"]:
        assert x[sj.asarray(np.asarray([2, 0], name))].tolist() == [3.0, 1.0]


def test_iterating_and_unpacking(engine: str) -> None:
    rows = list(sj.asarray([[1, 2], [3, 4]]))
    assert [r.tolist() for r in rows] == [[1, 2], [3, 4]]
    with pytest.raises(sj.errors.ArgumentError, match="no length"):
        list(sj.asarray(1.0))


def test_tensors_do_not_change(engine: str) -> None:
    x = sj.zeros(3)
    with pytest.raises(ImmutableError, match=r"cannot be changed in place[\s\S]*sj.slice_update"):
        x[0] = 1.0


def test_recorded_keys_with_tensors(engine: str) -> None:
    x, rows, column = sj.asarray(np.arange(12.0).reshape(3, 4)), sj.asarray([2, -1]), sj.asarray(1)
    pick = sj.jit(lambda x, rows, column: (x[rows, column], x[:, column], x[rows][:, None, ::2]))
    for found, expected in zip(
        pick(x, rows, column), (x[rows, column], x[:, column], x[rows][:, None, ::2]), strict=True
    ):
        assert found.tolist() == expected.tolist()


def test_a_recorded_mask_needs_values(engine: str) -> None:
    with pytest.raises(RecordError, match=r"how many elements a mask picks[\s\S]*sj.where"):
        sj.jit(lambda x: x[x > 0])(sj.ones(3))
    known = sj.jit(lambda x: x[np.asarray([True, False, True])])
    assert known(sj.asarray([1.0, 2.0, 3.0])).tolist() == [1.0, 3.0]


def test_a_program_refuses_indices_out_of_range(engine: str) -> None:
    take = sj.jit(lambda x, i: sj.take(x, i, axis=0))
    assert take(sj.ones((3, 2)), sj.asarray([2])).shape == (1, 2)
    with pytest.raises(IndexRangeError, match="index 3 is out of range for axis 0 with size 3"):
        take(sj.ones((3, 2)), sj.asarray([3]))
    lookup = sj.jit(sj.embedding)
    with pytest.raises(IndexRangeError, match=r"\[embedding\] index -1"):
        lookup(sj.ones((3, 2)), sj.asarray([-1]))


def test_a_cache_is_written_in_place(engine: str) -> None:
    """A program that owns a variable overwrites its rows: the loop of a decoder needs no copy a step."""
    cache = sj.Variable(sj.zeros((4, 2)), name="cache", trainable=False)

    @sj.jit
    def put(row: sj.Tensor, at: sj.Tensor) -> None:
        cache.assign(sj.slice_update(cache, row, (at, 0)))

    for i in range(4):
        put(sj.full((1, 2), float(i)), sj.asarray(i))
    assert cache.numpy().tolist() == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]
    if engine == "torch":
        before = cache._value._array.data_ptr()
        cache._shared = False
        put(sj.full((1, 2), 9.0), sj.asarray(1))
        assert cache._value._array.data_ptr() == before
    seen = cache.value
    put(sj.full((1, 2), 7.0), sj.asarray(0))
    assert seen.tolist()[0] != [7.0, 7.0]
    assert cache.numpy().tolist()[0] == [7.0, 7.0]


def test_sums_by_index_ignore_the_order_of_memory(engine: str, rng: np.random.Generator) -> None:
    values, ids = rng.normal(size=(500, 3)).astype(np.float32), rng.integers(0, 7, 500)
    expected = np.zeros((7, 3))
    np.add.at(expected, ids, values.astype(np.float64))
    x = sj.scatter_add(sj.zeros((7, 3)), ids, sj.asarray(values))
    np.testing.assert_allclose(np.asarray(x), expected, rtol=1e-4, atol=1e-5)


class TestWithoutValues:
    """What kernels do on a device that is not asked for values: tried on the CPU, where results are known."""

    @pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "float16", "bfloat16"])
    def test_segment_sums(self, dtype: str, rng: np.random.Generator) -> None:
        torch = pytest.importorskip("torch")
        from sujeong.engines.torch.gathering import segment_sum

        rows = torch.from_numpy(rng.normal(size=(300, 5))).to(getattr(torch, dtype))
        ids = torch.from_numpy(rng.integers(0, 10, 300))
        found = segment_sum(rows, ids, 9)
        wide = torch.complex128 if rows.is_complex() else torch.float64
        expected = torch.zeros(10, 5, dtype=wide).index_add(0, ids, rows.to(wide))[:9]
        assert found.dtype == rows.dtype
        assert found.shape == (9, 5)
        error = (found.to(wide) - expected).abs().max().item()
        assert error < {"float16": 2e-2, "bfloat16": 0.2}.get(dtype, 2e-5)

    def test_sums_of_single_numbers(self, rng: np.random.Generator) -> None:
        torch = pytest.importorskip("torch")
        from sujeong.engines.torch import gathering

        g = torch.from_numpy(rng.normal(size=(3, 6, 5)))
        ids = torch.from_numpy(rng.integers(-4, 4, (3, 6, 5)))
        torch.testing.assert_close(
            gathering._scatter_flat(g, ids, 1, 4), gathering._scatter_add(g, ids, 1, 4)
        )

    def test_indices_outside_are_left_out(self) -> None:
        torch = pytest.importorskip("torch")
        from sujeong.engines.torch import gathering

        rows = torch.ones(4, 2)
        ids = torch.tensor([0, 5, -1, -7])
        assert gathering._add_rows(rows, ids, 3).tolist() == [[1, 1], [0, 0], [1, 1]]
        assert gathering._add_rows(rows.int(), ids, 3).tolist() == [[1, 1], [0, 0], [1, 1]]

    def test_cuts_at_a_place_that_is_not_read(self) -> None:
        torch = pytest.importorskip("torch")
        from sujeong.engines.torch import indexing

        x = torch.arange(12.0).reshape(3, 4)
        for start, moved in [(1, 1), (-2, 2), (3, 2), (-9, 0)]:
            places, fits = indexing._mesh(x, (torch.tensor(start),), (1,), (1, 0), (2, 2))
            assert bool(fits) == (start in (1, -2))
            assert x[places].tolist() == x[1:3, moved : moved + 2].tolist()
            changed = x.clone().index_put_(places, indexing._spoil(torch.full((2, 2), -1.0), fits))
            assert changed[0].tolist() == x[0].tolist()
            expected = torch.full((2, 2), -1.0 if bool(fits) else torch.nan)
            torch.testing.assert_close(changed[1:, moved : moved + 2], expected, equal_nan=True)

    def test_picks_from_outside_become_nan(self) -> None:
        torch = pytest.importorskip("torch")
        from sujeong.engines.torch import gathering

        ids = torch.tensor([0, -1, 3, -4, gathering.OUTSIDE])
        nearest, inside = gathering._nearest(ids, 3)
        assert nearest.tolist()[:2] == [0, 2]
        assert ((nearest >= 0) & (nearest < 3)).all()
        assert inside.tolist() == [True, True, False, False, False]
        assert gathering._nearest(ids, 3, negative=False)[1].tolist() == [True, False, False, False, False]
        for dtype in (torch.float16, torch.bfloat16, torch.complex64):
            spoiled = gathering._spoil(torch.ones(5, dtype=dtype), inside)
            assert spoiled.dtype == dtype
            assert torch.isnan(spoiled).tolist() == [False, False, True, True, True]
        assert gathering._spoil(torch.ones(5, dtype=torch.int32), inside).tolist() == [1] * 5


@pytest.mark.gpu
class TestOnTheGPU:
    """The same on a CUDA device: results, refusals, repeats."""

    @pytest.fixture(autouse=True)
    def _device(self) -> Any:
        with sj.using(engine="torch", device="cuda"):
            yield

    def test_picks_and_sums_agree_with_the_host(self, rng: np.random.Generator) -> None:
        host, ids, along = rng.normal(size=(6, 5)), rng.integers(-6, 6, 40), rng.integers(-5, 5, (6, 9))
        x, grown = sj.asarray(host, requires_grad=True), rng.normal(size=(40, 5))
        y = sj.take(x, ids, axis=0)
        np.testing.assert_array_equal(np.asarray(y), host[ids])
        (g,) = sj.gradients(sj.sum(y * sj.asarray(grown)), [x])
        expected = np.zeros_like(host)
        np.add.at(expected, ids, grown)
        np.testing.assert_allclose(np.asarray(g), expected)
        z = sj.take_along_axis(x, along, axis=1)
        np.testing.assert_array_equal(np.asarray(z), np.take_along_axis(host, along, 1))
        (g,) = sj.gradients(sj.sum(z * z), [x])
        counts = np.stack([np.bincount(row % 5, minlength=5) for row in along])
        np.testing.assert_allclose(np.asarray(g), 2 * host * counts)

    def test_sums_repeat_to_the_bit(self, rng: np.random.Generator) -> None:
        values, ids = rng.normal(size=(20000, 8)).astype(np.float32), rng.integers(0, 50, 20000)
        x = sj.asarray(values)
        lines = sj.asarray(ids[:4000].reshape(4, 1000))
        some = sj.asarray(values[:500, :].reshape(4, 1000))
        first = [
            np.asarray(sj.scatter_add(sj.zeros((50, 8)), ids, x)).tobytes(),
            np.asarray(sj.scatter_add_along_axis(sj.zeros((4, 50)), lines, some)).tobytes(),
        ]
        for _ in range(20):
            assert first == [
                np.asarray(sj.scatter_add(sj.zeros((50, 8)), ids, x)).tobytes(),
                np.asarray(sj.scatter_add_along_axis(sj.zeros((4, 50)), lines, some)).tobytes(),
            ]

    def test_outside_is_refused_and_the_device_lives(self) -> None:
        x = sj.ones((3, 2))
        for function in (
            lambda: x[sj.asarray([0, 3])],
            lambda: sj.take(x, [-4], axis=0),
            lambda: sj.embedding(x, [3]),
            lambda: sj.one_hot([0, 2], 2),
            lambda: x[sj.asarray([0]), sj.asarray([2])],
            lambda: sj.slice_update(x, sj.ones((2, 2)), (sj.asarray(2), 0)),
        ):
            with pytest.raises(IndexRangeError, match="is out of range|leaves axis"):
                function()
        assert sj.sum(x).item() == 6.0

    def test_a_program_gives_nan_outside(self) -> None:
        take = sj.jit(lambda x, i: sj.take(x, i, axis=0))
        y = np.asarray(take(sj.ones((3, 2)), sj.asarray([0, 3])))
        assert np.isnan(y).tolist() == [[False, False], [True, True]]
        cut = sj.jit(lambda x, at: (sj.dynamic_slice(x, (at,), (2,)), sj.slice_update(x, sj.ones(2), (at,))))
        part, changed = cut(sj.zeros(4), sj.asarray(1))
        assert part.tolist() == [0.0, 0.0]
        assert changed.tolist() == [0.0, 1.0, 1.0, 0.0]
        part, changed = cut(sj.zeros(4), sj.asarray(3))
        assert np.isnan(np.asarray(part)).all()
        assert np.isnan(np.asarray(changed)).any()
