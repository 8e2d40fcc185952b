"""Compiled products of a turned matrix against the plain sums in 64 bits, and where they run."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import torch

import sujeong as sj
from sujeong.core.native import either
from sujeong.core.spec import Spec
from sujeong.engines.torch import few_rows, turned_product
from sujeong.engines.torch._texts import text_of

from . import forms
from .test_winograd import numbers, threads

run = partial(forms.run, turned_product.COMPILED)
bf16 = torch.bfloat16


@pytest.fixture(autouse=True)
def _with_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the processor had them: where it has not, the same sums are taken without."""
    monkeypatch.setattr(turned_product, "has_matrix_units", lambda: True)
    monkeypatch.setattr(turned_product, "FEWEST_PRODUCTS", 0)
    monkeypatch.setitem(turned_product.products.KERNELS, "matmul", _not_for_the_library)


def _not_for_the_library(*_: Any) -> Any:
    raise AssertionError("the plain kernel was asked")


def near(found: Any, x: Any, g: Any) -> None:
    right = x.double() @ g.double()
    allowed = 2.0**-8 * right.abs() + 1e-5 * right.pow(2).mean().sqrt()
    assert found.dtype is bf16
    assert ((found.double() - right).abs() <= allowed).all()


SIZES = [
    (16, 1, 16),
    (32, 33, 48),
    (48, 512, 16),
    (16, 513, 80),
    (80, 1100, 48),
    (560, 40, 32),
    (32, 40, 1200),
]


@pytest.mark.parametrize("sizes", SIZES)
def test_values(sizes: tuple[int, int, int]) -> None:
    m, k, n = sizes
    x, g = numbers(k, m, like=bf16).t(), numbers(k, n, like=bf16)
    near(run("matmul", x, g), x, g)
    wider = numbers(k, m + n + 8, like=bf16)  # both are parts of one matrix
    x, g = wider[:, :m].t(), wider[:, m : m + n]
    near(run("matmul", x, g), x, g)


def test_processors_without_units_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plainly = "#undef __AVX512BF16__\n#undef __AMX_BF16__\n"
    monkeypatch.setattr(turned_product, "text_of", lambda *files: plainly + (text_of(*files) or ""))
    x, g = numbers(70, 48, like=bf16).t(), numbers(70, 80, like=bf16)
    near(run("matmul", x, g), x, g)


@pytest.mark.parametrize("sizes", [(96, 700, 1088), (1088, 700, 96)])
def test_threads_change_no_bit(sizes: tuple[int, int, int]) -> None:
    m, k, n = sizes
    x, g = numbers(k, m, like=bf16).t(), numbers(k, n, like=bf16)
    found = []
    for count in (1, 2, 3):
        with threads(count):
            found.append(run("matmul", x, g))
    assert all(torch.equal(a, found[0]) for a in found[1:])
    near(found[0], x, g)


def test_what_lies_otherwise_is_the_librarys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(turned_product.products.KERNELS, "matmul", lambda *given: given)
    x, g = numbers(64, 32, like=bf16).t(), numbers(64, 48, like=bf16)
    for a, b in ((x.contiguous(), g), (x, g.t().contiguous().t()), (x[:1].expand(32, 64), g)):
        assert run("matmul", a, b) == (a, b)


def test_other_products_are_not_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turned_product, "FEWEST_PRODUCTS", 1 << 22)
    text = turned_product.COMPILED["matmul"].text

    def taken(m: int, k: int, n: int, dtype: Any = sj.bfloat16) -> bool:
        return text({}, Spec((m, k), dtype), Spec((k, n), dtype)) is not None

    assert taken(256, 2048, 1024)
    assert taken(1024, 2048, 256)
    assert not taken(1024, 2048, 1024)
    assert not taken(250, 2048, 1024)
    assert not taken(256, 2048, 1000)
    assert not taken(64, 64, 64)
    assert not taken(256, 0, 256)
    assert not taken(256, 2048, 1024, sj.float32)
    batch = Spec((2, 256, 2048), sj.bfloat16)
    assert text({}, batch, Spec((2048, 256), sj.bfloat16)) is None
    monkeypatch.setattr(turned_product, "has_matrix_units", lambda: False)
    assert not taken(256, 2048, 1024)


def test_few_rows_stay_part_of_chains() -> None:
    form = either(few_rows.COMPILED["matmul"], turned_product.COMPILED["matmul"])
    few = Spec((2, 256), sj.bfloat16), Spec((256, 64), sj.bfloat16)
    many = Spec((256, 64), sj.bfloat16), Spec((64, 64), sj.bfloat16)
    assert form.sizes is not None
    assert form.sizes({}, *few) == (0, 2, 256, 64)
    assert form.sizes({}, *many) is None
    assert form.text({}, *many) is not None
    assert form.turns == few_rows.COMPILED["matmul"].turns
