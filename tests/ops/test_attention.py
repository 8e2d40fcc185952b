"""Attention against PyTorch's, in 16 bits, in long sequences, where nothing is seen, and kept to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import sujeong as sj
from sujeong.core.dispatch import apply
from sujeong.ops import attention as room
from sujeong.ops import attention_primitives as primitives

Array = np.ndarray


def operands(rng: Any, shape: tuple[int, ...] = (2, 3, 5, 4), keys: int = 7, values: int = 6) -> list[Array]:
    """Queries, keys, values and a gradient of the result."""
    *batch, t, d = shape
    sizes = [(*batch, t, d), (*batch, keys, d), (*batch, keys, values), (*batch, t, values)]
    return [rng.normal(size=s).astype("float32") for s in sizes]


def ours(q: Array, k: Array, v: Array, g: Array, dtype: Any = "float32", **options: Any) -> list[Array]:
    """The result and the three gradients."""
    leaves = [sj.asarray(x).astype(dtype).detach() for x in (q, k, v)]
    leaves = [sj.asarray(x, requires_grad=True) for x in leaves]
    y = sj.attention(*leaves, **options)
    found = sj.gradients([y], leaves, [sj.asarray(g).astype(dtype)])
    return [np.asarray(x) for x in (y, *found)]


def theirs(
    q: Array, k: Array, v: Array, g: Array, mask: Any = None, causal: bool = False, scale: Any = None
) -> list[Array]:
    leaves = [torch.tensor(x, requires_grad=True) for x in (q, k, v)]
    given = None if mask is None else torch.tensor(mask)
    y = F.scaled_dot_product_attention(*leaves, attn_mask=given, is_causal=causal, scale=scale)
    return [x.detach().numpy() for x in (y, *torch.autograd.grad(y, leaves, torch.tensor(g)))]


def close(a: list[Array], b: list[Array], tolerance: float = 1e-5) -> None:
    for x, y in zip(a, b, strict=True):
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("options", [{}, {"causal": True}, {"scale": 0.7}])
def test_against_torch(options: dict[str, Any], engine: str, rng: Any) -> None:
    data = operands(rng)
    close(ours(*data, **options), theirs(*data, **options))


def test_masks_against_torch(engine: str, rng: Any) -> None:
    data = operands(rng)
    for shape in [(5, 7), (2, 1, 1, 7), (2, 1, 5, 7), (2, 3, 5, 7)]:
        mask = rng.uniform(size=shape) > 0.4
        mask[..., 0] = True
        close(ours(*data, mask=sj.asarray(mask)), theirs(*data, mask=mask))


def test_rows_that_see_nothing_give_zeros(engine: str, rng: Any) -> None:
    """No NaN, neither in the result nor in a gradient; the other rows are as if those were not there."""
    q, k, v, g = operands(rng)
    mask = np.ones((2, 1, 5, 7), bool)
    mask[0, :, 1] = False
    mask[1, :, :, 2:] = False
    y, d_q, d_k, d_v = ours(q, k, v, g, mask=sj.asarray(mask))
    assert (y[0, :, 1] == 0).all()
    assert (d_q[0, :, 1] == 0).all()
    assert (d_k[1, :, 2:] == 0).all()
    assert (d_v[1, :, 2:] == 0).all()
    rest = [0, 2, 3, 4]
    close([y[0][:, rest]], [theirs(q, k, v, g)[0][0][:, rest]])
    left = np.ones((2, 7), bool)
    left[:, :2] = False  # with a causal mask the first two places see nothing
    options = {"mask": sj.asarray(left)[:, None, None, :], "causal": True}
    for x in ours(q, k, v, g, **options):
        assert np.isfinite(x).all()
    assert (ours(q, k, v, g, **options)[0][:, :, :2] == 0).all()


def test_sixteen_bits(engine: str, rng: Any) -> None:
    """As exact as 16 bits allow: the softmax is computed in 32. NumPy has no bfloat16."""
    data = operands(rng, (2, 2, 40, 8), 40, 8)
    for dtype, tolerance in {"float16": 6e-3, "bfloat16": 5e-2}.items():
        if engine == "torch" or dtype == "float16":
            found = ours(*data, dtype=dtype, causal=True)
            assert all(np.isfinite(x).all() for x in found)
            close(found, theirs(*data, causal=True), tolerance)


def test_great_scores_do_not_overflow(engine: str) -> None:
    x = sj.asarray(np.array([[300.0, 0.0], [0.0, 300.0]], "float32"), requires_grad=True)
    y = sj.attention(x, x, x)
    np.testing.assert_array_equal(np.asarray(y), [[300, 0], [0, 300]])
    (g,) = sj.gradients(sj.sum(y * y), [x])
    assert np.isfinite(np.asarray(g)).all()


LONG: dict[str, Any] = {"scale": 0.3, "rate": 0.0}


@pytest.mark.parametrize("kind", ["causal", "mask", "both"])
def test_blocks_equal_kept_weights(kind: str, engine: str, rng: Any) -> None:
    """Without the weights the same comes out, block by block; also where examples go one by one."""
    data = [rng.normal(size=(2, 2, 300, 3)).astype("float32") for _ in range(4)]
    q, k, v, g = [sj.asarray(x) for x in data]
    more = [] if kind == "causal" else [sj.asarray(rng.uniform(size=(2, 1, 300, 300)) > 0.5)]
    options = LONG | {"causal": kind != "mask", "masked": bool(more)}
    y, p = apply(primitives.ATTENTION, q, k, v, *more, **options)
    again = apply(primitives.ATTENTION_BLOCKS, q, k, v, *more, **options)
    close([np.asarray(again)], [np.asarray(y)])
    plain = {name: value for name, value in options.items() if name != "masked"}
    first = apply(primitives.ATTENTION_GRADIENT, g, q, k, v, p, **plain)
    second = apply(primitives.ATTENTION_BLOCKS_GRADIENT, g, q, k, v, *more, **options)
    close([np.asarray(x) for x in second], [np.asarray(x) for x in first], 5e-5)
    if kind == "causal":
        close([np.asarray(y)], theirs(*data, causal=True, scale=0.3)[:1])


def test_many_weights_are_not_kept(monkeypatch: Any) -> None:
    """By sizes alone, known before anything runs."""
    spec = sj.Spec((1, 2, 6, 4), sj.float32)

    def gradient(q: Any, k: Any, v: Any) -> Any:
        return sj.grad(lambda *x: sj.sum(sj.attention(*x, causal=True)), argnums=(0, 1, 2))(q, k, v)

    def names() -> set[str]:
        return {e.op.name for e in sj.record(gradient, spec, spec, spec).equations}

    assert {"attention", "attention_gradient"} <= names()
    monkeypatch.setattr(room, "KEPT", 72)
    assert {"attention_blocks", "attention_blocks_gradient"} <= names()


def test_repeats_to_the_bit(engine: str, rng: Any) -> None:
    """Long enough for several threads, blocks and examples."""
    data = operands(rng, (3, 2, 280, 16), 280, 16)
    first = [x.tobytes() for x in ours(*data, causal=True)]
    for _ in range(19):
        assert [x.tobytes() for x in ours(*data, causal=True)] == first


def test_recorded_gradient_equals_eager_to_the_bit(engine: str, rng: Any) -> None:
    q, k, v, g = operands(rng, (2, 2, 9, 4), 9, 4)

    def loss(q: Any, k: Any, v: Any) -> Any:
        return sj.sum(sj.attention(q, k, v, causal=True) * sj.asarray(g))

    slope = sj.grad(loss, argnums=(0, 1, 2))
    tensors = [sj.asarray(x) for x in (q, k, v)]
    for a, b in zip(slope(*tensors), sj.jit(slope)(*tensors), strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes()


def test_a_split_goes_back_in_one_step() -> None:
    """The gradient of all parts is one operation, not one laid into zeros for each part."""

    def function(x: Any) -> Any:
        a, b, c = sj.split(x, 3, axis=-1)
        return sj.grad(lambda x: sj.sum(sj.tanh(sj.split(x, 3, axis=-1)[1])))(x) + sj.concat(
            [a, b, c], axis=-1
        )

    names = [e.op.name for e in sj.record(function, sj.Spec((2, 6), sj.float32)).equations]
    assert "put_slice" not in names
    assert names.count("concat") == 2


@pytest.mark.parametrize("dtype", [sj.float32, sj.float64])
@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_one_query_without_kept_weights(engine: str, dtype: Any, batch: tuple[int, ...]) -> None:
    """As when text is generated: the same as with weights kept, whatever the mask shows."""
    from sujeong.ops.attention import attended

    rng = np.random.default_rng(4)
    q, k, v = (sj.asarray(rng.normal(size=(*batch, n, 4)), dtype=dtype) for n in (1, 7, 7))
    for shown in (0, 1, 5, 7):
        mask = sj.asarray(np.arange(7)[None] < shown)
        expected, _ = attended(q, k, v, mask=mask)
        found, none = attended(q, k, v, mask=mask, keep=False)
        assert none is None
        assert found.shape == expected.shape
        np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)
        if not shown:
            assert not found.numpy().any()
    x = sj.sum(sj.grad(lambda q: sj.sum(attended(q, k, v, mask=mask, keep=False)[0] ** 2))(q))
    y = sj.sum(sj.grad(lambda q: sj.sum(attended(q, k, v, mask=mask)[0] ** 2))(q))
    np.testing.assert_allclose(float(x), float(y), rtol=1e-4, atol=1e-6)
