"""Every composite: its fused kernel against its readable form, on each engine that has such a kernel.

Value and first three derivatives along a direction, in float64. The composites are found by themselves,
so that a new one fails here until it has a case.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.core.dispatch import apply
from sujeong.core.engine import load_engine
from sujeong.core.op import OPS

from .fused_cases import Case, all_cases

for _room in ("ops", "autodiff", "program", "recurrent", "nn", "losses", "optim"):
    _package = importlib.import_module(f"sujeong.{_room}")
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)

ENGINES = ("numpy", "torch")
FUSED = [
    (name, engine)
    for name, op in sorted(OPS.items())
    if op.readable is not None
    for engine in ENGINES
    if name in load_engine(engine).kernels
]
CASES = all_cases()
RUNS = [(case, engine) for case in CASES for engine in ENGINES if (case.op, engine) in FUSED]
IDS = [f"{e}-{c.op}-{CASES.index(c)}{'-' + c.name.replace(' ', '_') if c.name else ''}" for c, e in RUNS]


@pytest.mark.parametrize("name", sorted({name for name, _ in FUSED}))
def test_each_fused_composite_has_a_case(name: str) -> None:
    assert any(case.op == name for case in CASES), f"add a case for {name} in tests/ops/fused_cases/"


def test_no_case_is_left_over() -> None:
    assert {case.op for case in CASES} <= {name for name, _ in FUSED}


def _derivatives(case: Case, readable: bool) -> list[np.ndarray]:
    """The results; then, again and again, the gradients of the results' weighted squares.

    Squares, so that the gradient that comes in differs from element to element and depends on the inputs.
    """
    op = OPS[case.op]
    wanted = [a.dtype == np.float64 for a in case.inputs]
    inputs = [
        sj.asarray(a, requires_grad=w and case.order > 0) for a, w in zip(case.inputs, wanted, strict=True)
    ]
    leaves = [x for x, w in zip(inputs, wanted, strict=True) if w]
    out = op.readable(*inputs, **case.attributes) if readable else apply(op, *inputs, **case.attributes)
    parts: list[Any] = [out] if isinstance(out, sj.Tensor) else list(out)
    found = [np.asarray(p) for p in parts]
    rng = np.random.default_rng(5)
    total: Any = None
    for p in parts:
        if p.dtype is sj.float64 and p.requires_grad:
            term = sj.sum(sj.asarray(rng.uniform(0.5, 1.5, p.shape)) * (p * p + p))
            total = term if total is None else total + term
    for _ in range(case.order):
        grads = [None] * len(leaves)
        if total is not None and total.requires_grad:
            grads = sj.gradients(total, leaves, create_graph=True)
        total = None
        for g, x in zip(grads, leaves, strict=True):
            direction = sj.asarray(rng.uniform(-1.0, 1.0, x.shape))
            found.append(np.zeros(x.shape) if g is None else np.asarray(g))
            if g is not None:
                term = sj.sum(g * direction)
                total = term if total is None else total + term
    return found


@pytest.mark.parametrize(("case", "engine_name"), RUNS, ids=IDS)
def test_fused_equals_readable(case: Case, engine_name: str) -> None:
    with sj.using(engine=engine_name):
        fused = _derivatives(case, readable=False)
        readable = _derivatives(case, readable=True)
    assert len(fused) == len(readable)
    for i, (a, b) in enumerate(zip(fused, readable, strict=True)):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12 * scale, err_msg=f"entry {i}")
