"""Compiled convolutions by units for tiles against the plain sums in 64 bits, and where they run."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, pad

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.core.spec import Spec
from sujeong.engines.torch import image_tiles
from sujeong.engines.torch._texts import text_of
from sujeong.program.passes.fusion import building

from . import forms
from .test_winograd import LAYOUTS, numbers, threads

run = partial(forms.run, image_tiles.COMPILED)

SAME, VALID = ((1, 1), (1, 1)), ((0, 0), (0, 0))
bf16 = torch.bfloat16
NARROW = image_tiles.NARROW


@pytest.fixture(autouse=True)
def _with_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the processor had them: where it has not, the same sums are taken without. For all widths."""
    monkeypatch.setattr(image_tiles, "has_matrix_units", lambda: True)
    monkeypatch.setattr(image_tiles, "NARROW", 99)


def settings(padding: Any = SAME, steps: Any = (1, 1), dilation: Any = (1, 1)) -> dict[str, Any]:
    return {"strides": steps, "padding": padding, "dilation": dilation, "groups": 1}


def plain(x: Any, w: Any, kept: dict[str, Any]) -> Any:
    """The sum over the window, in 64 bits."""
    (a, b), (c, d) = kept["padding"]
    x = pad(x.permute(0, 3, 1, 2), (c, d, a, b))
    y = conv2d(x, w.permute(3, 2, 0, 1), stride=kept["strides"], dilation=kept["dilation"])
    return y.permute(0, 2, 3, 1)


def gradients(x: Any, w: Any, g: Any, kept: dict[str, Any]) -> tuple[Any, Any]:
    """The gradients of the plain sum, by torch's own."""
    x, w = (a.double().requires_grad_() for a in (x, w))
    return torch.autograd.grad(plain(x, w, kept), (x, w), g.double())  # type: ignore[return-value]


def near(found: Any, right: Any) -> None:
    """Within the rounding of a result, and that of sums in 32 bits."""
    assert found.dtype is bf16
    allowed = 2.0**-8 * right.abs() + 1e-5 * right.pow(2).mean().sqrt()
    assert ((found.double() - right).abs() <= allowed).all()


def all_three(x: Any, w: Any, b: Any, g: Any, kept: dict[str, Any]) -> list[Any]:
    inside = {"input_size": tuple(x.shape[1:3])}
    return [
        run("convolution", x, w, **kept),
        run("convolution_bias", x, w, b, **kept),
        run("convolution_input_gradient", g, w, **inside, **kept),
        run("convolution_weight_gradient", x, g, kernel_size=tuple(w.shape[:2]), **kept),
    ]


def check(images: int, size: Any, kernel: Any, channels: int, outputs: int, kept: dict[str, Any]) -> None:
    x, w = numbers(images, *size, channels, like=bf16), numbers(*kernel, channels, outputs, like=bf16)
    right = plain(x.double(), w.double(), kept)
    b, g = numbers(outputs, like=bf16), numbers(*right.shape, like=bf16)
    dx, dw = gradients(x, w, g, kept)
    found = all_three(x, w, b, g, kept)
    for a, c in zip(found, (right, right + b.double(), dx, dw), strict=True):
        near(a, c)


@pytest.fixture(params=["in bands", "in blocks"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """How the gradient of the weights is taken; with few images always in bands."""
    monkeypatch.setattr(image_tiles, "FEW_SUMS", 1 << 40 if request.param == "in bands" else 0)
    return request.param


@pytest.mark.parametrize("images", [1, 2, 3, 5, 8, 13, 16, 29, 31, 32, 48, 93])
@pytest.mark.parametrize(("channels", "outputs"), [(32, 32), (64, 32), (32, 96), (96, 64)])
def test_images_and_channels(
    channels: int, outputs: int, images: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_tiles, "_filled", lambda *_: True)
    check(images, (5, 4), (3, 3), channels, outputs, settings())


@pytest.mark.parametrize("parts", [1, 3, 16])  # with one part, bands follow each other in the same memory
@pytest.mark.parametrize("images", [2, 8, 32])
@pytest.mark.parametrize("size", [(70, 16), (9, 130), (33, 47)])
def test_several_bands(
    size: tuple[int, int], images: int, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_tiles, "PARTS", parts)
    check_sums(images, size, (3, 3), 64, 96, settings())


@pytest.mark.parametrize("parts", [1, 3])
def test_bands_of_more_images_than_a_product_sums_over(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_tiles, "PARTS", parts)
    check_sums(96, (7, 6), (3, 3), 32, 48, settings())
    check_sums(90, (7, 6), (3, 3), 32, 48, settings(steps=(2, 1)))


@pytest.mark.parametrize(
    ("size", "kernel", "kept"),
    [
        ((8, 8), (3, 3), settings(VALID)),
        ((9, 7), (3, 3), settings(((3, 0), (4, 5)), (2, 1))),
        ((9, 9), (3, 3), settings(SAME, dilation=(2, 3))),
        ((12, 10), (2, 5), settings(((0, 0), (6, 7)), (5, 1))),  # rows that no window meets; wide zeros
        ((3, 2), (1, 9), settings(((0, 0), (8, 8)))),
    ],
)
@pytest.mark.parametrize("images", [4, 11])
def test_few_images_and_paddings(
    images: int, size: Any, kernel: Any, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_tiles, "_filled", lambda *_: True)
    check_sums(images, size, kernel, 32, 48, kept)


@pytest.mark.parametrize("columns", [16, 32, 48, 80])
def test_an_odd_number_of_tiles(columns: int, way: str) -> None:
    x, w = numbers(32, 4, 4, 32, like=bf16), numbers(3, 3, 32, columns, like=bf16)
    right = plain(x.double(), w.double(), settings())
    near(run("convolution", x, w, **settings()), right)
    g = numbers(*right.shape, like=bf16)
    _, dw = gradients(x, w, g, settings())
    near(run("convolution_weight_gradient", x, g, kernel_size=(3, 3), **settings()), dw)
    turned, of_y = w.transpose(2, 3).contiguous(), numbers(32, 4, 4, 32, like=bf16)
    dx, _ = gradients(g, turned, of_y, settings())
    near(run("convolution_input_gradient", of_y, turned, input_size=(4, 4), **settings()), dx)


@pytest.mark.parametrize(
    ("size", "kernel", "kept"),
    [
        ((8, 8), (3, 3), settings(VALID)),
        ((7, 9), (3, 3), settings(((0, 1), (2, 1)))),
        ((8, 8), (3, 3), settings(steps=(2, 2))),
        ((9, 7), (3, 3), settings(((3, 0), (4, 5)), (2, 1))),
        ((8, 8), (4, 4), settings(steps=(2, 2))),
        ((6, 7), (4, 4), settings(((0, 2), (1, 0)), (2, 2))),
        ((9, 9), (3, 3), settings(SAME, dilation=(2, 3))),
        ((11, 10), (5, 2), settings(((2, 2), (1, 0)), (3, 2))),
        ((7, 7), (7, 7), settings(((3, 3), (3, 3)))),
        ((1, 1), (3, 3), settings()),
        ((2, 3), (3, 3), settings(((4, 4), (5, 0)))),  # windows that meet no image at all
        ((8, 8), (1, 8), settings(VALID)),
    ],
)
def test_paddings_steps_and_kernels(size: Any, kernel: Any, kept: dict[str, Any], way: str) -> None:
    check(32, size, kernel, 32, 32, kept)


def test_a_kernel_of_one_place_in_steps() -> None:
    kept = settings(VALID, (2, 2))
    x, w = numbers(32, 8, 8, 64, like=bf16), numbers(1, 1, 64, 32, like=bf16)
    right = plain(x.double(), w.double(), kept)
    g = numbers(*right.shape, like=bf16)
    dx, dw = gradients(x, w, g, kept)
    near(run("convolution_input_gradient", g, w, input_size=(8, 8), **kept), dx)
    near(run("convolution_weight_gradient", x, g, kernel_size=(1, 1), **kept), dw)


def check_sums(images: int, size: Any, kernel: Any, channels: int, outputs: int, kept: Any) -> None:
    """The gradient of the weights alone."""
    x, w = numbers(images, *size, channels, like=bf16), numbers(*kernel, channels, outputs, like=bf16)
    g = numbers(*plain(x.double(), w.double(), kept).shape, like=bf16)
    near(run("convolution_weight_gradient", x, g, kernel_size=kernel, **kept), gradients(x, w, g, kept)[1])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_are_taken_as_they_lie(layout: str) -> None:
    x, w = numbers(16, 6, 6, 32, like=bf16), numbers(3, 3, 32, 64, like=bf16)
    g = numbers(16, 6, 6, 64, like=bf16)
    laid = LAYOUTS[layout](w)
    assert torch.equal(laid, w)
    inside = {"input_size": (6, 6), **settings()}
    assert torch.equal(run("convolution", x, laid, **settings()), run("convolution", x, w, **settings()))
    there = run("convolution_input_gradient", g, laid, **inside)
    assert torch.equal(there, run("convolution_input_gradient", g, w, **inside))


def test_images_in_another_order_and_where_gradients_of_weights_lie() -> None:
    x, g = numbers(32, 6, 6, 32, like=bf16), numbers(32, 6, 6, 64, like=bf16)
    other = [a.transpose(1, 2).contiguous().transpose(1, 2) for a in (x, g)]
    kept = {"kernel_size": (3, 3), **settings()}
    found = run("convolution_weight_gradient", x, g, **kept)
    assert torch.equal(found, run("convolution_weight_gradient", *other, **kept))
    assert found.permute(3, 0, 1, 2).is_contiguous()


@pytest.mark.parametrize(("size", "channels"), [((64, 4, 4), 64), ((64, 20, 20), 64), ((32, 6, 6), 160)])
def test_threads_change_no_bit(size: tuple[int, int, int], channels: int, way: str) -> None:
    x, g = numbers(*size, channels, like=bf16), numbers(*size, channels, like=bf16)
    w, b = numbers(3, 3, channels, channels, like=bf16), numbers(channels, like=bf16)
    found = []
    for count in (1, 2, 3, 2):
        with threads(count):
            found.append(all_three(x, w, b, g, settings()))
    assert all(torch.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))
    right = plain(x.double(), w.double(), settings())
    grads = gradients(x, w, g, settings())
    for a, c in zip(found[0], (right, right + b.double(), *grads), strict=True):
        near(a, c)


def test_processors_without_units_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(sj.bfloat16, *image_tiles.FILES, PARTS=image_tiles.PARTS)
    assert text is not None
    plainly = "#undef __AVX512BF16__\n#undef __AMX_BF16__\n" + text
    monkeypatch.setattr(image_tiles, "text_of", lambda *_, **__: plainly)
    check(31, (5, 6), (3, 3), 32, 64, settings(steps=(2, 1)))


def test_what_is_not_finite_reaches_what_it_meets() -> None:
    x, w = torch.ones(32, 6, 6, 32, dtype=bf16), torch.ones(3, 3, 32, 32, dtype=bf16)
    x[3, 0, 0, 5] = float("nan")
    y = run("convolution", x, w, **settings())
    assert y[3, :2, :2].isnan().all()
    assert y.isnan().sum() == 4 * 32
    x[3, 0, 0, 5] = float("inf")
    y = run("convolution", x, w, **settings())
    assert (y == float("inf")).sum() == 4 * 32
    dw = run("convolution_weight_gradient", x, torch.ones_like(y), kernel_size=(3, 3), **settings())
    assert (~dw.isfinite()).any(dim=(0, 1, 3)).nonzero().flatten().tolist() == [5]


def test_other_convolutions_are_not_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_tiles, "NARROW", NARROW)
    x = Spec((32, 8, 8, 64), sj.bfloat16)

    def paying(x: Spec = x, y: Spec = x, kernel: Any = (3, 3), **changed: Any) -> list[bool]:
        return [image_tiles.pays(which, x, y, kernel, settings() | changed) for which in range(3)]

    def images(*shape: int) -> list[bool]:
        return paying(Spec(shape, sj.bfloat16), Spec(shape, sj.bfloat16))

    assert paying() == [True] * 3
    assert images(32, 16, 16, 64) == [False, False, True]  # wide: the library fills its tiles
    assert images(12, 8, 8, 64) == [True] * 3
    assert images(11, 8, 8, 64) == [False] * 3  # in tiles for 16
    assert images(20, 8, 8, 64) == [False] * 3
    assert images(8, 8, 8, 64) == images(4, 8, 8, 64) == [False, False, True]
    assert images(8, 8, 2, 64) == images(1, 8, 8, 64) == images(0, 8, 8, 64) == [False] * 3
    assert images(8, 8, 8, 256) == [False] * 3  # sums of all taps are too many
    assert images(32, 8, 8, 24) == [False] * 3
    assert images(32, 8, 8, 16) == images(32, 8, 8, 48) == [False, False, True]
    half = Spec((8, 4, 4, 64), sj.bfloat16)
    assert paying(Spec((8, 8, 8, 64), sj.bfloat16), half, strides=(2, 2)) == [False] * 3
    assert paying(Spec((8, 8, 4, 64), sj.bfloat16), half, strides=(2, 1)) == [False, False, True]
    assert paying(kernel=(1, 1)) == paying(groups=2) == paying(kernel=(9, 9)) == [False] * 3
    assert paying(y=Spec((32, 4, 4, 64), sj.bfloat16), kernel=(1, 1), strides=(2, 2)) == [False, True, True]
    one = Spec((32, 8, 8, 64), sj.float32)
    assert paying(one, one) == [False] * 3
    monkeypatch.setattr(image_tiles, "has_matrix_units", lambda: False)
    assert paying() == [False] * 3


def test_a_step_uses_them_once_they_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    from sujeong.ops.conv import conv

    w = sj.Variable(numbers(3, 3, 64, 64).numpy() / 24)
    x = sj.asarray(numbers(32, 6, 6, 64).numpy())

    def step(v: Any, k: Any) -> Any:
        def loss(u: Any, k: Any) -> Any:
            y = conv(u.astype(sj.bfloat16), k.astype(sj.bfloat16), padding="same")
            return (y.astype(sj.float32) ** 2).mean()

        return sj.grad(loss, argnums=(0, 1))(v, k)

    with monkeypatch.context() as context:
        context.setattr(compiler, "load", lambda text: None)  # not built yet
        program = sj.jit(step)
        right = [a.numpy() for a in program(x, w.value)]
    with building():
        program = sj.jit(step)
        found = [a.numpy() for a in program(x, w.value)]
    assert next(iter(program._cache.values())).runner.source.count("= compiled_") >= 3
    for a, b in zip(found, right, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-2, atol=1e-2 * np.abs(b).max())


def test_the_first_way_that_has_a_text_is_taken() -> None:
    from sujeong.core.native import NativeForm, either

    one = NativeForm(lambda attributes: "one" if attributes else None, lambda f, _: (f, 1))
    two = NativeForm(lambda attributes: "two", lambda f, _: (f, 2))
    form = either(one, two)
    assert form.bound is not None
    assert (form.text({"a": 1}), form.bound("f", {"a": 1})) == ("one", ("f", 1))
    assert (form.text({}), form.bound("f", {})) == ("two", ("f", 2))
