"""Compiled attention, head by head, against the plain formula in 64 bits, and where it is used."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong.core.spec import Spec
from sujeong.engines.torch import heads
from sujeong.engines.torch._texts import text_of
from sujeong.nn.attention import MultiHeadAttention

from . import forms

run = partial(forms.run, heads.COMPILED)


@pytest.fixture(autouse=True)
def _without_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "has_units_for_16_bits", lambda: False)
    monkeypatch.setattr(heads, "has_matrix_units", lambda: False)


def plain(q: Any, k: Any, v: Any, mask: Any, causal: bool, scale: float) -> tuple[Any, Any]:
    """Result and weights in 64 bits; who sees nothing weighs nothing."""
    scores = q @ k.mT * scale
    sees = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand(scores.shape)
    sees = sees.tril() if causal else sees
    weights = torch.where(sees, torch.exp(scores - scores.amax(-1, keepdim=True)), 0)
    total = weights.sum(-1, keepdim=True)
    weights = torch.where(total > 0, weights / torch.where(total > 0, total, 1), 0)
    return weights @ v, weights


def near(found: Any, right: Any) -> None:
    rounding = (
        2.0**-7 if found.dtype is torch.bfloat16 else 2.0**-20
    )  # scores of ten and more, and e^x of them
    scale = right.pow(2).mean().sqrt()
    assert found.shape == right.shape
    assert ((found.double() - right).abs() <= rounding * (right.abs() + 8 * scale)).all()


def numbers(*shape: int, like: Any = torch.float32, seed: int = 0) -> Any:
    return torch.from_numpy(np.random.default_rng([seed, *shape]).normal(size=shape)).to(like)


def masks(kind: str, n: int, h: int, t: int, s: int) -> Any:
    """Truth values of a shape that stretches to the weights; some queries see nothing."""
    shape = {"keys": (n, 1, 1, s), "pairs": (t, s), "all": (n, h, t, s)}[kind]
    mask = numbers(*shape, seed=9) > 0
    mask[..., : s // 2] |= kind == "keys"
    if kind != "keys":
        mask[..., 1, :] = False
    return mask


@pytest.mark.parametrize("kind", [None, "keys", "pairs", "all"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    "sizes", [(2, 3, 8, 8, 16, 16), (1, 2, 37, 53, 32, 48), (3, 1, 53, 37, 48, 32), (1, 1, 130, 70, 16, 64)]
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_and_gradients(dtype: Any, sizes: tuple[int, ...], causal: bool, kind: str | None) -> None:
    check(dtype, sizes, causal, kind)


@pytest.mark.parametrize("kind", [None, "keys", "pairs", "all"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    "sizes", [(2, 3, 40, 64, 32, 64), (1, 2, 130, 96, 64, 32), (1, 1, 33, 32, 96, 32), (40, 2, 9, 96, 32, 32)]
)
def test_units_for_tiles(
    sizes: tuple[int, ...], causal: bool, kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the processor had them: where it has not, the same sums are taken without."""
    monkeypatch.setattr(heads, "has_matrix_units", lambda: True)
    monkeypatch.setattr(heads, "FEW_WEIGHTS", 0)
    check(torch.bfloat16, sizes, causal, kind)


def test_processors_without_units_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "has_matrix_units", lambda: True)
    monkeypatch.setattr(heads, "FEW_WEIGHTS", 0)
    plainly = "#undef __AVX512BF16__\n#undef __AMX_BF16__\n"
    monkeypatch.setattr(heads, "text_of", lambda *files: plainly + (text_of(*files) or ""))
    check(torch.bfloat16, (2, 2, 70, 64, 32, 64), True, "all")


def check(dtype: Any, sizes: tuple[int, ...], causal: bool, kind: str | None) -> None:
    n, h, t, s, d, e = sizes
    q, k, v = (numbers(n, h, a, b, like=dtype, seed=i) for i, (a, b) in enumerate([(t, d), (s, d), (s, e)]))
    g = numbers(n, h, t, e, like=dtype, seed=5)
    rest = () if kind is None else (masks(kind, n, h, t, s),)
    options = {"causal": causal, "scale": d**-0.5, "rate": 0.0}
    leaves = [a.double().requires_grad_() for a in (q, k, v)]
    right, weights = plain(*leaves, *(rest or (None,)), causal, d**-0.5)
    y, p = run("attention", q, k, v, *rest, **options, masked=bool(rest))
    near(y, right.detach())
    near(p, weights.detach())
    assert torch.equal(run("attention_blocks", q, k, v, *rest, **options, masked=bool(rest)), y)
    # From the weights as they were kept, so that only the gradient's own rounding is looked at.
    kept = p.double()
    d_p = g.double() @ leaves[2].mT
    d_s = kept * (d_p - (d_p * kept).sum(-1, keepdim=True)) * d**-0.5
    expected = (d_s @ leaves[1], d_s.mT @ leaves[0], kept.mT @ g.double())
    for found, one in zip(run("attention_gradient", g, q, k, v, p, **options), expected, strict=True):
        near(found, one.detach())


def test_heads_are_taken_and_given_beside_each_other() -> None:
    joined = numbers(2, 10, 3, 4, 16)
    q, k, v = (joined[:, :, i].transpose(1, 2) for i in range(3))
    options = {"causal": True, "scale": 0.25, "rate": 0.0}
    y, p = run("attention", q, k, v, **options, masked=False)
    apart = [a.contiguous() for a in (q, k, v)]
    assert torch.equal(y, run("attention", *apart, **options, masked=False)[0])
    assert y.transpose(1, 2).is_contiguous()
    g = numbers(2, 10, 4, 16).transpose(1, 2)
    found = run("attention_gradient", g, q, k, v, p, **options)
    same = run("attention_gradient", g.contiguous(), *apart, p, **options)
    assert all(torch.equal(a, b) for a, b in zip(found, same, strict=True))
    assert all(a.transpose(1, 2).is_contiguous() for a in found)
    odd = [a.transpose(-1, -2).contiguous().transpose(-1, -2) for a in (q, k, v)]  # features apart
    assert torch.equal(y, run("attention", *odd, **options, masked=False)[0])


def test_without_heads() -> None:
    q, k, v = (numbers(3, 9, 16, seed=i) for i in range(3))
    mask = masks("all", 3, 1, 9, 9)[:, 0]
    options = {"causal": False, "scale": 0.25, "rate": 0.0}
    y, p = run("attention", q, k, v, mask, **options, masked=True)
    near(y, plain(q.double(), k.double(), v.double(), mask, False, 0.25)[0])
    assert p.shape == (3, 9, 9)
    assert [d.shape for d in run("attention_gradient", y, q, k, v, p, **options)] == [q.shape] * 3


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_threads_change_no_bit(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "has_matrix_units", lambda: True)
    monkeypatch.setattr(heads, "FEW_WEIGHTS", 0)
    q, k, v, g = (numbers(1, 3, 224, 32, like=dtype, seed=i) for i in range(4))
    options = {"causal": True, "scale": 0.2, "rate": 0.0}
    found, before = [], torch.get_num_threads()
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            y, p = run("attention", q, k, v, **options, masked=False)
            found.append((y, p, *run("attention_gradient", g, q, k, v, p, **options)))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_not_a_number_stays_so(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "has_matrix_units", lambda: True)
    monkeypatch.setattr(heads, "FEW_WEIGHTS", 0)
    q, k, v = (numbers(1, 1, 32, 32, like=dtype, seed=i) for i in range(3))
    q[0, 0, 3, 0] = float("nan")
    k[0, 0, 10, 2] = float("inf")
    y, p = run("attention", q, k, v, causal=True, scale=1.0, rate=0.0, masked=False)
    assert y[0, 0, 3].isnan().all()
    assert y[0, 0, [0, 1, 2, 4, 9]].isfinite().all()
    assert (p[0, 0, 4, 5:] == 0).all()


def test_other_attention_is_the_plain_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    def text(name: str, q: Spec, k: Spec, rate: float = 0.0) -> str | None:
        return heads.COMPILED[name].text({"rate": rate}, *(() if name == "attention" else (q,)), q, k, k)

    f, g = sj.float32, "attention_gradient"
    usual = Spec((2, 4, 16, 32), f)
    assert text("attention", usual, usual) is not None
    assert text(g, usual, usual) is not None
    for shape in ((2, 4, 16, 24), (0, 4, 16, 32), (16, 32), (1, 2, 4, 16, 32)):
        assert text("attention", Spec(shape, f), Spec(shape, f)) is None
    assert text("attention", usual, Spec((2, 4, 0, 32), f)) is None
    assert text("attention", usual, usual, rate=0.1) is None
    assert text("attention", Spec((2, 4, 16, 32), sj.float64), usual) is None
    long = Spec((1, 1, 2048, 32), f)
    assert text("attention", long, long) is not None
    assert text(g, long, long) is None
    low = Spec((2, 4, 16, 32), sj.bfloat16)
    assert text("attention", low, low) is not None
    monkeypatch.setattr(heads, "has_units_for_16_bits", lambda: True)
    assert text("attention", low, low) is not None, "few weights: the call is what takes time"
    much = Spec((16, 4, 64, 32), sj.bfloat16)
    assert text("attention", much, much) is None
    assert text(g, much, much) is None
    monkeypatch.setattr(heads, "has_matrix_units", lambda: True)
    tiles = [text("attention", much, much), text(g, much, much)]
    assert all(t is not None and t != text("attention", low, low) for t in tiles)
    for shape in ((16, 4, 64, 48), (16, 4, 72, 32)):  # tiles would not be full
        assert text("attention", Spec(shape, sj.bfloat16), Spec(shape, sj.bfloat16)) is None


def test_a_step_uses_it_once_it_is_built() -> None:
    layer = MultiHeadAttention(2, 16)
    x = sj.asarray(numbers(2, 12, 32).numpy())
    layer(x, x)
    source = forms.trained(lambda u: layer(u, u, use_causal_mask=True), x)
    assert source.count("= compiled_") == 2
    assert "attention" not in source
