"""Blocks of the Transformer, positions and bags of words against PyTorch's with the same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn

Array = np.ndarray
HEADS, SIZE, WIDE = 2, 6, 10


def close(a: Any, b: Any, tolerance: float = 2e-5) -> None:
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance)


def randomised(other: torch.nn.Module, rng: Any) -> torch.nn.Module:
    with torch.no_grad():
        for p in other.parameters():
            p.copy_(torch.tensor(rng.normal(size=p.shape) * 0.4))
    return other.eval()


def of_attention(path: str, other: Any) -> dict[str, Any]:
    """Weights of PyTorch's attention under our paths."""
    d = SIZE // HEADS
    found = {}
    rows, biases = other.in_proj_weight.reshape(3, SIZE, SIZE), other.in_proj_bias.reshape(3, HEADS, d)
    for i, part in enumerate(("query", "key", "value")):
        found[f"{path}/{part}_kernel"] = rows[i].T.reshape(SIZE, HEADS, d)
        found[f"{path}/{part}_bias"] = biases[i]
    found[f"{path}/output_kernel"] = other.out_proj.weight.T.reshape(HEADS, d, SIZE)
    found[f"{path}/output_bias"] = other.out_proj.bias
    return found


def of_block(other: Any) -> dict[str, Any]:
    """Weights of PyTorch's block under our paths."""
    norms = {"attention_norm": other.norm1, "feed_forward_norm": other.norm2}
    found = of_attention("attention", other.self_attn)
    if hasattr(other, "multihead_attn"):
        found |= of_attention("cross_attention", other.multihead_attn)
        norms = {"attention_norm": other.norm1, "cross_norm": other.norm2, "feed_forward_norm": other.norm3}
    for name, norm in norms.items():
        found |= {f"{name}/gamma": norm.weight, f"{name}/beta": norm.bias}
    for name, linear in {"widen": other.linear1, "narrow": other.linear2}.items():
        found |= {f"{name}/kernel": linear.weight.T, f"{name}/bias": linear.bias}
    return found


def set_all(layer: nn.Module, weights: dict[str, Any]) -> None:
    assert set(layer.state()) == set(weights)
    layer.load_state({path: w.detach().numpy() for path, w in weights.items()})


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_encoder(first: bool, activation: str, engine: str, rng: Any) -> None:
    """Values and all gradients, with padding; norms in front or behind."""
    other: Any = randomised(
        torch.nn.TransformerEncoderLayer(
            SIZE, HEADS, WIDE, 0.0, activation, batch_first=True, norm_first=first
        ),
        rng,
    )
    layer = nn.TransformerEncoder(WIDE, HEADS, activation=activation, normalize_first=first)
    x = rng.normal(size=(3, 5, SIZE)).astype("float32")
    layer.build_for(x.shape)
    set_all(layer, of_block(other))
    real = np.arange(5) < np.array([5, 3, 4])[:, None]
    other.train()  # its rate is 0; the other path of PyTorch zeroes padding
    given = torch.tensor(x, requires_grad=True)
    y = other(given, src_key_padding_mask=torch.tensor(~real))
    c = rng.normal(size=x.shape).astype("float32")
    (y * torch.tensor(c)).sum().backward()
    data = sj.asarray(x, requires_grad=True)
    out = layer(data, padding_mask=sj.asarray(real))
    close(out, y.detach())
    (out * sj.asarray(c)).sum().backward()
    close(data.grad, given.grad, 1e-4)
    with torch.no_grad():
        for p in other.parameters():
            p.copy_(p.grad)
    for path, slope in of_block(other).items():
        close(layer.state()[path].grad, slope.detach(), 2e-4)


@pytest.mark.parametrize("first", [False, True])
def test_decoder(first: bool, engine: str, rng: Any) -> None:
    """Its own places before, and those of an encoder's output that are no padding."""
    other: Any = randomised(
        torch.nn.TransformerDecoderLayer(SIZE, HEADS, WIDE, 0.0, batch_first=True, norm_first=first), rng
    )
    layer = nn.TransformerDecoder(WIDE, HEADS, normalize_first=first)
    x, memory = (rng.normal(size=(3, t, SIZE)).astype("float32") for t in (4, 7))
    layer.build_for(x.shape, memory.shape)
    set_all(layer, of_block(other))
    real = np.arange(7) < np.array([7, 3, 1])[:, None]
    above = torch.ones((4, 4), dtype=torch.bool).triu(1)
    y = other(
        torch.tensor(x), torch.tensor(memory), tgt_mask=above, memory_key_padding_mask=torch.tensor(~real)
    )
    close(layer(sj.asarray(x), sj.asarray(memory), encoder_padding_mask=sj.asarray(real)), y.detach(), 5e-5)
    cache, found = layer.start_cache(3, 4), []
    for n in range(4):
        out, cache = layer(
            sj.asarray(x[:, n : n + 1]),
            sj.asarray(memory),
            encoder_padding_mask=sj.asarray(real),
            cache=cache,
            position=n,
        )
        found.append(np.asarray(out))
    close(np.concatenate(found, axis=1), y.detach(), 5e-5)


def test_without_an_encoder_there_is_no_second_attention() -> None:
    block = nn.TransformerDecoder(WIDE, HEADS)
    d = SIZE
    assert block.count_parameters((1, 3, d)) == 4 * d * (d + 1) + 4 * d + d * WIDE * 2 + WIDE + d
    with pytest.raises(sj.errors.StateError, match="first used without an encoder"):
        block(sj.ones((1, 3, d)), sj.ones((1, 2, d)))


def test_frozen_before_its_first_use(engine: str) -> None:
    block = nn.TransformerEncoder(WIDE, HEADS, 0.1)
    block.freeze()
    block(sj.ones((1, 3, SIZE)))
    assert block.trainable_variables == []
    block.freeze(False)
    assert len(block.trainable_variables) == 16


def test_dropout_acts_in_training_only(engine: str, rng: Any) -> None:
    block = nn.TransformerEncoder(WIDE, HEADS, 0.5, normalize_first=True)
    x = sj.asarray(rng.normal(size=(2, 3, SIZE)).astype("float32"))
    calm = np.asarray(block(x))
    assert not np.array_equal(np.asarray(block(x, training=True)), np.asarray(block(x, training=True)))
    np.testing.assert_array_equal(np.asarray(block(x)), calm)


def test_blocks_refuse(engine: str) -> None:
    with pytest.raises(sj.errors.ShapeError, match=r"6 features cannot be shared among 4 heads"):
        nn.TransformerEncoder(WIDE, 4)(sj.ones((1, 3, SIZE)))
    with pytest.raises(sj.errors.ShapeError, match=r"no sequences[\s\S]*\(batch, places, features\)"):
        nn.TransformerDecoder(WIDE, 2)(sj.ones((3, SIZE)))
    with pytest.raises(sj.errors.ArgumentError, match="intermediate_dim must be a positive"):
        nn.TransformerEncoder(0, 2)
    with pytest.raises(sj.errors.StateError, match="sizes are not known yet"):
        nn.TransformerDecoder(WIDE, 2).start_cache(1, 4)


@pytest.mark.parametrize("make", [lambda: nn.PositionEmbedding(9), nn.SinePositionEncoding])
def test_positions_from_any_place_on(make: Any, engine: str, rng: Any) -> None:
    layer, x = make(), sj.asarray(rng.normal(size=(2, 7, 5)).astype("float32"))
    whole = np.asarray(layer(x))
    late = sj.jit(lambda x, n: layer(x, position=n))
    close(layer(x[:, 3:], position=3), whole[:, 3:], 1e-6)
    close(late(x[:, 3:], sj.asarray(3)), whole[:, 3:], 1e-6)


def test_sines_by_the_formula(engine: str) -> None:
    s = np.asarray(nn.SinePositionEncoding(100.0)(sj.zeros((50, 6))))
    for i in range(3):
        angle = np.arange(50) / 100.0 ** (2 * i / 6)
        close(s[:, 2 * i], np.sin(angle), 1e-6)
        close(s[:, 2 * i + 1], np.cos(angle), 1e-6)


def test_positions_refuse(engine: str) -> None:
    with pytest.raises(sj.errors.ShapeError, match=r"does not fit[\s\S]*at most 4[\s\S]*make it longer"):
        nn.PositionEmbedding(4)(sj.ones((1, 5, 3)))
    with pytest.raises(sj.errors.ShapeError, match="no sequence of vectors"):
        nn.SinePositionEncoding()(sj.ones(3))
    with pytest.raises(sj.errors.ArgumentError, match="max_wavelength must be positive"):
        nn.SinePositionEncoding(0)


@pytest.mark.parametrize("combiner", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding", [None, 0])
def test_embedding_bag(combiner: str, padding: int | None, engine: str, rng: Any) -> None:
    """Both forms of texts, values and gradient; repeated words and an empty text among them."""
    ids = rng.integers(0, 9, 60)
    offsets = np.array([0, 10, 10, 25, 57])
    other = torch.nn.EmbeddingBag(9, 4, mode=combiner, padding_idx=padding)
    layer = nn.EmbeddingBag(9, 4, combiner, padding)
    table = rng.normal(size=(9, 4)).astype("float32")
    other.weight.data = torch.tensor(table)
    y = other(torch.tensor(ids), torch.tensor(offsets))
    texts = ids.reshape(6, 10)
    z = other(torch.tensor(texts))
    c, e = rng.normal(size=(5, 4)).astype("float32"), rng.normal(size=(6, 4)).astype("float32")
    ((y * torch.tensor(c)).sum() + (z * torch.tensor(e)).sum()).backward()
    layer(sj.asarray(texts))
    layer.embeddings.assign(sj.asarray(table))
    a, b = layer(sj.asarray(ids), sj.asarray(offsets)), layer(sj.asarray(texts))
    close(a, y.detach())
    close(b, z.detach())
    ((a * sj.asarray(c)).sum() + (b * sj.asarray(e)).sum()).backward()
    close(layer.embeddings.grad, other.weight.grad)


def test_embedding_bag_refuses(engine: str) -> None:
    with pytest.raises(sj.errors.ArgumentError, match="sum or mean or max"):
        nn.EmbeddingBag(9, 4, "median")
    with pytest.raises(sj.errors.DTypeError, match="takes whole numbers"):
        nn.EmbeddingBag(9, 4)(sj.ones((2, 3)))
    with pytest.raises(sj.errors.ShapeError, match="bags are not told apart"):
        nn.EmbeddingBag(9, 4)(sj.asarray([1, 2]))
    with pytest.raises(sj.errors.IndexRangeError, match="index 9 is out"):
        nn.EmbeddingBag(9, 4)(sj.asarray([[1, 9]]))
