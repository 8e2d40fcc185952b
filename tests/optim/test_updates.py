"""The steps as operations: readable form, fused kernel, in place; all give the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import optim  # noqa: F401 - defines the operations
from sujeong.core.dispatch import apply
from sujeong.core.engine import load_engine
from sujeong.core.op import OPS

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "sgd_update": [{"weight_decay": 0.0}, {"weight_decay": 0.1}],
    "momentum_update": [
        {"momentum": 0.9, "nesterov": n, "weight_decay": d} for n in (False, True) for d in (0.0, 0.1)
    ],
    "adagrad_update": [{"epsilon": 1e-7, "weight_decay": d} for d in (0.0, 0.1)],
    "rmsprop_update": [{"rho": 0.9, "epsilon": 1e-3, "weight_decay": d} for d in (0.0, 0.1)],
    "adam_update": [{"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-3, "weight_decay": d} for d in (0.0, 0.1)],
    "amsgrad_update": [
        {"beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-3, "weight_decay": d} for d in (0.0, 0.1)
    ],
}
SLOTS = {
    "sgd_update": 0,
    "momentum_update": 1,
    "adagrad_update": 1,
    "rmsprop_update": 1,
    "adam_update": 2,
    "amsgrad_update": 3,
}
CASES = [(name, settings) for name, several in SETTINGS.items() for settings in several]


def arguments(name: str, rng: Any, shape: Any = (5, 3), dtype: str = "float64", step: float = 3) -> list[Any]:
    """Weights, slots, gradient, rate, and the number of the step where it is wanted."""
    n = SLOTS[name]
    slots = [rng.random(shape) + 0.1 for _ in range(n)]
    arrays = [rng.standard_normal(shape), *slots, rng.standard_normal(shape)]
    arrays = [np.asarray(a, dtype) for a in arrays]
    extra = [np.asarray(0.05, dtype)]
    if name in ("adam_update", "amsgrad_update"):
        extra.append(np.asarray(step, "float32"))
    return [sj.asarray(a) for a in (*arrays, *extra)]


def as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def test_every_update_is_tested() -> None:
    made_here = {
        name for name, op in OPS.items() if getattr(op.infer, "__qualname__", "").startswith("update_op.")
    }
    assert made_here == set(SETTINGS) <= set(load_engine("torch").updates)


@pytest.mark.parametrize("step", [1, 2, 1000, 1_000_000])
@pytest.mark.parametrize(("name", "settings"), CASES)
def test_fused_equals_readable(engine: str, name: str, settings: dict[str, Any], step: int, rng: Any) -> None:
    args = arguments(name, rng, step=step)
    fused = as_tuple(apply(OPS[name], *args, **settings))
    readable = as_tuple(OPS[name].readable(*args, **settings))
    assert len(fused) == 1 + SLOTS[name]
    for a, b in zip(fused, readable, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("name", "settings"), CASES)
def test_arguments_stay_as_they_are(engine: str, name: str, settings: dict[str, Any], rng: Any) -> None:
    args = arguments(name, rng)
    before = [a.numpy().copy() for a in args]
    apply(OPS[name], *args, **settings)
    for a, b in zip(args, before, strict=True):
        np.testing.assert_array_equal(a.numpy(), b)


def kernels(name: str) -> tuple[Any, Any]:
    torch_engine = load_engine("torch")
    return torch_engine.kernels[name], torch_engine.updates[name]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (0,), (1,), (37,), (5, 3), (2, 3, 4, 5)])
@pytest.mark.parametrize("name", SETTINGS)
def test_in_place_gives_the_same_bits(name: str, shape: Any, dtype: str, rng: Any) -> None:
    fresh, in_place = kernels(name)
    n = 1 + SLOTS[name]
    assert in_place.overwrites == n
    with sj.using(engine="torch"):
        arrays = [a._array for a in arguments(name, rng, shape, dtype)]
    expected = as_tuple(fresh(*arrays, **SETTINGS[name][-1]))
    found = as_tuple(in_place(*arrays, **SETTINGS[name][-1]))
    for given, a, b in zip(arrays[:n], found, expected, strict=True):
        assert a is given  # the very array that was handed in
        assert a.numpy().tobytes() == b.numpy().tobytes()


def layouts(array: Any) -> list[Any]:
    """The same values with other strides: another order of axes, gaps, a repeat."""
    gaps = array.new_zeros([2 * s for s in array.shape])[::2, ::2].copy_(array)
    return [array, array.T.contiguous().T, gaps]


@pytest.mark.parametrize("name", SETTINGS)
def test_strides_do_not_matter(name: str, rng: Any) -> None:
    """A fused kernel pairs elements in memory order; every mixture of layouts must give the same numbers."""
    fresh, in_place = kernels(name)
    n = 1 + SLOTS[name]
    with sj.using(engine="torch"):
        arrays = [a._array for a in arguments(name, rng)]
    settings = SETTINGS[name][-1]
    expected = as_tuple(fresh(*arrays, **settings))
    for i in range(n + 1):
        for layout in (1, 2):
            mixed = [layouts(a.clone())[layout] if j == i else a.clone() for j, a in enumerate(arrays)]
            for kernel in (fresh, in_place):
                given = [m.clone() if m.dim() == 0 else m for m in mixed]
                if kernel is in_place:
                    given = [
                        layouts(a.clone())[layout] if j == i else a.clone() for j, a in enumerate(arrays)
                    ]
                for a, b in zip(as_tuple(kernel(*given, **settings)), expected, strict=True):
                    np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-14)


def test_weights_that_repeat_in_memory_are_not_written_into() -> None:
    """An expanded array has one element for many; writing into it would be wrong for all of them."""
    import torch

    _, in_place = kernels("sgd_update")
    one = torch.ones(1, dtype=torch.float64)
    rate = torch.tensor(0.5, dtype=torch.float64)
    found = in_place(
        one.expand(3), torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64), rate, weight_decay=0.0
    )
    np.testing.assert_array_equal(found.numpy(), [0.5, 0.0, -0.5])
    assert one.item() == 1.0


@pytest.mark.parametrize("name", ["adam_update", "amsgrad_update"])
def test_the_plain_form_for_gpus_in_float64_equals_the_fused_one(name: str, rng: Any) -> None:
    """There the fused kernel would read the rate as float32; the spelled-out form is run here on the CPU."""
    from sujeong.engines.torch.optimizer import _plain_adam

    _, in_place = kernels(name)
    with sj.using(engine="torch"):
        arrays = [a._array for a in arguments(name, rng)]
    p, m, v, *top, g, rate, step = [a.clone() for a in arrays]
    _plain_adam(p, m, v, top, g, rate, step, **SETTINGS[name][-1])
    for a, b in zip((p, m, v, *top), in_place(*arrays, **SETTINGS[name][-1]), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


def test_repeats_to_the_bit(engine: str, rng: Any) -> None:
    for name, settings in CASES:
        args = arguments(name, rng, (33, 7), "float32")
        first = [a.numpy().tobytes() for a in as_tuple(apply(OPS[name], *args, **settings))]
        for _ in range(20):
            again = [a.numpy().tobytes() for a in as_tuple(apply(OPS[name], *args, **settings))]
            assert again == first


def test_rule_refuses_what_does_not_fit() -> None:
    rule = OPS["adam_update"].infer
    w, other = sj.Spec((3,), sj.float32), sj.Spec((4,), sj.float32)
    scalar = sj.Spec((), sj.float32)
    with pytest.raises(
        sj.errors.ShapeError, match=r"\[adam_update\] weights, slots and gradient differ in shape"
    ):
        rule(w, w, other, w, scalar, scalar)
    with pytest.raises(sj.errors.DTypeError, match=r"differ in type"):
        rule(w, w, w, sj.Spec((3,), sj.float64), scalar, scalar)
