"""Which equations become a kernel, in what order the rest stands around it, and what memory it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.program.native import grouping
from sujeong.program.native.frame import kinds
from sujeong.program.native.kernel import FUSED
from sujeong.program.native.schedule import fits, scheduled
from sujeong.program.passes.fusion import building
from sujeong.program.passes.order import optimized
from sujeong.program.replay import Runner

X = sj.Spec((40, 24), sj.float32)


@pytest.fixture(autouse=True)
def _no_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group stands for itself; chains of them have tests of their own."""
    monkeypatch.setenv("SUJEONG_PASSES_OFF", "chains")


def compiled(function: Callable[..., Any], *specs: Any) -> Any:
    """The program of a function with compiled kernels."""
    with building():
        return optimized(sj.record(function, *(specs or (X,))))


def names(program: Any) -> list[str]:
    """Its operations; a kernel by those that it holds."""
    return ["+".join(e.attributes["kernel"].names) if e.op is FUSED else e.op.name for e in program.equations]


def test_a_chain_is_one_kernel_and_a_product_ends_it() -> None:
    assert names(compiled(lambda x: sj.exp(sj.tanh(x) * 2) @ x.T + 1 - 2)) == [
        "tanh+multiply+exp",
        "permute_dims",
        "matmul",
        "add+subtract",
    ]


def test_one_operation_alone_is_left_to_the_engine() -> None:
    assert names(compiled(lambda x: sj.tanh(x) @ x.T)) == ["tanh", "permute_dims", "matmul"]


def test_a_value_in_between_is_kept_only_if_it_is_read() -> None:
    program = compiled(lambda x: sj.sum(sj.exp(x * 2), axis=0))
    (kernel,) = [e.attributes["kernel"] for e in program.equations]
    assert kernel.specs == (sj.Spec((24,), sj.float32),)

    def both(x: Any) -> Any:
        y = sj.exp(x * 2)
        return y @ y.T, sj.sum(y, axis=0)

    kernel = compiled(both).equations[0].attributes["kernel"]
    assert kernel.specs == (X, sj.Spec((24,), sj.float32))


def test_no_kernel_waits_for_what_waits_for_it() -> None:
    """tanh(x) -> product -> added to tanh(x): the addition cannot be in the kernel of tanh."""

    def function(x: Any) -> Any:
        y = sj.tanh(x) * 2
        return sj.exp(y @ (y.T @ y) + y) * 3

    program = compiled(function)
    assert names(program) == ["tanh+multiply", "permute_dims", "matmul", "matmul", "add+exp+multiply"]
    x = sj.asarray(np.random.default_rng(0).normal(size=X.shape) * 0.1, dtype=sj.float32)
    np.testing.assert_allclose(Runner(program).run(x._array)[0].numpy(), function(x).numpy(), rtol=1e-5)


def test_two_shapes_of_rows_and_columns_are_two_kernels() -> None:
    """Sums over the last axis and over the last two axes see other rows: no one matrix holds both."""

    def function(x: Any) -> Any:
        y = sj.exp(x * 2)
        z = y - sj.sum(y, axis=-1, keepdims=True)
        return z * sj.sum(z, axis=(1, 2), keepdims=True)

    program = compiled(function, sj.Spec((5, 6, 7), sj.float32))
    assert sum(e.op is FUSED for e in program.equations) >= 1
    x = sj.asarray(np.random.default_rng(0).normal(size=(5, 6, 7)), dtype=sj.float32)
    np.testing.assert_allclose(Runner(program).run(x._array)[0].numpy(), function(x).numpy(), rtol=2e-5)


def test_a_view_of_a_result_is_no_second_result() -> None:
    def function(x: Any) -> Any:
        y = sj.exp(x) + 1
        return y @ y.T, sj.reshape(y, (-1,))

    program = compiled(function)
    assert len(program.equations[0].attributes["kernel"].specs) == 1
    assert names(program)[1:] == ["reshape", "permute_dims", "matmul"] or "reshape" in names(program)


def test_a_result_is_written_over_an_input_that_nobody_reads_again() -> None:
    spec = sj.Spec((64, 64), sj.float32)
    source = Runner(compiled(lambda x: sj.exp((x @ x) * 2), spec)).source
    assert "fused" in source
    x = sj.asarray(np.random.default_rng(0).normal(size=(64, 64)) * 0.1, dtype=sj.float32)
    program = compiled(lambda x: sj.exp((x @ x) * 2), spec)
    seen: list[Any] = []
    kernel = program.equations[-1].attributes["kernel"]
    bound = kernel.bound

    def noted(engine: Any, over: Any) -> Any:
        seen.append(dict(over))
        return bound(engine, over)

    kernel.bound = noted
    (found,) = Runner(program).run(x._array)
    assert seen == [{0: 0}]
    np.testing.assert_allclose(found.numpy(), np.exp(2 * (x.numpy() @ x.numpy())), rtol=1e-5)


def test_an_input_that_is_read_again_after_the_writing_is_not_overwritten() -> None:
    """In the text of each kernel the input is read for the last time ahead of the writing."""
    program = compiled(lambda x: sj.softmax((x @ x.T) * 2) + sj.sum(sj.exp(x @ x.T), axis=0))
    for e in program.equations:
        if e.op is FUSED:
            text, over = e.attributes["kernel"].text, e.attributes["kernel"].over
            for out, positions in over.items():
                for position in positions:
                    assert text.rindex(f"i{position}[") < text.index(f"o{out}["), text


def test_what_arguments_hold_is_never_overwritten() -> None:
    x = sj.asarray(np.random.default_rng(0).normal(size=(64, 64)), dtype=sj.float32)
    before = x.numpy().copy()
    function = sj.jit(lambda x: sj.exp(x * 2) - x)
    with building():
        function(x)
    np.testing.assert_array_equal(x.numpy(), before)


def test_inputs_in_another_order_of_memory_are_read_rightly() -> None:
    function = sj.jit(lambda x: sj.sum(sj.exp(sj.permute_dims(x, (1, 0)) * 0.5) + 1, axis=0))
    x = sj.asarray(np.random.default_rng(0).normal(size=(30, 7)), dtype=sj.float32)
    with building():
        found = function(x)
    np.testing.assert_allclose(found.numpy(), np.sum(np.exp(x.numpy().T * 0.5) + 1, axis=0), rtol=1e-5)


def test_the_backward_pass_computes_again_what_would_have_to_be_kept() -> None:
    w = sj.Spec((24, 24), sj.float32)

    def function(x: Any, w: Any) -> Any:
        return sj.grad(lambda x: sj.sum(sj.gelu(x * 2) @ w))(x)

    program = compiled(function, X, w)
    forward = next(e for e in program.equations if e.op is FUSED).attributes["kernel"]
    assert all(spec.shape != X.shape for spec in forward.specs[1:]), names(program)


def test_the_same_text_for_another_number_of_rows() -> None:
    def texts(rows: int) -> list[str]:
        with building() as found:
            optimized(sj.record(lambda x: sj.softmax(x * 2 / x.shape[0]), sj.Spec((rows, 24), sj.float32)))
        return found

    assert texts(40) == texts(64)


def test_threads_change_no_bit() -> None:
    import torch

    function = sj.jit(lambda x: (sj.sum(sj.exp(x) + 1, axis=0), sj.sum(sj.exp(x) * x)))
    x = sj.asarray(np.random.default_rng(0).normal(size=(3001, 24)), dtype=sj.float32)
    with building():
        one = [r.numpy().tobytes() for r in function(x)]
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert [r.numpy().tobytes() for r in function(x)] == one
    finally:
        torch.set_num_threads(threads)


def _network() -> nn.Sequential:
    return nn.Sequential(
        [
            nn.Conv2D(8, 3, padding="same", use_bias=False),
            nn.BatchNorm(),
            nn.ReLU(),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(32, "gelu"),
            nn.LayerNorm(),
            nn.Dropout(0.3),
            nn.Dense(10),
        ]
    )


def _recurrent(layer: Any) -> nn.Sequential:
    return nn.Sequential([layer, nn.Dense(10)])


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (_network, (8, 8, 1)),
        (lambda: _recurrent(nn.LSTM(24)), (8, 8)),
        (lambda: _recurrent(nn.Bidirectional(nn.GRU(12))), (8, 8)),
    ],
    ids=["convolutional", "lstm", "gru"],
)
def test_training_with_kernels_is_training_without(make: Any, shape: tuple[int, ...]) -> None:
    (x, y), _ = sj.datasets.digits()
    x = x[:256].reshape(256, *shape)

    def trained(kernels: bool) -> Any:
        sj.set_seed(3)
        model = make().compile(optimizer="adam", loss="softmax_cross_entropy")
        if kernels:
            assert model.precompile(x, y[:256], batch_size=32) > 0
        history = model.fit(x, y[:256], epochs=3, batch_size=32, verbose=0)
        used = any(
            e.op is FUSED
            for s in model._steps.values()
            for c in s._cache.values()
            for e in c.runner.program.equations
        )
        assert used is kernels
        return history.history["loss"], model.predict(x[:50])

    with sj.without_passes("fusion"):
        plain, before = trained(False)
    fast, after = trained(True)
    again, _ = trained(True)
    assert fast == again, "kernels repeat to the bit"
    np.testing.assert_allclose(fast, plain, rtol=2e-3)
    np.testing.assert_allclose(after, before, atol=2e-2)


def test_a_label_that_is_no_class_is_refused_as_ever_and_looked_at_once() -> None:
    def loss(x: Any, labels: Any) -> Any:
        return sj.value_and_grad(lambda x: sj.mean(sj.softmax_cross_entropy(x * 2, labels)))(x)

    step = sj.jit(loss)
    x, labels = sj.asarray(np.ones((6, 4), dtype=np.float32)), sj.asarray([0, 1, 2, 3, 0, 1])
    with building():
        value, _ = step(x, labels)
    program = next(iter(step._cache.values())).runner.program
    assert [e.op.name for e in program.equations].count("checked_labels") == 1
    assert not any("cross_entropy" in e.op.name for e in program.equations)
    assert float(value) == pytest.approx(np.log(4), rel=1e-6)
    with pytest.raises(sj.errors.IndexRangeError, match=r"label 4 is no class[\s\S]*0 to 3 for 4 classes"):
        step(x, sj.asarray([0, 1, 2, 3, 4, 1]))


def test_a_long_sum_over_rows_is_a_kernel_of_its_own_and_a_short_one_is_not() -> None:
    def function(x: Any) -> Any:
        return sj.sum(x, axis=(0, 1))

    assert names(compiled(function, sj.Spec((64, 64, 512), sj.float32))) == ["sum"]
    assert compiled(function, sj.Spec((64, 64, 512), sj.float32)).equations[0].op is FUSED
    assert compiled(function, sj.Spec((8, 8, 512), sj.float32)).equations[0].op is not FUSED
    x = sj.asarray(np.random.default_rng(0).normal(1, 1, (64, 64, 512)), dtype=sj.float32)
    with building():
        found = sj.jit(function)(x)
    np.testing.assert_allclose(found.numpy(), x.numpy().astype(np.float64).sum((0, 1)), rtol=1e-6)


def test_two_batches_that_pass_one_norm_stay_two_kernels() -> None:
    norm = nn.BatchNorm()
    norm.build_for(X)

    def function(x: Any, y: Any) -> Any:
        return sj.relu(norm(x, training=True)), sj.relu(norm(y, training=True))

    kernels = [e.attributes["kernel"] for e in compiled(function, X, X).equations if e.op is FUSED]
    whole = [[s for s in k.specs if s.shape == X.shape] for k in kernels]
    assert [len(w) for w in whole if w] == [1, 1]


def test_truth_values_between_two_kernels() -> None:
    """A mask that is a result is an array of bytes; inside a kernel it is as wide as a float."""

    def function(x: Any) -> Any:
        mask = sj.logical_and(x * 2 > 1, x < 3)
        return mask, sj.sum(sj.where(mask, x, 0.0) * 2, axis=0), sj.astype(mask, sj.float32) + 1

    x = sj.asarray(np.random.default_rng(0).normal(1, 2, X.shape), dtype=sj.float32)
    with building():
        mask, total, number = sj.jit(function)(x)
    host = (x.numpy() * 2 > 1) & (x.numpy() < 3)
    np.testing.assert_array_equal(mask.numpy(), host)
    np.testing.assert_allclose(total.numpy(), 2 * np.where(host, x.numpy(), 0).sum(0), rtol=1e-5)
    np.testing.assert_array_equal(number.numpy(), host + np.float32(1))


def test_elements_in_one_other_order_are_taken_as_they_lie() -> None:
    """As gradients of convolutions do, that keep the order of their weights."""
    program = compiled(lambda x, y: sj.exp(x + y) * 2, X, X)
    assert names(program) == ["add+exp+multiply"]
    with sj.using(engine="torch"):
        values = np.random.default_rng(0).normal(size=(2, *reversed(X.shape))).astype(np.float32)
        x, y = (sj.asarray(v)._array.t() for v in values)
        expected = np.exp(values[0].T + values[1].T) * 2
        (found,) = Runner(program).run(x, y)
        assert found.stride() == x.stride()
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)
        for other in (y.contiguous(), y[:1].expand(*X.shape)):  # not in the same order; with gaps
            (found,) = Runner(program).run(x, other)
            np.testing.assert_allclose(found.numpy(), np.exp(x.numpy() + other.numpy()) * 2, rtol=1e-6)


def test_what_may_merge_has_a_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a group has few enough sweeps is asked without making its schedule; the answers agree."""
    asked: list[bool] = []
    before = grouping.Groups._merge

    def merge(self: Any, first: int, second: int, link: Any) -> None:
        places = sorted(self.nodes[first].places + self.nodes[second].places)
        before(self, first, second, link)
        node = self.nodes[first]
        if node.places == places:
            equations = [self.equations[i] for i in places]
            assert scheduled(equations, self.results(places), node.frame) is not None
            assert kinds(equations, node.frame) == node.found
            asked.append(True)
            return
        frame = None if second not in self.nodes else _shared(node.frame, self.nodes[second].frame)
        if frame is not None and (found := kinds(equations := [self.equations[i] for i in places], frame)):
            assert fits(equations, found) == (scheduled(equations, self.results(places), frame) is not None)
            asked.append(False)

    monkeypatch.setattr(grouping.Groups, "_merge", merge)
    layers = nn.Sequential([nn.Dense(24), nn.BatchNorm(), nn.Dense(24), nn.LayerNorm(), nn.Dense(24)])
    layers.build_for(X)

    def slope(x: Any) -> Any:
        loss = lambda: sj.mean(sj.softmax(layers(x, training=True)) ** 2)  # noqa: E731
        return sj.value_and_grad(loss, variables=layers.trainable_variables)()

    compiled(slope)
    assert set(asked) == {True, False}


def _shared(a: Any, b: Any) -> Any:
    return None if a is None or b is None else grouping._common(a, b)
