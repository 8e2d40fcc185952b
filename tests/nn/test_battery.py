"""Every layer, found by reflection: what must hold for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.checkpoints.config import Decoder, Encoder
from sujeong.core.engine import using

from .examples import CASES, EXAMPLES, Example, layer_classes

case = pytest.mark.parametrize(("name", "number"), CASES, ids=[f"{n}-{i}" for n, i in CASES])


def test_every_class_has_an_example() -> None:
    assert set(layer_classes()) == set(EXAMPLES)
    for name, examples in EXAMPLES.items():
        for example in examples:
            assert type(example.make()).__name__ == name


def leaves(out: Any) -> list[Any]:
    return sj.tree.leaves(out)


def arrays(out: Any) -> list[np.ndarray]:
    return [np.asarray(o) for o in leaves(out)]


def tensors(example: Example, **options: Any) -> list[Any]:
    return [sj.asarray(x) for x in example.inputs(**options)]


def same(a: Any, b: Any) -> None:
    for x, y in zip(arrays(a), arrays(b), strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_array_equal(x, y)


def fresh(example: Example) -> nn.Module:
    """A layer of its own name, so that its first values are the same each time."""
    return example.make(name="layer")


@case
def test_recorded_equals_eager(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    for training in (False, True):
        eager, recorded = fresh(example), fresh(example)
        step = sj.jit(lambda *xs, layer=recorded, on=training: layer(*xs, training=on))
        for seed in range(3):
            xs = tensors(example, seed=seed)
            same(eager(*xs, training=training), step(*xs))
        assert len(step.programs) == 1
        for path, variable in eager.state().items():
            same(variable.value, recorded.state()[path].value)


@case
def test_engines_agree(name: str, number: int) -> None:
    example = EXAMPLES[name][number]
    found = []
    for engine in ("numpy", "torch"):
        with using(engine):
            layer = fresh(example)
            out = [layer(*tensors(example, seed=s), training=True) for s in range(2)] + [
                layer(*tensors(example))
            ]
            found.append([a for o in out for a in arrays(o)])
    for a, b in zip(*found, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=example.tolerance, atol=example.tolerance)


@case
def test_first_values_are_equal_on_both_engines(name: str, number: int) -> None:
    example = EXAMPLES[name][number]
    found = []
    for engine in ("numpy", "torch"):
        with using(engine):
            layer = fresh(example)
            layer.build_for(*[x.spec for x in tensors(example)])
            found.append({path: v.numpy() for path, v in layer.state().items()})
    assert list(found[0]) == list(found[1])
    for path, value in found[0].items():
        np.testing.assert_array_equal(value, found[1][path])


@case
def test_sizes_are_found_without_values(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    layer.build_for(*[x.spec for x in tensors(example, batch=1)])
    assert all(v._tensor is None for v in layer.variables)
    counted = layer.count_parameters()
    small, large = [[o.shape for o in leaves(layer(*tensors(example, batch=b)))] for b in (2, 3)]
    assert sum(np.asarray(v).size for v in layer.variables if v.dtype.is_differentiable) == counted
    for a, b in zip(small, large, strict=True):
        assert (a[0], b[0]) == (2, 3)
        assert a[1:] == b[1:]
    described = layer.output_spec if isinstance(layer.output_spec, tuple) else (layer.output_spec,)
    assert [s.shape[1:] for s in described] == [s[1:] for s in small]
    rows = layer.summary().rows
    assert sum(r.parameters for r in rows) == counted


@case
def test_graph_shapes_are_the_real_ones(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    xs = tensors(example)
    drawn = [nn.Input(x.shape[1:], dtype=x.dtype) for x in xs]
    model = nn.Model(drawn, layer(*drawn))
    out = leaves(model(*xs))
    for placeholder, tensor in zip(leaves(model.outputs), out, strict=True):
        assert str(placeholder.shape[0]) == "None"
        assert placeholder.shape[1:] == tensor.shape[1:]
        assert placeholder.dtype is tensor.dtype
    same(out, leaves(layer(*xs)))


@case
def test_config_round_trip(name: str, number: int) -> None:
    layer = fresh(EXAMPLES[name][number])
    plain = Encoder().encode(layer)
    again = Decoder().decode(plain)
    assert type(again) is type(layer)
    assert Encoder().encode(again) == plain
    assert repr(again) == repr(layer)
    assert again.name == "layer"


@case
def test_save_and_load(name: str, number: int, engine: str, tmp_path: Path) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    for variable in _used(layer, example).variables:  # away from the first values
        if variable.dtype.is_floating:
            variable.assign(variable.value * 0.5 + 0.25)
    layer.save(tmp_path / "layer")
    again = sj.load(tmp_path / "layer")
    xs = tensors(example, seed=5)
    here = layer(*xs)
    same(here, again(*xs))
    same(layer(*xs, training=True), again(*xs, training=True))
    other = "torch" if engine == "numpy" else "numpy"
    with using(other):
        elsewhere = sj.load(tmp_path / "layer")
        assert all(v.engine == other for v in elsewhere.variables)
        there = arrays(elsewhere(*tensors(example, seed=5)))
    for a, b in zip(arrays(here), there, strict=True):
        np.testing.assert_allclose(a, b, rtol=example.tolerance * 2, atol=example.tolerance * 2)


def _used(layer: nn.Module, example: Example) -> nn.Module:
    layer(*tensors(example), training=True)
    return layer


@case
def test_gradient_reaches_every_trained_variable(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    xs = tensors(example)
    layer(*xs)
    rng = np.random.default_rng(1)

    def loss() -> Any:
        total: Any = 0.0
        for out in leaves(layer(*xs, training=True)):
            total = total + (out * out * sj.asarray(rng.normal(size=out.shape).astype("float32"))).sum()
        return total

    variables = layer.trainable_variables
    if not variables:
        assert not any(v.dtype.is_floating for v in layer.variables) or name == "BatchNorm"
        return
    _, gradients = sj.value_and_grad(loss, variables=variables)()
    for variable, g in zip(variables, gradients, strict=True):
        host = np.asarray(g)
        assert host.shape == variable.shape
        assert np.isfinite(host).all()
        assert (host != 0).any(), variable.name


@case
def test_training_differs_only_where_it_should(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    xs = tensors(example)
    predicted = arrays(layer(*xs))
    trained = arrays(layer(*xs, training=True))
    assert all(np.array_equal(a, b) for a, b in zip(predicted, trained, strict=True)) is not example.trains
    with sj.training_mode():
        layer(*xs)
    before = {path: v.numpy().copy() for path, v in layer.state().items()}
    layer(*xs)
    for path, value in before.items():
        np.testing.assert_array_equal(value, layer.state()[path].numpy())


FORMATS = [(n, i) for n, i in CASES if EXAMPLES[n][i].formats]


def test_every_data_format_is_compared() -> None:
    """A class that takes `data_format` must be marked so in the examples."""
    import inspect

    takers = {
        n for n, cls in layer_classes().items() if "data_format" in _parameters(inspect.signature(cls), cls)
    }
    assert takers == {n for n, _ in FORMATS}


def _parameters(signature: Any, cls: type) -> set[str]:
    found = set(signature.parameters)
    return found | {"data_format"} if "Transpose" in cls.__name__ else found


@pytest.mark.parametrize(("name", "number"), FORMATS, ids=[f"{n}-{i}" for n, i in FORMATS])
def test_data_formats_agree(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    last, first = example.make(name="layer"), example.make(name="layer", data_format="channels_first")
    (x,) = example.inputs()
    y = np.asarray(last(sj.asarray(x)))
    z = np.asarray(first(sj.asarray(np.moveaxis(x, -1, 1).copy())))
    for path, variable in last.state().items():
        np.testing.assert_array_equal(variable.numpy(), first.state()[path].numpy())
    expected = y if y.ndim < 3 else np.moveaxis(y, -1, 1)
    np.testing.assert_allclose(z, expected, rtol=2e-6, atol=2e-6)


@case
def test_float64_data(name: str, number: int, engine: str) -> None:
    """Wider data widens the result; the weights stay what they are."""
    example = EXAMPLES[name][number]
    if example.integers:
        return
    layer = fresh(example)
    narrow = arrays(layer(*tensors(example)))
    wide = leaves(layer(*tensors(example, dtype="float64")))
    assert all(v.dtype is not sj.float64 for v in layer.variables)
    for a, b in zip(narrow, wide, strict=True):
        assert b.dtype is sj.float64
        np.testing.assert_allclose(a, np.asarray(b).astype("float32"), rtol=1e-5, atol=1e-5)


@case
def test_freeze(name: str, number: int, engine: str, tmp_path: Path) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    layer.freeze()
    xs = tensors(example)
    layer(*xs)
    assert layer.trainable_variables == []
    layer.save(tmp_path / "frozen")
    again = sj.load(tmp_path / "frozen")
    assert again.trainable_variables == []
    layer.freeze(False)
    again.freeze(False)
    reference = fresh(example)
    reference(*xs)
    expected = [v.name for v in reference.trainable_variables]
    assert [v.name for v in layer.trainable_variables] == expected
    assert len(again.trainable_variables) == len(expected)


@case
def test_pure_form(name: str, number: int, engine: str) -> None:
    example = EXAMPLES[name][number]
    layer = fresh(example)
    xs = tensors(example)
    layer(*xs)
    before = {path: v.numpy().copy() for path, v in layer.state().items()}
    function, state = layer.functional()
    out, new = function(state, *xs, training=True)
    for path, value in before.items():
        np.testing.assert_array_equal(value, layer.state()[path].numpy())
    same(out, layer(*xs, training=True))
    for path, value in new.items():
        same(value, layer.state()[path].value)
