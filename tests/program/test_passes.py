"""Each pass does what it says, drops nothing that counts, and keeps every bit.

That every operation gives the same bits with all passes and with none is held by the contract's recorded
checks, which run with all of them; here are the passes one by one, and whole training steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import NameUnknownError
from sujeong.program import ir
from sujeong.program.passes.common import common
from sujeong.program.passes.dead_code import dead_code
from sujeong.program.passes.folding import LARGEST, folding
from sujeong.program.passes.order import PASSES, optimized
from sujeong.program.passes.rewrite import rebuilt
from sujeong.program.passes.simplify import simplify

X = sj.Spec((2, 3), sj.float32)


def recorded(function: Callable[..., Any], *specs: Any) -> Any:
    """The program of a function, as it was written."""
    return sj.record(function, *(specs or (X,)))


def names(program: Any) -> list[str]:
    """Names of its operations."""
    return [e.op.name for e in program.equations]


def test_dead_code_goes_and_what_is_read_stays() -> None:
    def function(x: Any) -> Any:
        sj.exp(sj.sin(x))  # nobody reads it
        return sj.tanh(x) + 1

    program = recorded(function)
    assert names(program) == ["sin", "exp", "tanh", "add"]
    assert names(dead_code(program)) == ["tanh", "add"]
    assert names(program) == ["sin", "exp", "tanh", "add"], "the program itself is not changed"


def test_dead_code_keeps_updates_and_guards() -> None:
    counter = sj.Variable(0.0, name="counter")

    def function(x: Any) -> Any:
        counter.assign(counter + sj.sum(sj.exp(x)))
        return x

    assert names(dead_code(recorded(function))) == ["exp", "sum", "add"]


def test_dead_code_drops_constants() -> None:
    def function(x: Any) -> Any:
        x * 3.0
        return x

    program = recorded(function)
    assert len(program.constants) == 1
    assert not dead_code(program).constants


def test_common_joins_equal_operations_and_constants() -> None:
    program = recorded(lambda x: sj.exp(x) * 2.0 + sj.exp(x) * 2.0)
    joined = common(program)
    assert names(joined) == ["exp", "multiply", "add"]
    assert len(joined.constants) == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda x: sj.sum(x, axis=0) + sj.sum(x, axis=1)[0],
        lambda x: sj.astype(x, sj.float64) + sj.astype(sj.astype(x, sj.float16), sj.float64),
        lambda x: x / 0.0 + x / -0.0,
        lambda x: x - sj.exp(x) + (sj.exp(x) - x),
    ],
    ids=["attributes", "types", "signed zeros", "order"],
)
def test_common_keeps_what_differs(function: Callable[..., Any]) -> None:
    program = recorded(function)
    different = {"sum", "astype", "divide", "subtract"}
    before, after = names(program), names(common(program))
    assert [n for n in after if n in different] == [n for n in before if n in different]


def test_common_leaves_what_is_computed_twice_on_purpose() -> None:
    def loss(x: Any) -> Any:
        return sj.sum(sj.checkpoint(lambda v: sj.exp(sj.sin(v)))(x) * 2)

    program = recorded(sj.value_and_grad(loss))
    assert names(program).count("sin") == 2
    assert names(optimized(program)).count("sin") == 2


def test_folding_computes_what_is_known() -> None:
    program = recorded(lambda x: x + sj.ones((2, 3)) / sj.full((2, 3), 4.0))
    folded = dead_code(folding(program))
    assert names(folded) == ["add"]
    (value,) = folded.constants.values()
    np.testing.assert_array_equal(value.numpy(), np.full((2, 3), 0.25, np.float32))


def test_folding_leaves_large_results() -> None:
    n = LARGEST // 4 + 1
    program = recorded(lambda x: x + sj.ones((n,)), sj.Spec((n,), sj.float32))
    assert names(folding(program)) == ["full", "add"]


def _wider_and_back(dtype: Any, wide: Any) -> Callable[..., Any]:
    """A cast of a number of 32 bits to a type, from there to another one, and back."""
    return lambda x: sj.astype(sj.astype(sj.astype(x, dtype), wide), dtype)


@pytest.mark.parametrize(
    ("function", "left"),
    [
        (lambda x: sj.reshape(sj.reshape(x, (6,)), (3, 2)), ["reshape"]),
        (lambda x: sj.reshape(sj.reshape(x, (6,)), (2, 3)), []),
        (lambda x: sj.permute_dims(sj.permute_dims(x, (1, 0)), (1, 0)), []),
        (lambda x: sj.negative(sj.negative(x)), []),
        (_wider_and_back(sj.bfloat16, sj.float32), ["astype"]),
        (_wider_and_back(sj.float16, sj.float64), ["astype"]),
        (_wider_and_back(sj.bfloat16, sj.float16), ["astype"] * 3),
        (_wider_and_back(sj.float32, sj.int64), ["copy", "astype", "astype"]),
        (lambda x: x * 1, []),
        (lambda x: 1 * x, []),
        (lambda x: x / 1, []),
        (lambda x: x - 0, []),
        (lambda x: sj.stop_gradient(x) + x, ["add"]),
        (lambda x: x + 0, ["add"]),
        (lambda x: x * sj.ones((2, 2, 3)), ["full", "multiply"]),
        (lambda x: x / sj.asarray(1.0, dtype=sj.float64), ["astype"]),
        (lambda x: 0 - x, ["subtract"]),
        (lambda x: 1 / x, ["divide"]),
    ],
)
def test_simplify(function: Callable[..., Any], left: list[str]) -> None:
    assert names(dead_code(simplify(recorded(function)))) == left


def test_simplify_joins_permutations() -> None:
    spec = sj.Spec((2, 3, 4), sj.float32)
    program = recorded(lambda x: sj.permute_dims(sj.permute_dims(x, (2, 0, 1)), (2, 0, 1)), spec)
    last = simplify(program).equations[-1]
    assert (last.op.name, last.attributes["axes"], last.inputs) == (
        "permute_dims",
        (1, 2, 0),
        (program.inputs[0],),
    )


def test_bodies_of_loops_are_optimised_too() -> None:
    def function(x: Any) -> Any:
        return sj.scan(lambda carry, row: (carry * 1 + sj.exp(row) + sj.exp(row), row * 1), x[0], x)

    bodies = [b for e in optimized(recorded(function)).equations for b in e.programs.values()]
    assert bodies
    for body in bodies:
        assert names(body).count("exp") <= 1
        assert "multiply" not in names(body)


def model(seed: int = 3) -> Any:
    """Dense, batch norm, dropout: whatever a step has."""
    sj.set_seed(seed)
    made = nn.Sequential([nn.Dense(8, "relu"), nn.BatchNorm(), nn.Dropout(0.3), nn.Dense(3)])
    made.compile("adam", "softmax_cross_entropy", ["accuracy"])
    return made


def weights_after_training() -> list[bytes]:
    numbers = np.random.default_rng(0)
    x, y = numbers.normal(size=(40, 5)).astype(np.float32), numbers.integers(0, 3, 40)
    made = model()
    made.fit(x, y, epochs=2, batch_size=16, verbose=0)
    return [v.numpy().tobytes() for v in made.variables]


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_training_gives_the_same_bits_without_each_pass(engine: str) -> None:
    with sj.using(engine=engine):
        all_on = weights_after_training()
        for name in sj.pass_names():
            with sj.without_passes(name):
                assert weights_after_training() == all_on, name
        with sj.without_passes():
            assert weights_after_training() == all_on


def test_switching_off_records_anew() -> None:
    calls = []

    @sj.jit
    def function(x: Any) -> Any:
        calls.append(1)
        return x * 1 + x

    x = sj.asarray([1.0, 2.0])
    function(x)
    with sj.without_passes("simplify"):
        np.testing.assert_array_equal(function(x).numpy(), [2.0, 4.0])
    function(x)
    assert len(calls) == 2


def test_switched_off_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    program = recorded(lambda x: x * 1 + x)
    assert names(optimized(program)) == ["add"]
    monkeypatch.setenv("SUJEONG_PASSES_OFF", "simplify,folding")
    assert names(optimized(program)) == ["multiply", "add"]


def test_unknown_pass() -> None:
    with pytest.raises(NameUnknownError, match="did you mean 'dead_code'"):
        sj.without_passes("deadcode")


def test_an_equation_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs share equations that a pass leaves alone, and these do not change."""
    program = sj.record(lambda x: sj.exp(sj.tanh(x)) * 2, sj.Spec((3,), sj.float32))
    asked: list[Any] = []
    before = ir._check_specs
    monkeypatch.setattr(ir, "_check_specs", lambda e: (asked.append(e), before(e))[1])
    again = rebuilt(program, list(program.equations))
    assert not asked
    first, *rest = again.equations
    wrong = ir.Symbol(sj.Spec((4,), sj.float32), first.outputs[0].index)
    changed = ir.Equation(first.op, first.inputs, first.attributes, (wrong,), False)
    for _ in range(2):  # what was found wrong once is not taken for sound
        with pytest.raises(sj.errors.ProgramError, match="does not follow from its rule"):
            rebuilt(again, [changed, *rest])
    assert asked == [changed, changed]


@pytest.mark.parametrize("name", ["folding", "simplify", "common", "dead_code"])
def test_a_pass_that_finds_nothing_gives_the_program_back(name: str) -> None:
    program = sj.record(lambda x: sj.exp(sj.tanh(x)), sj.Spec((3,), sj.float32))
    assert PASSES[name](program) is program
