"""Records of recurrent operations. References are loops in NumPy, written by hand, without our code."""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from ..record import Record, Refusal, Sample, data

ShapeError, ArgumentError, DTypeError = sj.errors.ShapeError, sj.errors.ArgumentError, sj.errors.DTypeError


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _swept(
    x: Any, states: list[Any], step: Any, mask: Any = None, reverse: bool = False, time_major: bool = False
) -> Any:
    """All first states, and the last states; `step(x_t, *states)` gives the new ones."""
    x = x if time_major else x.swapaxes(0, 1)
    keep = np.ones(x.shape[:2], bool) if mask is None else mask if time_major else mask.T
    ys = np.zeros((*x.shape[:2], states[0].shape[1]), np.result_type(x, states[0]))
    for t in reversed(range(len(x))) if reverse else range(len(x)):
        new = step(x[t], *states)
        states = [np.where(keep[t][:, None], a, b) for a, b in zip(new, states, strict=True)]
        ys[t] = states[0]
    return (ys if time_major else ys.swapaxes(0, 1), *states)


def _start(x: Any, units: int, given: Any, count: int, time_major: bool = False) -> list[Any]:
    batch = x.shape[1 if time_major else 0]
    if given is None:
        return [np.zeros((batch, units))] * count
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _lstm(x: Any, w: Any, r: Any, b: Any = 0.0, start: Any = None, mask: Any = None, **settings: Any) -> Any:
    def step(x_t: Any, h: Any, c: Any) -> list[Any]:
        i, f, g, o = np.split(x_t @ w + h @ r + b, 4, axis=-1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        return [_sigmoid(o) * np.tanh(c), c]

    start = _start(x, len(r), start, 2, settings.get("time_major", False))
    return _swept(x, start, step, mask, **settings)


def _gru(
    x: Any,
    w: Any,
    r: Any,
    b: Any = None,
    start: Any = None,
    mask: Any = None,
    reset_after: bool = True,
    **settings: Any,
) -> Any:
    units = len(r)
    b = np.zeros((2, 3 * units)) if b is None else b if reset_after else np.stack([b, 0 * b])

    def step(x_t: Any, h: Any) -> list[Any]:
        a, q = x_t @ w + b[0], h @ r + b[1]
        z, reset = np.split(_sigmoid(a[:, : 2 * units] + q[:, : 2 * units]), 2, axis=-1)
        inner = reset * q[:, 2 * units :] if reset_after else (reset * h) @ r[:, 2 * units :]
        return [z * h + (1 - z) * np.tanh(a[:, 2 * units :] + inner)]

    start = _start(x, units, start, 1, settings.get("time_major", False))
    return _swept(x, start, step, mask, **settings)


def _simple(
    x: Any, w: Any, r: Any, b: Any = 0.0, start: Any = None, mask: Any = None, **settings: Any
) -> Any:
    start = _start(x, len(r), start, 1, settings.get("time_major", False))
    return _swept(x, start, lambda x_t, h: [np.tanh(x_t @ w + h @ r + b)], mask, **settings)


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _small(*shape: int, seed: int = 0) -> np.ndarray:
    return data(*shape, seed=seed) * 0.5


MASK = np.array([[True, True, False], [False, True, True]])  # padded behind, and in front


def _samples(blocks: int, states: int) -> list[Sample]:
    """Two sequences of three steps, two features, one or two units."""

    def weights(features: int, units: int) -> tuple[np.ndarray, ...]:
        bias = (2, 3 * units) if blocks == 3 else (blocks * units,)
        return (
            _small(features, blocks * units, seed=1),
            _small(units, blocks * units, seed=2),
            _small(*bias, seed=3),
        )

    x, w = _small(2, 3, 2), weights(2, 1)
    start = [_small(2, 1, seed=4), _small(2, 1, seed=5)][:states]
    return [
        Sample((x, *w, start, MASK), name="all arguments"),
        Sample((x, *w, start, MASK), {"reverse": True}, name="in reverse, masked"),
        Sample((_small(2, 2, 1), *weights(1, 2)[:2]), name="without bias and state"),
        Sample((_small(3, 2, 2), *w), {"time_major": True, "reverse": True}, name="steps first"),
        Sample((_small(1, 1, 2), *w, [s[:1] for s in start]), name="one step"),
        Sample((_small(2, 0, 2), *w, start), name="no steps"),
        Sample((_small(0, 2, 2), *w), name="no sequences"),
        Sample((_small(1, 2, 0), *weights(0, 1)), name="no features"),
    ]


def _refusals(blocks: int, states: int) -> list[Refusal]:
    x, w, r = np.ones((2, 3, 2)), np.ones((2, 4 * blocks)), np.ones((4, 4 * blocks))
    mask = np.ones((3, 2), bool)
    wrong = [np.ones((2, 4))] * (3 - states)
    return [
        Refusal(
            (np.ones((3, 2)), w, r), ShapeError, r"x does not fit[\s\S]*\(3, 2\)[\s\S]*batch, steps, feat"
        ),
        Refusal(
            (x, w.T, r),
            ShapeError,
            rf"\] kernel does not fit[\s\S]*for x \(2, 3, 2\)[\s\S]*\(2, {4 * blocks}\)",
        ),
        Refusal((x, w, r[:3]), ShapeError, r"recurrent_kernel does not fit[\s\S]*units"),
        Refusal((x, w, r, np.ones(3)), ShapeError, r"bias does not fit[\s\S]*\(3,\)"),
        Refusal(
            (x, w, r, None, [np.ones((3, 4))] * states),
            ShapeError,
            r"initial_state does not fit[\s\S]*\(2, 4\)",
        ),
        Refusal((x, w, r, None, wrong), ArgumentError, f"{3 - states} initial states came"),
        Refusal((x, w, r, None, None, mask), ShapeError, r"mask does not fit[\s\S]*\(2, 3\)"),
        Refusal((x, w, r, None, None, mask.T * 1.0), DTypeError, r"truth values[\s\S]*tokens != 0"),
        Refusal((x + 1j, w, r), DTypeError, "takes real numbers"),
    ]


# Each step rounds its state to 16 bits, and the next one reads it.
NARROW = {"float16": (6e-3, 6e-3), "bfloat16": (4e-2, 4e-2)}
TYPES = ("float32", "float64", "float16", "bfloat16")

RECORDS = [
    Record(
        "lstm",
        sj.lstm,
        _lstm,
        _samples(4, 2),
        _refusals(4, 2),
        dtypes=TYPES,
        tolerance=NARROW,
        formula="i, f, o = sigmoid, g = tanh of x_t W + h R + b; c = f c + i g; h = o tanh(c)",
        gradient_formula="dz = (dc g, dc c_{t-1}, dc i, dh tanh(c)) slopes; dh_{t-1} = dz R^T; dW = x^T dz",
    ),
    Record(
        "lstm[activation]",
        lambda *args: sj.lstm(*args, activation=sj.relu, recurrent_activation=sj.tanh),
        lambda x, w, r, b, factor=1.0: _swept(
            x, _start(x, len(r), None, 2), lambda x_t, h, c: _other(x_t @ w + h @ r + b, c)
        ),
        [Sample((_small(2, 2, 2), _small(2, 4, seed=1), _small(1, 4, seed=2), _small(4, seed=3)))],
    ),
    Record(
        "lstm[factor]",
        lambda *args: sj.lstm(*args[:3], recurrent_factor=args[3]),
        lambda x, w, r, factor: _swept(
            x,
            _start(x, len(r), None, 2),
            lambda x_t, h, c: _lstm(x_t[:, None], w, r, start=[h * factor, c])[1:],
        ),
        [Sample((_small(2, 3, 2), _small(2, 4, seed=1), _small(1, 4, seed=2), data(2, 1, seed=3)))],
    ),
    Record(
        "gru",
        sj.gru,
        _gru,
        _samples(3, 1),
        _refusals(3, 1),
        dtypes=TYPES,
        tolerance=NARROW,
        formula="a = x_t W + b; q = h R + d; z, r = sigmoid(a + q); n = tanh(a_h + r q_h); h = z h + (1-z) n",
        gradient_formula="dn = dh (1-z)(1-n^2); dq = (dz, dr, dn r); dh_{t-1} = dh z + dq R^T",
    ),
    Record(
        "gru[before]",
        lambda *args: sj.gru(*args, reset_after=False),
        lambda *args: _gru(*args, reset_after=False),
        [
            Sample((_small(2, 3, 2), _small(2, 3, seed=1), _small(1, 3, seed=2), _small(3, seed=3))),
            Sample(
                (_small(2, 3, 1), _small(1, 6, seed=1), _small(2, 6, seed=2), _small(6, seed=3), None, MASK),
                name="masked",
            ),
        ],
        [
            Refusal(
                (np.ones((2, 3, 2)), np.ones((2, 3)), np.ones((1, 3)), np.ones((2, 3))),
                ShapeError,
                "bias does",
            )
        ],
    ),
    Record(
        "simple_rnn",
        sj.simple_rnn,
        _simple,
        _samples(1, 1),
        _refusals(1, 1),
        dtypes=TYPES,
        tolerance=NARROW,
        formula="h_t = tanh(x_t W + h_{t-1} R + b)",
        gradient_formula="dz = dh (1 - h_t^2); dh_{t-1} = dz R^T; dx = dz W^T; dW = sum x^T dz",
    ),
]


def _other(z: Any, c: Any) -> list[Any]:
    """A step of an LSTM with ReLU for tanh, and tanh for sigmoid."""
    i, f, g, o = np.split(z, 4, axis=-1)
    c = np.tanh(f) * c + np.tanh(i) * _relu(g)
    return [np.tanh(o) * _relu(c), c]
