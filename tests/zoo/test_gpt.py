"""GPT: its size, PyTorch's results with the same weights, learning, and going on with a text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import sujeong as sj
from sujeong.zoo import GPT

SMALL: dict[str, int] = {"vocabulary": 11, "length": 12, "features": 8, "heads": 2, "depth": 2}


def small(**options: Any) -> GPT:
    """A small model with weights that are far from zero."""
    model = GPT(**SMALL, **options)
    model.build_for(sj.Spec((1, 2), sj.int64))
    rng = np.random.default_rng(5)
    for variable in model.trainable_variables:
        variable.assign(sj.asarray(rng.normal(size=variable.shape).astype("float32") * 0.4))
    return model


@pytest.mark.parametrize(("v", "t", "d", "depth"), [(256, 128, 256, 4), (50257, 1024, 768, 12)])
def test_number_of_parameters(v: int, t: int, d: int, depth: int) -> None:
    """Counted without making them: GPT-2's 124 million, and the output's own weights here."""
    model = GPT(v, t, d, d // 64, depth)
    expected = v * d + t * d + depth * (12 * d * d + 13 * d) + 2 * d + d * v + v
    assert model.count_parameters(sj.Spec((1, 8), sj.int64)) == expected
    if d == 768:
        assert expected - d * v - v == 124_439_808
    assert all(variable._tensor is None for variable in model.variables)


def reference(model: GPT, ids: np.ndarray) -> torch.Tensor:
    """The model written out in PyTorch."""
    w = {path: torch.tensor(variable.numpy()) for path, variable in model.state().items()}
    d, heads = SMALL["features"], SMALL["heads"]
    x = w["tokens/embeddings"][torch.tensor(ids)] + w["places/embeddings"][: ids.shape[1]]
    for i in range(SMALL["depth"]):
        p = {k.removeprefix(f"blocks/{i}/"): v for k, v in w.items() if k.startswith(f"blocks/{i}/")}

        def norm(h: Any, name: str, p: Any = p) -> Any:
            return F.layer_norm(h, (d,), p[f"{name}/gamma"], p[f"{name}/beta"], 1e-5)

        h = norm(x, "attention_norm")
        q, k, v = (
            torch.einsum("btn,nhd->bhtd", h, p[f"attention/{part}_kernel"])
            + p[f"attention/{part}_bias"][:, None]
            for part in ("query", "key", "value")
        )
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(*x.shape[:2], d)
        x = x + a @ p["attention/output_kernel"].reshape(d, d) + p["attention/output_bias"]
        h = norm(x, "feed_forward_norm")
        h = F.gelu(h @ p["widen/kernel"] + p["widen/bias"], approximate="tanh")
        x = x + h @ p["narrow/kernel"] + p["narrow/bias"]
    x = F.layer_norm(x, (d,), w["norm/gamma"], w["norm/beta"], 1e-5)
    assert heads * 4 == d
    return x @ w["scores/kernel"] + w["scores/bias"]


def test_against_torch(engine: str) -> None:
    model = small()
    ids = np.random.default_rng(1).integers(0, 11, (3, 9))
    np.testing.assert_allclose(
        np.asarray(model(sj.asarray(ids))), reference(model, ids), rtol=2e-5, atol=2e-5
    )


def test_each_place_sees_only_what_came_before(engine: str) -> None:
    model = small()
    ids = np.random.default_rng(1).integers(0, 11, (1, 9))
    other = ids.copy()
    other[0, 5] = (other[0, 5] + 1) % 11
    a, b = (np.asarray(model(sj.asarray(x))) for x in (ids, other))
    np.testing.assert_array_equal(a[:, :5], b[:, :5])
    assert (a[:, 5:] != b[:, 5:]).any(axis=-1).all()


def test_generation_equals_the_whole_model(engine: str) -> None:
    """Each word is the greatest score of a plain forward pass over all words before it."""
    model = small()
    text = np.random.default_rng(2).integers(0, 11, (2, 3))
    found = np.asarray(model.generate(sj.asarray(text), 9))
    for _ in range(9):
        scores = np.asarray(model(sj.asarray(text)))[:, -1]
        text = np.concatenate([text, scores.argmax(-1)[:, None]], axis=1)
    np.testing.assert_array_equal(found, text)
    (writer,) = model._writers.values()
    for count in (9, 7, 2):  # words that were written before are not seen again
        assert [len(step.programs) for step in (writer.begin, writer.go_on)] == [1, 1]
        again = model.generate(sj.asarray(text[:, :3]), count)
        np.testing.assert_array_equal(np.asarray(again), text[:, : 3 + count])
        assert list(model._writers.values()) == [writer]


def test_what_a_generation_remembers_is_no_part_of_the_model(engine: str) -> None:
    model = small()
    before = {path: v.numpy() for path, v in model.state().items()}
    first = model.generate(sj.asarray([[1, 2]]), 3)
    after = model.state()
    assert set(after) == set(before)
    assert not any("generation" in v.name for v in model.variables)
    np.testing.assert_array_equal(np.asarray(first), np.asarray(model.generate(sj.asarray([[1, 2]]), 3)))
    kept = np.asarray(first).copy()
    model.generate(sj.asarray([[3, 4]]), 3)  # writes into the same memory
    np.testing.assert_array_equal(np.asarray(first), kept)


def test_a_step_of_generation_overwrites_its_caches(engine: str) -> None:
    model = small()
    model.generate(sj.asarray([[1, 2]]), 3)
    (writer,) = model._writers.values()
    (compiled,) = writer.go_on._cache.values()
    caches = sum("generation/cache" in v.name for v in compiled.variables)
    written = compiled.runner.source.count("dynamic_update_(")
    assert caches == 2 * len(model.blocks)
    assert written == (caches + 1 if engine == "torch" else 0)  # the text, too; NumPy has no such kernel


def test_the_beginning_writes_over_the_caches_of_earlier_texts(engine: str) -> None:
    """There is one cache in memory, and nothing of an earlier text is seen, not even a NaN times 0."""
    model = small()
    first = np.asarray(model.generate(sj.asarray([[1, 2, 3]]), 5))
    (writer,) = model._writers.values()
    variables = [v for pair in writer._caches for v in pair]
    for variable in variables:
        variable.assign(np.full(variable.shape, np.nan, "f"))
    arrays = [v._value._array for v in variables]
    np.testing.assert_array_equal(first, np.asarray(model.generate(sj.asarray([[1, 2, 3]]), 5)))
    for variable, array in zip(variables, arrays, strict=True):
        assert (variable._value._array is array) is (engine == "torch")
        assert np.isfinite(variable.numpy()).all()


def test_trained_weights_write_the_next_text(engine: str) -> None:
    """A step reads the weights as they are now, not as they were recorded."""
    model = small()
    start = sj.asarray([[1, 2]])
    first = np.asarray(model.generate(start, 6))
    bias = model.scores.bias
    bias.assign(np.where(np.arange(11) == (int(first[0, 2]) + 1) % 11, 100.0, 0.0).astype("f"))
    assert (np.asarray(model.generate(start, 6))[0, 2:] == (int(first[0, 2]) + 1) % 11).all()


def test_sizes_of_texts_do_not_pile_up(engine: str) -> None:
    model = small()
    for batch in range(1, 7):
        assert model.generate(sj.asarray([[1, 2]] * batch), 2).shape == (batch, 4)
    assert len(model._writers) == 4
    assert model.generate(sj.asarray([[1, 2]]), 0).shape == (1, 2)
    assert model.generate(sj.asarray([[1, 2]], dtype=sj.int32), 2).dtype is sj.int32


def test_cached_scores_equal_the_whole_model(engine: str) -> None:
    model = small()
    ids = sj.asarray(np.random.default_rng(2).integers(0, 11, (2, 7)))
    whole = np.asarray(model(ids))
    cache = model.start_cache(2, 12)
    found = []
    with sj.no_grad():
        for n in range(7):
            logits, cache = model(ids[:, n : n + 1], cache=cache, position=sj.asarray(n))
            found.append(np.asarray(logits))
    np.testing.assert_allclose(np.concatenate(found, axis=1), whole, rtol=2e-5, atol=2e-5)


def test_drawn_words_follow_from_the_seed(engine: str) -> None:
    model = small()
    start = sj.asarray([[1, 2]])
    a, b, c = (np.asarray(model.generate(start, 10, temperature=2.0, seed=s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(a, b)
    assert (a != c).any()
    cold = np.asarray(model.generate(start, 10, temperature=1e-4))
    np.testing.assert_array_equal(cold, np.asarray(model.generate(start, 10)))


def test_learns_a_text_by_heart(engine: str) -> None:
    """A little text of characters, said again from its first letters."""
    text = "the quick brown fox jumps over the lazy dog. "
    letters = sorted(set(text))
    ids = np.array([letters.index(c) for c in text])
    model = GPT(len(letters), 48, 32, 4, 1)
    model.compile(optimizer=sj.optim.Adam(1e-2), loss="softmax_cross_entropy")
    history = model.fit(ids[None, :-1], ids[None, 1:], epochs=60, batch_size=1, verbose=0)
    losses = history.history["loss"]
    assert losses[0] > 2.5
    assert losses[-1] < 0.1
    said = np.asarray(model.generate(sj.asarray(ids[None, :4]), 40))[0]
    assert "".join(letters[i] for i in said) == text[:44]


def test_save_and_load(engine: str, tmp_path: Any) -> None:
    model = small(dropout=0.1)
    model.save(tmp_path / "gpt")
    ids = sj.asarray([[1, 2, 3]])
    np.testing.assert_array_equal(np.asarray(sj.load(tmp_path / "gpt")(ids)), np.asarray(model(ids)))


def test_mistakes_are_explained(engine: str) -> None:
    model = GPT(**SMALL)
    with pytest.raises(sj.errors.ShapeError, match=r"sequence does not fit[\s\S]*at most 12"):
        model(sj.asarray([[0] * 13]))
    with pytest.raises(sj.errors.ArgumentError, match=r"too many words[\s\S]*3 and 10 more[\s\S]*at most 12"):
        model.generate(sj.asarray([[1, 2, 3]]), 10)
    with pytest.raises(sj.errors.ArgumentError, match="temperature cannot be negative"):
        model.generate(sj.asarray([[1, 2, 3]]), 1, temperature=-1.0)
    with pytest.raises(sj.errors.StateError, match="sizes are not known yet"):
        model.start_cache(1, 4)
    with pytest.raises(sj.errors.ShapeError, match="8 features cannot be shared among 3 heads"):
        GPT(**SMALL | {"heads": 3})(sj.asarray([[1]]))
    with pytest.raises(sj.errors.ArgumentError, match="depth must be a positive"):
        GPT(**SMALL | {"depth": 0})
