"""Chains that update variables: the same training, in the variables' own memory, and never too early."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.ops.finite import all_finite
from sujeong.program.guard import guard
from sujeong.program.native.chain import CHAIN
from sujeong.program.passes import chains as chains_pass
from sujeong.program.passes.fusion import building
from sujeong.program.replay import Tripped
from sujeong.training.precision import computing

OPTIMIZERS = {
    "adam": lambda: sj.optim.Adam(0.01),
    "adamw": lambda: sj.optim.AdamW(0.01, weight_decay=0.1),
    "sgd": lambda: sj.optim.SGD(0.05),
    "momentum": lambda: sj.optim.SGD(0.05, momentum=0.9, weight_decay=0.1),
    "nesterov": lambda: sj.optim.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda: sj.optim.RMSProp(0.01),
}


def numbers(variable: Any) -> np.ndarray:
    """A copy of a variable's numbers, taken so that its memory still counts as nobody else's."""
    return variable._value._array.numpy().copy()  # type: ignore[no-any-return]


def chains(step: Any) -> list[Any]:
    """The chains of the only recording of a function."""
    (compiled,) = step._cache.values()
    return [e.attributes["chain"] for e in compiled.runner.program.equations if e.op is CHAIN]


class Problem:
    """A small network, a batch, and a step of an optimiser.

    Args:
        optimizer: name in OPTIMIZERS.
        guarded: whether loss and gradients are guarded.
    """

    def __init__(self, optimizer: str = "adam", guarded: bool = False) -> None:
        sj.set_seed(5)
        self.model = nn.Sequential([nn.Dense(19, "tanh"), nn.Dense(3)])
        self.x = sj.asarray(np.random.default_rng(1).normal(size=(11, 7)).astype(np.float32))
        self.y = sj.asarray(np.arange(11) % 3)
        self.model.build_for(self.x.spec)
        self.variables = self.model.trainable_variables
        self.optimizer = OPTIMIZERS[optimizer]()
        self.optimizer.build(self.variables)
        self.guarded, self.kept = guarded, False
        self.step = sj.jit(self._step)

    def _step(self, x: Any, y: Any, scale: Any) -> Any:
        def loss() -> Any:
            return scale * sj.mean(sj.softmax_cross_entropy(self.model(x, training=True), y))

        value, slopes = sj.value_and_grad(loss, variables=self.variables)()
        if self.guarded:
            guard(all_finite(value, *slopes))
        before = self.variables[0].value.detach() if self.kept else value
        self.optimizer.apply(slopes, self.variables)
        return value, before

    def run(self, count: int = 1, scale: float = 1.0) -> list[float]:
        """Steps; their losses."""
        scale_ = sj.asarray(np.float32(scale))
        return [float(self.step(self.x, self.y, scale_)[0]) for _ in range(count)]

    def values(self) -> list[Any]:
        """The variables and what the optimiser keeps."""
        return [numbers(v) for v in (*self.variables, *self.optimizer.variables)]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_in_a_chain_is_training_without(name: str) -> None:
    with sj.without_passes("fusion", "chains"):
        plain = Problem(name)
        losses = plain.run(30)
    found = []
    for _ in range(2):
        fast = Problem(name)
        with building():
            fast.run()
        found.append((fast.run(29), fast.values()))
        assert chains(fast.step)
    np.testing.assert_allclose(found[0][0], losses[1:], rtol=1e-4)
    for a, b, right in zip(found[0][1], found[1][1], plain.values(), strict=True):
        assert a.tobytes() == b.tobytes(), "repeats to the bit"
        np.testing.assert_allclose(a, right, rtol=1e-3, atol=1e-4)


def test_the_whole_step_is_one_chain_in_the_memory_of_the_variables() -> None:
    problem = Problem()
    with building():
        problem.run(2)
    (chain,) = chains(problem.step)
    assert len(chain.over) == 3 * len(problem.variables)
    before = [v._value._array.data_ptr() for v in problem.variables]
    problem.run(3)
    assert [v._value._array.data_ptr() for v in problem.variables] == before


def test_a_value_that_somebody_holds_is_not_written_over() -> None:
    problem = Problem()
    with building():
        problem.run(2)
    held = problem.variables[0].value
    before = held.numpy().copy()
    problem.run(2)
    np.testing.assert_array_equal(held.numpy(), before)
    assert not np.array_equal(numbers(problem.variables[0]), before)


def test_a_value_that_is_handed_out_is_not_written_over_and_the_others_are() -> None:
    problem = Problem()
    problem.kept = True
    first = problem.variables[0].numpy().copy()
    scale = sj.asarray(np.float32(1))
    with building():
        _, before = problem.step(problem.x, problem.y, scale)
    np.testing.assert_array_equal(before.numpy(), first)
    assert chains(problem.step)
    second = problem.variables[0].numpy().copy()
    place = problem.variables[1]._value._array.data_ptr()
    _, again = problem.step(problem.x, problem.y, scale)
    np.testing.assert_array_equal(before.numpy(), first)
    np.testing.assert_array_equal(again.numpy(), second)
    assert problem.variables[1]._value._array.data_ptr() == place


def test_a_guard_is_looked_at_before_a_variable_changes() -> None:
    problem = Problem(guarded=True)
    with building():
        problem.run(2)
    (chain,) = chains(problem.step)
    assert chain.over
    assert len(chain.guards) == 1
    before = problem.values()
    with pytest.raises(Tripped):
        problem.run(1, scale=float("nan"))
    for a, b in zip(before, problem.values(), strict=True):
        np.testing.assert_array_equal(a, b)
    problem.run(1)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_fit_writes_over_large_variables_too_after_the_guard(precision: str) -> None:
    """They are no part of the chain, and follow it: else its guard would come too late for them."""
    (x, y), _ = sj.datasets.digits()
    x, y = x[:64], y[:64]
    sj.set_seed(3)
    model = nn.Sequential([nn.Flatten(), nn.Dense(600, "relu"), nn.Dense(300, "relu"), nn.Dense(10)])
    model.compile(optimizer="adam", loss="softmax_cross_entropy", metrics=["accuracy"], precision=precision)
    model.precompile(x, y, batch_size=32)
    model.fit(x, y, epochs=2, batch_size=32, verbose=0)
    variables = (*model.trainable_variables, *model._recipe.optimizer.variables)
    large = [v for v in variables if v.spec.nbytes > chains_pass.MOST_BYTES]
    assert len(large) == 3, "the second layer's weights and their two slots"
    places = [v._value._array.data_ptr() for v in large]
    model.fit(x, y, epochs=2, batch_size=32, verbose=0)
    assert [v._value._array.data_ptr() for v in large] == places
    before = [numbers(v) for v in variables]
    model.layers[1].kernel.assign(np.full(model.layers[1].kernel.shape, 1e38, np.float32))
    with pytest.raises(sj.errors.NonFiniteError):
        model.fit(x, y, batch_size=32, verbose=0)
    changed = [n for n, v in enumerate(variables) if not np.array_equal(numbers(v), before[n])]
    assert changed == [0], "only what was assigned"


def test_updates_wait_for_an_equation_that_could_fail_after_them() -> None:
    """What follows the chain and may refuse its input runs while no variable has changed."""
    v = sj.Variable(np.ones((6, 6), np.float32))
    optimizer = sj.optim.SGD(0.1)
    optimizer.build([v])

    def step(x: Any, indices: Any) -> Any:
        value, slopes = sj.value_and_grad(lambda: sj.sum(sj.tanh(x @ v)), variables=[v])()
        optimizer.apply(slopes, [v])
        return value, sj.take(sj.reshape(x @ x.T, (-1,)), indices)

    x = sj.asarray(np.random.default_rng(2).normal(size=(4, 6)).astype(np.float32))
    compiled = sj.jit(step)
    with building():
        compiled(x, sj.asarray([0, 15]))
    assert chains(compiled)
    compiled(x, sj.asarray([0, 15]))
    before = numbers(v)
    with pytest.raises(sj.errors.IndexRangeError):
        compiled(x, sj.asarray([0, 16]))
    np.testing.assert_array_equal(numbers(v), before)


def test_what_reads_an_updated_value_and_refuses_it_changes_nothing() -> None:
    v = sj.Variable(np.ones((4, 6), np.float32))
    optimizer = sj.optim.SGD(0.1)
    optimizer.build([v])

    def step(x: Any, indices: Any) -> Any:
        _, slopes = sj.value_and_grad(lambda: sj.sum(sj.tanh(x @ v)), variables=[v])()
        optimizer.apply(slopes, [v])
        return sj.take_along_axis(v.value.detach(), indices, axis=1)

    x = sj.asarray(np.random.default_rng(2).normal(size=(3, 4)).astype(np.float32))
    good, bad = (sj.asarray(np.full((4, 1), i)) for i in (5, 6))
    compiled = sj.jit(step)
    with building():
        compiled(x, good)
    (chain,) = chains(compiled)
    (update,) = [n for n, stage in enumerate(chain.stages) if stage.updates]
    assert any(stage.refuses for stage in chain.stages[update + 1 :])
    compiled(x, good)
    before = numbers(v)
    with pytest.raises(sj.errors.IndexRangeError):
        compiled(x, bad)
    np.testing.assert_array_equal(numbers(v), before)


def test_mixed_precision() -> None:
    with computing("mixed_bfloat16"), sj.without_passes("fusion", "chains"):
        plain = Problem()
        losses = plain.run(20)
    with computing("mixed_bfloat16"):
        fast = Problem()
        with building():
            first = fast.run()
        found = first + fast.run(19)
    assert len(chains(fast.step)) == 1, "casts of turned weights too"
    np.testing.assert_allclose(found, losses, rtol=3e-2)


def test_fit_with_chains_is_fit_without_and_repeats() -> None:
    (x, y), _ = sj.datasets.digits()
    x, y = x[:210], y[:210]  # the last batch is a smaller one

    def trained(precompiled: bool) -> Any:
        sj.set_seed(3)
        model = nn.Sequential([nn.Flatten(), nn.Dense(24, "relu"), nn.Dense(10)])
        model.compile(optimizer="adam", loss="softmax_cross_entropy", metrics=["accuracy"])
        if precompiled:
            assert model.precompile(x, y, batch_size=32) > 0
        history = model.fit(x, y, epochs=3, batch_size=32, verbose=0)
        found = [
            any(e.op is CHAIN for e in c.runner.program.equations)
            for s in model._steps.values()
            for c in s._cache.values()
        ]
        assert found == [precompiled] * len(found)
        return history.history, model.predict(x[:50])

    with sj.without_passes("fusion", "chains"):
        plain, before = trained(False)
    fast, after = trained(True)
    again, _ = trained(True)
    assert fast == again
    np.testing.assert_allclose(fast["loss"], plain["loss"], rtol=2e-3)
    np.testing.assert_allclose(fast["accuracy"], plain["accuracy"], atol=0.02)
    np.testing.assert_allclose(after, before, atol=2e-2)
