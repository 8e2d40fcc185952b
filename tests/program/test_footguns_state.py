"""What goes wrong with the state of recorded functions elsewhere, and what happens here.

Each test says in its docstring what happens today, and that this is the desired result.
"""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors
from sujeong.core import modes
from sujeong.core.variable import substituted
from sujeong.program.guard import guard
from sujeong.program.replay import Tripped


def ones(n: int = 3) -> Any:
    return sj.ones(n)


# --- aliasing -------------------------------------------------------------------------------------------


def test_a_returned_argument_is_the_value(engine: str) -> None:
    """Today, as desired: a returned argument, or a view of it, has its values, also after the next call."""
    f = sj.jit(lambda x: (x, sj.reshape(x, (3, 1)), x * 2))
    a = sj.asarray([1.0, 2.0, 3.0])
    same, view, _ = f(a)
    f(sj.asarray([7.0, 8.0, 9.0]))
    assert same.tolist() == [1, 2, 3]
    assert view.tolist() == [[1], [2], [3]]
    assert a.tolist() == [1, 2, 3]


def updating(v: Any) -> Any:
    """A recorded training step for one variable, with a real optimiser."""
    optimizer = sj.optim.Momentum(0.5)
    optimizer.build([v])
    return sj.jit(lambda g: optimizer.apply([g], [v]))


def test_memory_is_overwritten_where_nobody_can_see_it(engine: str) -> None:
    """The check of the next tests: on the engine that can, the step does overwrite the variable's memory."""
    v = sj.Variable(np.ones(4, np.float32), name="v")
    step = updating(v)
    step(ones(4))
    step(ones(4))
    if any(sj.get_engine().updates):
        before = v._value._array.data_ptr()
        step(ones(4))
        assert v._value._array.data_ptr() == before


def test_old_values_of_a_variable_stay(engine: str) -> None:
    """Today, as desired: whoever holds an old value, a NumPy view of it or a result keeps it unchanged."""
    v = sj.Variable(np.ones(4, np.float32), name="v")
    step, look = updating(v), sj.jit(lambda: (v.value, sj.reshape(v.value, (2, 2)), v * 1.0))
    step(ones(4))
    for _ in range(3):
        value, view, results = v.value, np.asarray(v), look()
        memory = np.from_dlpack(v.value)
        expected = view.copy()
        step(ones(4))
        step(ones(4))
        assert not np.array_equal(np.asarray(v), expected)
        np.testing.assert_array_equal(np.asarray(value), expected)
        np.testing.assert_array_equal(view, expected)
        np.testing.assert_array_equal(memory, expected)
        for r in results:
            np.testing.assert_array_equal(np.asarray(r).ravel(), expected)


def test_results_that_are_a_variables_memory_stay(engine: str) -> None:
    """Today, as desired: memory of a variable that a reading program hands out is not overwritten."""
    v = sj.Variable(np.ones(4, np.float32), name="v")
    step, look = updating(v), sj.jit(lambda: (v.value, sj.reshape(v.value, (2, 2))))
    step(ones(4))
    for _ in range(3):
        results = look()
        expected = v._value.numpy().copy()
        step(ones(4))
        step(ones(4))
        for r in results:
            np.testing.assert_array_equal(np.asarray(r).ravel(), expected)


def test_old_and_new_value_in_one_expression(engine: str) -> None:
    """Today, as desired: a step that reads the old value after the update reads the old value."""
    v = sj.Variable(np.full(3, 2.0, np.float32), name="v")
    optimizer = sj.optim.Momentum(1.0)
    optimizer.build([v])

    @sj.jit
    def step(g: Any) -> Any:
        old = v.value
        optimizer.apply([g], [v])
        return old * 1.0, v * old

    for _ in range(3):
        before = v._value.numpy().copy()
        old, product = step(ones(3))
        after = v._value.numpy().copy()
        np.testing.assert_array_equal(np.asarray(old), before)
        np.testing.assert_array_equal(np.asarray(product), before * after)


def test_a_value_returned_by_the_step_that_changes_it(engine: str) -> None:
    """Today, as desired: old and new value returned by one step are two values, and stay so."""
    v = sj.Variable(np.zeros(3, np.float32), name="v")
    optimizer = sj.optim.Momentum(1.0)
    optimizer.build([v])

    @sj.jit
    def step(g: Any) -> Any:
        old = v.value
        optimizer.apply([g], [v])
        return old, v.value

    history = [step(ones(3)) for _ in range(4)]
    for (_, new), (old, _) in pairwise(history):
        np.testing.assert_array_equal(np.asarray(new), np.asarray(old))
    firsts = [float(new[0]) for _, new in history]
    assert len(set(firsts)) == 4


def test_what_is_assigned_to_a_variable_is_not_overwritten(engine: str) -> None:
    """Today, as desired: an argument, a constant, a cached number, another variable's value that was assigned
    to a variable keeps its own value when that variable is overwritten by a later step."""
    v = sj.Variable(np.ones(4, np.float32), name="v")
    w = sj.Variable(np.full(4, 2.0, np.float32), name="w")
    scalar = sj.Variable(1.0, name="scalar")
    steps = [updating(v), updating(w), updating(scalar)]
    constant = sj.asarray([5.0, 5.0, 5.0, 5.0])
    argument = sj.asarray([6.0, 6.0, 6.0, 6.0])

    @sj.jit
    def from_argument(x: Any) -> None:
        v.assign(x)

    @sj.jit
    def from_constant() -> None:
        v.assign(constant)
        scalar.assign(3.0)

    @sj.jit
    def from_variable() -> None:
        v.assign(w.value)

    @sj.jit
    def both(x: Any) -> None:
        y = x * 1.0
        v.assign(y)
        w.assign(y)

    def shake() -> None:
        for step, g in zip(steps, (ones(4), ones(4) * 3, sj.asarray(1.0)), strict=True):
            step(g)
            step(g)

    shake()
    for _ in range(2):
        from_argument(argument)
        shake()
        assert argument.tolist() == [6] * 4
        from_constant()
        assert (v.numpy().tolist(), float(scalar)) == ([5] * 4, 3.0)
        shake()
        assert constant.tolist() == [5] * 4
        assert float(sj.asarray(3.0) + 0) == 3.0
        from_variable()
        kept = w.numpy().copy()
        steps[0](ones(4))
        np.testing.assert_array_equal(w.numpy(), kept)
        both(argument)
        steps[0](ones(4))
        assert w.numpy().tolist() == [6] * 4


def test_gradients_of_a_step_hold_the_values_they_need(engine: str) -> None:
    """Today, as desired: a result that will be differentiated keeps the variable's value of its own time."""
    v = sj.Variable(np.full(2, 3.0, np.float32), name="v")
    step, f = updating(v), sj.jit(lambda x: sj.sum(v * v * x))
    step(ones(2))
    x = sj.asarray([1.0, 1.0], requires_grad=True)
    now = v.numpy().copy()
    y = f(x)
    step(ones(2))
    step(ones(2))
    y.backward()
    np.testing.assert_allclose(np.asarray(x.grad), now * now, rtol=1e-6)


# --- exceptions, threads, nesting ---------------------------------------------------------------------------


def test_an_exception_while_recording_leaves_nothing_behind(engine: str) -> None:
    """Today, as desired: no variable changes, no program is kept, the mode is reset, the next call works."""
    v = sj.Variable(1.0, name="v", trainable=False)
    fail = True

    @sj.jit
    def f(x: Any) -> Any:
        v.assign(v + 1)
        if fail:
            raise ZeroDivisionError("mine")
        return x + v

    with pytest.raises(ZeroDivisionError, match="mine"):
        f(ones())
    assert modes.recorder.get() is None
    assert modes.substitutes.get() is None
    assert float(v) == 1.0
    assert f.programs == []
    fail = False
    assert f(ones()).tolist() == [3, 3, 3]
    assert float(v) == 2.0


def test_an_exception_inside_the_body_of_a_loop() -> None:
    """Today, as desired: the modes around are restored, recordings inside recordings included."""

    def f(x: Any) -> Any:
        return sj.scan(lambda c, r: 1 / 0, 0.0, x)

    with pytest.raises(ZeroDivisionError):
        sj.jit(f)(ones())
    assert modes.recorder.get() is None
    assert float(sj.jit(lambda x: sj.sum(x))(ones())) == 3.0


def test_a_failure_while_running_leaves_the_state_untouched(engine: str) -> None:
    """Today, as desired: state is changed last, so an index out of range in between changes no variable.

    The error names the operation and the line that was recorded.
    """
    v = sj.Variable(np.ones(4, np.float32), name="v")
    optimizer = sj.optim.Momentum(0.5)
    optimizer.build([v])

    @sj.jit
    def step(g: Any, i: Any) -> Any:
        optimizer.apply([g], [v])
        return sj.take(g, i)

    step(ones(4), sj.asarray([0]))
    step(ones(4), sj.asarray([0]))
    before = [s._value.numpy().copy() for s in (v, *optimizer.variables)]  # without a look that shares
    with pytest.raises(errors.SujeongError) as caught:
        step(ones(4), sj.asarray([99]))
    for s, b in zip((v, *optimizer.variables), before, strict=True):
        np.testing.assert_array_equal(np.asarray(s), b)
    assert any("in the program of 'step', recorded at" in n for n in caught.value.__notes__)
    assert any("test_footguns_state.py" in n for n in caught.value.__notes__)
    step(ones(4), sj.asarray([0]))


def test_threads_record_and_run_at_once(engine: str) -> None:
    """Today, as desired: recordings of two threads never meet, and steps on shared state are not torn."""
    total = sj.Variable(np.zeros(1000, np.float32), name="total", trainable=False)

    @sj.jit
    def step(x: Any, n: int) -> Any:
        total.assign(total + x * n)
        return sj.sum(x) * n

    barrier, failures = threading.Barrier(4), []
    name = sj.get_engine().name

    def work(n: int) -> None:
        try:
            with sj.using(engine=name):
                barrier.wait()
                for size in range(25):
                    assert float(step(sj.ones(1000), n)) == 1000.0 * n
                    own = sj.jit(lambda x: sj.grad(lambda x: sj.sum(x * x * n))(x))
                    assert own(sj.ones(size + 1)).tolist() == [2.0 * n] * (size + 1)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2, 3, 4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert failures == []
    assert total.numpy().tolist() == [250.0] * 1000
    assert len(step.programs) == 4


def test_one_thread_records_while_another_computes() -> None:
    """Today, as desired: recording is a matter of the thread that records; the other one computes numbers."""
    inside, done = threading.Event(), threading.Event()
    seen: list[Any] = []

    def other() -> None:
        inside.wait(10)
        seen.append(float(sj.sum(ones())))
        done.set()

    @sj.jit
    def f(x: Any) -> Any:
        inside.set()
        assert done.wait(10)
        return x * 2

    thread = threading.Thread(target=other)
    thread.start()
    f(ones())
    thread.join()
    assert seen == [3.0]


def test_nested_jit_is_part_of_the_outer_program(engine: str) -> None:
    """Today, as desired: one program; the inner function keeps no recording of symbols."""
    inner = sj.jit(lambda x: x * 2)
    outer = sj.jit(lambda x: inner(inner(x)) + 1)
    assert float(outer(3.0)) == 13.0
    assert inner.programs == []
    assert [e.op.name for e in outer.programs[0].equations if e.op.name != "astype"] == [
        "multiply",
        "multiply",
        "add",
    ]
    assert float(inner(3.0)) == 6.0


def test_recursion_inside() -> None:
    """Today, as desired: Python recursion by whole numbers unrolls."""

    def power(x: Any, n: int) -> Any:
        return x if n == 1 else x * f(x, n - 1)

    f = sj.jit(power)
    assert float(f(sj.asarray(2.0), 5)) == 32.0


def test_grad_of_jit_and_jit_of_grad(engine: str) -> None:
    """Today, as desired: both give the gradient, to any order; the first replays operation by operation."""
    w = sj.Variable(np.array([1.0, 2.0]), name="w")
    f = lambda x: sj.sum(sj.tanh(x * w) * x)  # noqa: E731
    x = sj.asarray(np.array([0.3, -0.7]))
    plain = np.asarray(sj.grad(f)(x))
    np.testing.assert_array_equal(np.asarray(sj.grad(sj.jit(f))(x)), plain)
    np.testing.assert_array_equal(np.asarray(sj.jit(sj.grad(f))(x)), plain)
    second = np.asarray(sj.hessian(f)(x))
    np.testing.assert_allclose(np.asarray(sj.hessian(sj.jit(f))(x)), second, rtol=1e-13)
    np.testing.assert_allclose(np.asarray(sj.jit(sj.jacobian(sj.jit(sj.grad(f))))(x)), second, rtol=1e-13)
    (by_w,) = sj.grad(f, variables=[w])(x)
    (found,) = sj.grad(sj.jit(f), variables=[w])(x)
    np.testing.assert_array_equal(np.asarray(found), np.asarray(by_w))


def test_grad_of_jit_respects_cuts(engine: str) -> None:
    """Today, as desired: stop_gradient, detach, no_grad, new leaves hold also for gradients from outside."""

    def f(x: Any) -> Any:
        with sj.no_grad():
            norm = sj.sum(x * x)
        norm = norm + sj.sum(sj.asarray(x * x, requires_grad=True))
        return sj.sum(x * sj.stop_gradient(x) + x.detach() * x) / norm

    x = sj.asarray(np.array([1.0, 2.0]))
    expected = np.asarray(sj.grad(f)(x))
    np.testing.assert_allclose(np.asarray(sj.grad(sj.jit(f))(x)), expected, rtol=1e-14)
    np.testing.assert_allclose(np.asarray(sj.jit(sj.grad(f))(x)), expected, rtol=1e-14)


def test_backward_through_a_recorded_function(engine: str) -> None:
    """Today, as desired: `y.backward()` fills `.grad` of arguments and variables."""
    w = sj.Variable(np.array([1.0, 2.0]), name="w")
    x = sj.asarray(np.array([3.0, 4.0]), requires_grad=True)
    y = sj.jit(lambda x: sj.sum(x * w))(x)
    y.backward()
    assert x.grad.tolist() == [1, 2]
    assert w.grad is not None
    assert w.grad.tolist() == [3, 4]


def test_backward_inside(engine: str) -> None:
    """Today, as desired: as in eager use; gradients left over from before are refused, not added to."""
    w = sj.Variable(np.array([1.0, 2.0]), name="w")

    def step(x: Any) -> None:
        sj.sum(w * w * x).backward()
        w.assign(w - 0.5 * w.grad)
        w.grad = None

    recorded = sj.jit(step)
    recorded(2.0)
    assert w.numpy().tolist() == [-1, -2]
    assert w.grad is None

    keep = sj.jit(lambda x: sj.sum(w * x).backward())
    keep(2.0)
    assert w.grad.tolist() == [2, 2]
    with pytest.raises(
        errors.StateError, match=r"`\.grad` of variable 'w' holds a gradient[\s\S]*grad = None"
    ):
        keep(2.0)
    assert w.grad.tolist() == [2, 2]
    w.grad = None
    keep(3.0)
    assert w.grad.tolist() == [3, 3]


# --- variables ----------------------------------------------------------------------------------------------


def test_a_variable_made_inside_persists(engine: str) -> None:
    """Today, as desired: made while recording from real numbers, it is made once and keeps its value.

    So layers may make their variables at first use.
    """
    made = []

    @sj.jit
    def f(x: Any) -> Any:
        if not made:
            made.append(sj.Variable(np.zeros(2, np.float32), name="count", trainable=False))
            made.append(sj.Variable(0.5, name="number"))
            made.append(sj.Variable(sj.ones(2), name="ones"))
            made.append(sj.Variable(sj.asarray([3.0, 4.0]), name="listed"))
        made[0].assign(made[0] + x)
        return made[0] * made[1] + made[2] * made[3]

    assert f(ones(2)).tolist() == [3.5, 4.5]
    assert f(ones(2)).tolist() == [4, 5]
    assert made[0].numpy().tolist() == [2, 2]
    assert made[0].engine == engine
    assert len(made) == 4


def test_a_variable_cannot_be_made_of_what_is_yet_to_be_computed() -> None:
    """Today, as desired: refused with the cure."""
    text = (
        r"variable 'late' was made of a value that a recorded function has yet to compute[\s\S]*NumPy array"
    )
    with pytest.raises(errors.RecordError, match=text):
        sj.jit(lambda x: sj.Variable(x * 2, name="late"))(ones())


def test_a_variable_among_the_arguments_is_the_variable() -> None:
    """Today, as desired: it is passed by reference, so it can be assigned, as in eager use."""
    a, b = sj.Variable(1.0, name="a"), sj.Variable(10.0, name="b")
    f = sj.jit(lambda v, by: v.assign(v + by))
    for _ in range(3):
        f(a, 1.0)
        f(b, 2.0)
    assert (float(a), float(b)) == (4.0, 16.0)
    assert len(f.programs) == 2
    assert sj.jit(lambda v: v)(a) is a


def test_stand_ins_of_variables_are_seen() -> None:
    """Today, as desired: inside the pure form of a model a recorded function uses the given state."""
    v = sj.Variable(1.0, name="v")
    f = sj.jit(lambda x: x * v)
    assert float(f(2.0)) == 2.0
    with substituted({v: sj.asarray(5.0)}):
        assert float(f(2.0)) == 10.0
    assert float(f(2.0)) == 2.0


def test_stand_ins_inside_stand_ins() -> None:
    """Today, as desired: the inner ones win, the outer ones still stand, writes go where they belong."""
    a, b, c = (sj.Variable(v, name="abc"[i], trainable=False) for i, v in enumerate((1.0, 2.0, 3.0)))
    with substituted({a: sj.asarray(10.0), b: sj.asarray(20.0)}) as outer:
        with substituted({b: sj.asarray(200.0)}) as inner:
            assert float(a + b + c) == 213.0
            a.assign(11.0)
            b.assign(201.0)
            assert float(a + b + c) == 215.0
            assert list(inner) == [b]
        assert float(a + b + c) == 34.0
        assert float(outer[a]) == 11.0
    assert float(a + b + c) == 6.0


def test_stand_ins_in_the_body_of_a_loop() -> None:
    """Today, as desired: read inside, refused when written inside."""
    v = sj.Variable(1.0, name="v", trainable=False)

    def f(x: Any) -> Any:
        with substituted({v: sj.sum(x)}):
            return sj.scan(lambda c, r: (c + r * v, None), 0.0, x)[0]

    assert float(sj.jit(f)(ones())) == 9.0 == float(f(ones()))

    def write(x: Any) -> Any:
        with substituted({v: sj.sum(x)}):
            return sj.scan(lambda c, r: (v.assign(v + 1), None)[1:] and (c, None), 0.0, x)

    with pytest.raises(errors.RecordError, match=r"variable 'v' cannot be written inside"):
        sj.jit(write)(ones())


def test_freezing_a_variable_is_seen() -> None:
    """Today, as desired: a variable frozen after recording gets no gradient from the next call on."""
    w = sj.Variable(2.0, name="w")
    f = sj.jit(lambda x: x * w)
    x = sj.asarray(3.0, requires_grad=True)
    f(x).backward()
    assert float(w.grad) == 3.0
    w.grad, w.trainable = None, False
    f(x).backward()
    assert w.grad is None


def test_a_guard_on_an_argument_is_checked_before_anything_runs(engine: str) -> None:
    """No operation makes the flag, so no line of a program computes it."""
    counter = sj.Variable(sj.asarray(0.0), name="counter")

    @sj.jit
    def step(flag: Any) -> Any:
        guard(flag)
        counter.assign(counter + 1)
        return counter * 2

    assert float(step(sj.asarray(True))) == 2
    with pytest.raises(Tripped):
        step(sj.asarray(False))
    assert float(counter) == 1
