"""Mixed precision: which operations compute in 16 bits, and that results keep their element types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.core import modes
from sujeong.program.passes.order import optimized

X = sj.Spec((4, 6), sj.float32)
LOW = {"mixed_bfloat16": sj.bfloat16, "mixed_float16": sj.float16}


def mixed(function: Any, *specs: Any, precision: str = "mixed_bfloat16") -> Any:
    """The optimised program of a function that is recorded in mixed precision."""
    with modes._set(modes.precision, precision), sj.using(engine="torch"):
        return optimized(sj.record(function, *specs))


def types(program: Any, name: str) -> list[Any]:
    """The element type of the first result of each operation of a name."""
    return [e.outputs[0].dtype for e in program.equations if e.op.name == name]


def step() -> tuple[Any, Any]:
    """A training step of a small network, and its model."""
    with sj.using(engine="torch"):
        model = nn.Sequential([nn.Dense(8, "relu"), nn.BatchNorm(), nn.Dense(8, "relu"), nn.Dense(3)])
        model.build_for((4, 6))
        optimizer = sj.optim.Adam()
        optimizer.build(model.trainable_variables)

    def function(x: Any, y: Any) -> Any:
        def loss() -> Any:
            return sj.mean(sj.softmax_cross_entropy(model(x, training=True), y))

        value, gradients = sj.value_and_grad(loss, variables=model.trainable_variables)()
        optimizer.apply(gradients, model.trainable_variables)
        return value

    return function, model


@pytest.mark.parametrize("precision", LOW)
def test_products_are_low_and_the_rest_is_not(precision: str) -> None:
    function, _ = step()
    program = mixed(function, X, sj.Spec((4,), sj.int64), precision=precision)
    low = LOW[precision]
    products = types(program, "matmul")
    assert len(products) == 8  # three forward, three for the weights, two for the inputs
    assert products.count(low) == 7, "all but the last layer's forward product"
    assert types(program, "relu") == [low, low]
    assert types(program, "batch_norm") == [low]
    for e in program.equations:
        if e.op.name == "batch_norm":
            assert [s.dtype for s in e.inputs] == [low, sj.float32, sj.float32]
            assert [s.dtype for s in e.outputs] == [low, sj.float32, sj.float32]
    assert types(program, "sum") == [sj.float32, low, low], "of the last layer's bias, of the two before"
    for name in ("softmax_cross_entropy", "mean", "adam_update"):
        assert set(types(program, name)) == {sj.float32}, name
    assert program.outputs[0].dtype is sj.float32


def test_what_was_float32_is_left_alone() -> None:
    program = mixed(lambda x: sj.exp(x) + sj.softmax(x), X)
    assert {s.dtype for e in program.equations for s in e.outputs} == {sj.float32}


def test_single_product_is_the_last_layer() -> None:
    assert types(mixed(lambda x: x @ x.mT, X), "matmul") == [sj.float32]


def test_attention_scores_are_products_on_the_way() -> None:
    def attention(x: Any) -> Any:
        scores = sj.softmax(x @ x.mT)
        return (scores @ x) @ sj.ones((6, 2))

    assert types(mixed(attention, X), "matmul") == [sj.bfloat16, sj.bfloat16, sj.float32]


def test_whole_and_double_numbers_stay() -> None:
    double = sj.Spec((4, 4), sj.float64)
    assert types(mixed(lambda x: (x @ x) @ x, double), "matmul") == [sj.float64, sj.float64]


def test_weights_that_are_read_twice_keep_their_bits() -> None:
    """A penalty on the weights reads all 32 bits, also when a product reads 16 of them through a view."""
    with sj.using(engine="torch"):
        w = sj.Variable(np.random.default_rng(0).normal(size=(6, 6)).astype(np.float32), name="w")

    def function(x: Any) -> Any:
        turned = w.value.mT
        y = (x @ turned) @ sj.ones((6, 6)) @ sj.ones((6, 2))
        return y, sj.sum(turned * turned)

    with modes._set(modes.precision, "mixed_bfloat16"), sj.using(engine="torch"):
        _, penalty = sj.jit(function)(sj.ones((4, 6)))
    exact = float((w.numpy().astype(np.float64) ** 2).sum())
    assert float(penalty) == pytest.approx(exact, rel=1e-6)


def test_results_are_near_those_of_float32() -> None:
    numbers = np.random.default_rng(1)
    x, y = numbers.normal(size=(4, 6)).astype(np.float32), numbers.integers(0, 3, 4)
    found = {}
    for precision in ("float32", "mixed_bfloat16"):
        sj.set_seed(0)
        function, _ = step()
        with modes._set(modes.precision, precision), sj.using(engine="torch"):
            recorded = sj.jit(function)
            found[precision] = [float(recorded(sj.asarray(x), sj.asarray(y))) for _ in range(5)]
    np.testing.assert_allclose(found["mixed_bfloat16"], found["float32"], rtol=0.03)
    assert found["mixed_bfloat16"] != found["float32"]


def test_switched_off_by_name() -> None:
    function, _ = step()
    with sj.without_passes("precision"):
        program = mixed(function, X, sj.Spec((4,), sj.int64))
    assert set(types(program, "matmul")) == {sj.float32}


def test_attention_is_a_product() -> None:
    """Queries, keys, values, weights and gradients in 16 bits; a mask stays what it is."""
    with sj.using(engine="torch"):
        w = sj.Variable(np.eye(6, dtype=np.float32), name="w")

    def function(x: Any, mask: Any) -> Any:
        def loss() -> Any:
            q, k, v = sj.split(x @ sj.concat([w, w, w], axis=1), 3, axis=-1)
            return sj.sum(sj.attention(q, k, v, mask=mask) @ sj.ones((6, 2)))

        return sj.value_and_grad(loss, variables=[w])()

    program = mixed(function, X, sj.Spec((4, 4), sj.bool))
    found = {e.op.name: e for e in program.equations}
    forward, backward = found["attention"], found["attention_gradient"]
    assert [s.dtype for s in forward.inputs] == [sj.bfloat16] * 3 + [sj.bool]
    assert [s.dtype for s in forward.outputs] == [sj.bfloat16] * 2
    assert {s.dtype for s in (*backward.inputs, *backward.outputs)} == {sj.bfloat16}
    assert {s.dtype for s in found["split"].outputs} == {sj.bfloat16}
    assert all(s.dtype is sj.float32 for s in program.outputs)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_recurrent_operations_are_low_but_for_the_memory(kind: str) -> None:
    with sj.using(engine="torch"):
        layer = nn.Sequential(
            [getattr(nn, kind)(5, return_sequences=True), getattr(nn, kind)(4), nn.Dense(2)]
        )
        layer.build_for((3, 6, 4))
    variables = layer.trainable_variables

    def function(x: Any) -> Any:
        return sj.value_and_grad(lambda: sj.mean(sj.square(layer(x))), variables=variables)()

    program = mixed(function, sj.Spec((3, 6, 4), sj.float32))
    op = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru"}[kind]
    found = [e for e in program.equations if e.op.name in (op, f"{op}_gradient")]
    assert len(found) == 4
    for e in found:
        wide = [s for s in e.outputs if s.dtype is sj.float32]
        assert len(wide) == {"lstm": 2, "lstm_gradient": 1}.get(e.op.name, 0), "c and all c; dc"
        assert all(s.shape[-1] in (4, 5) for s in wide)
    program.check()
    step = sj.jit(function)
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    with sj.using(engine="torch"):
        exact = function(sj.asarray(x))
        with modes._set(modes.precision, "mixed_bfloat16"):
            rough = step(sj.asarray(x))
    for a, b in zip(sj.tree.leaves(rough), sj.tree.leaves(exact), strict=True):
        assert a.dtype is sj.float32
        np.testing.assert_allclose(
            np.asarray(a), np.asarray(b), atol=0.05 * float(np.abs(np.asarray(b)).max())
        )


def test_a_gradient_that_is_noted_is_no_last_layer() -> None:
    """Of two models in one step, the first learns through the second, whose variables its loss reads, too."""
    with sj.using(engine="torch"):
        first, second = (nn.Sequential([nn.Dense(8, "relu"), nn.Dense(n)]) for n in (6, 1))
        for model in (first, second):
            model.build_for((4, 6))

    def function(x: Any) -> Any:
        loss = sj.mean(sj.square(second(first(x, training=True), training=True)))
        return loss, sj.gradients(loss, first.trainable_variables)

    program = mixed(function, X)
    assert types(program, "matmul").count(sj.float32) == 1, "the second's last layer"
    assert len(types(program, "matmul")) == 4 + 3 + 2  # forward, back through both, weights of the first
    bias = [e for e in program.equations if e.op.name == "sum" and e.inputs[0].dtype is sj.bfloat16]
    assert len(bias) == 2, "gradients of the first's biases add up what they read in 16 bits"


def test_a_step_written_by_hand_changes_all_32_bits_of_the_weights() -> None:
    with sj.using(engine="torch"):
        w = sj.Variable(np.full((6, 6), 1.0, dtype=np.float32))
        last = sj.Variable(np.ones((6, 1), dtype=np.float32), trainable=False)

    def function(x: Any) -> Any:
        value, (g,) = sj.value_and_grad(lambda: sj.mean(x @ w @ last), variables=[w])()
        w.assign(w.value - 1e-4 * g)
        return value

    with modes._set(modes.precision, "mixed_bfloat16"), sj.using(engine="torch"):
        step = sj.jit(function)
        for _ in range(4):
            step(sj.ones((4, 6)))
    np.testing.assert_allclose(w.numpy(), 1 - 4e-4, rtol=1e-6)  # in bfloat16 nothing would have moved
