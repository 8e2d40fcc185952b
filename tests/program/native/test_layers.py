"""Compiled layers of LSTM and GRU against the plain ones in 64 bits, in float32 and bfloat16."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch

import sujeong as sj
from sujeong.core.spec import Spec
from sujeong.engines.torch import gated, layers, recurrent

from . import forms

run = partial(forms.run, layers.COMPILED)
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
SIZES = [(5, 12, 7, 24), (4, 3, 16, 32), (3, 37, 33, 50), (1, 1, 1, 1), (2, 64, 128, 96), (19, 70, 9, 40)]
"""Steps, rows, features, units: fewer than a vector, whole vectors, more rows, more steps than go at once."""
PLAIN = recurrent.KERNELS | gated.KERNELS


def numbers(seed: int, *shapes: Any, dtype: Any) -> list[Any]:
    """Numbers that the element type holds, in it."""
    source = torch.Generator().manual_seed(seed)
    return [(torch.randn(shape, generator=source) * 0.5).to(dtype) for shape in shapes]


def masked(steps: int, rows: int) -> Any:
    """Truth values; some row stops at once, another never."""
    mask = torch.rand((steps, rows), generator=torch.Generator().manual_seed(7)) > 0.4
    mask[:, 0], mask[:, -1] = False, True
    return mask


def near(op: str, *arrays: Any, **settings: Any) -> Any:
    """The compiled results, which are as near to the truth as the plain ones, or within rounding."""
    found, plain = run(op, *arrays, **settings), PLAIN[op](*arrays, **settings)
    right = PLAIN[op](*[a.double() if a.is_floating_point() else a for a in arrays], **settings)
    for a, b, c in zip(found, plain, right, strict=True):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        least = {torch.float32: 2e-6, torch.bfloat16: 8e-3}[a.dtype]
        mine, other = ((v.double() - c).abs().max().item() for v in (a, b))
        assert mine <= max(1.5 * other, least * max(1.0, c.abs().max().item()))
    return found


def gradients_near(op: str, kept: Any, came: Any, asked: Any, masks: Any, reverse: bool) -> None:
    """As `near`, for each choice of which of the results' gradients came."""
    for flags in asked:
        arrays = (*kept, *(g for g, here in zip(came, flags, strict=False) if here), *masks)
        near(op, *arrays, given=tuple(map(bool, flags)), reverse=reverse)


def lstm_arrays(sizes: Any, dtype: Any) -> tuple[Any, ...]:
    t, n, f, u = sizes
    shapes = (t, n, f), (n, u), (f, 4 * u), (u, 4 * u), (4 * u,)
    x, h, kernel, across, bias = numbers(0, *shapes, dtype=dtype)
    (c,) = numbers(1, (n, u), dtype=torch.float32)
    return x, h, c, kernel, across, bias


def gru_arrays(sizes: Any, dtype: Any) -> tuple[Any, ...]:
    t, n, f, u = sizes
    return tuple(numbers(4, (t, n, f), (n, u), (f, 3 * u), (u, 3 * u), (2, 3 * u), dtype=dtype))


@pytest.mark.parametrize("reverse", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("with_mask", [False, True], ids=["all", "masked"])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("dtype", TYPES.values(), ids=TYPES)
def test_lstm(dtype: Any, sizes: Any, with_mask: bool, reverse: bool) -> None:
    steps, rows, _, units = sizes
    masks = [masked(steps, rows)] if with_mask else []
    given = lstm_arrays(sizes, dtype)
    cs, gates = near("lstm", *given, *masks, reverse=reverse)[3:]
    came = numbers(2, (steps, rows, units), (rows, units), dtype=dtype)
    came += numbers(3, (rows, units), (steps, rows, units), dtype=torch.float32)
    asked = ((1, 1, 1, 1, 0), (1, 0, 0, 0, 0), (0, 0, 1, 0, 0))
    gradients_near("lstm_gradient", (given[4], given[2], cs, gates), came, asked, masks, reverse)


@pytest.mark.parametrize("reverse", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("with_mask", [False, True], ids=["all", "masked"])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("dtype", TYPES.values(), ids=TYPES)
def test_gru(dtype: Any, sizes: Any, with_mask: bool, reverse: bool) -> None:
    steps, rows, _, units = sizes
    masks = [masked(steps, rows)] if with_mask else []
    given = gru_arrays(sizes, dtype)
    first = given[1].clone()
    hs, _, inner = near("gru", *given, *masks, reverse=reverse)
    assert torch.equal(given[1], first), "the state that is handed in is only read"
    came = numbers(5, (steps, rows, units), (rows, units), dtype=dtype)
    asked = ((1, 1, 0), (1, 0, 0), (0, 1, 0))
    gradients_near("gru_gradient", (given[3], first, hs, inner), came, asked, masks, reverse)


def all_of(dtype: Any, rows: slice, turn: bool = False) -> list[Any]:
    """Results and gradients of both layers for some of 45 rows; weights may lie in columns."""
    sizes, found = (20, 45, 24, 32), []
    for op, given, first, width in (
        ("lstm", lstm_arrays(sizes, dtype), 3, 4),
        ("gru", gru_arrays(sizes, dtype), 2, 3),
    ):
        arrays = [a if i >= first else a[:, rows] if i == 0 else a[rows] for i, a in enumerate(given)]
        if turn:
            arrays[first : first + 2] = [w.t().contiguous().t() for w in arrays[first : first + 2]]
        out = run(op, *arrays, reverse=False)
        kept = (arrays[2], *out[3:]) if op == "lstm" else (arrays[1], out[0], out[2])
        flags = (True, *(False,) * width)
        came = numbers(6, (20, 45, 32), dtype=dtype)[0][:, rows]
        gradient = run(f"{op}_gradient", arrays[first + 1], *kept, came, given=flags, reverse=False)
        found += [a if a.dim() == 3 else a.unsqueeze(0) for a in (*out, *gradient)]
    return found


@pytest.mark.parametrize("dtype", TYPES.values(), ids=TYPES)
def test_neither_threads_nor_other_rows_nor_how_weights_lie_change_a_bit(dtype: Any) -> None:
    whole = all_of(dtype, slice(None))
    threads = torch.get_num_threads()
    try:
        for count in (1, 3):
            torch.set_num_threads(count)
            assert all(map(torch.equal, all_of(dtype, slice(None)), whole))
    finally:
        torch.set_num_threads(threads)
    assert all(map(torch.equal, all_of(dtype, slice(None), turn=True), whole))
    for rows in (slice(40, 41), slice(3, 8), slice(0, 33)):
        assert all(map(torch.equal, all_of(dtype, rows), [a[:, rows] for a in whole]))


def test_what_they_do_not_do_is_left_to_the_plain_form() -> None:
    x, h = Spec((2, 3, 4), sj.float32), Spec((3, 5), sj.float32)
    weights = Spec((4, 20), sj.float32), Spec((5, 20), sj.float32), Spec((20,), sj.float32)
    text = layers.COMPILED["lstm"].text
    assert text({"reverse": False}, x, h, h, *weights) is not None
    assert text({"reverse": False}, Spec((2, 3, 4), sj.float64), h, h, *weights) is None
    assert text({"reverse": False}, Spec((0, 3, 4), sj.float32), h, h, *weights) is None, "no steps"
    of_gates = {"reverse": False, "given": (True, False, False, False, True)}
    cs, gates = Spec((2, 3, 5), sj.float32), Spec((2, 3, 20), sj.float32)
    back = layers.COMPILED["lstm_gradient"].text
    assert back(of_gates, weights[1], h, cs, gates, cs, gates) is None, "gradients of the gates"


@pytest.mark.parametrize("layer", [sj.nn.LSTM, sj.nn.GRU])
def test_a_step_uses_them_once_they_are_built(layer: Any) -> None:
    with sj.using(engine="torch"):
        model = layer(8, return_sequences=True)
        x = sj.asarray(numbers(8, (4, 6, 5), dtype=torch.float32)[0].numpy())
        model(x)
        assert forms.trained(model, x).count("= compiled_") == 2
