"""scan, cond, while_loop: eager against recorded, to any order; trees; captures; what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors
from sujeong.program.replay import evaluate


def f64(values: Any) -> Any:
    return sj.asarray(np.asarray(values, np.float64))


def close(a: Any, b: Any, tolerance: float = 1e-12) -> None:
    for x, y in zip(sj.tree.leaves(a), sj.tree.leaves(b), strict=True):
        assert x.shape == y.shape
        np.testing.assert_allclose(np.asarray(x), np.asarray(y), rtol=tolerance, atol=tolerance)


def equal(a: Any, b: Any) -> None:
    for x, y in zip(sj.tree.leaves(a), sj.tree.leaves(b), strict=True):
        assert x.shape == y.shape
        assert x.dtype is y.dtype
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y))


def slopes(f: Any, count: int) -> Any:
    """The sum of the squares of all first derivatives: differentiate again for the next order."""

    def g(*args: Any) -> Any:
        found = sj.grad(f, argnums=tuple(range(count)))(*args)
        return sum(sj.sum(part * part) for part in found)

    return g


def check_orders(f: Any, args: list[Any], orders: int) -> None:
    """Eager, recorded, and the gradient of the recorded function agree, for each order of derivative."""
    check = f
    for order in range(orders + 1):
        eager = check(*args)
        close(sj.jit(check)(*args), eager, 1e-10)
        if order < orders:
            n = tuple(range(len(args)))
            close(sj.grad(sj.jit(check), n)(*args), sj.grad(check, n)(*args), 1e-10)
        check = slopes(check, len(args))
    # the eager form is Python's own loop, but is it right?
    sj.check_grad(f, *args)


def rnn(reverse: bool = False) -> Any:
    def f(w: Any, x: Any, h: Any) -> Any:
        last, ys = sj.scan(lambda h, x: (sj.tanh(h @ w + x), {"y": h * x}), h, x, reverse=reverse)
        return sj.sum(last * last) + sj.sum(ys["y"] * ys["y"])

    return f


def branches(x: Any, w: Any) -> Any:
    return sj.cond(sj.sum(x) > 0, lambda a: sj.sum(a * a * w), lambda a: sj.sum(a * a * a), x)


def search(x: Any, w: Any) -> Any:
    return sj.sum(sj.while_loop(lambda c: sj.sum(c * c) < 50.0, lambda c: c * w + c * c * 0.1, x))


def nested(x: Any, w: Any) -> Any:
    """A loop in a loop, a branch and a search inside; both read w from around them."""

    def outer(c: Any, row: Any) -> Any:
        inner, ys = sj.scan(lambda d, e: (d * w + e, d * e), c, row)
        z = sj.cond(sj.sum(inner) > 0, lambda: inner * w, lambda: inner)
        z = sj.while_loop(lambda v: v * v > 1.0, lambda v: v * 0.5 * w, z)
        return z, sj.sum(ys)

    last, ys = sj.scan(outer, f64(0.3), x)
    return last * last + sj.sum(ys * ys)


def test_scan_to_the_third_order(engine: str, rng: Any) -> None:
    args = [f64(rng.normal(size=s) * 0.5) for s in ((3, 3), (4, 2, 3), (2, 3))]
    check_orders(rnn(), args, 3)


def test_scan_backwards(engine: str, rng: Any) -> None:
    args = [f64(rng.normal(size=s) * 0.5) for s in ((3, 3), (4, 2, 3), (2, 3))]
    check_orders(rnn(reverse=True), args, 2)


@pytest.mark.parametrize("sign", [1, -1])
def test_cond_to_the_third_order(engine: str, rng: Any, sign: int) -> None:
    x = rng.uniform(0.5, 1.5, 3) * sign
    check_orders(branches, [f64(x), f64(rng.normal(size=3))], 3)


def test_while_loop_to_the_second_order(engine: str) -> None:
    check_orders(search, [f64([1.0, 0.5]), f64([1.5, 1.3])], 2)


def test_nested_to_the_second_order(engine: str, rng: Any) -> None:
    check_orders(nested, [f64(rng.normal(size=(3, 2))), f64(0.7)], 2)


def test_jvp_through_loops(engine: str, rng: Any) -> None:
    args = [f64(rng.normal(size=s) * 0.5) for s in ((3, 3), (4, 2, 3), (2, 3))]
    vs = [f64(rng.normal(size=a.shape)) for a in args]
    f = lambda *a: sj.jvp(rnn(), a[:3], a[3:])  # noqa: E731
    close(sj.jit(f)(*args, *vs), f(*args, *vs))


def test_recorded_values_equal_eager_ones_to_the_bit(engine: str, rng: Any) -> None:
    args = [sj.asarray(rng.normal(size=s).astype(np.float32)) for s in ((3, 3), (4, 2, 3), (2, 3))]
    for f in (rnn(), rnn(reverse=True)):
        equal(sj.jit(f)(*args), f(*args))


@pytest.mark.parametrize("f", [rnn(), rnn(True)])
def test_first_gradients_equal_eager_ones_to_the_bit_in_float32(engine: str, rng: Any, f: Any) -> None:
    """The sum over the rows runs in the same order as eager's."""
    args = [sj.asarray(rng.normal(size=s).astype(np.float32)) for s in ((3, 3), (5, 2, 3), (2, 3))]
    g = sj.grad(f, argnums=(0, 1, 2))
    for a, b in zip(sj.jit(g)(*args), g(*args), strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_a_program_with_loops_replays_through_evaluate(engine: str, rng: Any) -> None:
    """The differentiable replay gives the values of the fast one."""
    x, w = f64(rng.normal(size=(3, 2))), f64(0.7)
    program = sj.record(nested, x, w)
    (found,) = evaluate(program, x, w)
    close(found, nested(x, w))
    gradient = sj.record(sj.grad(nested, argnums=(0, 1)), x, w)
    close(evaluate(gradient, x, w), sj.grad(nested, argnums=(0, 1))(x, w))


def test_a_program_shows_its_bodies(engine: str) -> None:
    text = str(sj.record(nested, sj.Spec((3, 2), sj.float64), sj.Spec((), sj.float64)))
    assert "scan body=<outer> carry=1 slices=1 length=3" in text
    assert "    body: program outer(%0: float64[], %1: float64[2], %2: float64[])" in text
    for name in ("true: program <lambda>", "false: program <lambda>", "condition: program <lambda>"):
        assert name in text


# --- scan ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [False, True])
def test_scan_of_trees(engine: str, recorded: bool) -> None:
    def step(c: Any, x: Any) -> Any:
        new = {"n": c["n"] + 1, "sum": c["sum"] + x[0]}
        return new, (x[1]["b"] * 2, None, {"n": new["n"]})

    def f(a: Any, b: Any) -> Any:
        return sj.scan(step, {"n": 0, "sum": f64([0, 0])}, (a, {"b": b}))

    a, b = f64([[1, 2], [3, 4], [5, 6]]), sj.arange(3)
    last, (doubled, nothing, counts) = (sj.jit(f) if recorded else f)(a, b)
    assert int(last["n"]) == 3
    equal(last["sum"], f64([9, 12]))
    equal(doubled, sj.asarray([0, 2, 4]))
    assert nothing is None
    equal(counts["n"], sj.asarray([1, 2, 3]))


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan_backwards_keeps_each_result_with_its_row(engine: str, recorded: bool, reverse: bool) -> None:
    f = lambda x: sj.scan(lambda c, x: (c + x, c), 0, x, reverse=reverse)  # noqa: E731
    last, ys = (sj.jit(f) if recorded else f)(sj.asarray([1, 2, 3]))
    assert int(last) == 6
    assert ys.tolist() == ([5, 3, 0] if reverse else [0, 1, 3])


@pytest.mark.parametrize("recorded", [False, True])
def test_scan_without_rows_of_its_own(engine: str, recorded: bool) -> None:
    f = lambda c: sj.scan(lambda c, x: (c * 2, x), c, None, 4)  # noqa: E731
    last, ys = (sj.jit(f) if recorded else f)(sj.asarray(3.0))
    assert float(last) == 48.0
    assert ys is None
    g = lambda: sj.scan(lambda c, _: (c, sj.ones(2)), {}, length=3)  # noqa: E731
    last, ys = (sj.jit(g) if recorded else g)()
    assert last == {}
    assert ys.shape == (3, 2)


@pytest.mark.parametrize("recorded", [False, True])
def test_scan_over_nothing(engine: str, recorded: bool) -> None:
    f = lambda x: sj.scan(lambda c, r: (c + sj.sum(r), {"y": r * 2, "n": 1}), 1.0, x)  # noqa: E731
    last, ys = (sj.jit(f) if recorded else f)(sj.zeros((0, 3)))
    assert float(last) == 1.0
    assert (ys["y"].shape, ys["y"].dtype) == ((0, 3), sj.float32)
    assert (ys["n"].shape, ys["n"].dtype) == ((0,), sj.int64)
    g = sj.grad(lambda x: f(x)[0] + sj.sum(f(x)[1]["y"]))
    assert (sj.jit(g) if recorded else g)(sj.zeros((0, 3))).shape == (0, 3)


def test_the_recorded_body_stands_once_whatever_the_length() -> None:
    f = lambda x: sj.scan(lambda c, r: (c + r, c), 0.0, x)  # noqa: E731
    sizes = {len(sj.record(f, sj.Spec((n,), sj.float32)).equations) for n in (1, 10, 1000)}
    assert sizes == {1}


def test_carries_are_kept_only_where_a_gradient_is_asked_for() -> None:
    def saved(f: Any) -> bool:
        program = sj.record(f, sj.Spec((5,), sj.float32))
        (e,) = [e for e in program.equations if e.op.name == "scan" and not e.attributes["reverse"]]
        return bool(e.attributes["saved"])

    loop = lambda x: sj.scan(lambda c, r: (c * r, None), 1.0, x)[0]  # noqa: E731
    assert not saved(loop)
    assert saved(sj.grad(loop))

    def quiet(x: Any) -> Any:
        with sj.no_grad():
            return sj.scan(lambda c, r: (c * r, None), x[0], x)[0]

    assert not saved(lambda x: sj.value_and_grad(lambda x: quiet(x) + sj.sum(x))(x))


def test_a_carry_that_starts_without_a_gradient_gets_one(engine: str) -> None:
    """The first carry is a constant, the later ones depend on w: the gradient goes through the carry."""
    f = lambda w: sj.scan(lambda c, _: (c * w + 1.0, None), f64(1.0), length=4)[0]  # noqa: E731
    check_orders(f, [f64(0.8)], 2)


def test_a_gradient_of_a_carry_that_starts_without_one(engine: str) -> None:
    """The inner gradient must be differentiable from the second row on, where the carry depends on w."""
    cube = lambda v: v * v * v  # noqa: E731
    f = lambda w: sj.scan(lambda c, _: (c - sj.grad(cube)(c) * w, None), f64(0.5), length=4)[0]  # noqa: E731
    check_orders(f, [f64(0.3)], 2)
    g = lambda w: sj.while_loop(lambda c: c > 0.2, lambda c: c - sj.grad(cube)(c) * w, f64(0.5))  # noqa: E731
    check_orders(g, [f64(0.3)], 1)


def test_rows_without_a_gradient_and_whole_numbers_in_the_carry(engine: str, rng: Any) -> None:
    def f(w: Any) -> Any:
        def step(c: Any, x: Any) -> Any:
            n, h = c
            return (n + 1, h * w + sj.astype(n, sj.float64) * x), sj.astype(n, sj.float64) * h

        (_, h), ys = sj.scan(step, (0, f64([0.5, 0.25])), f64([1.0, 2.0, 3.0]))
        return sj.sum(h * h) + sj.sum(ys)

    check_orders(f, [f64([0.5, 1.5])], 2)


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda x: sj.scan(lambda c, x: (c, x), 0.0),
            errors.ArgumentError,
            r"how many rows[\s\S]*xs or length",
        ),
        (
            lambda x: sj.scan(lambda c, x: (c, x), 0.0, (x, sj.ones(2))),
            errors.ShapeError,
            r"numbers of rows differ[\s\S]*\(3,\)[\s\S]*\(2,\)",
        ),
        (lambda x: sj.scan(lambda c, x: (c, x), 0.0, x, 4), errors.ShapeError, r"length=4 rows in each"),
        (lambda x: sj.scan(lambda c, x: (c, x), 0.0, sj.sum(x)), errors.ShapeError, r"zero-dimensional"),
        (
            lambda x: sj.scan(lambda c, x: c + x, 0.0, x),
            errors.ArgumentError,
            r"must give \(carry, y\)[\s\S]*received: Tensor[\s\S]*y may be None",
        ),
        (lambda x: sj.scan(lambda c, x: (c, x, x), 0.0, x), errors.ArgumentError, r"received: a tuple of 3"),
        (
            lambda x: sj.scan(lambda c, x: (c + x, None), 0, x),
            errors.ArgumentError,
            r"keep its shapes and element types[\s\S]*float32\[\][\s\S]*int64\[\][\s\S]*0\.0 instead of 0",
        ),
        (
            lambda x: sj.scan(lambda c, x: ({"a": c}, None), 0.0, x),
            errors.ArgumentError,
            r"come out as the tree that went in[\s\S]*dict\(a: \*\)",
        ),
        (lambda x: sj.scan(lambda c, x: (c, "text"), 0.0, x), errors.DTypeError, r"takes tensors[\s\S]*str"),
    ],
)
def test_what_scan_refuses(recorded: bool, call: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        (sj.jit(call) if recorded else call)(sj.ones(3))


# --- cond ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [2.0, -2.0])
def test_only_the_chosen_branch_runs(engine: str, value: float) -> None:
    """The branch that is not taken would divide by zero, or search without end."""

    def forever(x: Any) -> Any:
        return sj.while_loop(lambda v: v < 0, lambda v: v * 1.0, x)

    f = lambda x: sj.cond(x < 0, lambda: x * 10, lambda: forever(x))  # noqa: E731
    expected = value * 10 if value < 0 else value
    assert float(f(sj.asarray(value))) == expected
    assert float(sj.jit(f)(sj.asarray(value))) == expected


def test_what_a_branch_computes_from_around_it_stands_in_the_branch() -> None:
    program = sj.record(
        lambda p, w: sj.cond(p, lambda: sj.tanh(w), lambda: w),
        sj.Spec((), sj.bool),
        sj.Spec((3,), sj.float32),
    )
    assert [e.op.name for e in program.equations] == ["cond"]


def test_a_python_truth_value_chooses_while_recording() -> None:
    f = sj.jit(lambda x, double: sj.cond(double, lambda v: v * 2, lambda v: v, x))
    assert float(f(sj.asarray(3.0), True)) == 6.0
    assert float(f(sj.asarray(3.0), False)) == 3.0
    assert [len(p.equations) for p in f.programs] == [1, 0]


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: sj.cond(sj.sum(x), lambda: x, lambda: x), errors.DTypeError, r"truth value[\s\S]*x != 0"),
        (
            lambda x: sj.cond(x > 0, lambda: x, lambda: x),
            errors.ShapeError,
            r"one truth value[\s\S]*sj\.where",
        ),
    ],
)
def test_what_cond_refuses(recorded: bool, call: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        (sj.jit(call) if recorded else call)(sj.ones(3))


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (lambda x: x, lambda x: x[:2], r"float32\[3\] and [\s\S]*float32\[2\]"),
        (lambda x: x, lambda x: sj.astype(x, sj.int64), r"float32\[3\] and [\s\S]*int64\[3\]"),
        (lambda x: (x, x), lambda x: [x, x], r"tuple\(\*, \*\)[\s\S]*list\(\*, \*\)"),
    ],
)
def test_recorded_branches_must_agree(one: Any, other: Any, text: str) -> None:
    f = sj.jit(lambda x: sj.cond(sj.sum(x) > 0, one, other, x))
    with pytest.raises(
        errors.ArgumentError, match=r"the same structure, shapes and element types[\s\S]*" + text
    ):
        f(sj.ones(3))


# --- while_loop ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [False, True])
def test_while_loop_of_trees(engine: str, recorded: bool) -> None:
    """Newton's method for the square root, counting its steps."""

    def root(a: Any) -> Any:
        start = {"x": a, "n": 0}
        goes_on = lambda c: sj.logical_and(sj.abs(c["x"] * c["x"] - a) > 1e-12, c["n"] < 50)  # noqa: E731
        return sj.while_loop(goes_on, lambda c: {"x": (c["x"] + a / c["x"]) * 0.5, "n": c["n"] + 1}, start)

    out = (sj.jit(root) if recorded else root)(f64(2.0))
    assert abs(float(out["x"]) - 2**0.5) < 1e-12
    assert int(out["n"]) == 5


def test_the_gradient_of_a_fixed_point(engine: str) -> None:
    """d sqrt(a) / da = 1 / (2 sqrt(a))."""
    step = lambda a: lambda x: (x + a / x) * 0.5  # noqa: E731
    root = lambda a: sj.while_loop(lambda x: sj.abs(x * x - a) > 1e-13, step(a), a)  # noqa: E731
    for f in (sj.grad(root), sj.jit(sj.grad(root)), sj.grad(sj.jit(root))):
        assert abs(float(f(f64(2.0))) - 0.5 / 2**0.5) < 1e-6


@pytest.mark.parametrize("recorded", [False, True])
def test_a_loop_that_never_starts(engine: str, recorded: bool) -> None:
    f = sj.grad(lambda x: sj.sum(sj.while_loop(lambda c: sj.sum(c) < 0, lambda c: c * 3, x)))
    equal((sj.jit(f) if recorded else f)(f64([1, 2])), f64([1, 1]))


@pytest.mark.parametrize("recorded", [False, True])
@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: sj.while_loop(lambda c: True, lambda c: c, {}), errors.ArgumentError, r"nothing to carry"),
        (
            lambda x: sj.while_loop(lambda c: sj.sum(c), lambda c: c, x),
            errors.DTypeError,
            r"\[while_loop\] the condition must be a truth value",
        ),
        (
            lambda x: sj.while_loop(lambda c: sj.sum(c) < 9, lambda c: c[:1], x),
            errors.ArgumentError,
            r"keep its shapes[\s\S]*float32\[1\][\s\S]*float32\[3\]",
        ),
    ],
)
def test_what_while_loop_refuses(recorded: bool, call: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        (sj.jit(call) if recorded else call)(sj.ones(3))


# --- variables and tensors from around ------------------------------------------------------------------


@pytest.mark.parametrize("recorded", [False, True])
def test_variables_are_read_and_differentiated_inside(engine: str, recorded: bool) -> None:
    w = sj.Variable(np.array([0.5, 1.5]), name="w")
    b = sj.Variable(np.array(0.1), name="b", trainable=False)

    def loss(x: Any) -> Any:
        c, ys = sj.scan(lambda c, r: (c * w + r + b, sj.sum(c)), f64([0, 0]), x)
        d = sj.cond(sj.sum(c) > 0, lambda: c * w, lambda: c)
        e = sj.while_loop(lambda v: sj.sum(v * v) < 100.0, lambda v: v * (w + 1.0), d)
        return sj.sum(e) + sj.sum(ys)

    f = sj.value_and_grad(loss, variables=[w])
    x = f64([[1, 2], [3, 4], [5, 6]])
    value, (g,) = (sj.jit(f) if recorded else f)(x)
    (expected,) = sj.numerical_gradient(lambda: loss(x), [w], h=1e-5)
    np.testing.assert_allclose(np.asarray(g), np.asarray(expected), rtol=1e-7)
    assert not value.requires_grad


@pytest.mark.parametrize(
    "loop",
    [
        lambda body: sj.scan(lambda c, _: (body(c), None), 0.0, length=2)[0],
        lambda body: sj.while_loop(lambda c: c < 2, body, 0.0),
        lambda body: sj.cond(sj.sum(sj.ones(2)) > 0, body, lambda c: c, 1.0),
    ],
    ids=["scan", "while_loop", "cond"],
)
def test_variables_cannot_be_written_inside(loop: Any) -> None:
    count = sj.Variable(0.0, name="layer/count", trainable=False)

    def body(c: Any) -> Any:
        count.assign(count + 1)
        return c + 1.0

    text = r"variable 'layer/count' cannot be written inside[\s\S]*carry the value through the loop"
    with pytest.raises(errors.RecordError, match=text):
        sj.jit(lambda: loop(body))()
    assert float(count) == 0.0

    def graded(c: Any) -> Any:
        w.grad = sj.ones(())
        return c + 1.0

    w = sj.Variable(1.0, name="w")
    with pytest.raises(errors.RecordError, match=r"variable 'w' cannot be given a gradient inside"):
        sj.jit(lambda: loop(graded))()


def test_a_gradient_inside_a_body(engine: str) -> None:
    """Gradient descent as a loop, and the gradient of where it ends by the step size."""
    w = sj.Variable(np.array([2.0, 3.0]), name="w")

    def descend(x: Any, rate: Any) -> Any:
        step = lambda x, _: (x - rate * sj.grad(lambda v: sj.sum(v * v * w * w))(x), None)  # noqa: E731
        return sj.sum(sj.scan(step, x, length=3)[0])

    check_orders(descend, [f64([1.0, -1.0]), f64(0.01)], 2)
    f = sj.grad(descend, argnums=1)
    close(sj.jit(f)(f64([1, -1]), f64(0.01)), f(f64([1, -1]), f64(0.01)))


def test_stop_gradient_inside_a_body(engine: str) -> None:
    f = lambda x: sj.scan(lambda c, r: (c * sj.stop_gradient(c) + r, c.detach() * r), x, f64([1, 2]))  # noqa: E731
    g = sj.grad(lambda x: f(x)[0] + sj.sum(f(x)[1]))
    close(sj.jit(g)(f64(1.5)), g(f64(1.5)))
    assert float(g(f64(1.5))) != float(sj.grad(lambda x: (x * x + 1) ** 2 + 2)(f64(1.5)))


def test_no_grad_inside_a_body(engine: str) -> None:
    def step(c: Any, r: Any) -> Any:
        with sj.no_grad():
            scale = sj.tanh(c)
        return c * scale + r, None

    g = sj.grad(lambda x: sj.scan(step, x, f64([1, 2, 3]))[0])
    close(sj.jit(g)(f64(0.4)), g(f64(0.4)))


def test_a_constant_of_a_body_is_not_overwritten(engine: str) -> None:
    """A body that gives a constant: the result is assigned to a variable, and the constant stays."""
    v = sj.Variable(np.zeros(2, np.float32), name="v", trainable=False)

    @sj.jit
    def reset() -> Any:
        v.assign(sj.cond(sj.sum(v) > -1, lambda: sj.asarray([5.0, 6.0]), lambda: v.value))

    @sj.jit
    def change() -> Any:
        v.assign(v * 2 + 1)

    for _ in range(2):
        reset()
        assert v.numpy().tolist() == [5, 6]
        change()
        assert v.numpy().tolist() == [11, 13]


def test_checkpoint_inside_a_body(engine: str) -> None:
    f = sj.grad(lambda w, x: sj.scan(sj.checkpoint(lambda c, r: (sj.tanh(c * w + r), None)), 0.0, x)[0])
    x = sj.asarray([0.1, 0.2, 0.3])
    np.testing.assert_allclose(float(sj.jit(f)(0.5, x)), float(f(0.5, x)), rtol=1e-6)
