"""State of steps that run as graphs: bad steps, values that are asked for, values put in from outside."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core import modes
from sujeong.engines.torch import graphs
from sujeong.engines.torch.graph_state import Store
from sujeong.errors import NonFiniteError
from sujeong.program.executing import TrippedLate, job_of
from sujeong.program.guard import guard
from sujeong.program.replay import Tripped

from .fake_graph import FakeDevice, TapeDevice
from .graph_cases import bits, cnn, mlp, run

FIRST, EVERY = graphs.FIRST, graphs.EVERY


@pytest.fixture(autouse=True)
def _torch() -> Iterator[None]:
    with sj.using(engine="torch"):
        yield


def spoiled(batches: list[Any], step: int) -> list[Any]:
    """The batches with a NaN in the inputs of one step, counted from 1."""
    x = batches[step - 1][0].copy()
    x.flat[1] = np.nan
    return [*batches[: step - 1], (x, batches[step - 1][1]), *batches[step:]]


def after(make: Any, seed: int, count: int) -> list[bytes]:
    """The state after so many good steps, call by call."""
    with sj.without_passes("graphs"):
        training, batches = make(np.random.default_rng(seed), 20)
        run(training, batches[:count])
        return training.state()


# --- a bad step ------------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [mlp, cnn])
def test_a_bad_step_is_told_late_and_changes_nothing(make: Any, seed: int, graphs_on: Any) -> None:
    good = after(make, seed, 4)
    device = graphs_on()
    training, batches = make(np.random.default_rng(seed), 20)
    bad = spoiled(batches, 5)
    losses = run(training, bad[: FIRST + EVERY - 1])  # the eighth replay will read
    assert np.isnan(float(losses[4]))
    with pytest.raises(TrippedLate, match="in step 5, 6 steps ago") as told:
        run(training, bad[FIRST + EVERY - 1 :])
    assert device.replays == EVERY
    assert (told.value.step, told.value.late) == (5, 6)
    np.testing.assert_array_equal(told.value.arguments[0].numpy(), bad[4][0])
    np.testing.assert_array_equal(told.value.arguments[1].numpy(), bad[4][1])
    assert training.state() == good


def test_on_the_device_itself(seed: int, on_tape: TapeDevice) -> None:
    """The same where Python plays no part in the replay."""
    good = after(mlp, seed, 4)
    training, batches = mlp(np.random.default_rng(seed), 20)
    with pytest.raises(TrippedLate) as told:
        run(training, spoiled(batches, 5))
    assert (told.value.step, told.value.late, on_tape.replays) == (5, 6, EVERY)
    assert training.state() == good


def test_training_goes_on_from_the_last_good_step(seed: int, graphs_on: Any) -> None:
    with sj.without_passes("graphs"):
        training, batches = mlp(np.random.default_rng(seed), 20)
        expected = bits(run(training, batches[:4] + batches[11:])) + training.state()
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 20)
    losses = []
    for x, y in spoiled(batches, 5):
        try:
            losses.append(training.step(sj.asarray(x), sj.asarray(y)))
        except TrippedLate:
            losses.append(None)
    assert bits(losses[:4] + losses[11:]) + training.state() == expected
    assert [i for i, loss in enumerate(losses) if loss is None] == [10]


def test_a_second_bad_step_is_counted_anew(seed: int, graphs_on: Any) -> None:
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 20)
    batches = spoiled(spoiled(batches, 5), 14)
    steps = []
    for x, y in batches:
        try:
            training.step(sj.asarray(x), sj.asarray(y))
        except TrippedLate as told:
            steps.append((told.step, told.late))
    assert steps == [(5, 6), (14, 5)]


def test_a_bad_step_before_the_capture_is_told_at_once(seed: int, graphs_on: Any) -> None:
    good = after(mlp, seed, 1)
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 20)
    with pytest.raises(Tripped) as told:
        run(training, spoiled(batches, 2))
    assert type(told.value) is Tripped
    assert training.state() == good
    with pytest.raises(TrippedLate) as late:  # a step that tripped counts: the next is the third, and so on
        run(training, spoiled(batches, 4))
    assert late.value.step == 2 + 4


def test_the_first_replay_may_be_bad(seed: int, graphs_on: Any) -> None:
    good = after(mlp, seed, FIRST)
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 20)
    run(training, spoiled(batches, FIRST + 1)[: FIRST + 1])
    with pytest.raises(TrippedLate) as told:
        training.step.flush()
    assert (told.value.step, told.value.late) == (FIRST + 1, 0)
    assert training.state() == good


def test_flush_reads_once(seed: int, graphs_on: Any) -> None:
    good = after(mlp, seed, 4)
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 20)
    training.step.flush()
    run(training, batches[:4])
    training.step.flush()
    run(training, [(batches[4][0] * np.float32(np.inf), batches[4][1])])
    with pytest.raises(TrippedLate):
        training.step.flush()
    training.step.flush()
    assert training.state() == good


def test_flush_of_a_function_without_graphs() -> None:
    double = sj.jit(lambda x: x * 2)
    double.flush()
    double(sj.ones(2))
    double.flush()


@pytest.mark.parametrize("ask", ["numpy", "value", "eager", "score", "rest", "capture", "graph"])
def test_asking_for_state_reads_the_flags(ask: str, seed: int, graphs_on: Any) -> None:
    good = after(mlp, seed, 4)
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 20)
    weights = training.model.trainable_variables[0]
    score = sj.jit(lambda x: sj.sum(training.model(x, training=False)))
    with sj.no_grad():
        before = {"capture": FIRST, "graph": FIRST + 1}  # at its next call a graph is made, or replayed
        for _ in range(before.get(ask, 0)):
            score(sj.asarray(batches[0][0]))
        run(training, spoiled(batches, 5)[:7])

        def asked() -> Any:
            x, y = (sj.asarray(part) for part in batches[8])
            if ask == "numpy":
                return weights.numpy()
            if ask == "value":
                return weights.value
            if ask == "eager":
                return weights * 2
            return training.step(x[:3], y[:3]) if ask == "rest" else score(x)

        with pytest.raises(TrippedLate, match="in step 5, 2 steps ago"):
            asked()
        assert training.state() == good
        asked()


def test_a_run_call_by_call_reads_the_flags_first(seed: int, graphs_on: Any) -> None:
    good = after(mlp, seed, 4)
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, spoiled(batches, 5)[:6])
    turned = sj.asarray(np.ascontiguousarray(batches[6][0].T)).T  # laid out as the graph does not know it
    with pytest.raises(TrippedLate) as told:
        training.step(turned, sj.asarray(batches[6][1]))
    assert (told.value.step, told.value.late) == (5, 1)
    assert training.state() == good


def test_a_program_that_trips_often_is_read_at_each_step(seed: int, graphs_on: Any) -> None:
    graphs_on()
    total = sj.Variable(0.0, name="total", trainable=False)

    @sj.jit
    def step(x: Any) -> Any:
        guard(x < 10)
        total.assign(total + x)
        return x

    with modes._set(modes.precision, "mixed_float16"):
        for x in range(FIRST + 2):
            step(sj.asarray(float(x)))
        assert job_of(step.programs[0]).urgent
        with pytest.raises(TrippedLate) as told:
            step(sj.asarray(11.0))
        assert told.value.late == 0
        assert float(total) == sum(range(FIRST + 2))


def test_several_guards(graphs_on: Any) -> None:
    graphs_on()
    total = sj.Variable(0.0, name="total", trainable=False)

    @sj.jit
    def step(x: Any, y: Any) -> None:
        guard(x + 0 < 10)
        guard(y + 0 < 10)
        total.assign(total + x + y)

    def one(x: float, y: float) -> None:
        step(sj.asarray(x), sj.asarray(y))

    for _ in range(FIRST + 1):
        one(1.0, 1.0)
    for x, y in ((20.0, 1.0), (1.0, 20.0)):
        one(x, y)
        one(1.0, 1.0)
        with pytest.raises(TrippedLate) as told:
            step.flush()
        assert told.value.late == 1
    assert float(total) == 2 * (FIRST + 1)


# --- what is handed out, what is put in -------------------------------------------------------------
def test_results_are_never_written_again(seed: int, graphs_on: Any) -> None:
    with sj.without_passes("graphs"):
        training, batches = mlp(np.random.default_rng(seed), 12)
        expected = [x.tobytes() for x in [v.numpy().copy() for v in run(training, batches)]]
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    losses = run(training, batches)
    assert bits(losses) == expected
    assert len({x._array.data_ptr() for x in losses}) == 12


def test_values_of_variables_are_never_written_again(seed: int, graphs_on: Any) -> None:
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    held = []
    for x, y in batches:
        training.step(sj.asarray(x), sj.asarray(y))
        value = training.model.trainable_variables[0].value
        held.append((value, value[0], value.numpy().copy()))
    for value, row, before in held:
        np.testing.assert_array_equal(value.numpy(), before)
        np.testing.assert_array_equal(row.numpy(), before[0])


@pytest.mark.parametrize("guarded", [True, False])
def test_variables_that_change_places(guarded: bool, graphs_on: Any) -> None:
    device = graphs_on()
    a = sj.Variable(np.array([1.0, 2.0]), name="a", trainable=False)
    b = sj.Variable(np.array([3.0, 4.0]), name="b", trainable=False)
    c = sj.Variable(np.zeros(2), name="c", trainable=False)

    @sj.jit
    def turn(x: Any) -> Any:
        if guarded:
            guard(sj.all(x < 100))
        old = a.value
        a.assign(b.value)
        b.assign(old)
        c.assign(x)
        return old, b.value, x, c.value

    held = []
    for i in range(FIRST + 5):
        x = np.full(2, float(i))
        before = a.numpy().copy()
        np.testing.assert_array_equal(before, [[1.0, 2.0], [3.0, 4.0]][i % 2])
        old, new_b, same, new_c = turn(sj.asarray(x))
        held.append((old, new_b, same, new_c, before, x))
    assert device.replays == 5
    for old, new_b, same, new_c, before, x in held:
        for found, expected in ((old, before), (new_b, before), (same, x), (new_c, x)):
            np.testing.assert_array_equal(found.numpy(), expected)
    np.testing.assert_array_equal(c.numpy(), np.full(2, FIRST + 4.0))


def test_values_from_outside_are_taken(seed: int, graphs_on: Any) -> None:
    def changed(device: FakeDevice | None) -> list[bytes]:
        training, batches = mlp(np.random.default_rng(seed), 18)
        found = run(training, batches[:6])
        first = training.model.trainable_variables[0]
        kept = [v.value for v in training.model.variables]
        first.assign(first * 0.5)
        found += run(training, batches[6:9])
        with sj.without_passes("graphs"):  # another recording, call by call, which overwrites
            found += run(training, batches[9:11])
        found += run(training, batches[11:13])
        for variable, value in zip(training.model.variables, kept, strict=True):  # as loading does
            variable.assign(value.numpy())
        found += run(training, batches[13:])
        if device is not None:
            assert (device.captures, device.replays) == (1, 18 - FIRST - 2)
        return bits(found) + training.state()

    with sj.without_passes("graphs"):
        expected = changed(None)
    assert changed(graphs_on()) == expected


def test_looking_costs_no_copy_back(seed: int, graphs_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, batches[:6])
    weights = training.model.trainable_variables[0]
    assert isinstance(weights._store, Store)
    assert weights._tensor is None
    assert weights.value is weights.value
    weights._store.buffer.add_(1)  # what the variable shows is a copy, and what the step reads is the store
    shown = weights.numpy().copy()
    run(training, batches[6:7])
    assert not weights._shared  # what was shown is another's now; nobody has seen the next copy
    assert np.abs(weights.numpy() - shown).min() > 0.5


def test_a_copy_of_a_model_is_on_its_own(seed: int, graphs_on: Any) -> None:
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, batches[:6])
    twin = copy.deepcopy(training.model)
    before = bits(twin.variables)
    assert before == bits(training.model.variables)
    run(training, batches[6:])
    assert bits(twin.variables) == before


def test_copying_reads_the_flags(seed: int, graphs_on: Any) -> None:
    good = after(mlp, seed, 4)
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, spoiled(batches, 5)[:6])
    with pytest.raises(TrippedLate):
        copy.deepcopy(training.model)
    twin = copy.deepcopy(training.model)
    training.step.flush()  # told once
    assert training.state() == good
    assert bits(twin.variables) == bits(training.model.variables)


def test_a_variable_that_goes_away_and_comes_back(seed: int, graphs_on: Any) -> None:
    training, batches = mlp(np.random.default_rng(seed), 12)
    with sj.without_passes("graphs"):
        expected = bits(run(training, batches)) + training.state()
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    found = run(training, batches[:6])
    for variable in training.variables:
        variable.to(engine="numpy")
        assert variable._store is None
        variable.to(engine="torch")
    assert bits(found + run(training, batches[6:])) + training.state() == expected


def test_trained_or_not_and_other_types(seed: int, graphs_on: Any) -> None:
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, batches[:6])
    weights = training.model.trainable_variables[0]
    before = weights.numpy().copy()
    weights.trainable = False
    assert not weights.value.requires_grad
    weights.trainable = True
    assert weights.value.requires_grad
    run(training, batches[6:7])
    weights._cast(sj.float64)
    assert weights._store is None  # a program for this type will make its own
    np.testing.assert_allclose(weights.numpy(), before, atol=0.1)
    assert weights.numpy().dtype == np.float64


def test_failing_warm_ups_leave_no_trace(seed: int, graphs_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    device = graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, batches[:FIRST])
    before = training.state()
    kernels = []

    def warm_up(function: Any) -> None:
        function()
        kernels.append(training.state())
        raise MemoryError("too much")

    monkeypatch.setattr(device, "warm_up", warm_up)
    with pytest.warns(UserWarning, match="MemoryError: too much"):
        run(training, batches[FIRST : FIRST + 1])
    assert kernels == [before]
    assert all(v._store is None for v in training.variables)
    assert training.state() == after(mlp, seed, FIRST + 1)


def test_nothing_is_computed_by_the_capture(
    seed: int, graphs_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 12)
    run(training, batches[:FIRST])
    before = training.state()
    states: list[Any] = []
    replay = device.replay

    def watched(graph: Any) -> None:
        states.append([v._store.buffer.numpy().tobytes() for v in training.variables])
        replay(graph)

    monkeypatch.setattr(device, "replay", watched)
    run(training, batches[FIRST : FIRST + 2])
    assert states[0] == before
    assert states[1] == after(mlp, seed, FIRST + 1)


def test_steps_that_are_gone_free_their_graphs(seed: int, graphs_on: Any) -> None:
    graphs_on()
    training, batches = mlp(np.random.default_rng(seed), 6)
    run(training, batches)
    (compiled,) = training.step._cache.values()
    gone = weakref.ref(compiled.executor)
    variables = training.variables
    del training, compiled
    gc.collect()
    assert gone() is None
    assert variables[0].numpy().shape == (5, 16)


@pytest.mark.parametrize("step", [6, 12])
def test_fit_tells_of_a_bad_step(step: int, seed: int, graphs_on: Any) -> None:
    """`fit` hears of it late, names the batch it was, and leaves the model as after the last good step."""
    numbers = np.random.default_rng(seed)
    x, y = numbers.normal(size=(96, 6)).astype(np.float32), numbers.integers(0, 3, 96)
    x[8 * (step - 1) + 2, 2] = 3e38  # finite data, infinite outputs

    def model() -> Any:
        sj.set_seed(3)
        layers = [nn.Dense(12, kernel_initializer="ones"), nn.Dense(3, kernel_initializer="ones")]
        return nn.Sequential(layers).compile("adam", "softmax_cross_entropy", precision="float32")

    def fit(one: Any, rows: int) -> list[bytes]:
        one.fit(x[:rows], y[:rows], epochs=1, batch_size=8, verbose=0, shuffle=False)
        return bits(one.variables)

    with sj.without_passes("graphs"):
        expected = fit(model(), 8 * (step - 1))
    device, late = graphs_on(), model()
    with pytest.raises(NonFiniteError, match=r"the output of layer [\s\S]*samples \[2\]") as told:
        fit(late, 96)
    assert f"epoch 1, batch {step};" in told.value.__notes__[0]
    assert bits(late.variables) == expected
    assert device.replays == min(EVERY, 12 - FIRST) if step == 6 else device.replays == 12 - FIRST
