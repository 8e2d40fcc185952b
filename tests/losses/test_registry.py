"""Losses by name, as objects, and in files."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import losses
from sujeong.losses.catalogue import _OWN, ALIASES, LABELS, LINKS, LOSSES

T, Y = np.array([0.0, 2.0]), np.array([1.0, 5.0])


@pytest.mark.parametrize("name", [f.__name__ for f in _OWN])
def test_every_loss_is_found_and_described(name: str) -> None:
    loss = losses.get(name)
    assert loss.function is getattr(losses, name)
    assert name in losses.__all__
    config = json.loads(json.dumps(losses.serialize(loss)))
    assert config == {"loss": name, "reduction": "mean"}
    assert losses.get(config).function is loss.function


def test_every_public_function_is_registered() -> None:
    """By reflection: whatever takes target and prediction is in the catalogue."""
    import inspect

    found = {
        name
        for name in losses.__all__
        if inspect.isfunction(getattr(losses, name))
        and list(inspect.signature(getattr(losses, name)).parameters)[:2] == ["target", "prediction"]
    }
    assert found == {f.__name__ for f in _OWN}
    assert set(LINKS) | set(LABELS) | set(ALIASES.values()) <= set(LOSSES)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("MeanSquaredError", "mean_squared_error"),
        ("mean-absolute-error", "mean_absolute_error"),
        ("sparse_categorical_crossentropy", "cross_entropy"),
        ("SparseCategoricalCrossentropy", "cross_entropy"),
        ("categorical_crossentropy", "cross_entropy"),
        ("binary_crossentropy", "binary_cross_entropy"),
        ("KLD", "kl_divergence"),
        ("categorical_hinge", "multiclass_hinge"),
    ],
)
def test_keras_names(alias: str, name: str) -> None:
    assert losses.get(alias).name == name


def test_keras_cross_entropies_read_scores_when_told() -> None:
    """Keras's own take probabilities; taken for scores they would be put through softmax twice."""
    for alias, name in (
        ("sparse_categorical_crossentropy", "softmax_cross_entropy"),
        ("categorical_crossentropy", "softmax_cross_entropy"),
        ("binary_crossentropy", "sigmoid_cross_entropy"),
    ):
        assert losses.get(alias, from_logits=True).name == name
        assert losses.get(alias, from_logits=False).name != name
    with pytest.raises(sj.errors.ArgumentError, match="this loss takes scores"):
        losses.get("softmax_cross_entropy", from_logits=False)
    with pytest.raises(sj.errors.ArgumentError, match="from_logits means nothing to this loss"):
        losses.get("mse", from_logits=True)


def test_links() -> None:
    links = {name: losses.get(name).link for name in LOSSES}
    assert {k: v for k, v in links.items() if v} == LINKS
    assert {name for name in LOSSES if losses.get(name).takes_labels} == set(LABELS)
    assert losses.get(lambda t, y: y).link is None


def test_settings_are_kept(engine: str) -> None:
    loss = losses.get("huber", delta=2.0, reduction="sum")
    assert float(loss(T, Y)) == pytest.approx(0.5 + (2 * 3 - 2))
    again = losses.get(losses.serialize(loss))
    assert float(again(T, Y)) == float(loss(T, Y))
    assert repr(again) == "Loss(huber, reduction='sum', delta=2.0)"
    assert losses.get(loss) is loss


def test_a_function_of_ones_own(engine: str) -> None:
    each = losses.get(lambda t, y: sj.abs(y - t))
    assert float(each(T, Y)) == 2.0
    assert float(each(T, Y, sample_weight=np.array([3.0, 1.0]))) == 1.5
    assert float(each(T, Y, mask=np.array([True, False]))) == 1.0
    one = losses.get(lambda t, y: sj.max(sj.abs(y - t)))
    assert float(one(T, Y)) == 3.0
    with pytest.raises(sj.errors.ShapeError, match=r"weights cannot reach into(.|\n)*one loss a sample"):
        one(T, Y, sample_weight=np.ones(2))


def test_a_registered_function(engine: str) -> None:
    def cubed_error(
        target: Any, prediction: Any, *, reduction: Any = "mean", sample_weight: Any = None, mask: Any = None
    ) -> Any:
        each = sj.abs(prediction - target) ** 3
        return losses.reduced("cubed_error", each, reduction, sample_weight, mask)

    with pytest.raises(sj.errors.StateError, match=r"'cubed_error' is not registered(.|\n)*losses\.register"):
        losses.serialize(losses.get(cubed_error))
    losses.register(cubed_error)
    try:
        config = losses.serialize(losses.get(cubed_error))
        assert config == {"loss": "cubed_error", "reduction": "mean"}
        found = losses.get(config)(sj.asarray(T), sj.asarray(Y), sample_weight=np.array([1.0, 0.0]))
        assert float(found) == 1.0
    finally:
        del LOSSES["cubed_error"]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: losses.get("softmax_crosentropy"),
            "NameUnknownError",
            r"no loss named 'softmax_crosentropy'(.|\n)*did you mean 'softmax_cross_entropy'",
        ),
        (lambda: losses.get("hubr"), "NameUnknownError", r"did you mean 'huber'"),
        (lambda: losses.get(None), "NameUnknownError", r"no loss named None"),
        (lambda: losses.get({"loss": "os.system"}), "NameUnknownError", r"no loss named 'os.system'"),
        (lambda: losses.get("huber", detla=1), "ArgumentError", r"no setting 'detla'(.|\n)*one of delta"),
        (lambda: losses.get(losses.get("mse"), reduction="sum"), "ArgumentError", r"with a name only"),
        (lambda: losses.Loss("mse"), "ArgumentError", r"needs a function(.|\n)*sj\.losses\.get"),
        (
            lambda: losses.register(np.sum),
            "ArgumentError",
            r"a loss takes mask, reduction, sample_weight too",
        ),
    ],
)
def test_refusals(call: Any, error: str, text: str) -> None:
    with pytest.raises(getattr(sj.errors, error), match=text):
        call()


def test_a_name_of_the_package_cannot_be_taken() -> None:
    def huber(target: Any, prediction: Any, *, reduction: Any, sample_weight: Any, mask: Any) -> Any:
        return prediction

    with pytest.raises(sj.errors.ArgumentError, match="there is a loss named 'huber'"):
        losses.register(huber)
