"""Compiled convolutions by Winograd's algorithm against the plain sums in 64 bits, and where they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, pad

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.core.spec import Spec
from sujeong.engines.torch import winograd
from sujeong.ops.conv import conv
from sujeong.program.passes.fusion import building

from . import forms

run = partial(forms.run, winograd.COMPILED)

SAME, VALID = ((1, 1), (1, 1)), ((0, 0), (0, 0))


@pytest.fixture(autouse=True)
def _without_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd, "has_matrix_units", lambda: False)
    monkeypatch.setattr(winograd, "has_units_for_16_bits", lambda: False)
    monkeypatch.setattr(winograd, "is_amd", lambda: True)


def settings(padding: Any = SAME, step: int = 1) -> dict[str, Any]:
    return {"strides": (step, step), "padding": padding, "dilation": (1, 1), "groups": 1}


def plain(x: Any, w: Any, padding: Any, step: int = 1) -> Any:
    """The sum over the window, in 64 bits."""
    (a, b), (c, d) = padding
    x = pad(x.permute(0, 3, 1, 2), (c, d, a, b))
    return conv2d(x, w.permute(3, 2, 0, 1), stride=step).permute(0, 2, 3, 1)


def gradients(x: Any, w: Any, g: Any, padding: Any, step: int = 1) -> tuple[Any, Any]:
    """The gradients of the plain sum, by torch's own."""
    x, w = (a.double().requires_grad_() for a in (x, w))
    return torch.autograd.grad(plain(x, w, padding, step), (x, w), g.double())  # type: ignore[return-value]


def near(found: Any, right: Any) -> None:
    """Within the rounding of the sums, and of a result in its own type."""
    rounding = 2.0**-8 if found.dtype is torch.bfloat16 else 2.0**-23
    allowed = rounding * right.abs() + 1.5e-4 * right.pow(2).mean().sqrt()
    assert ((found.double() - right).abs() <= allowed).all()


def numbers(*shape: int, like: Any = torch.float32, seed: int = 0) -> Any:
    return torch.from_numpy(np.random.default_rng([seed, *shape]).normal(size=shape)).to(like)


def outputs_first(w: Any) -> Any:
    return w.permute(3, 0, 1, 2).contiguous().permute(1, 2, 3, 0)


def from_a_larger_one(w: Any) -> Any:
    return torch.cat([w, w], 1)[:, :3]


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "as they are": lambda w: w,
    "outputs first": outputs_first,
    "a part of others": from_a_larger_one,
    "turned": lambda w: w.transpose(0, 1).contiguous().transpose(0, 1),
    "with gaps": lambda w: torch.stack([w, w], -1)[..., 0],
}


@pytest.mark.parametrize("padding", [SAME, VALID, ((0, 1), (2, 1)), ((3, 3), (4, 0))])
@pytest.mark.parametrize("size", [(1, 10, 11), (3, 13, 7), (2, 8, 16)])
@pytest.mark.parametrize(("channels", "outputs"), [(32, 32), (48, 32), (32, 80), (96, 64)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_and_gradients(dtype: Any, channels: int, outputs: int, size: Any, padding: Any) -> None:
    x, w = numbers(*size, channels, like=dtype), numbers(3, 3, channels, outputs, like=dtype)
    right = plain(x.double(), w.double(), padding)
    b, g = numbers(outputs, like=dtype), numbers(*right.shape, like=dtype)
    kept = settings(padding)
    near(run("convolution", x, w, **kept), right)
    near(run("convolution_bias", x, w, b, **kept), right + b.double())
    dx, dw = gradients(x, w, g, padding)
    near(run("convolution_input_gradient", g, w, input_size=size[1:], **kept), dx)
    near(run("convolution_weight_gradient", x, g, kernel_size=(3, 3), **kept), dw)


@pytest.mark.parametrize("padding", [SAME, VALID, ((0, 1), (2, 1)), ((3, 2), (5, 0))])
@pytest.mark.parametrize("size", [(1, 16, 15), (3, 8, 26), (2, 17, 16)])
@pytest.mark.parametrize(("channels", "outputs"), [(32, 32), (48, 80)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_steps_of_two(
    dtype: Any, channels: int, outputs: int, size: Any, padding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(winograd.LEAST_CHANNELS, (4, False), (16, 16, 16))
    x, w = numbers(*size, channels, like=dtype), outputs_first(numbers(4, 4, channels, outputs, like=dtype))
    right = plain(x.double(), w.double(), padding, 2)
    b, g = numbers(outputs, like=dtype), numbers(*right.shape, like=dtype)
    kept = settings(padding, 2)
    near(run("convolution", x, w, **kept), right)
    near(run("convolution_bias", x, w, b, **kept), right + b.double())
    dx, dw = gradients(x, w, g, padding, 2)
    near(run("convolution_input_gradient", g, w, input_size=size[1:], **kept), dx)
    near(run("convolution_weight_gradient", x, g, kernel_size=(4, 4), **kept), dw)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_are_taken_as_they_lie(layout: str) -> None:
    x, w, g = numbers(2, 8, 8, 32), numbers(3, 3, 32, 64), numbers(2, 8, 8, 64)
    laid = LAYOUTS[layout](w)
    assert torch.equal(laid, w)
    inside = {"input_size": (8, 8), **settings()}
    assert torch.equal(run("convolution", x, laid, **settings()), run("convolution", x, w, **settings()))
    there = run("convolution_input_gradient", g, laid, **inside)
    assert torch.equal(there, run("convolution_input_gradient", g, w, **inside))


def test_images_in_another_order_and_where_gradients_of_weights_lie() -> None:
    x, g = numbers(2, 8, 8, 32), numbers(2, 8, 8, 64)
    other = [a.transpose(1, 2).contiguous().transpose(1, 2) for a in (x, g)]
    kept = {"kernel_size": (3, 3), **settings()}
    found = run("convolution_weight_gradient", x, g, **kept)
    assert torch.equal(found, run("convolution_weight_gradient", *other, **kept))
    assert found.permute(3, 0, 1, 2).is_contiguous()
    w = numbers(3, 3, 32, 64)
    assert torch.equal(run("convolution", x, w, **settings()), run("convolution", other[0], w, **settings()))


@contextmanager
def threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("size", [(1, 8, 8), (9, 38, 40)])  # one chunk of tiles, and several
def test_threads_change_no_bit(size: tuple[int, int, int]) -> None:
    x, w, g = numbers(*size, 32), numbers(3, 3, 32, 48), numbers(*size, 48)
    found = []
    for count in (1, 2, 3, 2):
        with threads(count):
            found.append(
                [
                    run("convolution", x, w, **settings()),
                    run("convolution_input_gradient", g, w, input_size=size[1:], **settings()),
                    run("convolution_weight_gradient", x, g, kernel_size=(3, 3), **settings()),
                ]
            )
    assert all(torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))
    near(found[0][0], plain(x.double(), w.double(), SAME))
    for a, b in zip(found[0][1:], gradients(x, w, g, SAME), strict=True):
        near(a, b)


def test_what_is_not_finite_stays_so() -> None:
    x, w = torch.ones(1, 8, 8, 32), torch.ones(3, 3, 32, 32)
    x[0, 0, 0, 0], w[1, 1, 3, 7] = float("nan"), float("inf")
    y = run("convolution", x, w, **settings())
    assert y[0, :2, :2].isnan().all()
    assert not y[..., 7].isfinite().any()
    assert y[0, 4:, 4:, :7].isfinite().all()
    for dtype in (torch.float32, torch.bfloat16):
        full = run("convolution", torch.zeros(1, 8, 8, 32, dtype=dtype), w.to(dtype), **settings())
        assert full[..., 7].isnan().all()
        assert (full[..., 8:] == 0).all()


def test_other_convolutions_are_the_librarys() -> None:
    text = winograd.COMPILED["convolution"].text
    f = sj.float32
    assert text(settings(), Spec((1, 8, 8, 32), f), Spec((3, 3, 32, 32), f)) is not None
    for attributes, x, w in (
        (settings(), Spec((0, 8, 8, 32), f), Spec((3, 3, 32, 32), f)),  # no images
        (settings(), Spec((1, 8, 8, 3), f), Spec((3, 3, 3, 32), f)),
        (settings(), Spec((80, 8, 8, 16), f), Spec((3, 3, 16, 16), f)),  # few channels, many tiles
        (settings(), Spec((1, 8, 8, 40), f), Spec((3, 3, 40, 32), f)),
        (settings(), Spec((1, 2, 2, 32), f), Spec((3, 3, 32, 32), f)),  # tiles mostly empty
        (settings(), Spec((1, 8, 8, 32), f), Spec((5, 5, 32, 32), f)),
        (settings(), Spec((1, 8, 8, 32), sj.float64), Spec((3, 3, 32, 32), sj.float64)),
        (settings(step=2), Spec((1, 8, 8, 32), f), Spec((3, 3, 32, 32), f)),
        (settings(), Spec((1, 8, 8, 32), f), Spec((4, 4, 32, 32), f)),
        (settings(), Spec((1, 8, 8, 32), f), Spec((3, 4, 32, 32), f)),
        (settings() | {"dilation": (2, 1)}, Spec((1, 8, 8, 32), f), Spec((3, 3, 32, 32), f)),
        (settings() | {"groups": 2}, Spec((1, 8, 8, 64), f), Spec((3, 3, 32, 64), f)),
    ):
        assert text(attributes, x, w) is None
    line = {"strides": (1,), "padding": ((1, 1),), "dilation": (1,), "groups": 1}
    assert text(line, Spec((1, 8, 32), f), Spec((3, 32, 32), f)) is None


def test_units_for_bfloat16_leave_less_to_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    def paying(dtype: Any, channels: int) -> list[bool]:
        x = Spec((80, 8, 8, channels), dtype)
        return [winograd.pays(which, x, x, (3, 3), settings()) for which in range(3)]

    assert paying(sj.bfloat16, 32) == paying(sj.float32, 32) == [True] * 3
    monkeypatch.setattr(winograd, "has_units_for_16_bits", lambda: True)
    assert paying(sj.bfloat16, 32) == [False, False, True]
    assert paying(sj.bfloat16, 64) == paying(sj.float32, 32) == [True] * 3
    monkeypatch.setattr(winograd, "has_matrix_units", lambda: True)
    assert paying(sj.bfloat16, 512) == [False] * 3
    assert paying(sj.float32, 32) == [True] * 3


def test_the_maker_of_the_processor_decides_on_gradients_of_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    x = Spec((80, 8, 8, 64), sj.float32)
    assert [winograd.pays(which, x, x, (3, 3), settings()) for which in range(3)] == [True] * 3
    monkeypatch.setattr(winograd, "is_amd", lambda: False)
    assert [winograd.pays(which, x, x, (3, 3), settings()) for which in range(3)] == [True, True, False]
    few, many = Spec((1, 8, 8, 64), sj.float32), Spec((80, 8, 8, 128), sj.float32)
    assert winograd.pays(2, few, few, (3, 3), settings())
    assert winograd.pays(2, many, many, (3, 3), settings())


def test_a_step_uses_them_once_they_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    w = sj.Variable(numbers(3, 3, 32, 32).numpy() / 17)
    x = sj.asarray(numbers(2, 16, 16, 32).numpy())  # more than a single image has

    def step(v: Any) -> Any:
        return sj.grad(lambda u: (conv(u, w.value, padding="same") ** 2).mean())(v)

    with monkeypatch.context() as context:
        context.setattr(compiler, "load", lambda text: None)  # not built yet
        program = sj.jit(step)
        right = program(x).numpy()
    assert "compiled_" not in next(iter(program._cache.values())).runner.source
    with building():
        program = sj.jit(step)
        found = program(x).numpy()
    assert next(iter(program._cache.values())).runner.source.count("= compiled_") == 2
    np.testing.assert_allclose(found, right, rtol=1e-3, atol=1e-5 * np.abs(right).max())
