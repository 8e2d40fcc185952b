"""Programs: recording, printing, and a checker that finds broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors
from sujeong.core.op import OPS
from sujeong.program.ir import Equation, Program, Symbol
from sujeong.program.replay import Runner


def vector(n: int = 3, dtype: Any = None) -> Any:
    return sj.Spec((n,), dtype or sj.float32)


def program() -> Program:
    """v <- v + x * 2, returned too; the gradient slot set."""
    v = sj.Variable(np.zeros(3, np.float32), name="count")

    def f(x: Any) -> Any:
        old = v.value
        v.assign(old + x * 2)
        v.grad = x
        return v.value

    return sj.record(f, vector())


# --- recording ------------------------------------------------------------------------------------------


def test_a_program_prints_as_single_assignment_code() -> None:
    assert str(program()).splitlines() == [
        "program f(%0: float32[3])",
        "  state count -> %1: float32[3]",
        "  constant %2: float32[] = 2.0",
        "  %3: float32[3] = multiply %0 %2",
        "  %4: float32[3] = add %1 %3",
        "  update count <- %4",
        "  return %4",
    ]


def test_attributes_and_several_results_are_printed() -> None:
    text = str(sj.record(lambda x: sj.top_k(sj.sum(x, axis=1), 2), sj.Spec((4, 5), sj.float32)))
    assert "= sum axis=(1,) keepdims=False %0" in text
    assert ": float32[2], %" in text
    assert "return nothing" in str(sj.record(lambda x: None, vector()))


def test_equations_know_the_line_they_come_from() -> None:
    e = sj.record(lambda x: sj.tanh(x), vector()).equations[0]
    file, _, line = e.place.rpartition(":")
    assert Path(file) == Path(__file__)
    assert "sj.tanh(x), vector()" in Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_nothing_is_computed_and_nothing_read_while_recording() -> None:
    huge = sj.Spec((10**6, 10**6), sj.float64)
    p = sj.record(lambda x: sj.sum(sj.tanh(x) @ sj.zeros((10**6, 10**6), dtype=sj.float64)), huge)
    assert p.outputs[0].shape == ()


def test_recording_accepts_specs_tensors_arrays_and_numbers() -> None:
    p = sj.record(lambda a, b, c, n: a + b + c * n, vector(), sj.ones(3), np.ones(3, np.float32), 2)
    assert [s.spec for s in p.inputs] == [vector()] * 3
    p = sj.record(sj.jit(lambda x, rate: x * rate), vector(), 0.5)
    assert [s.spec for s in p.inputs] == [vector(), sj.Spec((), sj.float64)]


def test_a_constant_is_kept_once() -> None:
    w = sj.ones(3)
    p = sj.record(lambda x: (x * w + w) * 2.0 - 2.0 * x * w, vector())
    assert len(p.constants) == 2


def test_the_generated_function_frees_each_value_after_its_last_use() -> None:
    source = Runner(sj.record(lambda x: sj.sum(sj.tanh(x * 2)), vector())).source
    assert source.splitlines() == [
        "def run(v0):",
        "    v2 = multiply(v0, v1)",
        "    del v0",
        "    v3 = tanh(v2)",
        "    del v2",
        "    v4 = sum(v3, axis=a2_axis, keepdims=a2_keepdims)",
        "    del v3",
        "    return (v4, )",
    ]


def test_marks_call_nothing() -> None:
    source = Runner(sj.record(lambda x: sj.stop_gradient(x) * x, vector())).source
    assert "    v1 = v0" in source
    assert "stop_gradient" not in source


def test_results_are_those_of_the_program(engine: str) -> None:
    """The runner on arrays, by hand."""
    p = sj.record(lambda x, y: (x + y, x * y), vector(), vector())
    e = sj.get_engine()
    a, b = [e.from_host(np.array(v, np.float32), sj.float32, "cpu") for v in ([1, 2, 3], [4, 5, 6])]
    total, product = Runner(p).run(a, b)
    assert e.to_host(total).tolist() == [5, 7, 9]
    assert e.to_host(product).tolist() == [4, 10, 18]


# --- the checker ----------------------------------------------------------------------------------------


def broken(change: Any, text: str) -> None:
    p = program()
    p.check()
    change(p)
    with pytest.raises(errors.ProgramError, match=text):
        p.check()


def symbol(index: int, n: int = 3, dtype: Any = None) -> Symbol:
    return Symbol(vector(n, dtype), index)


def test_a_symbol_defined_twice() -> None:
    broken(
        lambda p: p.inputs.append(p.inputs[0]), r"%0: float32\[3\] is defined twice[\s\S]*received: an input"
    )

    def again(p: Program) -> None:
        p.equations.append(p.equations[0])

    broken(again, r"%3: float32\[3\] is defined twice[\s\S]*received: %3: float32\[3\] = multiply %0 %2")


def test_a_symbol_used_before_it_is_defined() -> None:
    broken(lambda p: p.equations.reverse(), r"%3: float32\[3\] is used before it is defined[\s\S]*add %1 %3")


@pytest.mark.parametrize("where", ["outputs", "updates", "grads", "guards"])
def test_a_result_never_defined(where: str) -> None:
    def change(p: Program) -> None:
        ghost = symbol(99)
        entry = ghost if where in ("outputs", "guards") else (p.state[0][0], ghost)
        getattr(p, where).append(entry)

    broken(change, r"the result %99: float32\[3\] is never defined")


def test_a_spec_that_does_not_follow_from_its_rule() -> None:
    def change(p: Program) -> None:
        e = p.equations[0]
        p.equations[0] = Equation(e.op, e.inputs, e.attributes, (symbol(3, 4),), False)

    broken(
        change,
        r"a spec does not follow from its rule[\s\S]*%3: float32\[4\][\s\S]*expected: \(float32\[3\],\)",
    )


def test_an_operation_that_does_not_fit_its_inputs() -> None:
    def change(p: Program) -> None:
        p.inputs[0] = symbol(0, 5)
        e = p.equations[0]
        p.equations[0] = Equation(e.op, (p.inputs[0], e.inputs[1]), e.attributes, (symbol(3, 5),), False)
        p.equations[1].inputs = (p.equations[1].inputs[0], p.equations[0].outputs[0])

    broken(
        change, r"an operation does not fit its inputs[\s\S]*shapes do not broadcast[\s\S]*\(3,\) and \(5,\)"
    )


def test_an_update_of_another_spec() -> None:
    def change(p: Program) -> None:
        v, _ = p.updates[0]
        other = symbol(50, 4)
        p.inputs.append(other)
        p.updates[0] = (v, other)

    broken(
        change,
        r"the update of 'count' has another spec[\s\S]*float32\[4\][\s\S]*Variable count: float32\[3\]",
    )


def test_a_broken_program_inside_a_program() -> None:
    p = sj.record(lambda x: sj.scan(lambda c, r: (c + r * 2, None), 0.0, x), vector())
    p.check()
    body = p.equations[0].attributes["body"]
    body.equations.reverse()
    with pytest.raises(errors.ProgramError, match=r"is used before it is defined"):
        p.check()


@pytest.mark.parametrize(
    ("f", "key", "text"),
    [
        (lambda x: sj.scan(lambda c, r: (c + r, None), 0.0, x), "length", r"body does not fit 9 rows"),
        (lambda x: sj.cond(sj.sum(x) > 0, lambda x: x, lambda x: x, x), "true", r"a branch does not fit"),
        (lambda x: sj.while_loop(lambda c: c < 9, lambda c: c + 1, 0.0), "body", r"the body does not fit"),
    ],
)
def test_a_body_that_does_not_fit(f: Any, key: str, text: str) -> None:
    p = sj.record(f, vector())
    other = sj.record(lambda a, b, c: a, vector(), vector(), vector())
    p.equations[-1].attributes[key] = 9 if key == "length" else other
    with pytest.raises(errors.ProgramError, match=text):
        p.check()


def test_an_operation_without_rule_and_readable_form() -> None:
    from sujeong.core.dispatch import apply
    from sujeong.core.op import Op

    nameless = Op("test_nameless")
    try:
        engine = sj.get_engine()
        engine.kernels["test_nameless"] = lambda x: x  # type: ignore[index]
        with pytest.raises(errors.ProgramError, match=r"neither an inference rule nor a readable form"):
            sj.record(lambda x: apply(nameless, x), vector())
    finally:
        del OPS["test_nameless"]
        del engine.kernels["test_nameless"]  # type: ignore[attr-defined]


# --- failures while running -------------------------------------------------------------------------------


def test_a_failing_kernel_is_explained(engine: str) -> None:
    """In our own words: the operation, what it received, and the user's line."""
    f = sj.jit(lambda x: sj.tanh(x) * 2)
    f(sj.ones(3))
    compiled = next(iter(f._cache.values()))
    broken = sj.ones(3)
    broken._array = "no array"
    with pytest.raises(errors.EngineError) as caught:
        compiled([broken])
    assert f"[tanh] the {engine} engine failed" in str(caught.value)
    assert "received: float32[3]" in str(caught.value)
    (note,) = caught.value.__notes__
    assert "in the program of '<lambda>', recorded at" in note
    assert "test_program.py:" in note
