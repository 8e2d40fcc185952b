"""A step that is not finite: it is not taken, and the error names the first place."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import NonFiniteError
from sujeong.program.replay import Tripped


class Explode(nn.Module):
    """Divides by the distance to 1, which is zero for some samples."""

    def call(self, x: sj.Tensor) -> sj.Tensor:
        return x / (x - 1.0)


def test_first_layer_is_named_and_nothing_changes(engine: str) -> None:
    x = np.random.default_rng(0).uniform(0.1, 0.9, (8, 3)).astype("float32")
    x[5] = 1.0
    y = np.zeros((8, 1), "float32")
    model = nn.Sequential([nn.BatchNorm(), nn.Dropout(0.2), Explode(name="explode"), nn.Dense(1)])
    model = nn.Sequential([Explode(name="explode"), nn.BatchNorm(), nn.Dropout(0.2), nn.Dense(1)])
    model.compile("adam", "mean_squared_error")
    model.build_for((1, 3))
    before = {name: v.numpy().copy() for name, v in model.state().items()}
    with pytest.raises(NonFiniteError, match=r"layer 'explode' \(Explode\)[\s\S]*samples \[5\]") as caught:
        model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    assert any("epoch 1, batch 1" in note for note in caught.value.__notes__)
    for name, value in before.items():
        np.testing.assert_array_equal(model.state()[name].numpy(), value)
    for variable in model._recipe.optimizer.variables:
        if variable.name != "optimizer/learning_rate":
            assert not np.any(variable.numpy()), variable.name


def test_diverging_run_stops(engine: str) -> None:
    (x, y), _ = sj.datasets.diabetes()
    model = nn.Sequential([nn.Dense(16, activation="relu"), nn.Dense(1)])
    model.compile(sj.optim.SGD(100.0), "mean_squared_error")
    with pytest.raises(NonFiniteError, match="learning rate"):
        model.fit(x, y, epochs=50, verbose=0)
    assert all(np.isfinite(v.numpy()).all() for v in model.variables)


def test_bad_gradient_is_named(engine: str) -> None:
    class Root(nn.Module):
        def build(self, x: sj.Spec) -> None:
            self.scale = self.add_variable("scale", (), "zeros")

        def call(self, x: sj.Tensor) -> sj.Tensor:
            return x + sj.sqrt(self.scale * self.scale)

    model = nn.Sequential([Root(name="root")]).compile("sgd", "mean_squared_error")
    with pytest.raises(NonFiniteError, match=r"a gradient is not finite[\s\S]*root/scale"):
        model.fit(np.ones((4, 1), "float32"), np.zeros((4, 1), "float32"), verbose=0)


def test_a_late_report_names_its_own_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device reads its flags every few steps; the error is still about the step that was bad."""
    from sujeong.program.executing import TrippedLate
    from sujeong.training import steps

    fit = sys.modules["sujeong.training.fit"]
    real = steps.train_step

    class Late:
        """Runs steps, and tells of a bad one when asked or after three more."""

        def __init__(self, step: Any) -> None:
            self.step, self.told = step, None

        def __call__(self, *arrays: Any) -> None:
            if self.told is not None:
                self.told.late += 1
                if self.told.late == 3:
                    raise self.told
                return
            try:
                self.step(*arrays)
            except Tripped:
                self.told = TrippedLate(1, 0, [a for a in arrays if a is not None])

        def flush(self) -> None:
            if self.told is not None:
                raise self.told

    monkeypatch.setattr(fit, "train_step", lambda *given: Late(real(*given)))
    for bad, weight in ((2, None), (8, np.ones(40, np.float32))):  # of ten batches
        x = np.ones((40, 2), np.float32)
        x[4 * bad + 1] = 3e38
        model = nn.Sequential([nn.Dense(3, kernel_initializer="ones", name="first")])
        model.compile("sgd", "softmax_cross_entropy")
        with pytest.raises(NonFiniteError, match="first") as error:
            model.fit(x, np.zeros(40, int), batch_size=4, shuffle=False, verbose=0, sample_weight=weight)
        assert f"batch {bad + 1}" in error.value.__notes__[0]
        assert "samples [1]" in str(error.value)
