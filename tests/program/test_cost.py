"""program.cost(): counted by hand, before anything runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj


def spec(*shape: int, dtype: Any = None) -> Any:
    return sj.Spec(shape, dtype or sj.float32)


def cost(f: Any, *args: Any) -> Any:
    return sj.record(f, *args).cost()


def test_a_dense_layer_by_hand(engine: str) -> None:
    """(32, 784) @ (784, 100) + b: 2 * 32 * 784 * 100 for the product, 32 * 100 for the sum."""
    w = sj.Variable(np.ones((784, 100), np.float32), name="w")
    b = sj.Variable(np.ones(100, np.float32), name="b", trainable=False)
    c = cost(lambda x: x @ w + b, spec(32, 784))
    assert (c.parameters, c.trainable, c.parameter_bytes) == (78500, 78400, 78500 * 4)
    assert c.by_op["matmul"].flops == 2 * 32 * 784 * 100
    assert c.by_op["add"].flops == 3200
    assert c.flops == 2 * 32 * 784 * 100 + 3200
    assert c.by_op["matmul"].read == 4 * (32 * 784 + 784 * 100)
    assert c.by_op["matmul"].written == 4 * 3200
    assert c.bytes_read == 4 * (32 * 784 + 784 * 100) + 4 * (3200 + 100)
    assert c.bytes_written == 2 * 4 * 3200
    held = 4 * (32 * 784 + 78500)
    assert c.peak_bytes == held + 2 * 4 * 3200, "the product and the sum at once"
    assert c.exact


def test_nothing_is_allocated() -> None:
    """A model of a terabyte is counted in no time."""
    made = []

    def initial() -> Any:
        made.append(1)
        return np.zeros(1)

    n = 500_000
    w = sj.Variable.later(sj.Spec((n, n), sj.float32), initial, "w")
    c = cost(lambda x: x @ w, spec(64, n))
    assert c.parameters == n * n
    assert c.flops == 2 * 64 * n * n
    assert c.peak_bytes == 4 * (n * n + 2 * 64 * n)
    assert made == []


def test_views_cost_nothing() -> None:
    c = cost(lambda x: sj.matrix_transpose(sj.reshape(x, (50, 2))) * 2, spec(100))
    assert c.by_op["reshape"].flops == c.by_op["permute_dims"].flops == 0
    assert c.bytes_read == 400 + 4
    assert c.bytes_written == 400
    assert c.peak_bytes == 400 + 4 + 400


def test_a_view_keeps_its_base_alive() -> None:
    """x * 2 is freed after the sum that reads a view of it, not before."""

    def f(x: Any) -> Any:
        view = sj.reshape(x * 2, (10, 10))
        a = sj.tanh(x)
        return sj.sum(view) + sj.sum(a)

    assert cost(f, spec(100)).peak_bytes == 400 + 4 + 400 + 400 + 4


def test_values_are_freed_after_their_last_use() -> None:
    """A chain needs two values at once, however long it is."""

    def chain(x: Any) -> Any:
        for _ in range(10):
            x = sj.tanh(x)
        return x

    assert cost(chain, spec(100)).peak_bytes == 400 + 2 * 400


def test_reductions_count_what_goes_in_and_moves_count_nothing() -> None:
    c = cost(
        lambda x: (sj.sum(x, axis=1), sj.max(x), sj.concat([x, x]), sj.take(x, sj.asarray([0]), axis=0)),
        spec(10, 10),
    )
    assert c.by_op["sum"].flops == 100
    assert c.by_op["max"].flops == 100
    assert c.by_op["concat"].flops == 0
    assert c.by_op["concat"].written == 800


def test_a_composite_counts_its_readable_form() -> None:
    """softmax = exp(x - max) / sum: more than one step a number, and fused in memory."""
    c = cost(lambda x: sj.softmax(x), spec(8, 10))
    assert c.by_op["softmax"].flops >= 4 * 80
    assert c.by_op["softmax"].read == c.by_op["softmax"].written == 320


def test_scan_counts_its_trips() -> None:
    c = cost(lambda x: sj.scan(lambda h, r: (sj.tanh(h @ r), None), x[0], x)[0], spec(7, 5, 5))
    assert c.by_op["matmul"].times == c.by_op["tanh"].times == 7
    assert c.by_op["matmul"].flops == 7 * 2 * 125
    assert c.by_op["tanh"].flops == 7 * 25
    nested = cost(
        lambda x: sj.scan(lambda h, r: (sj.scan(lambda a, b: (a * b, None), h, r)[0], None), 1.0, x)[0],
        spec(3, 4),
    )
    assert nested.by_op["multiply"].times == 12
    assert nested.exact


def test_cond_counts_the_dearer_branch() -> None:
    c = cost(lambda x: sj.cond(sj.sum(x) > 0, lambda: x @ x, lambda: x), spec(5, 5))
    assert c.by_op["matmul"].flops == 250
    assert c.by_op["cond"].times == 1


def test_while_loop_counts_once_and_says_so() -> None:
    c = cost(lambda x: sj.while_loop(lambda v: sj.sum(v) < 9, lambda v: v * 2, x), spec(5))
    assert c.by_op["multiply"].flops == 5
    assert not c.exact
    assert "a loop whose number of trips is not known counts as one trip" in str(c)
    inside = cost(
        lambda x: sj.scan(lambda h, r: (sj.while_loop(lambda v: v < 9, lambda v: v * 2, r), None), 0.0, x),
        spec(5),
    )
    assert not inside.exact


def test_memory_inside_a_loop_counts() -> None:
    c = cost(lambda x: sj.scan(lambda h, r: (h + sj.sum(sj.tanh(r @ r)), None), 0.0, x)[0], spec(2, 30, 30))
    assert c.peak_bytes >= 4 * (2 * 900) + 4 * (2 * 900), "the product and its tanh"
    assert c.peak_bytes <= 4 * (2 * 900) + 4 * (3 * 900) + 100


def test_a_gradient_costs_twice_the_forward_pass() -> None:
    w = sj.Variable(np.ones((50, 50), np.float32), name="w")
    forward = cost(lambda x: sj.sum(x @ w), spec(8, 50))
    both = cost(sj.value_and_grad(lambda x: sj.sum(x @ w), variables=[w]), spec(8, 50))
    assert both.by_op["matmul"].flops == 2 * forward.by_op["matmul"].flops


@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_overwritten_state_needs_no_memory_twice(name: str) -> None:
    with sj.using(engine=name):
        v = sj.Variable(np.ones(1000, np.float32), name="v")
        optimizer = sj.optim.Momentum(0.1)
        optimizer.build([v])
        program = sj.record(lambda g: optimizer.apply([g], [v]), spec(1000))
        held = 4 * sum(s.size for s, _ in program.state) + 4000
        extra = program.cost().peak_bytes - held
        if sj.get_engine().updates:
            assert extra < 100
        else:
            assert extra >= 8000


def test_it_prints_as_a_table() -> None:
    w = sj.Variable(np.ones((300, 200), np.float32), name="w")
    text = str(cost(lambda x: sj.tanh(x @ w), spec(100, 300)))
    assert text.splitlines() == [
        "program <lambda>",
        "60,000 parameters, 60,000 trainable, 240 kB",
        "",
        "operation  times   flops     read  written",
        "matmul         1  12.0 M   360 kB  80.0 kB",
        "tanh           1  20.0 k  80.0 kB  80.0 kB",
        "total          2  12.0 M   440 kB   160 kB",
        "",
        "peak memory 520 kB",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1.00 k"), (9994, "9.99 k"), (9996, "10.0 k"), (99_960, "100 k"),
     (999_499, "999 k"), (999_500, "1.00 M"), (1.5e12, "1.50 T"), (2e15, "2.00 P"), (5e18, "5000 P")],
)  # fmt: skip
def test_short_numbers(number: float, text: str) -> None:
    from sujeong.program.cost import _short

    assert _short(number) == text


def test_attention_by_hand() -> None:
    """Two products of T S D steps forward, four back, and a few for each weight."""
    q, k, v = spec(2, 3, 5, 4), spec(2, 3, 7, 4), spec(2, 3, 7, 6)
    weights = 2 * 3 * 5 * 7
    forward = cost(lambda *x: sj.attention(*x), q, k, v)
    assert forward.by_op["attention"].flops == weights * (2 * 4 + 2 * 6 + 5)
    assert forward.by_op["attention"].written == 4 * (2 * 3 * 5 * 6 + weights), "the weights are kept"
    both = cost(sj.grad(lambda *x: sj.sum(sj.attention(*x)), argnums=(0, 1, 2)), q, k, v)
    assert both.by_op["attention_gradient"].flops == weights * (4 * 4 + 4 * 6 + 4)
