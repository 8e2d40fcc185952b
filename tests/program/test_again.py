"""What the backward pass computes again: what is held for it, and that results stay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from math import prod
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.program.ir import Phase, Program
from sujeong.program.passes.again import again
from sujeong.program.passes.dead_code import dead_code
from sujeong.program.passes.expansion import expansion
from sujeong.program.passes.folding import folding
from sujeong.program.passes.fusion import building
from sujeong.program.passes.simplify import simplify

N, F, H = 64, 48, 384
X, V, W = sj.Spec((N, F), sj.float32), sj.Spec((F, H), sj.float32), sj.Spec((H, F), sj.float32)
B, C = sj.Spec((H,), sj.float32), sj.Spec((F,), sj.float32)


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


def with_gelu(x: Any, v: Any, b: Any, w: Any) -> Any:
    return sj.sum(sj.matmul(sj.gelu(sj.matmul(x, v) + b), w) ** 2)


def with_norm(x: Any, v: Any, b: Any, w: Any) -> Any:
    return sj.sum(sj.matmul(sj.layer_norm(sj.matmul(x, v), b, b), w) ** 2)


def with_relu(x: Any, v: Any, b: Any, w: Any) -> Any:
    return sj.sum(sj.matmul(sj.relu(sj.matmul(x, v) + b), w) ** 2)


def with_batch_norm(x: Any, v: Any, b: Any, w: Any) -> Any:
    y, *_ = sj.batch_norm(sj.matmul(x, v), b, b)
    return sj.sum(sj.matmul(sj.relu(y), w) ** 2)


def residual(x: Any, v: Any, b: Any, w: Any) -> Any:
    y = sj.matmul(x, v) + b
    z = y + sj.matmul(sj.matmul(y, w), v)
    return sj.sum(sj.matmul(z, w) ** 2)


def gradients(function: Callable[..., Any]) -> Callable[..., Any]:
    return sj.grad(function, (0, 1, 2, 3))


def wide(function: Callable[..., Any]) -> Program:
    program = sj.record(gradients(function), X, V, B, W)
    return dead_code(simplify(folding(expansion(program))))


def held(program: Program) -> int:
    """How many values of N rows of H the forward pass makes and what follows reads."""
    made = {s for e in program.equations if e.phase is Phase.FORWARD for s in e.outputs}
    read = {s for e in program.equations if e.phase is not Phase.FORWARD for s in e.inputs}
    return sum(prod(s.shape) == N * H for s in made & read)


def count(program: Program, name: str) -> int:
    return sum(e.op.name == name for e in program.equations)


def forward(program: Program) -> list[str]:
    """The operations of the forward pass on values of N rows."""
    forward = [e for e in program.equations if e.phase is Phase.FORWARD]
    return [f"{e.outputs[0]!r} = {e.op.name}" for e in forward if e.outputs[0].shape[:1] == (N,)]


CASES: dict[str, tuple[Callable[..., Any], int, int]] = {
    "gelu": (with_gelu, 2, 1),
    "layer norm": (with_norm, 2, 1),
    "batch norm, whose sums take a sweep of their own": (with_batch_norm, 2, 2),
    "relu alone, whose input nobody else reads": (with_relu, 1, 1),
    "a sum of what two products made": (residual, 2, 2),
}


@pytest.mark.parametrize(("function", "before", "after"), CASES.values(), ids=CASES)
def test_what_is_held_for_the_backward_pass(function: Any, before: int, after: int) -> None:
    program = wide(function)
    found = again(program)
    assert (held(program), held(found)) == (before, after)
    for name in ("matmul", "sum", "tanh", "erf", "exp"):  # none of the costly ones is computed twice
        assert count(found, name) == count(program, name)
    assert forward(program) == forward(found)


def test_small_values_stay() -> None:
    small = [sj.Spec(shape, sj.float32) for shape in ((8, 6), (6, 8), (8,), (8, 6))]
    program = dead_code(simplify(folding(expansion(sj.record(gradients(with_gelu), *small)))))
    assert again(program) is program


def test_what_is_handed_out_is_held_anyway() -> None:
    def both(x: Any, v: Any, b: Any, w: Any) -> Any:
        def inner(*given: Any) -> Any:
            y = sj.gelu(sj.matmul(given[0], given[1]) + given[2])
            return sj.sum(sj.matmul(y, given[3]) ** 2), y

        return sj.grad(inner, (0, 1, 2, 3), has_aux=True)(x, v, b, w)

    program = dead_code(simplify(folding(expansion(sj.record(both, X, V, B, W)))))
    found = again(program)
    assert held(found) == 2


@pytest.mark.parametrize("function", [with_gelu, with_norm, with_batch_norm, with_relu, residual])
@pytest.mark.parametrize("low", [False, True], ids=["float32", "bfloat16"])
def test_results_stay(function: Any, low: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUJEONG_CACHE", str(tmp_path))
    rng = np.random.default_rng(0)
    given = [sj.asarray(rng.standard_normal(s.shape) / 8, dtype=sj.float32) for s in (X, V, B, W)]
    if low:
        given = [sj.astype(a, sj.bfloat16) for a in given]
    found = []
    for off in ((), ("again",)):
        with sj.without_passes(*off) if off else nullcontext(), building():
            found.append(sj.jit(gradients(function))(*given))
    for a, b in zip(*found, strict=True):
        x, y = (np.asarray(sj.astype(v, sj.float32).numpy(), dtype=np.float64) for v in (a, b))
        assert np.abs(x - y).max() <= (2.0**-7 if low else 1e-5) * np.abs(y).max()
