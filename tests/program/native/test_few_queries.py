"""Compiled attention with a few queries against NumPy in 64 bits, and where it is used."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.core.spec import Spec
from sujeong.engines.torch import few_queries, heads

from . import forms

run = partial(forms.run, heads.COMPILED)
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def numbers(*shape: int, like: Any = torch.float32, seed: int = 0) -> Any:
    return torch.from_numpy(np.random.default_rng([seed, *shape]).normal(size=shape)).to(like)


def right(q: Any, k: Any, v: Any, mask: Any, causal: bool, scale: float) -> tuple[Any, Any]:
    """Result and weights by NumPy in 64 bits; a query that sees nothing weighs nothing."""
    q, k, v = (x.double().numpy() for x in (q, k, v))
    scores = scale * q @ np.swapaxes(k, -1, -2)
    sees = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask.numpy(), scores.shape)
    sees = np.tril(sees) if causal else sees
    top = np.where(sees, scores, -np.inf).max(-1, keepdims=True)
    weights = np.where(sees, np.exp(np.where(sees, scores - top, -np.inf)), 0)
    total = weights.sum(-1, keepdims=True)
    weights = weights / np.where(total > 0, total, 1)
    return weights @ v, weights


def near(found: Any, expected: Any) -> None:
    """As near as results of that element type are: sums of scores of some ten, and e^x of them."""
    rounding = 2.0**-7 if found.dtype is torch.bfloat16 else 2.0**-19
    scale = np.sqrt((expected**2).mean())
    assert found.shape == expected.shape
    difference = np.abs(found.double().numpy() - expected)
    assert (difference <= rounding * (np.abs(expected) + scale)).all()


def mask_of(kind: str, n: int, h: int, t: int, s: int) -> Any:
    """Truth values that stretch to the weights; a last query with a row of its own sees nothing."""
    shape = {"places": (1, s), "keys": (n, 1, 1, s), "pairs": (t, s), "all": (n, h, t, s)}[kind]
    mask = numbers(*shape, seed=9) > 0
    mask[..., : s // 2] |= kind in ("places", "keys")
    if kind in ("pairs", "all"):
        mask[..., -1, :] = False
    return mask


@pytest.mark.parametrize("kind", [None, "places", "keys", "pairs", "all"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    "sizes", [(1, 4, 1, 80, 64, 64), (2, 3, 7, 5, 16, 48), (3, 1, 2, 33, 7, 19), (1, 2, 4, 1, 1, 1)]
)
@pytest.mark.parametrize("name", TYPES)
def test_values(name: str, sizes: tuple[int, ...], causal: bool, kind: str | None) -> None:
    n, h, t, s, d, e = sizes
    shapes = [(t, d), (s, d), (s, e)]
    q, k, v = (numbers(n, h, a, b, like=TYPES[name], seed=i) for i, (a, b) in enumerate(shapes))
    rest = () if kind is None else (mask_of(kind, n, h, t, s),)
    options = {"causal": causal, "scale": d**-0.5, "rate": 0.0, "masked": bool(rest)}
    y, p = run("attention", q, k, v, *rest, **options)
    expected, weights = right(q, k, v, rest[0] if rest else None, causal, d**-0.5)
    near(y, expected)
    near(p, weights)
    assert torch.equal(run("attention_blocks", q, k, v, *rest, **options), y)
    apart = [torch.cat([x, x], -1)[..., : x.shape[-1]].transpose(1, 2).contiguous() for x in (q, k, v)]
    beside = [x.transpose(1, 2) for x in apart]  # the heads of a place beside each other
    turned = [x.transpose(-1, -2).contiguous().transpose(-1, -2) for x in (q, k, v)]
    wider = [torch.cat([x, x], -2)[..., : x.shape[-2], :] for x in (q, k, v)]
    for laid in (beside, turned, wider):
        assert torch.equal(run("attention_blocks", *laid, *rest, **options), y), "to the bit, however it lies"


def test_without_heads() -> None:
    q, k, v = numbers(3, 2, 16), numbers(3, 9, 16, seed=1), numbers(3, 9, 24, seed=2)
    mask = numbers(3, 2, 9, seed=3) > 0
    y, p = run("attention", q, k, v, mask, causal=False, scale=0.25, rate=0.0, masked=True)
    expected, weights = right(q, k, v, mask, False, 0.25)
    near(y, expected)
    near(p, weights)
    wide = [torch.cat([x, x], -1)[..., : x.shape[-1]] for x in (q, k, v)]
    assert torch.equal(
        run("attention_blocks", *wide, mask, causal=False, scale=0.25, rate=0.0, masked=True), y
    )


def test_what_is_not_seen_is_not_looked_at() -> None:
    q, k, v = numbers(1, 2, 1, 16), numbers(1, 2, 40, 16, seed=1), numbers(1, 2, 40, 16, seed=2)
    mask = torch.arange(40)[None] < 11
    options = {"causal": False, "scale": 0.25, "rate": 0.0}
    cut = run("attention_blocks", q, k[:, :, :11], v[:, :, :11], **options, masked=False)
    k[:, :, 11:] = float("nan")
    v[:, :, 11:] = float("inf")
    assert torch.equal(run("attention_blocks", q, k, v, mask, **options, masked=True), cut)


def test_what_is_not_a_number_stays_so() -> None:
    q, k, v = numbers(1, 2, 3, 16), numbers(1, 2, 20, 16, seed=1), numbers(1, 2, 20, 16, seed=2)
    q[0, 0, 1, 3] = float("nan")
    y = run("attention_blocks", q, k, v, causal=False, scale=1.0, rate=0.0, masked=False)
    assert y[0, 0, 1].isnan().all()
    assert y[0, 0, [0, 2]].isfinite().all()
    assert y[0, 1].isfinite().all()


@pytest.mark.parametrize("name", TYPES)
def test_threads_and_queries_beside_change_no_bit(name: str) -> None:
    shapes = [(3, 5, 6, 32), (3, 5, 300, 32), (3, 5, 300, 32)]
    q, k, v = (numbers(*shape, like=TYPES[name], seed=i) for i, shape in enumerate(shapes))
    options = {"causal": False, "scale": 0.2, "rate": 0.0, "masked": False}
    found, before = [], torch.get_num_threads()
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            found.append(run("attention_blocks", q, k, v, **options))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(found[0], other) for other in found[1:])
    alone = run("attention_blocks", q[1:2, :, 2:3].clone(), k[1:2], v[1:2], **options)
    assert torch.equal(alone, found[0][1:2, :, 2:3])


def test_other_attention_is_left_to_others() -> None:
    form = few_queries.FORMS["attention_blocks"]
    options = {"rate": 0.0, "scale": 1.0, "causal": False}
    keys = Spec((2, 4, 16, 24), sj.float32)
    assert form.text(options, Spec((2, 4, 7, 24), sj.float32), keys, keys) is not None
    for shape in ((2, 4, 8, 24), (2, 4, 0, 24), (7, 24), (1, 2, 4, 7, 24)):
        assert form.text(options, Spec(shape, sj.float32), keys, keys) is None
    one = Spec((2, 4, 1, 24), sj.float32)
    assert form.text(options | {"rate": 0.1}, one, keys, keys) is None
    assert form.text(options, Spec((2, 4, 1, 24), sj.float64), keys, keys) is None
    assert form.text(options, one, Spec((2, 4, 0, 24), sj.float32), Spec((2, 4, 0, 24), sj.float32)) is None
    many = Spec((2, 4, 16, 32), sj.float32)
    both = heads.COMPILED["attention_blocks"]
    assert both.sizes is not None
    assert both.sizes(options, one, keys, keys) is not None
    assert both.sizes(options, many, many, many) is None, "its function takes more than sizes and arrays"
