"""Figures gathered over uneven batches against scikit-learn's over all samples at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk

import sujeong as sj
from sujeong import metrics

RNG = np.random.default_rng(11)
N, K = 200, 5
LABELS = RNG.choice(K, N, p=[0.4, 0.3, 0.2, 0.1, 0.0])  # one class never occurs, but is predicted
SCORES = RNG.standard_normal((N, K)) + 1.5 * np.eye(K)[LABELS]
SCORES[:, 4] -= 0.5
GUESS = SCORES.argmax(axis=1)
YES = RNG.integers(0, 2, N)
CHANCE = np.clip(0.5 + 0.2 * (YES - 0.5) + 0.25 * RNG.standard_normal(N), 0, 1)
SURE = (CHANCE > 0.5).astype(int)
TARGETS = RNG.standard_normal((N, 3)) * [1, 5, 0.1] + [0, 1000, 3]
NUMBERS = TARGETS + RNG.standard_normal((N, 3)) * 0.5
WEIGHTS = RNG.random(N) * 2
CUTS = [0, 1, 8, 9, 80, 80, 200]  # batches of 1, 7, 1, 71, 0 and 120 samples

assert 4 in GUESS


def streamed(
    metric: metrics.Metric, target: Any, prediction: Any, weight: Any = None, recorded: bool = False
) -> Any:
    """The figure over batches of uneven sizes."""
    update = metric.update
    if recorded:
        step = sj.jit(lambda t, y, w: metric.update(t, y, sample_weight=w))
        update = lambda t, y, w: step(t, y, w)  # noqa: E731
    for a, b in itertools.pairwise(CUTS):
        w = None if weight is None else sj.asarray(weight[a:b])
        update(sj.asarray(target[a:b]), sj.asarray(prediction[a:b]), w)
    return metric.result().numpy()


CASES: dict[str, tuple[Callable[[], metrics.Metric], Any, Any, Callable[[Any], Any]]] = {
    "accuracy of labels": (
        metrics.Accuracy,
        LABELS,
        SCORES,
        lambda w: sk.accuracy_score(LABELS, GUESS, sample_weight=w),
    ),
    "accuracy of rows": (
        metrics.Accuracy,
        np.eye(K)[LABELS],
        SCORES,
        lambda w: sk.accuracy_score(LABELS, GUESS, sample_weight=w),
    ),
    "categorical accuracy": (
        metrics.CategoricalAccuracy,
        LABELS,
        SCORES,
        lambda w: sk.accuracy_score(LABELS, GUESS, sample_weight=w),
    ),
    "accuracy of yes": (
        metrics.Accuracy,
        YES,
        CHANCE,
        lambda w: sk.accuracy_score(YES, SURE, sample_weight=w),
    ),
    "accuracy of a column": (
        metrics.Accuracy,
        YES[:, None],
        CHANCE[:, None],
        lambda w: sk.accuracy_score(YES, SURE, sample_weight=w),
    ),
    "binary accuracy": (
        lambda: metrics.BinaryAccuracy(0.3),
        YES.astype(bool),
        CHANCE,
        lambda w: sk.accuracy_score(YES, CHANCE > 0.3, sample_weight=w),
    ),
    "top 1": (
        lambda: metrics.TopKAccuracy(1),
        LABELS,
        SCORES,
        lambda w: sk.accuracy_score(LABELS, GUESS, sample_weight=w),
    ),
    "top 2": (
        lambda: metrics.TopKAccuracy(2),
        LABELS,
        SCORES,
        lambda w: sk.top_k_accuracy_score(LABELS, SCORES, k=2, sample_weight=w, labels=range(K)),
    ),
    "top 3 of rows": (
        lambda: metrics.TopKAccuracy(3),
        np.eye(K)[LABELS],
        SCORES,
        lambda w: sk.top_k_accuracy_score(LABELS, SCORES, k=3, sample_weight=w, labels=range(K)),
    ),
    "confusion": (
        metrics.ConfusionMatrix,
        LABELS,
        SCORES,
        lambda w: sk.confusion_matrix(LABELS, GUESS, labels=range(K), sample_weight=w),
    ),
    "confusion of yes": (
        metrics.ConfusionMatrix,
        YES,
        CHANCE,
        lambda w: sk.confusion_matrix(YES, SURE, sample_weight=w),
    ),
    "mae": (
        metrics.MeanAbsoluteError,
        TARGETS,
        NUMBERS,
        lambda w: sk.mean_absolute_error(TARGETS, NUMBERS, sample_weight=w),
    ),
    "mse": (
        metrics.MeanSquaredError,
        TARGETS[:, 0],
        NUMBERS[:, 0],
        lambda w: sk.mean_squared_error(TARGETS[:, 0], NUMBERS[:, 0], sample_weight=w),
    ),
    "rmse": (
        metrics.RootMeanSquaredError,
        TARGETS[:, :1],
        NUMBERS[:, :1],
        lambda w: sk.root_mean_squared_error(TARGETS[:, :1], NUMBERS[:, :1], sample_weight=w),
    ),
    "r2": (
        metrics.R2,
        TARGETS[:, 1],
        NUMBERS[:, 1],
        lambda w: sk.r2_score(TARGETS[:, 1], NUMBERS[:, 1], sample_weight=w),
    ),
    "r2 of several": (
        metrics.R2,
        TARGETS,
        NUMBERS,
        lambda w: sk.r2_score(TARGETS, NUMBERS, sample_weight=w),
    ),
}
for kind, theirs in (
    (metrics.Precision, sk.precision_score),
    (metrics.Recall, sk.recall_score),
    (metrics.F1, sk.f1_score),
):
    for average in ("macro", "micro", "weighted", "none"):
        CASES[f"{kind.__name__}, {average}"] = (
            lambda kind=kind, average=average: kind(average),
            LABELS,
            SCORES,
            lambda w, f=theirs, average=average: f(
                LABELS,
                GUESS,
                average=None if average == "none" else average,
                labels=range(K) if average == "none" else None,
                sample_weight=w,
                zero_division=0,
            ),
        )
    CASES[f"{kind.__name__} of yes"] = (
        kind,
        YES,
        CHANCE,
        lambda w, f=theirs: f(YES, SURE, sample_weight=w),
    )
    CASES[f"{kind.__name__}, macro of yes"] = (
        lambda kind=kind: kind("macro", threshold=0.7),
        YES,
        CHANCE,
        lambda w, f=theirs: f(YES, CHANCE > 0.7, average="macro", sample_weight=w),
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_streamed(engine: str, name: str, weighted: bool) -> None:
    make, target, prediction, theirs = CASES[name]
    weight = WEIGHTS if weighted else None
    found = streamed(make(), target, prediction, weight)
    expected = theirs(weight)
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_recorded_equals_eager_to_the_bit(engine: str, name: str) -> None:
    make, target, prediction, _ = CASES[name]
    eager = streamed(make(), target, prediction, WEIGHTS)
    recorded = streamed(make(), target, prediction, WEIGHTS, recorded=True)
    assert recorded.tobytes() == eager.tobytes()


@pytest.mark.parametrize("name", CASES)
def test_float32_predictions(engine: str, name: str) -> None:
    make, target, prediction, _ = CASES[name]
    found = make().once(target, prediction.astype("float32")).numpy()
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, make().once(target, prediction).numpy(), rtol=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_masked(engine: str, name: str) -> None:
    make, target, prediction, _ = CASES[name]
    mask = RNG.random(N) < 0.7
    metric = make()
    for a, b in itertools.pairwise(CUTS):
        metric.update(target[a:b], prediction[a:b], mask=mask[a:b])
    expected = make().once(target[mask], prediction[mask])
    np.testing.assert_allclose(metric.result().numpy(), expected.numpy(), rtol=1e-11, atol=1e-13)


def test_every_metric_is_held_against_something() -> None:
    held = {type(make()).__name__ for make, *_ in CASES.values()} | {"AUC", "Mean", "MeanOf"}
    classes = [c for c in vars(metrics).values() if isinstance(c, type) and issubclass(c, metrics.Metric)]
    assert held == {c.__name__ for c in classes} - {"Metric"}


# --- the area under the curve -------------------------------------------------------------------------------
def test_exact_area() -> None:
    for scores in (CHANCE, CHANCE.round(1), SCORES[:, 0] * 1000, np.ones(N)):
        for weight in (None, WEIGHTS):
            expected = sk.roc_auc_score(YES, scores, sample_weight=weight)
            assert metrics.auc(YES, scores, sample_weight=weight) == pytest.approx(expected, rel=1e-12)
    found = metrics.auc(sj.asarray(YES), sj.asarray(CHANCE))
    assert found == pytest.approx(sk.roc_auc_score(YES, CHANCE))


@pytest.mark.parametrize("weighted", [False, True])
def test_area_by_thresholds_is_exact_where_they_part_the_scores(engine: str, weighted: bool) -> None:
    """Scores half-way between thresholds: no two different ones fall together."""
    scores = (np.floor(CHANCE * 49) + 0.5) / 49.5
    weight = WEIGHTS if weighted else None
    metric = metrics.AUC(num_thresholds=400)
    found = streamed(metric, YES, scores, weight)
    assert float(found) == pytest.approx(sk.roc_auc_score(YES, scores, sample_weight=weight), rel=1e-12)


@pytest.mark.parametrize("count", [50, 200, 1000])
def test_area_by_thresholds_comes_close(engine: str, count: int) -> None:
    """Between thresholds the curve is taken for straight: wrong by at most the pairs that fall together."""
    found = float(streamed(metrics.AUC(count), YES, CHANCE))
    place = np.ceil(CHANCE * (count - 1))
    together = np.mean(place[YES == 1][:, None] == place[YES == 0][None, :])
    assert abs(found - sk.roc_auc_score(YES, CHANCE)) <= together / 2 + 1e-12


def test_area_is_kerass_formula(engine: str) -> None:
    """Thresholds evenly from 0 to 1, the ends a little outside; a score counts where it is greater."""
    thresholds = [-1e-7, *[(i + 1) / 9 for i in range(8)], 1 + 1e-7]
    tp = np.array([((t < CHANCE) & (YES == 1)).sum() for t in thresholds]) / (YES == 1).sum()
    fp = np.array([((t < CHANCE) & (YES == 0)).sum() for t in thresholds]) / (YES == 0).sum()
    area = ((fp[:-1] - fp[1:]) * (tp[:-1] + tp[1:]) / 2).sum()
    assert float(metrics.AUC(10).once(YES, CHANCE)) == pytest.approx(area, rel=1e-12)


def test_area_of_one_class_is_not_a_number(engine: str) -> None:
    assert np.isnan(metrics.AUC().once(np.ones(3), np.array([0.1, 0.5, 0.9])).numpy())
    with pytest.raises(sj.errors.DataError, match=r"needs samples of both classes(.|\n)*3 yes, 0 no"):
        metrics.auc(np.ones(3), np.array([0.1, 0.5, 0.9]))
    with pytest.raises(sj.errors.DataError, match=r"a score is NaN(.|\n)*1 of 2"):
        metrics.auc(np.array([0, 1]), np.array([0.1, np.nan]))
    with pytest.raises(sj.errors.ShapeError, match=r"target \(2,\), prediction \(2, 1\)"):
        metrics.auc(np.array([0, 1]), np.ones((2, 1)))
