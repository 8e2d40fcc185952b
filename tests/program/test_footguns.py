"""What goes wrong with recorded functions elsewhere, and what happens here.

Each test says in its docstring what happens today, and that this is the desired result.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import errors


def ones(n: int = 3) -> Any:
    return sj.ones(n)


# --- values read inside -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        float,
        int,
        bool,
        complex,
        lambda x: x.item(),
        lambda x: x.numpy(),
        lambda x: x.tolist(),
        np.asarray,
        lambda x: range(sj.astype(x, sj.int64)),
        lambda x: f"{float(x):.3f}",
    ],
)
def test_value_read_inside(engine: str, read: Any) -> None:
    """Today, as desired: a RecordError that names the line and the cure; nothing is computed in secret."""
    f = sj.jit(lambda x: read(sj.sum(x)))
    text = (
        r"a value was read inside a recorded function, at .*test_footguns\.py:\d+[\s\S]*sj\.where or sj\.cond"
    )
    with pytest.raises(errors.RecordError, match=text):
        f(ones())


def test_printing_inside_shows_the_symbol(capsys: pytest.CaptureFixture[str]) -> None:
    """Today, as desired: `print` shows shape and type, runs once while recording, and never fails."""

    @sj.jit
    def f(x: Any) -> Any:
        y = x * 2
        print(y, repr(y), f"{y}")  # noqa: T201
        return y

    f(ones())
    f(ones())
    assert capsys.readouterr().out == " ".join(["Tensor(%2: float32[3])"] * 3) + "\n"


def test_iteration_goes_by_shape(engine: str) -> None:
    """Today, as desired: `for row in x`, `len(x)` and unpacking work, since the shape is known."""

    @sj.jit
    def f(x: Any) -> Any:
        a, b, c = x
        return sum([row * i for i, row in enumerate(x)], start=a * 0) + b * len(x) + c

    x = sj.asarray([1.0, 2.0, 3.0])
    assert float(f(x)) == 8.0 + 6.0 + 3.0


@pytest.mark.parametrize(
    "branch",
    [
        lambda x: x if sj.sum(x) > 0 else -x,
        lambda x: x if sj.all(x > 0) and True else -x,
        lambda x: x if not sj.any(x < 0) else -x,
        lambda x: [v for v in x if v > 0],
        lambda x: max(x[0], x[1]),
        lambda x: sorted(x),
        lambda x: x if x[0] in (1.0, 2.0) else -x,
    ],
)
def test_data_dependent_branch(branch: Any) -> None:
    """Today, as desired: refused with the cure, instead of recording one of the branches for ever."""
    with pytest.raises(errors.RecordError, match=r"sj\.where or sj\.cond instead of `if`"):
        sj.jit(branch)(ones())


def test_shapes_that_depend_on_values() -> None:
    """Today, as desired: refused while recording, since the program has no shape for the result."""
    for f in (lambda x: x[x > 0], lambda x: sj.nonzero(x), lambda x: sj.unique_values(x)):
        with pytest.raises(errors.RecordError):
            sj.jit(f)(ones())


# --- what is seen from outside --------------------------------------------------------------------------

SCALE = 2.0


def helper(x: Any) -> Any:
    return x * SCALE


def test_a_changing_number_in_the_closure_is_recorded_anew(engine: str) -> None:
    """Today, as desired: the closure's plain numbers and texts are looked at before each call."""
    scale, name = 2, "plus"

    @sj.jit
    def f(x: Any) -> Any:
        return x * scale if name == "plus" else -x * scale

    assert float(f(1.0)) == 2.0
    scale = 3
    assert float(f(1.0)) == 3.0
    name = "minus"
    assert float(f(1.0)) == -3.0
    scale, name = 2, "plus"
    assert float(f(1.0)) == 2.0
    assert len(f.programs) == 3, "going back finds the old recording"


def test_a_changing_global_is_recorded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today, as desired: globals too, also those named in a lambda inside or in a helper of the module."""
    direct = sj.jit(lambda x: x * SCALE)
    inside = sj.jit(lambda x: sj.scan(lambda c, r: (c + r * SCALE, None), 0.0, x)[0])
    helped = sj.jit(lambda x: helper(x))
    wrapped = sj.jit(sj.grad(lambda x: helper(x) * x))
    partial = sj.jit(functools.partial(helper))
    assert (float(direct(1.0)), float(inside(ones(1)))) == (2.0, 2.0)
    assert (float(helped(1.0)), float(wrapped(1.0)), float(partial(1.0))) == (2.0, 4.0, 2.0)
    monkeypatch.setitem(globals(), "SCALE", 5.0)
    assert (float(direct(1.0)), float(inside(ones(1)))) == (5.0, 5.0)
    assert (float(helped(1.0)), float(wrapped(1.0)), float(partial(1.0))) == (5.0, 10.0, 5.0)


def test_a_changing_number_in_the_closure_of_a_helper() -> None:
    """Today, as desired: functions in the closure are looked into."""
    scale = 2.0

    def inner(x: Any) -> Any:
        return x * scale

    f = sj.jit(lambda x: inner(x))
    assert float(f(1.0)) == 2.0
    scale = 3.0
    assert float(f(1.0)) == 3.0


class Settings:
    """A plain object with an attribute."""

    def __init__(self) -> None:
        self.scale = 2.0

    def apply(self, x: Any) -> Any:
        return x * self.scale


def test_a_changing_attribute_is_not_seen() -> None:
    """Today: the program keeps the attribute as it was when it was recorded.

    Desired: looking through all attributes at each call would cost more than it is worth; the documented cure
    is a Variable for what changes.
    """
    settings = Settings()
    f, method = sj.jit(lambda x: x * settings.scale), sj.jit(settings.apply)
    assert (float(f(1.0)), float(method(1.0))) == (2.0, 2.0)
    settings.scale = 7.0
    assert (float(f(1.0)), float(method(1.0))) == (2.0, 2.0)
    settings.scale = sj.Variable(2.0, trainable=False)  # type: ignore[assignment]
    cured = sj.jit(lambda x: x * settings.scale)
    assert float(cured(1.0)) == 2.0
    settings.scale.assign(7.0)  # type: ignore[attr-defined]
    assert float(cured(1.0)) == 7.0


def test_a_recorded_method_knows_its_object() -> None:
    """Today, as desired: each object has its own programs."""

    class Model:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        @sj.jit
        def step(self, x: Any) -> Any:
            """One step."""
            return x * self.factor

    a, b = Model(2.0), Model(3.0)
    assert [float(m.step(1.0)) for m in (a, b, a)] == [2.0, 3.0, 2.0]
    assert len(Model.step.programs) == 2
    assert Model.step.__doc__ == "One step."


def test_a_list_or_dict_from_outside_is_read_once() -> None:
    """Today, as desired: a mutable default or a captured list counts as it was while recording.

    Passed as an argument it is a tree, and a change is seen.
    """
    factors = [1.0, 2.0]

    @sj.jit
    def f(x: Any, default: list[float] = [10.0]) -> Any:  # noqa: B006
        return x * sum(factors) * default[0]

    assert float(f(1.0)) == 30.0
    factors.append(4.0)
    f.function.__defaults__[0][0] = 100.0
    assert float(f(1.0)) == 30.0
    g = sj.jit(lambda x, factors: x * sum(factors))
    assert float(g(1.0, [1.0, 2.0])) == 3.0
    assert float(g(1.0, [1.0, 2.0, 4.0])) == 7.0


def test_a_numpy_array_from_outside_is_a_constant() -> None:
    """Today, as desired: its values are copied into the program; later changes of the array are not seen."""
    w = np.array([1.0, 2.0], np.float32)
    f = sj.jit(lambda x: x * w)
    assert f(ones(2)).tolist() == [1, 2]
    w[:] = 100
    assert f(ones(2)).tolist() == [1, 2]


def test_appending_to_a_list_outside_happens_while_recording_only() -> None:
    """Today, as desired: Python runs once a recording; a tensor kept that way has no value and says so."""
    kept = []

    @sj.jit
    def f(x: Any) -> Any:
        kept.append(x * 2)
        return x

    f(ones())
    f(ones())
    assert len(kept) == 1
    text = r"a tensor of the recording of 'f' was used outside[\s\S]*return it from the function"
    with pytest.raises(errors.RecordError, match=text):
        kept[0] + 1
    with pytest.raises(errors.RecordError, match=text):
        kept[0] + ones()
    with pytest.raises(errors.RecordError, match=text):
        float(sj.sum(kept[0]))
    with pytest.raises(errors.RecordError, match=text):
        np.asarray(kept[0])
    with pytest.raises(errors.RecordError, match=text):
        sj.jit(lambda x: x + kept[0])(ones())
    assert "float32[3]" in repr(kept[0])


def test_a_tensor_leaked_from_the_body_of_a_loop() -> None:
    """Today, as desired: refused in the recording around the loop, by name."""
    kept = []

    def body(c: Any, x: Any) -> Any:
        kept.append(c)
        return c + x, None

    with pytest.raises(errors.RecordError, match=r"a tensor of the recording of 'body' was used outside"):
        sj.jit(lambda x: sj.scan(body, 0.0, x)[0] + kept[0])(ones())


def test_a_tensor_from_outside_that_requires_a_gradient() -> None:
    """Today, as desired: refused, since the program would cut its gradient off without a word."""
    w = sj.asarray([1.0, 2.0, 3.0], requires_grad=True)
    with pytest.raises(errors.RecordError, match=r"requires a gradient[\s\S]*pass it as an argument"):
        sj.jit(lambda x: x * w)(ones())
    with sj.no_grad():
        assert sj.jit(lambda x: x * w)(ones()).tolist() == [1, 2, 3]


# --- what makes a new recording ---------------------------------------------------------------------------


def test_what_is_recorded_anew(engine: str) -> None:
    """Today, as desired: each tree, shape, type, whole number, truth value, text and mode has its program."""
    f = sj.jit(lambda x, n=1, **kw: sj.sum(sj.tree.leaves(x)[0]) * n)
    calls = [
        lambda: f(ones(2)),
        lambda: f(ones(3)),
        lambda: f(sj.zeros(3, dtype=sj.float64)),
        lambda: f([ones(3)]),
        lambda: f({"a": ones(3)}),
        lambda: f(ones(3), 1),
        lambda: f(ones(3), True),
        lambda: f(ones(3), n=1),
        lambda: f(ones(3), 1.0),
        lambda: f(ones(3), name="text"),
        lambda: f(ones(3), name="other"),
        lambda: f(sj.asarray([1.0, 1.0, 1.0], requires_grad=True)),
    ]
    for count, call in enumerate(calls, 1):
        call()
        call()
        assert len(f.programs) == count
    with sj.training_mode():
        f(ones(3))
    with sj.no_grad():
        f(ones(3))
    assert len(f.programs) == len(calls) + 2


def test_true_is_not_one() -> None:
    """Today, as desired: equal values of another type are other arguments."""
    f = sj.jit(lambda x, n: x + 1 if n is True else x + 2 if isinstance(n, int) else x + n)
    assert [float(f(0.0, n)) for n in (1, True, 1.0, 0.5)] == [2.0, 1.0, 1.0, 0.5]


def test_a_python_float_is_an_input_and_stays_weak(engine: str) -> None:
    """Today, as desired: a changing float needs no new recording, and counts as in eager use, to the bit."""
    f = lambda x, rate: x * rate - (rate * 0.9) * x + x / (1 - rate)  # noqa: E731
    g = sj.jit(f)
    for dtype in ("float16", "float32", "float64"):
        x = sj.asarray(np.linspace(1, 2, 5), dtype=dtype)
        for rate in (0.1, 0.3):
            a, b = f(x, rate), g(x, rate)
            assert a.dtype is b.dtype
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    assert len(g.programs) == 3
    with pytest.raises(errors.RecordError, match=r"a value was read inside"):
        sj.jit(lambda x, rate: x if rate > 0.5 else -x)(ones(), 0.1)


def test_too_many_recordings_are_reported_once() -> None:
    """Today, as desired: after 32 programs of one function, one warning that names what changes."""
    f = sj.jit(lambda x, step: x * step)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for step in range(40):
            f(ones(), step)
    (only,) = caught
    assert only.category is errors.SujeongWarning
    assert only.filename == __file__
    text = str(only.message)
    assert "[jit] <lambda> has been recorded 33 times" in text
    assert "argument 'step' changes: 0, 1, 2, 3, ..." in text
    assert "argument 'x'" not in text
    assert "sj.asarray(n)" in text


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda i: ((sj.ones(i + 1), 0), {}), r"argument 'batch' changes: float32\[1\], float32\[2\]"),
        (lambda i: (([sj.ones(1)] * (i + 1), 0), {}), r"the tree of the arguments changes"),
        (lambda i: (({"image": sj.ones(2), "n": i}, 0), {}), r"argument 'batch'\['n'\] changes: 0, 1, 2, 3"),
        (lambda i: ((sj.ones(1), 0), {"loss": lambda x: x}), r"argument 'loss' changes: <function"),
    ],
)
def test_the_warning_names_shapes_trees_and_places(make: Any, text: str) -> None:
    """Today, as desired: the warning says which argument, at which place of its tree, and what came."""

    def f(batch: Any, n: int, **kw: Any) -> Any:
        return sj.tree.leaves(batch)[0]

    g = sj.jit(f)
    for i in range(32):
        args, kwargs = make(i)
        g(*args, **kwargs)
    args, kwargs = make(32)
    with pytest.warns(errors.SujeongWarning, match=text):
        g(*args, **kwargs)


def test_the_warning_names_numbers_from_outside() -> None:
    """Today, as desired: a number of the closure that changes with each call is named."""
    epoch = 0
    f = sj.jit(lambda x: x * epoch)
    for epoch in range(32):  # noqa: B007
        f(ones())
    epoch = 32
    with pytest.warns(errors.SujeongWarning, match=r"'epoch' outside of the function changes: 0, 1, 2, 3"):
        f(ones())


def test_arguments_that_cannot_be_compared() -> None:
    """Today, as desired: a set is refused by name, instead of being recorded for ever."""
    with pytest.raises(
        errors.RecordError, match=r"an argument cannot be part of a program[\s\S]*received: set"
    ):
        sj.jit(lambda x, s: x)(ones(), {1, 2})


def test_results_that_are_no_tensors() -> None:
    """Today, as desired: numbers, texts and `None` among the results come back as when recorded."""
    out = sj.jit(lambda x: {"y": x * 2, "n": 3, "name": "a", "nothing": None, "t": (1, x)})(ones(1))
    assert (out["n"], out["name"], out["nothing"], out["t"][0]) == (3, "a", None, 1)
    assert out["y"].tolist() == [2]


# --- numbers ------------------------------------------------------------------------------------------------


def test_nan_and_infinity_flow_as_in_eager_use(engine: str) -> None:
    """Today, as desired: no warning, no exception, the same bits."""
    x = sj.asarray([0.0, -1.0, float("nan"), float("inf")])
    f = lambda x: (sj.log(x), x / 0.0, sj.sqrt(x), x * float("nan"), sj.maximum(x, 0.0))  # noqa: E731
    for a, b in zip(f(x), sj.jit(f)(x), strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_a_nan_from_outside_does_not_record_for_ever() -> None:
    """Today, as desired: one NaN in the closure is one value."""
    limit = float("nan")
    f = sj.jit(lambda x: x * limit)
    f(1.0)
    f(1.0)
    assert len(f.programs) == 1


def test_empty_tensors(engine: str) -> None:
    """Today, as desired: sums of nothing are 0, shapes follow, gradients are empty."""
    x = sj.zeros((0, 3))
    f = sj.jit(lambda x: (x * 2, sj.sum(x), sj.sum(x, axis=0), x @ sj.ones((3, 2))))
    shapes = [tuple(t.shape) for t in f(x)]
    assert shapes == [(0, 3), (), (3,), (0, 2)]
    assert sj.jit(sj.grad(lambda x: sj.sum(x * x)))(x).shape == (0, 3)


def test_a_generator_is_not_a_tree() -> None:
    """Today, as desired: a generator among the arguments is refused, since it could be read once only.

    What a returned generator gives has no value, and says so.
    """
    f = sj.jit(lambda xs: sum(xs))
    for xs in (iter([ones()]), (x for x in [ones()]), map(float, [1])):
        with pytest.raises(errors.RecordError, match=r"can be read only once[\s\S]*pass a list"):
            f(xs)

    def values(x: Any) -> Iterator[Any]:
        yield x * 2

    out = sj.jit(values)(ones())
    with pytest.raises(errors.RecordError, match=r"used outside"):
        next(out)


# --- engines and devices ------------------------------------------------------------------------------------


def test_the_engine_may_change_between_calls() -> None:
    """Today, as desired: each engine has its own program; the tensors decide, not the default."""
    f = sj.jit(lambda x: x * 2 + 1.5)
    with sj.using(engine="numpy"):
        a = ones()
    with sj.using(engine="torch"):
        b = ones()
        assert f(a).engine == "numpy"
        assert f(b).engine == "torch"
        assert (
            f(
                a,
            ).engine
            == "numpy"
        )
    assert len(f.programs) == 2
    with sj.using(engine="numpy"):
        assert f(3.0).engine == "numpy"
    with sj.using(engine="torch"):
        assert f(3.0).engine == "torch"


def test_a_float_goes_where_the_tensors_are() -> None:
    """Today, as desired: a Python number beside a tensor of another engine than the default is no mixture."""
    f = sj.jit(lambda x, rate: x * rate)
    with sj.using(engine="numpy"):
        a = ones()
    with sj.using(engine="torch"):
        assert f(a, 0.5).engine == "numpy"


def test_tensors_of_two_engines_are_refused() -> None:
    """Today, as desired: both named, with the cure."""
    with sj.using(engine="numpy"):
        a = ones()
    with sj.using(engine="torch"):
        b = ones()
    with pytest.raises(
        errors.EngineError, match=r"two engines were mixed[\s\S]*numpy[\s\S]*torch[\s\S]*x\.to"
    ):
        sj.jit(lambda x, y: x + y)(a, b)
    with pytest.raises(errors.EngineError, match=r"two engines were mixed"):
        sj.jit(lambda x: x + b)(a)
    v = sj.Variable(b, name="dense/kernel")
    with pytest.raises(errors.EngineError, match=r"a variable lies on another engine[\s\S]*dense/kernel"):
        sj.jit(lambda x: x + v)(a)


def test_a_variable_that_moved_is_recorded_anew() -> None:
    """Today, as desired: after `variable.to(engine=...)` the function follows it."""
    with sj.using(engine="numpy"):
        v = sj.Variable(np.ones(3, np.float32), name="v")
    f = sj.jit(lambda: v * 2)
    with sj.using(engine="numpy"):
        assert f().engine == "numpy"
    v.to(engine="torch")
    with sj.using(engine="torch"):
        assert f().engine == "torch"


@pytest.mark.gpu
def test_a_variable_on_another_device_is_refused() -> None:
    """Today, as desired: named with both devices and the cure, before the engine fails."""
    with sj.using(engine="torch", device="cuda"):
        v = sj.Variable(np.ones(3, np.float32), name="dense/kernel")
    with sj.using(engine="torch", device="cpu"), pytest.raises(errors.EngineError, match=r"another device"):
        sj.jit(lambda x: x * v)(ones())
    with sj.using(engine="torch", device="cuda"):
        assert sj.jit(lambda x: x * v)(ones()).device.startswith("cuda")
