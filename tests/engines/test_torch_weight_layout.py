"""Weights of convolutions lie as the library wants them once they are trained: no bit changes, no copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

import sujeong as sj
from sujeong import nn
from sujeong.engines.torch import convolution, optimizer


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


KERNELS = {
    "one axis": (5, 3, 4),
    "images": (3, 3, 8, 16),
    "one by one": (1, 1, 8, 16),
    "one column": (3, 1, 4, 4),
    "many": (3, 3, 64, 96),
    "volumes": (2, 3, 2, 4, 6),
    "one channel": (3, 3, 1, 8),
    "one result": (3, 3, 8, 1),
    "one of each": (3, 3, 1, 1),
}


def settings(axes: int) -> dict[str, Any]:
    plain = {"strides": (1,) * axes, "padding": ((1, 1),) * axes, "dilation": (1,) * axes}
    return {**plain, "groups": 1}


def ready(w: Any) -> bool:
    return bool(convolution._lies_ready(convolution._outputs_first(w)))


def numbers(*shape: int, dtype: Any = torch.float32) -> Any:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape))).to(dtype)


def laid(w: Any) -> Any:
    """The same weights, lying as their gradient does."""
    stored = w.movedim(-1, 0).contiguous().movedim(0, -1)
    assert torch.equal(stored, w)
    return stored


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("name", KERNELS)
def test_the_same_bits_however_weights_lie(name: str, dtype: Any) -> None:
    w = numbers(*KERNELS[name], dtype=dtype)
    axes, (c, o) = w.dim() - 2, w.shape[-2:]
    x = numbers(2, *(6,) * axes, c, dtype=dtype)
    kernels = convolution.KERNELS
    y = kernels["convolution"](x, w, **settings(axes))
    g = numbers(*y.shape, dtype=dtype)
    back = {"input_size": x.shape[1:-1], **settings(axes)}
    stored = laid(w)
    assert convolution._weights(stored).stride() == convolution._weights(w).stride() or c == 1 or o == 1
    assert torch.equal(kernels["convolution"](x, stored, **settings(axes)), y)
    bias = w[(0,) * (axes + 1)]
    biased = [kernels["convolution_bias"](x, v, bias, **settings(axes)) for v in (stored, w)]
    assert torch.equal(*biased)
    assert torch.equal(
        kernels["convolution_input_gradient"](g, stored, **back),
        kernels["convolution_input_gradient"](g, w, **back),
    )


@pytest.mark.parametrize("name", KERNELS)
def test_a_gradient_comes_as_it_lies(name: str) -> None:
    kernel = KERNELS[name]
    axes, c, o = len(kernel) - 2, *kernel[-2:]
    x = numbers(2, *(6,) * axes, c)
    y = convolution.KERNELS["convolution"](x, numbers(*kernel), **settings(axes))
    w = convolution.KERNELS["convolution_weight_gradient"](
        x, numbers(*y.shape), kernel_size=kernel[:-2], **settings(axes)
    )
    assert w.shape == kernel
    assert ready(w) == (c > 1 and o > 1)
    assert w.is_contiguous() == (c == 1 or o == 1)


def model() -> Any:
    sj.set_seed(2)
    layers = [
        nn.Conv2D(4, 3, activation="relu", kernel_regularizer=sj.losses.l2(1e-3)),
        nn.Conv2D(6, 3, groups=2),
        nn.Conv2DTranspose(5, 2),
        nn.GlobalAveragePool2D(),
        nn.Dense(3),
    ]
    made = nn.Sequential(layers)
    made.build_for(sj.Spec((8, 7, 7, 3), sj.float32))
    return made


def step_of(made: Any, optimizer: Any) -> Any:
    optimizer.build(made.trainable_variables)

    def step(x: Any, y: Any) -> Any:
        def loss() -> Any:
            return sj.mean((made(x, training=True) - y) ** 2)

        value, gradients = sj.value_and_grad(loss, variables=made.trainable_variables)()
        optimizer.apply(gradients, made.trainable_variables)
        return value

    return step


OPTIMIZERS = {
    "sgd": lambda: sj.optim.SGD(0.1, weight_decay=0.01),
    "momentum": lambda: sj.optim.Momentum(0.1),
    "rmsprop": lambda: sj.optim.RMSProp(0.01),
    "adam": lambda: sj.optim.Adam(0.01),
    "clipped": lambda: sj.optim.Adam(0.01, global_clipnorm=0.1),
}


def batch() -> tuple[Any, Any]:
    rng = np.random.default_rng(3)
    return rng.standard_normal((8, 7, 7, 3)).astype("float32"), rng.standard_normal((8, 3)).astype("float32")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_trained_weights_lie_ready_and_stay_where_they_are(name: str) -> None:
    made, optimizer = model(), OPTIMIZERS[name]()
    step, data = sj.jit(step_of(made, optimizer)), batch()
    kernels = [v for v in made.trainable_variables if len(v.shape) == 4]
    assert len(kernels) == 3
    assert not any(ready(v._value._array) for v in kernels)
    step(*data)
    slots = [s for v in kernels for s in optimizer.slots_of(v).values()]
    assert all(ready(v._value._array) for v in (*kernels, *slots))
    step(*data)
    places = [v._value._array.data_ptr() for v in (*kernels, *slots)]
    step(*data)
    assert [v._value._array.data_ptr() for v in (*kernels, *slots)] == places
    for v in kernels:
        array = v._value._array
        assert convolution._weights(array).data_ptr() == array.data_ptr(), "nothing is copied"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_recorded_equals_eager_to_the_bit(name: str) -> None:
    found = []
    for recorded in (False, True):
        made, optimizer = model(), OPTIMIZERS[name]()
        step, data = step_of(made, optimizer), batch()
        if recorded:
            step = sj.jit(step)
        with sj.without_passes("bias"):  # which is equal to rounding only
            losses = [step(*map(sj.asarray, data)).numpy().tobytes() for _ in range(4)]
        found.append([*losses, *(v.numpy().tobytes() for v in (*made.variables, *optimizer.variables))])
    assert found[0] == found[1]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_laid_anew_go_on_to_the_same_bits(name: str) -> None:
    """As after loading: all that was saved comes back in the plain order."""
    ends = []
    for interrupted in (False, True):
        made, optimizer = model(), OPTIMIZERS[name]()
        step, data = sj.jit(step_of(made, optimizer)), batch()
        for _ in range(3):
            step(*data)
        if interrupted:
            for v in (*made.variables, *optimizer.variables):
                v.assign(v.numpy().copy(order="C"))
                assert v._value._array.is_contiguous()
        for _ in range(3):
            step(*data)
        ends.append([v.numpy().tobytes() for v in (*made.variables, *optimizer.variables)])
    assert ends[0] == ends[1]


def test_saved_in_the_plain_order(tmp_path: Any) -> None:
    made = model()
    made.compile("adam", "mse")
    x, y = batch()
    made.fit(x, y, epochs=2, batch_size=4, verbose=0)
    assert any(not v._value._array.is_contiguous() for v in made.trainable_variables)
    made.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    for a, b in zip(again.variables, made.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    np.testing.assert_array_equal(again.predict(x), made.predict(x))


def test_a_gradient_with_repeats_takes_the_weights_order() -> None:
    """A stretched gradient has no memory of its own to follow."""
    w = sj.Variable(np.ones((4, 5), np.float32), name="w")
    optimizer = sj.optim.Adam(0.1)
    optimizer.build([w])
    step = sj.jit(lambda g: optimizer.apply([sj.broadcast_to(g, (4, 5))], [w]))
    step(sj.ones(5))
    assert w._value._array.is_contiguous()
    np.testing.assert_allclose(w.numpy(), np.full((4, 5), 0.9), rtol=1e-5)


@pytest.mark.parametrize("joint", [False, True])
def test_the_fused_step_copies_nothing(joint: bool) -> None:
    """The library would copy a gradient that lies in another order; it is handed vectors of memory."""
    engine = sj.get_engine()
    arrays = [laid(numbers(3, 3, 8, 16)).abs() for _ in range(4)]
    assert not any(a.is_contiguous() for a in arrays)
    rest = torch.tensor(0.1), torch.tensor(3.0)
    options = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "weight_decay": 0.0}
    kernel = (engine.joint if joint else engine.updates)["adam_update"]
    given = [[a] for a in arrays] if joint else arrays
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as seen:
        kernel(*given, *rest, **options)
    names = {e.name for e in seen.events()}
    assert "aten::_fused_adamw_" in names
    assert not names & {"aten::clone", "aten::copy_"}


@pytest.mark.parametrize("transposed", [False, True])
def test_weights_that_are_only_read_are_laid_once(transposed: bool) -> None:
    layer = nn.Conv2DTranspose if transposed else nn.Conv2D
    model = nn.Sequential([layer(16, 3, padding="same"), nn.ReLU(), layer(16, 3, padding="same")])
    model.build_for((1, 8, 8, 16))
    x = sj.asarray(numbers(1, 8, 8, 16).numpy())
    before = [v.numpy().copy() for v in model.variables]
    eager = model(x).numpy()
    shown = model.variables[0].value  # somebody holds it
    step = sj.jit(lambda x: model(x))
    np.testing.assert_array_equal(step(x).numpy(), eager)
    kernels = [v for v in model.variables if v.ndim == 4]
    assert len(kernels) == 2
    assert all(ready(v._value._array) for v in kernels)
    places = [v._value._array.data_ptr() for v in kernels]
    np.testing.assert_array_equal(step(x).numpy(), eager)
    assert places == [v._value._array.data_ptr() for v in kernels]
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    np.testing.assert_array_equal(shown.numpy(), before[0])
    kernels[0].assign(before[0] * 2)  # somebody gives it another value, in the plain order
    np.testing.assert_array_equal(step(x).numpy(), model(x).numpy())
    assert ready(kernels[0]._value._array)


def test_a_gradient_finds_its_way_to_weights_that_were_laid_in_between() -> None:
    layer = nn.Conv2D(16, 3)
    layer.build_for((1, 8, 8, 16))
    x = sj.asarray(numbers(1, 8, 8, 16).numpy())
    loss = sj.sum(sj.square(layer(x)))
    sj.jit(lambda x: layer(x))(x)
    assert ready(layer.kernel._value._array)
    found = sj.gradients(loss, [layer.kernel])[0]
    (again,) = sj.gradients(sj.sum(sj.square(layer(x))), [layer.kernel])
    np.testing.assert_allclose(found.numpy(), again.numpy(), rtol=1e-5)


def test_zeros_are_seen_in_another_order_and_all_else_is_copied() -> None:
    """What an optimiser begins with is not moved; a negative zero is a bit that has its place."""
    strides = laid(numbers(3, 3, 8, 16)).stride()
    zeros = torch.zeros(3, 3, 8, 16)
    seen = optimizer._laid(zeros, strides)
    assert (seen.stride(), seen.data_ptr()) == (strides, zeros.data_ptr())
    one = torch.zeros(3, 3, 8, 16)
    one[1, 2, 3, 4] = -0.0
    moved = optimizer._laid(one, strides)
    assert moved.stride() == strides
    assert moved.data_ptr() != one.data_ptr()
    assert torch.equal(moved.contiguous().view(torch.int32), one.view(torch.int32))


def test_first_values_are_written_once() -> None:
    """The first step overwrites what only the variables hold: no copy of weights or slots."""
    x, w = sj.ones((4, 8)), sj.Variable.later(sj.Spec((8, 16), sj.float32), lambda: np.ones((8, 16)))
    adam = sj.optim.Adam(0.1)
    adam.build([w])

    @sj.jit
    def step(x: Any) -> Any:
        value, gradients = sj.value_and_grad(lambda: sj.sum(x @ w), variables=[w])()
        adam.apply(gradients, [w])
        return value

    variables = [w, *[v for v in adam.variables if v.shape == (8, 16)]]
    before = [v._value._array.data_ptr() for v in variables]  # makes them, and takes hold of none
    step(x)
    assert len(variables) == 3
    assert [v._value._array.data_ptr() for v in variables] == before
    held = w.value
    kept = held.numpy().copy()
    step(x)
    np.testing.assert_array_equal(held.numpy(), kept)  # somebody holds it: not overwritten


def test_numbers_from_the_host_are_cast_as_torch_casts() -> None:
    host = np.array([0.1, -0.0, 1e300, -1e300, 1e-50, np.nan, np.inf, 1 + 2**-24, 1 + 3 * 2**-24])
    engine = sj.get_engine()
    got = engine.from_host(host, sj.float32, "cpu")
    assert torch.equal(got.view(torch.int32), torch.from_numpy(host).to(torch.float32).view(torch.int32))
    turned = engine.from_host(np.arange(6.0).reshape(2, 3).T[::-1], sj.float32, "cpu")
    assert turned.is_contiguous()
    assert turned.tolist() == [[2, 5], [1, 4], [0, 3]]
    stretched = engine.from_host(np.broadcast_to(np.float64(0.1), (3, 2)), sj.float32, "cpu")
    assert stretched.is_contiguous()
    assert stretched.flatten().tolist() == [float(np.float32(0.1))] * 6
