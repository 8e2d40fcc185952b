"""Linear, logistic and softmax regression and a linear SVM against scikit-learn's, to 1 %."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import SVC

import sujeong as sj
from sujeong import nn


def _train(
    units: int, loss: str, x: np.ndarray, y: np.ndarray, penalty: float, epochs: int, rate: float
) -> nn.Module:
    """One linear layer, all samples in each step, until nothing moves."""
    sj.set_seed(0)
    regularizer = sj.losses.l2(penalty) if penalty else None
    model = nn.Sequential([nn.Dense(units, kernel_regularizer=regularizer)])
    schedule = sj.optim.Cosine(rate, epochs)
    model.compile(sj.optim.Adam(schedule), loss)
    model.fit(x, y, epochs=epochs, batch_size=len(x), verbose=0)
    return model


def test_linear_regression(engine: str) -> None:
    (x, y), (x_test, y_test) = sj.datasets.diabetes()
    theirs = LinearRegression().fit(x, y)
    ours = _train(1, "mean_squared_error", x, (y - y.mean()) / y.std(), 0.0, 1500, 0.05)
    found = ours.predict(x_test) * y.std() + y.mean()
    expected = theirs.predict(x_test)
    assert np.abs(found - expected).mean() < 0.01 * np.abs(expected).mean()
    assert float(np.mean((found - y_test) ** 2)) == pytest.approx(np.mean((expected - y_test) ** 2), rel=0.01)


def test_logistic_regression(engine: str) -> None:
    (x, y), (x_test, y_test) = sj.datasets.breast_cancer()
    n = len(x)
    theirs = LogisticRegression(C=1.0, max_iter=5000).fit(x, y)
    # their objective, sum of losses + |w|^2 / 2, divided by n, is ours with penalty 1 / (2 n)
    ours = _train(1, "sigmoid_cross_entropy", x, y[:, None].astype("float32"), 1 / (2 * n), 800, 0.05)
    expected = theirs.predict_proba(x_test)[:, 1]
    assert np.abs(ours.predict(x_test)[:, 0] - expected).max() < 0.01
    mine = (ours.predict(x_test, output="class") == y_test).mean()
    assert abs(mine - theirs.score(x_test, y_test)) <= 0.01


def test_softmax_regression(engine: str) -> None:
    (x, y), (x_test, _) = sj.datasets.iris()
    n = len(x)
    theirs = LogisticRegression(C=1.0, max_iter=5000).fit(x, y)
    ours = _train(3, "softmax_cross_entropy", x, y, 1 / (2 * n), 800, 0.05)
    assert np.abs(ours.predict(x_test) - theirs.predict_proba(x_test)).max() < 0.01
    assert (ours.predict(x_test, output="class") == theirs.predict(x_test)).all()


def test_linear_svm(engine: str) -> None:
    (x, y), (x_test, _) = sj.datasets.breast_cancer()
    n = len(x)
    theirs = SVC(kernel="linear", C=1.0, tol=1e-8).fit(x, y)
    sign = (2 * y - 1)[:, None].astype("float32")
    ours = _train(1, "hinge", x, sign, 1 / (2 * n), 3000, 0.02)

    def objective(scores: np.ndarray, w: np.ndarray) -> float:
        return float(np.maximum(1 - sign[:, 0] * scores, 0).mean() + (w**2).sum() / (2 * n))

    mine = objective(ours.predict(x, output="raw")[:, 0], ours.layers[0].kernel.numpy())
    best = objective(theirs.decision_function(x), theirs.coef_)
    assert mine <= best * 1.01
    agree = (ours.predict(x_test, output="raw")[:, 0] > 0) == (theirs.decision_function(x_test) > 0)
    assert agree.mean() >= 0.99
