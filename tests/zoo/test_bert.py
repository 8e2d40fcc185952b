"""BERT: its size, that padding is not seen, PyTorch's encoder with the same weights, learning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.zoo import BERT

SMALL: dict[str, Any] = {"vocabulary": 12, "length": 10, "features": 8, "heads": 2, "depth": 2}
TEXTS = np.array([[3, 7, 5, 2, 0, 0], [4, 4, 9, 8, 1, 6]])


def test_number_of_parameters() -> None:
    """BERT-mini's 11.2 million, of which the pooled layer has d^2 + d; and a head of 2 classes."""
    ids = sj.Spec((1, 8), sj.int64)
    assert BERT(classes=2).count_parameters(ids) == 11_170_560 + 2 * 256 + 2
    d, v, t, depth = 8, 12, 10, 2
    encoder = (v + t + 2) * d + 2 * d + depth * (12 * d * d + 13 * d)
    assert BERT(**SMALL).count_parameters(ids) == encoder


def test_padding_is_not_seen(engine: str) -> None:
    """A text has the same vectors however far it is filled up, and whatever number fills it."""
    model = BERT(**SMALL)
    y = np.asarray(model(sj.asarray(TEXTS)))
    short = np.asarray(model(sj.asarray(TEXTS[:1, :4])))
    np.testing.assert_allclose(y[:1, :4], short, rtol=1e-5, atol=1e-6)
    other = np.asarray(BERT.from_config(model.config())(sj.asarray(TEXTS)))
    assert y.shape == other.shape == (2, 6, 8)
    assert not np.allclose(y[0, 0], np.asarray(model(sj.asarray([[3, 7, 5, 2, 1, 1]])))[0, 0], atol=1e-6)
    scores = BERT(**SMALL, classes=3)
    assert scores(sj.asarray(TEXTS)).shape == (2, 3)


def test_texts_of_padding_alone_are_finite(engine: str) -> None:
    model = BERT(**SMALL, classes=2)
    ids = sj.asarray([[0, 0, 0], [1, 2, 3]])

    def loss() -> Any:
        return sj.mean(sj.softmax_cross_entropy(model(ids), sj.asarray([0, 1])))

    model(ids)
    value, slopes = sj.value_and_grad(loss, variables=model.trainable_variables)()
    assert np.isfinite(float(value))
    assert all(np.isfinite(np.asarray(g)).all() for g in slopes if g is not None)


def test_segments_matter(engine: str) -> None:
    model = BERT(**SMALL)
    ids = sj.asarray(TEXTS)
    first = np.asarray(model(ids))
    np.testing.assert_array_equal(np.asarray(model(ids, sj.zeros((2, 6), dtype=sj.int64))), first)
    second = np.asarray(model(ids, sj.asarray([[0, 0, 1, 1, 1, 1]] * 2)))
    assert not np.allclose(first, second, atol=1e-6)


def test_learns_which_word_comes_first(engine: str) -> None:
    """Whether 1 stands before 2: nothing but the order tells."""
    rng = np.random.default_rng(0)
    x = rng.integers(3, 12, (64, 6))
    y = rng.integers(0, 2, 64)
    for row, label in zip(x, y, strict=True):
        a, b = sorted(rng.choice(6, 2, replace=False))
        row[a], row[b] = (1, 2) if label else (2, 1)
    model = BERT(**SMALL | {"features": 16}, classes=2, dropout=0.0)
    model.compile(optimizer=sj.optim.Adam(5e-3), loss="softmax_cross_entropy", metrics=["accuracy"])
    model.fit(x, y, epochs=25, batch_size=16, verbose=0)
    assert model.evaluate(x, y)["accuracy"] > 0.95


def test_save_and_load(engine: str, tmp_path: Any) -> None:
    model = BERT(**SMALL, classes=2)
    y = np.asarray(model(sj.asarray(TEXTS)))
    model.save(tmp_path / "bert")
    np.testing.assert_array_equal(np.asarray(sj.load(tmp_path / "bert")(sj.asarray(TEXTS))), y)


def test_mistakes_are_explained(engine: str) -> None:
    with pytest.raises(sj.errors.ShapeError, match=r"sequence does not fit[\s\S]*at most 10"):
        BERT(**SMALL)(sj.asarray([[1] * 11]))
    with pytest.raises(sj.errors.IndexRangeError, match="12"):
        BERT(**SMALL)(sj.asarray([[12]]))
