"""Recurrent operations and their gradients, forward and in reverse, with and without a mask.

Kernels that pack weights take float32 only; `tests/recurrent/test_recurrent_kernels.py` has those.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, values

T, N, F, U = 3, 2, 2, 2
MASK = np.array([[True, True], [False, True], [True, False]])
BLOCKS = {"simple_rnn": 1, "lstm": 4, "gru": 3}


def _small(*shape: int, seed: int = 0) -> np.ndarray:
    """Below 1, so that no tanh is flat."""
    return values(*shape, seed=seed) * 0.4


def _forward(op: str) -> list[Case]:
    blocks = BLOCKS[op]
    bias = _small(2, blocks * U, seed=5) if op == "gru" else _small(blocks * U, seed=5)
    states = [_small(N, U, seed=1), _small(N, U, seed=2)][: 2 if op == "lstm" else 1]
    kernels = _small(F, blocks * U, seed=3), _small(U, blocks * U, seed=4)
    inputs = (_small(T, N, F), *states, *kernels, bias)
    return [
        Case(op, inputs, {"reverse": False}),
        Case(op, (*inputs, MASK), {"reverse": False}, "masked", order=2),
        Case(op, (*inputs, MASK), {"reverse": True}, "masked, in reverse", order=2),
        Case(op, inputs, {"reverse": True}, "in reverse", order=2),
        Case(op, (_small(0, N, F), *inputs[1:]), {"reverse": False}, "no steps", order=1),
        Case(op, (_small(1, N, F), *inputs[1:]), {"reverse": True}, "one step", order=1),
    ]


def _gate(*shape: int, seed: int) -> np.ndarray:
    return 0.5 + values(*shape, seed=seed) * 0.2


def _backward(op: str) -> list[Case]:
    hs, last = _gate(T, N, U, seed=6), _small(N, U, seed=7)
    recurrent = _small(U, BLOCKS[op] * U, seed=4)
    fixed: dict[str, tuple[np.ndarray, ...]] = {
        "simple_rnn": (recurrent, hs),
        "lstm": (recurrent, last, _small(T, N, U, seed=8), _gate(T, N, 4 * U, seed=9)),
        "gru": (recurrent, last, hs, _gate(T, N, 4 * U, seed=9)),
    }
    inner = values(T, N, 4 * U, seed=14)
    gradients = {
        "simple_rnn": (values(T, N, U, seed=10), values(N, U, seed=11)),
        "lstm": (values(T, N, U, seed=10), values(N, U, seed=11), values(N, U, seed=12), hs, inner),
        "gru": (values(T, N, U, seed=10), values(N, U, seed=11), inner),
    }[op]
    some = [gradients[0], gradients[1]]

    def case(came: Any, mask: bool, reverse: bool, name: str, order: int = 2) -> Case:
        given = tuple(any(g is c for c in came) for g in gradients)
        inputs = (*fixed[op], *came, *([MASK] if mask else []))
        return Case(f"{op}_gradient", inputs, {"given": given, "reverse": reverse}, name, order)

    return [
        case(gradients, False, False, "all gradients", 3),
        case(gradients, True, True, "masked, in reverse"),
        case(gradients, True, False, "masked"),
        case(some[:1], False, True, "in reverse"),
        case(some[1:], True, False, "the last output alone"),
    ]


CASES = [case for op in BLOCKS for case in (*_forward(op), *_backward(op))]
