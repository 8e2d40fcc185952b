"""Compiled steps of LSTM and GRU against the plain ones in 64 bits, in float32 and bfloat16."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch

from sujeong.compiling import compiler
from sujeong.engines.torch import cells, stepping

STEPS, BATCH, FEATURES, UNITS = 5, 12, 7, 24
TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def numbers(seed: int, *shapes: Any, dtype: Any) -> list[Any]:
    """Numbers that the element type holds, in it."""
    source = torch.Generator().manual_seed(seed)
    return [(torch.randn(shape, generator=source) * 0.5).to(dtype) for shape in shapes]


def doubles(*arrays: Any) -> list[Any]:
    return [a.double() for a in arrays]


def near(found: Any, plain: Any, right: Any) -> None:
    """The compiled results are as near to the truth as the plain ones, or within rounding."""
    for a, b, c in zip(found, plain, right, strict=True):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        least = {torch.float32: 2e-6, torch.bfloat16: 8e-3}[a.dtype]
        mine, other = ((v.double() - c).abs().max().item() for v in (a, b))
        assert mine <= max(1.5 * other, least * max(1.0, c.abs().max().item()))


def gradients_near(compiled: Any, plain: Any, kept: Any, came: Any, asked: Any, reverse: bool) -> None:
    """As `near`, for each choice of which of the results' gradients came."""
    for flags in asked:
        arrays = (*kept, *(g for g, here in zip(came, flags, strict=False) if here))
        settings = {"given": tuple(map(bool, flags)), "reverse": reverse}
        near(compiled(*arrays, **settings), plain(*arrays, **settings), plain(*doubles(*arrays), **settings))


@pytest.fixture(autouse=True)
def _built(_own_kernels: None) -> None:
    compiler.build([text for texts in cells.TEXTS.values() for text in texts.values()])


def used(op: str, x: Any) -> Any:
    step = stepping.compiled(op, x, False)
    assert step is not None
    return step


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("rows", [3, BATCH], ids=["few rows", "rows"])
@pytest.mark.parametrize("dtype", TYPES.values(), ids=TYPES)
def test_lstm(dtype: Any, rows: int, reverse: bool) -> None:
    x, h, kernel, recurrent, bias = numbers(
        0,
        (STEPS, rows, FEATURES),
        (rows, UNITS),
        (FEATURES, 4 * UNITS),
        (UNITS, 4 * UNITS),
        (4 * UNITS,),
        dtype=dtype,
    )
    (c,) = numbers(1, (rows, UNITS), dtype=torch.float32)
    given = (x, h, c, kernel, recurrent, bias)
    found = stepping.lstm(used("lstm", x), *given, reverse=reverse)
    near(
        found,
        stepping.plain_lstm(*given, reverse=reverse),
        stepping.plain_lstm(*doubles(*given), reverse=reverse),
    )
    cs, gates = found[3:]
    came = numbers(2, (STEPS, rows, UNITS), (rows, UNITS), dtype=dtype)
    came += numbers(3, (rows, UNITS), (STEPS, rows, UNITS), dtype=torch.float32)
    asked = ((1, 1, 1, 1, 0), (1, 0, 0, 0, 0), (0, 0, 1, 0, 0))
    compiled = partial(stepping.lstm_gradient, used("lstm_gradient", gates))
    gradients_near(compiled, stepping.plain_lstm_gradient, (recurrent, c, cs, gates), came, asked, reverse)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("rows", [3, BATCH], ids=["few rows", "rows"])
@pytest.mark.parametrize("dtype", TYPES.values(), ids=TYPES)
def test_gru(dtype: Any, rows: int, reverse: bool) -> None:
    given = numbers(
        4,
        (STEPS, rows, FEATURES),
        (rows, UNITS),
        (FEATURES, 3 * UNITS),
        (UNITS, 3 * UNITS),
        (2, 3 * UNITS),
        dtype=dtype,
    )
    x, h, _, recurrent, _ = given
    first = h.clone()
    found = stepping.gru(used("gru", x), *given, reverse=reverse)
    assert torch.equal(h, first), "the state that is handed in is only read"
    near(
        found,
        stepping.plain_gru(*given, reverse=reverse),
        stepping.plain_gru(*doubles(*given), reverse=reverse),
    )
    hs, _, inner = found
    came = numbers(5, (STEPS, rows, UNITS), (rows, UNITS), dtype=dtype)
    asked = ((1, 1, 0), (1, 0, 0), (0, 1, 0))
    compiled = partial(stepping.gru_gradient, used("gru_gradient", inner))
    gradients_near(compiled, stepping.plain_gru_gradient, (recurrent, h, hs, inner), came, asked, reverse)


def test_what_they_do_not_do_is_left_to_the_plain_steps() -> None:
    x = torch.zeros(2, 3, 4)
    assert stepping.compiled("lstm", x, True) is None, "a mask"
    assert stepping.compiled("lstm", x.double(), False) is None
    assert stepping.compiled("lstm", x[:0], False) is None
