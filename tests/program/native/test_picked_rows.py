"""Compiled means of picked rows and sums by index against the plain kernels, and what is refused."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.core.spec import Spec
from sujeong.engines.torch import bags, gathering, picked_rows
from sujeong.errors import IndexRangeError

from . import forms

run = partial(forms.run, picked_rows.COMPILED)

MEAN = {"over": (1,), "keepdims": False, "by": "take", "negative": True}


def numbers(*shape: int, like: Any = torch.float32) -> Any:
    return torch.from_numpy(np.random.default_rng(shape).normal(size=shape)).to(like)


def places(*shape: int, size: int, like: Any = torch.int64) -> Any:
    """Indices, some of them counted from the end."""
    return torch.from_numpy(np.random.default_rng(shape).integers(-size, size, shape)).to(like)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("index", [torch.int64, torch.int32])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (5, 3, 7, 11), (40, 64, 300, 64), (9, 5, 50, 130)])
def test_means(sizes: tuple[int, ...], dtype: Any, index: Any, keepdims: bool) -> None:
    rows, count, size, width = sizes
    x, at = numbers(size, width, like=dtype), places(rows, count, size=size, like=index)
    right = x.double()[at.long()].mean(1, keepdim=keepdims)
    found = run("take_mean", x, at, **MEAN | {"keepdims": keepdims})
    assert found.dtype is dtype
    np.testing.assert_allclose(
        found.double(), right, rtol=2**-8 if dtype is torch.bfloat16 else 1e-5, atol=1e-6
    )


@pytest.mark.parametrize("index", [torch.int64, torch.int32])
@pytest.mark.parametrize("laid", ["plain", "repeated", "turned"])
@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (5, 3, 7, 11), (40, 64, 300, 64), (9, 5, 50, 130)])
def test_sums(sizes: tuple[int, ...], laid: str, index: Any) -> None:
    rows, count, size, width = sizes
    at = places(rows, count, size=size, like=index)
    g = numbers(rows, count, width)
    if laid == "repeated":
        g = g[:, :1].expand(rows, count, width)
    elif laid == "turned":
        g = g.transpose(0, 1).contiguous().transpose(0, 1)
    right = torch.zeros(size, width, dtype=torch.float64)
    right.index_add_(0, (at.long() % size).reshape(-1), g.double().reshape(-1, width))
    np.testing.assert_allclose(run("index_add", g, at, axis=0, size=size), right, rtol=1e-5, atol=1e-5)
    line = g[:, 0], at[:, 0]
    right = torch.zeros(size, width, dtype=torch.float64)
    right.index_add_(0, line[1].long() % size, line[0].double())
    np.testing.assert_allclose(run("index_add", *line, axis=0, size=size), right, rtol=1e-5, atol=1e-5)


def test_threads_change_no_bit() -> None:
    x, at, g = numbers(100, 70), places(60, 30, size=100), numbers(60, 30, 70)
    found, before = [], torch.get_num_threads()
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            bagged = at.flatten() % 100, torch.arange(0, 1800, 30), g[:, 0]
            found.append(
                (
                    run("take_mean", x, at, **MEAN),
                    run("index_add", g, at, axis=0, size=100),
                    run("embedding_bag", x, *bagged[:2], **bag("mean", 3)),
                    run("embedding_bag_gradient", bagged[2], *bagged[:2], size=100, **bag("mean", 3)),
                )
            )
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("wrong", [7, -8])
def test_an_index_outside_is_refused_by_name(wrong: int) -> None:
    at = torch.tensor([[0, 1], [wrong, 2]])
    with pytest.raises(IndexRangeError, match=str(wrong)):
        run("take_mean", numbers(7, 4), at, **MEAN)
    with pytest.raises(IndexRangeError, match=str(wrong)):
        run("index_add", numbers(2, 2, 4), at, axis=0, size=7)


def test_the_rest_is_left_to_the_plain_kernels() -> None:
    mean, add = (picked_rows.COMPILED[name].text for name in ("take_mean", "index_add"))
    f, i = sj.float32, sj.int64
    assert mean(MEAN, Spec((7, 4), f), Spec((2, 3), i)) is not None
    for x, at in (
        (Spec((7, 4, 2), f), Spec((2, 3), i)),
        (Spec((7, 4), f), Spec((2, 3, 5), i)),
        (Spec((7, 4), f), Spec((0, 3), i)),
        (Spec((7, 4), f), Spec((2, 0), i)),
        (Spec((7, 4), sj.float64), Spec((2, 3), i)),
        (Spec((7, 4), f), Spec((2, 3), sj.uint8)),
    ):
        assert mean(MEAN, x, at) is None
    assert add({"axis": 0, "size": 7}, Spec((2, 3, 4), f), Spec((2, 3), i)) is not None
    for g, at, axis, size in (
        (Spec((2, 3, 4), f), Spec((2,), i), 0, 7),
        (Spec((2, 3, 4), f), Spec((3,), i), 1, 7),
        (Spec((0, 3, 4), f), Spec((0, 3), i), 0, 7),
        (Spec((2, 3, 4), sj.bfloat16), Spec((2, 3), i), 0, 7),
    ):
        assert add({"axis": axis, "size": size}, g, at) is None
    assert set(picked_rows.COMPILED) <= set(gathering.KERNELS | bags.KERNELS)


def test_an_index_from_the_end_is_refused_where_none_may_be() -> None:
    at = torch.tensor([[0, 1], [-1, 2]])
    assert run("take_mean", numbers(7, 4), at, **MEAN).shape == (2, 4)
    with pytest.raises(IndexRangeError, match="-1"):
        run("take_mean", numbers(7, 4), at, **MEAN | {"negative": False})


OFFSETS = {
    "one": [0],
    "even": [0, 5, 10, 15],
    "empty ones": [0, 0, 3, 3, 19, 20, 20],
    "all in the last": [0, 0, 0],
}


def bag(combiner: str, padding_id: int | None) -> dict[str, Any]:
    return {"combiner": combiner, "padding_id": padding_id}


@pytest.mark.parametrize("padding_id", [None, 2, 999])
@pytest.mark.parametrize("combiner", ["sum", "mean"])
@pytest.mark.parametrize("index", [torch.int64, torch.int32])
@pytest.mark.parametrize("width", [1, 11, 16, 64, 130])
@pytest.mark.parametrize("name", OFFSETS)
def test_bags(name: str, width: int, index: Any, combiner: str, padding_id: int | None) -> None:
    ids = (places(20, size=7) % 7).to(index)
    offsets, options = torch.tensor(OFFSETS[name]), bag(combiner, padding_id)
    x = numbers(7, width)
    args = (ids.long(), offsets)
    right = bags.KERNELS["embedding_bag"](x.double(), *args, **options)
    np.testing.assert_allclose(run("embedding_bag", x, ids, offsets, **options), right, rtol=1e-5, atol=1e-6)
    low = run("embedding_bag", x.bfloat16(), ids, offsets, **options)
    right = bags.KERNELS["embedding_bag"](x.bfloat16().double(), *args, **options)
    np.testing.assert_allclose(low.double(), right, rtol=2**-8, atol=1e-6)
    g = numbers(len(offsets), width)
    for laid in (g, g[:1].expand_as(g), g.t().contiguous().t()):
        right = bags.KERNELS["embedding_bag_gradient"](laid.double(), *args, size=7, **options)
        found = run("embedding_bag_gradient", laid, ids, offsets, size=7, **options)
        np.testing.assert_allclose(found, right, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("ids", "offsets"), [([0, 7], [0]), ([0, -1], [0]), ([0, 1], [1]), ([0, 1], [0, 3]), ([0, 1], [0, 2, 1])]
)
def test_wrong_bags_are_refused_by_name(ids: list[int], offsets: list[int]) -> None:
    with pytest.raises(IndexRangeError, match="embedding_bag"):
        run("embedding_bag", numbers(7, 4), torch.tensor(ids), torch.tensor(offsets), **bag("sum", None))


def test_greatest_values_and_short_offsets_are_left_to_the_library() -> None:
    text = picked_rows.COMPILED["embedding_bag"].text
    x, ids = Spec((7, 4), sj.float32), Spec((9,), sj.int64)
    assert text(bag("sum", None), x, ids, Spec((3,), sj.int64)) is not None
    assert text(bag("max", None), x, ids, Spec((3,), sj.int64)) is None
    assert text(bag("sum", None), x, ids, Spec((3,), sj.int32)) is None
    assert text(bag("sum", None), x, ids, Spec((0,), sj.int64)) is None
    back = picked_rows.COMPILED["embedding_bag_gradient"].text
    assert back(bag("sum", None) | {"size": 7}, Spec((3, 4), sj.bfloat16), ids, Spec((3,), sj.int64)) is None


@pytest.mark.parametrize("index", [torch.int64, torch.int32])
@pytest.mark.parametrize("shape", [(1,), (11,), (16,), (3, 70), (0,)])
def test_rows_in_16_bits(shape: tuple[int, ...], index: Any) -> None:
    x = numbers(50, *shape) * 10.0 ** torch.arange(-45, 5)[:, None].reshape(50, *[1] * len(shape))
    x.reshape(-1)[:8] = torch.tensor(
        [float("nan"), float("inf"), -float("inf"), -0.0, 0.0, 3.4e38, 1e-40, -1e-39]
    )[: x.numel()]
    at = torch.cat([torch.arange(50), places(70, size=50)]).to(index)
    options = {"dtype": sj.bfloat16, "by": "take", "negative": True}
    right = gathering.KERNELS["take_as"](x, at.long(), **options)
    assert right.dtype is torch.bfloat16
    if not x.numel():
        text = picked_rows.COMPILED["take_as"].text
        assert text(options, Spec(tuple(x.shape), sj.float32), Spec((120,), sj.int64)) is None
        return
    found = run("take_as", x, at, **options)
    assert found.shape == right.shape
    assert torch.equal(found.isnan(), right.isnan())  # whichever NaN it is
    assert torch.equal(found.nan_to_num(7).view(torch.int16), right.nan_to_num(7).view(torch.int16))
    wrong = at.clone()
    wrong[7] = 50
    with pytest.raises(IndexRangeError, match="50"):
        run("take_as", x, wrong, **options)
    with pytest.raises(IndexRangeError, match="take"):
        run("take_as", x, -at - 1, **options | {"negative": False})
    text = picked_rows.COMPILED["take_as"].text
    assert (
        text(options | {"dtype": sj.float16}, Spec(tuple(x.shape), sj.float32), Spec((9,), sj.int64)) is None
    )
