"""Attention layers against PyTorch's with the same weights; masks, caches, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn

Array = np.ndarray
HEADS, SIZE = 2, 6


def close(a: Any, b: Any, tolerance: float = 2e-5) -> None:
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=tolerance, atol=tolerance)


def sequences(rng: Any, *lengths: int, batch: int = 3) -> list[Array]:
    return [rng.normal(size=(batch, t, SIZE)).astype("float32") for t in lengths]


def set_all(layer: nn.Module, values: dict[str, Array]) -> None:
    for path, value in values.items():
        layer.state()[path].assign(sj.asarray(np.ascontiguousarray(value)))


def carried(other: torch.nn.MultiheadAttention) -> dict[str, Array]:
    """PyTorch's weights in the shapes of ours."""
    d = SIZE // HEADS
    found = {}
    rows = other.in_proj_weight.detach().numpy().reshape(3, SIZE, SIZE)
    biases = other.in_proj_bias.detach().numpy().reshape(3, HEADS, d)
    for part, w, b in zip(("query", "key", "value"), rows, biases, strict=True):
        found[f"{part}_kernel"], found[f"{part}_bias"] = w.T.reshape(SIZE, HEADS, d), b
    found["output_kernel"] = other.out_proj.weight.detach().numpy().T.reshape(HEADS, d, SIZE)
    found["output_bias"] = other.out_proj.bias.detach().numpy()
    return found


def both(rng: Any, *shapes: tuple[int, ...]) -> tuple[nn.MultiHeadAttention, torch.nn.MultiheadAttention]:
    """The two layers with the same weights, biases included."""
    other = torch.nn.MultiheadAttention(SIZE, HEADS, batch_first=True)
    with torch.no_grad():
        for p in other.parameters():
            p.copy_(torch.tensor(rng.normal(size=p.shape) * 0.4))
    layer = nn.MultiHeadAttention(HEADS, SIZE // HEADS)
    layer.build_for(*shapes)
    set_all(layer, carried(other))
    return layer, other


@pytest.mark.parametrize("batch", [1, 3])
def test_self_attention(batch: int, engine: str, rng: Any) -> None:
    """Few rows and many: three products, or one with the kernels side by side; values and all gradients."""
    (x,) = sequences(rng, 5, batch=batch)
    layer, other = both(rng, x.shape)
    given = torch.tensor(x, requires_grad=True)
    y, scores = other(given, given, given, average_attn_weights=False)
    c = rng.normal(size=x.shape).astype("float32")
    (y * torch.tensor(c)).sum().backward()
    data = sj.asarray(x, requires_grad=True)
    ours, weights = layer(data, return_attention_scores=True)
    close(ours, y.detach())
    close(weights, scores.detach())
    (layer(data) * sj.asarray(c)).sum().backward()
    close(data.grad, given.grad)
    slopes = carried_gradients(other)
    for path, variable in layer.state().items():
        close(variable.grad, slopes[path], 5e-5)


def carried_gradients(other: torch.nn.MultiheadAttention) -> dict[str, Array]:
    twin = torch.nn.MultiheadAttention(SIZE, HEADS, batch_first=True)
    with torch.no_grad():
        for p, q in zip(twin.parameters(), other.parameters(), strict=True):
            p.copy_(q.grad)
    return carried(twin)


def test_cross_attention_with_padding(engine: str, rng: Any) -> None:
    x, memory = sequences(rng, 4, 7)
    layer, other = both(rng, x.shape, memory.shape)
    real = np.arange(7) < np.array([7, 3, 1])[:, None]
    y, _ = other(
        torch.tensor(x), torch.tensor(memory), torch.tensor(memory), key_padding_mask=torch.tensor(~real)
    )
    close(layer(sj.asarray(x), sj.asarray(memory), value_mask=sj.asarray(real)), y.detach())
    close(layer(x, memory, key_mask=real), y.detach())
    close(layer(x, memory, attention_mask=np.broadcast_to(real[:, None], (3, 4, 7))), y.detach())


def test_causal_mask(engine: str, rng: Any) -> None:
    (x,) = sequences(rng, 5)
    layer, other = both(rng, x.shape)
    above = torch.ones((5, 5), dtype=torch.bool).triu(1)
    y, _ = other(*[torch.tensor(x)] * 3, attn_mask=above)
    close(layer(sj.asarray(x), use_causal_mask=True), y.detach())
    close(layer(sj.asarray(x), attention_mask=sj.tril(sj.ones((5, 5), dtype=sj.bool))), y.detach())


def test_places_that_see_nothing(engine: str, rng: Any) -> None:
    """Where PyTorch has NaN, only the last bias is left."""
    (x,) = sequences(rng, 5)
    layer, _ = both(rng, x.shape)
    mask = np.ones((3, 5), bool)
    mask[1] = False
    y = np.asarray(layer(sj.asarray(x), value_mask=sj.asarray(mask)))
    assert np.isfinite(y).all()
    close(y[1], np.broadcast_to(layer.output_bias.numpy(), (5, SIZE)))
    hidden = np.asarray(layer(sj.asarray(x), query_mask=sj.asarray(mask)))
    close(hidden[1], y[1])
    close(hidden[0], np.asarray(layer(sj.asarray(x)))[0])


def test_other_sizes_against_einsum(engine: str, rng: Any) -> None:
    """Sizes of Keras: value_dim and output_shape of their own; keys that are not the values."""
    q, v, k = (rng.normal(size=s).astype("float32") for s in [(2, 3, 5), (2, 4, 6), (2, 4, 7)])
    layer = nn.MultiHeadAttention(3, 2, value_dim=4, output_shape=8, bias_initializer="normal")
    y = layer(*[sj.asarray(x) for x in (q, v, k)])
    w = {path: variable.numpy().astype("float64") for path, variable in layer.state().items()}
    assert w["query_kernel"].shape == (5, 3, 2)
    assert w["value_kernel"].shape == (6, 3, 4)
    assert w["output_kernel"].shape == (3, 4, 8)
    parts = {}
    for name, x in {"query": q, "key": k, "value": v}.items():
        parts[name] = np.einsum("btn,nhd->bhtd", x, w[f"{name}_kernel"]) + w[f"{name}_bias"][:, None]
    scores = np.exp(np.einsum("bhtd,bhsd->bhts", parts["query"], parts["key"]) / np.sqrt(2))
    weights = scores / scores.sum(-1, keepdims=True)
    mixed = np.einsum("bhts,bhsd->bhtd", weights, parts["value"])
    close(y, np.einsum("bhtd,hdo->bto", mixed, w["output_kernel"]) + w["output_bias"])


def test_first_values_are_those_of_the_matrix() -> None:
    """Glorot's law for n inputs and heads times key_dim outputs, however the kernel is folded."""
    layer = nn.MultiHeadAttention(8, 16)
    layer.build_for((1, 1, 128))
    limit = np.sqrt(6 / (128 + 128))
    for path in ("query_kernel", "output_kernel"):
        kernel = layer.state()[path].numpy()
        assert 0.98 * limit < np.abs(kernel).max() <= limit


def test_dropout_of_weights(engine: str, rng: Any) -> None:
    """Each call draws anew, prediction draws nothing, and the mean stays."""
    (x,) = sequences(rng, 5)
    layer = nn.MultiHeadAttention(HEADS, 3, dropout=0.5, name="layer")
    data = sj.asarray(x)
    calm = np.asarray(layer(data))
    drawn = [np.asarray(layer(data, training=True)) for _ in range(400)]
    assert not np.array_equal(drawn[0], drawn[1])
    spread = np.std(drawn, axis=0) / np.sqrt(400)
    assert (np.abs(np.mean(drawn, axis=0) - calm) < 5 * spread).all()
    np.testing.assert_array_equal(np.asarray(layer(data)), calm)
    assert int(layer.draws.value) == 400


@pytest.mark.parametrize("first", [1, 3])
def test_cache_equals_the_whole(first: int, engine: str, rng: Any) -> None:
    """Place by place, or several at first; one recorded step for all places."""
    (x,) = sequences(rng, 7)
    layer, _ = both(rng, x.shape)
    data = sj.asarray(x)
    whole = np.asarray(layer(data, use_causal_mask=True))
    step = sj.jit(lambda x, cache, n: layer(x, cache=cache, position=n))
    with sj.no_grad():
        y, cache = step(data[:, :first], layer.start_cache(3, 9), sj.asarray(0))
        found = [np.asarray(y)]
        for n in range(first, 7):
            y, cache = step(data[:, n : n + 1], cache, sj.asarray(n))
            found.append(np.asarray(y))
    close(np.concatenate(found, axis=1), whole, 2e-6)
    assert len(step.programs) == (1 if first == 1 else 2)
    assert (np.asarray(cache[0])[:, :, 7:] == 0).all()


def test_drawn_model_with_a_mask(engine: str, rng: Any, tmp_path: Any) -> None:
    """A mask is passed by name, as everywhere; it is kept in the file."""
    ids = nn.Input((5,), dtype=sj.int64)
    h = nn.Embedding(9, SIZE)(ids)
    h = nn.MultiHeadAttention(HEADS, 3)(h, value_mask=ids != 0)
    model = nn.Model(ids, nn.Dense(2)(h))
    texts = sj.asarray([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]])
    y = np.asarray(model(texts))
    embedding, attention, dense = model.layers
    close(y, dense(attention(embedding(texts), value_mask=texts != 0)))
    assert not np.allclose(y, np.asarray(dense(attention(embedding(texts)))))
    model.save(tmp_path / "model")
    np.testing.assert_array_equal(np.asarray(sj.load(tmp_path / "model")(texts)), y)


REFUSALS: list[tuple[Any, type[Exception], str]] = [
    (lambda: nn.MultiHeadAttention(0, 4), sj.errors.ArgumentError, "num_heads must be a positive"),
    (lambda: nn.MultiHeadAttention(2, 4, dropout=1.0), sj.errors.ArgumentError, "leaves nothing"),
    (lambda: nn.MultiHeadAttention(2, 4, dropout=50), sj.errors.ArgumentError, "is a chance"),
    (
        lambda: nn.MultiHeadAttention(2, 4)(sj.ones((5, 6))),
        sj.errors.ShapeError,
        r"no sequences[\s\S]*batch of one sequence",
    ),
    (
        lambda: nn.MultiHeadAttention(2, 4)(sj.ones((1, 5, 6)), value_mask=sj.ones((1, 5))),
        sj.errors.DTypeError,
        r"value_mask holds truth values[\s\S]*ids != 0",
    ),
    (
        lambda: nn.MultiHeadAttention(2, 4)(sj.ones((1, 5, 6)), key_mask=sj.ones(5, dtype=sj.bool)),
        sj.errors.ShapeError,
        "key_mask has the wrong number of axes",
    ),
    (
        lambda: nn.MultiHeadAttention(2, 4)(sj.ones((1, 5, 6)), value_mask=sj.ones((1, 4), dtype=sj.bool)),
        sj.errors.ShapeError,
        r"\[attention\] shapes do not broadcast",
    ),
]


@pytest.mark.parametrize(("mistake", "error", "text"), REFUSALS)
def test_mistakes_are_explained(mistake: Any, error: Any, text: str, engine: str) -> None:
    with pytest.raises(error, match=text):
        mistake()


def test_mistakes_after_the_first_use(engine: str) -> None:
    layer = nn.MultiHeadAttention(2, 4)
    x = sj.ones((1, 5, 6))
    layer(x)
    with pytest.raises(sj.errors.ShapeError, match=r"key has another shape[\s\S]*\(batch, places, 6\)"):
        layer(x, x, sj.ones((1, 5, 7)))
    cache = layer.start_cache(1, 8)
    with pytest.raises(sj.errors.ArgumentError, match="a cache needs a position"):
        layer(x, cache=cache)
    with pytest.raises(sj.errors.ArgumentError, match="places of one sequence"):
        layer(x, sj.ones((1, 5, 6)), cache=cache, position=0)
    with pytest.raises(sj.errors.IndexRangeError):
        layer(x, cache=cache, position=sj.asarray(4))
