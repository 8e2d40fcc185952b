"""What all metrics share: state, names, scores and probabilities, edges, refusals."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import metrics
from sujeong.metrics.registry import ALIASES


def is_own(cls: type) -> bool:
    """Whether a class stands in a module of the package, and not in an example of one."""
    where = vars(sys.modules[cls.__module__])
    return cls.__module__.startswith("sujeong.") and where.get(cls.__name__) is cls


OWN = sorted(name for name, cls in metrics.Metric._registry.items() if is_own(cls))


def test_every_class_is_exported_and_registered() -> None:
    found, stack = set(), [metrics.Metric]
    while stack:
        for cls in stack.pop().__subclasses__():
            stack.append(cls)
            if is_own(cls) and not cls.__name__.startswith("_"):
                found.add(cls.__name__)
    assert found <= set(metrics.__all__)
    assert {name.lower() for name in found} == set(OWN)


# --- state -------------------------------------------------------------------------------------------------
def test_state_is_variables(engine: str) -> None:
    metric = metrics.Precision(name="exactness")
    assert metric.variables == []
    metric.update(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]))
    assert [v.name for v in metric.variables] == [
        "metrics/exactness/right",
        "metrics/exactness/predicted",
        "metrics/exactness/actual",
    ]
    assert {(v.dtype, v.shape, v.engine, v.trainable) for v in metric.variables} == {
        (sj.float64, (2,), engine, False)
    }


def test_reset_reaches_a_recorded_step(engine: str) -> None:
    metric = metrics.Accuracy()
    step = sj.jit(lambda t, y: metric.update(t, y))
    for _ in range(2):
        for target in (1, 0):
            step(np.array([target]), np.array([0.9]))
        assert float(metric.result()) == 0.5
        assert float(metric.variables[1]) == 2.0
        metric.reset()
        assert float(metric.variables[1]) == 0.0
    step(np.array([1]), np.array([0.9]))
    assert float(metric.result()) == 1.0
    assert len(step.programs) == 1


def test_nothing_yet_is_not_a_number(engine: str) -> None:
    for metric in (metrics.Accuracy(), metrics.Mean(), metrics.R2(), metrics.AUC()):
        assert np.isnan(metric.result().numpy())
        metric.reset()
    metric = metrics.Accuracy()
    metric.update(np.array([1]), np.array([0.9]))
    metric.reset()
    assert np.isnan(metric.result().numpy())


def test_result_can_be_recorded(engine: str) -> None:
    metric = metrics.Mean()

    @sj.jit
    def both(x: Any) -> Any:
        metric.update(x)
        return metric.result()

    assert [float(both(np.array([v]))) for v in (1.0, 2.0, 6.0)] == [1.0, 1.5, 3.0]


def test_once_leaves_the_totals(engine: str) -> None:
    metric = metrics.Accuracy()
    metric.update(np.array([1]), np.array([0.9]))
    assert float(metric.once(np.array([1, 1]), np.array([0.9, 0.1]))) == 0.5
    assert float(metric.result()) == 1.0
    f = sj.jit(metrics.accuracy)
    assert [float(f(np.array([1]), np.array([p]))) for p in (0.9, 0.1)] == [1.0, 0.0]


def test_gradients_do_not_pass_through(engine: str) -> None:
    y = sj.asarray([0.9, 0.1], requires_grad=True)
    metric = metrics.MeanSquaredError()
    metric.update(np.array([1.0, 0.0]), y)
    assert not metric.result().requires_grad


def test_moves(engine: str) -> None:
    other = {"numpy": "torch", "torch": "numpy"}[engine]
    metric = metrics.Mean()
    metric.update(np.array([1.0]))
    metric.to(engine=other)
    assert {v.engine for v in metric.variables} == {other}
    with sj.using(engine=other):
        metric.update(np.array([2.0]))
    assert float(metric.result()) == 1.5


# --- scores and probabilities ------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [metrics.Accuracy, metrics.BinaryAccuracy, metrics.Precision, metrics.AUC])
def test_scores_are_read_through_the_link(engine: str, kind: Any, rng: Any) -> None:
    t, z = rng.integers(0, 2, 500), rng.standard_normal(500)
    of_probabilities, of_scores = kind(), kind()
    of_scores.link = "sigmoid"
    expected = of_probabilities.once(t, 1 / (1 + np.exp(-z)))
    assert float(of_scores.once(t, z)) == pytest.approx(float(expected), rel=1e-12)
    assert float(of_scores.once(t, z)) != float(of_probabilities.once(t, z))


def test_signs(engine: str) -> None:
    """A hinge loss: the target is -1 or 1, and the sign of the score is the answer."""
    metric = metrics.Accuracy()
    metric.link = "sign"
    found = metric.once(np.array([-1.0, 1.0, 1.0, -1.0]), np.array([-0.2, 0.2, -3.0, -3.0]))
    assert float(found) == 0.75


# --- edges -------------------------------------------------------------------------------------------------
def test_top_k_ties_and_nan(engine: str) -> None:
    """Of equal scores the lower class comes first; a row with NaN is never right."""
    y = np.array([[1.0, 1.0, 1.0]] * 3 + [[np.nan, 1.0, 0.0]])
    labels = np.array([0, 1, 2, 1])
    metric = metrics.TopKAccuracy(2)
    found = [float(metric.once(labels[i : i + 1], y[i : i + 1])) for i in range(4)]
    assert found == [1.0, 1.0, 0.0, 0.0]
    assert float(metrics.TopKAccuracy(10).once(labels[:3], y[:3])) == 1.0


def test_accuracy_of_sequences(engine: str, rng: Any) -> None:
    y, labels = rng.standard_normal((4, 6, 3)), rng.integers(0, 3, (4, 6))
    mask = rng.random((4, 6)) < 0.5
    right = y.argmax(axis=-1) == labels
    assert float(metrics.accuracy(labels, y)) == pytest.approx(right.mean())
    assert float(metrics.accuracy(labels, y, mask=mask)) == pytest.approx(right[mask].mean())
    weight = np.array([1.0, 2.0, 0.0, 1.0])
    expected = (right.mean(axis=1) @ weight) / 4
    assert float(metrics.accuracy(labels, y, sample_weight=weight)) == pytest.approx(expected)
    matrix = metrics.confusion_matrix(labels, y, mask=mask).numpy()
    assert matrix.sum() == mask.sum()
    assert np.trace(matrix) == right[mask].sum()


def test_masked_labels_may_be_anything(engine: str) -> None:
    y, labels = np.eye(3)[[0, 1, 2, 0]], np.array([0, -100, 2, 99])
    mask = np.array([True, False, True, False])
    for function in (metrics.accuracy, metrics.f1, metrics.recall):
        assert float(function(labels, y, mask=mask)) == 1.0
    assert float(metrics.top_k_accuracy(labels, y, k=1, mask=mask)) == 1.0


def test_masked_numbers_may_be_nan(engine: str) -> None:
    t, y = np.array([1.0, 2.0, np.nan]), np.array([2.0, np.nan, 1.0])
    mask = np.array([True, False, False])
    assert float(metrics.mean_absolute_error(t, y, mask=mask)) == 1.0
    assert float(metrics.root_mean_squared_error(t, y, mask=mask)) == 1.0
    mean = metrics.Mean()
    mean.update(y, mask=mask)
    assert float(mean.result()) == 2.0
    t, y = np.array([1.0, 2.0, 4.0, np.nan]), np.array([1.0, 3.0, 3.0, np.nan])
    assert float(metrics.r2(t, y, mask=np.array([1, 1, 1, 0]))) == pytest.approx(
        float(metrics.r2(t[:3], y[:3]))
    )


def test_r2_with_a_large_mean(engine: str, rng: Any) -> None:
    """Sums of squares would lose all digits: 1e8^2 against a spread of 1."""
    t = rng.standard_normal(1000) + 1e8
    y = t + rng.standard_normal(1000) * 0.5
    metric = metrics.R2()
    for i in range(0, 1000, 37):
        metric.update(t[i : i + 37], y[i : i + 37])
    expected = 1 - ((t - y) ** 2).sum() / ((t - t.mean()) ** 2).sum()
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)


def test_r2_of_what_does_not_vary(engine: str) -> None:
    assert float(metrics.r2(np.ones(3), np.ones(3))) == 1.0
    assert float(metrics.r2(np.ones(3), np.array([1.0, 1.0, 2.0]))) == 0.0


def test_nothing_predicted_is_0(engine: str) -> None:
    t, y = np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3])
    assert [float(f(t, y)) for f in (metrics.precision, metrics.recall, metrics.f1)] == [0.0, 0.0, 0.0]


def test_mean_of_a_loss(engine: str) -> None:
    """A mean of means, each weighted by its batch, is the mean over all samples."""
    values, metric = np.arange(10.0), metrics.Mean("loss")
    for batch in (values[:4], values[4:8], values[8:]):
        metric.update(sj.asarray(batch.mean()), sample_weight=float(len(batch)))
    assert float(metric.result()) == values.mean()


# --- names -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [n for n in OWN if n != "meanof"])
def test_names_and_descriptions(name: str) -> None:
    metric = metrics.get(name)
    assert metric.name == name
    config = json.loads(json.dumps(metrics.serialize(metric)))
    again = metrics.get(config)
    assert type(again) is type(metric)
    assert again.config() == metric.config()


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases(alias: str) -> None:
    metric = metrics.get(alias)
    assert type(metric).__name__.lower() == ALIASES[alias]
    assert metric.name == alias
    assert alias in metrics.names()


def test_settings_are_kept() -> None:
    metric = metrics.get("top_k_accuracy", k=3, name="top3")
    assert metrics.get(metrics.serialize(metric)).config() == {
        "class": "TopKAccuracy",
        "k": 3,
        "name": "top3",
    }
    assert metrics.Accuracy().name == "accuracy"
    assert metrics.get(metrics.F1).name == "f1"
    assert metrics.get(metric) is metric


def test_a_function_of_ones_own(engine: str) -> None:
    def overshoot(target: Any, prediction: Any) -> Any:
        return sj.maximum(prediction - target, 0)

    metric = metrics.get(overshoot)
    metric.update(sj.asarray([1.0, 1.0]), sj.asarray([3.0, 0.0]), sample_weight=np.array([1.0, 3.0]))
    assert metric.name == "overshoot"
    assert float(metric.result()) == 0.5
    with pytest.raises(
        sj.errors.StateError, match=r"'overshoot' cannot be written down(.|\n)*sj\.metrics\.Metric"
    ):
        metrics.serialize(metric)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: metrics.get("acuracy"),
            "NameUnknownError",
            r"no metric named 'acuracy'(.|\n)*mean 'accuracy'",
        ),
        (lambda: metrics.get(None), "NameUnknownError", r"no metric named None"),
        (lambda: metrics.get({"class": "Os"}), "NameUnknownError", r"no metric named 'Os'"),
        (
            lambda: metrics.get("accuracy", k=3),
            "ArgumentError",
            r"there is no setting 'k'(.|\n)*threshold, name",
        ),
        (lambda: metrics.get(metrics.F1(), average="macro"), "ArgumentError", r"with a name only"),
        (lambda: metrics.Precision("mean"), "NameUnknownError", r"no average named 'mean'"),
        (lambda: metrics.TopKAccuracy(0), "ArgumentError", r"k is out of range(.|\n)*k >= 1"),
        (lambda: metrics.TopKAccuracy(1.5), "ArgumentError", r"k must be a whole number"),
        (lambda: metrics.AUC(1), "ArgumentError", r"num_thresholds is out of range"),
        (
            lambda: metrics.accuracy(np.zeros(3, int), np.zeros((3, 1))),
            "ShapeError",
            r"\[accuracy\] target and prediction do not fit(.|\n)*target \(3,\), prediction \(3, 1\)",
        ),
        (
            lambda: metrics.accuracy(np.zeros((3, 1), int), np.zeros((3, 4))),
            "ShapeError",
            r"target \(3, 1\), prediction \(3, 4\)(.|\n)*drop an axis",
        ),
        (lambda: metrics.accuracy(np.zeros(3), np.zeros((3, 4))), "DTypeError", r"class numbers are whole"),
        (
            lambda: metrics.accuracy(np.array([0, 4]), np.zeros((2, 4))),
            "IndexRangeError",
            r"label 4 at place 1 is no class",
        ),
        (
            lambda: metrics.top_k_accuracy(np.array([0, -1]), np.zeros((2, 4))),
            "IndexRangeError",
            r"label -1 at place 1",
        ),
        (lambda: metrics.top_k_accuracy(np.zeros(3, int), np.zeros((2, 4))), "ShapeError", r"target \(3,\)"),
        (lambda: metrics.top_k_accuracy(np.zeros(2), np.zeros((2, 4))), "DTypeError", r"whole numbers"),
        (
            lambda: metrics.BinaryAccuracy().once(np.zeros(3), np.zeros((3, 1))),
            "ShapeError",
            r"\[binary_accuracy\] target and prediction differ in shape",
        ),
        (
            lambda: metrics.CategoricalAccuracy().once(np.zeros(3), np.zeros(3)),
            "ShapeError",
            r"at least two classes(.|\n)*BinaryAccuracy",
        ),
        (
            lambda: metrics.precision(np.zeros(2, int), np.zeros((2, 3)), average="binary"),
            "ShapeError",
            r"3 classes are not yes or no(.|\n)*macro",
        ),
        (
            lambda: metrics.AUC().once(np.zeros((2, 3)), np.zeros((2, 3))),
            "ShapeError",
            r"this is for yes or no",
        ),
        (
            lambda: metrics.mean_absolute_error(np.zeros(3), np.zeros((3, 1))),
            "ShapeError",
            r"differ in shape(.|\n)*target \(3,\), prediction \(3, 1\)(.|\n)*nothing is stretched",
        ),
        (
            lambda: metrics.accuracy(np.zeros(3, int), np.zeros((3, 2)), sample_weight=np.ones(2)),
            "ShapeError",
            r"sample_weight does not belong to the samples(.|\n)*sample_weight \(2,\), samples \(3,\)",
        ),
        (lambda: metrics.Metric().update(0, 0), "StateError", r"does not say what it gathers"),
    ],
)
def test_refusals(call: Any, error: str, text: str) -> None:
    with pytest.raises(getattr(sj.errors, error), match=text):
        call()


def test_another_number_of_classes_is_refused() -> None:
    metric = metrics.ConfusionMatrix()
    metric.update(np.array([0]), np.ones((1, 3)))
    with pytest.raises(
        sj.errors.ShapeError, match=r"another number of classes(.|\n)*\(4, 4\)(.|\n)*\(3, 3\)"
    ):
        metric.update(np.array([0]), np.ones((1, 4)))
