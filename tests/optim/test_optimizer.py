"""What all optimisers share: names, descriptions, what they refuse."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import optim


def is_own(cls: type) -> bool:
    """Whether a class stands in a module of the package, and not in an example of one."""
    return (
        cls.__module__.startswith("sujeong.") and vars(sys.modules[cls.__module__]).get(cls.__name__) is cls
    )


OWN = [name for name in optim.names() if is_own(optim.Optimizer.lookup(name))]


def two_steps(optimizer: optim.Optimizer) -> np.ndarray:
    w = sj.Variable(np.array([1.0, -2.0, 3.0]), "layer/w")
    for g in ([0.5, -1.0, 2.0], [0.25, 1.0, 0.0]):
        optimizer.apply([np.array(g)], [w])
    return w.numpy()


def test_every_class_is_exported_and_registered() -> None:
    """By reflection, so that none escapes."""
    found, stack = set(), [optim.Optimizer]
    while stack:
        for cls in stack.pop().__subclasses__():
            stack.append(cls)
            if is_own(cls):
                found.add(cls.__name__)
    assert found == {
        name
        for name in optim.__all__
        if isinstance(getattr(optim, name), type)
        and issubclass(getattr(optim, name), optim.Optimizer)
        and name != "Optimizer"
    }
    assert {name.lower() for name in found} == set(OWN)


@pytest.mark.parametrize("name", OWN)
def test_defaults_make_progress(engine: str, name: str) -> None:
    w = sj.Variable(np.array([1.0, -2.0, 3.0]), "w")
    optimizer = optim.get(name, learning_rate=0.05)
    before = float(sj.sum(w.value * w.value))
    for _ in range(20):
        optimizer.apply([2 * w.value], [w])
    assert float(sj.sum(w.value * w.value)) < 0.8 * before


KERAS = {
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "RMSProp": {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False},
    "AdamW": {"learning_rate": 0.001, "weight_decay": 0.004, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "AdaGrad": {"learning_rate": 0.001, "epsilon": 1e-7, "initial_accumulator_value": 0.0},  # Keras: 0.1
    "Momentum": {"learning_rate": 0.01, "momentum": 0.9},
}


@pytest.mark.parametrize("name", KERAS)
def test_defaults_are_kerass(name: str) -> None:
    config = getattr(optim, name)().config()
    assert {key: config[key] for key in KERAS[name]} == KERAS[name]


@pytest.mark.parametrize("name", OWN)
def test_description_round_trip(name: str) -> None:
    special = {
        "clipnorm": 0.7,
        "weight_decay": 0.1,
        "exclude": ["bias"],
        "name": "mine",
        "learning_rate": 0.03,
    }
    first = optim.get(name, **special)
    config = json.loads(json.dumps(optim.serialize(first)))
    second = optim.get(config)
    assert type(second) is type(first)
    assert second.config() == first.config() == config
    assert {key: config[key] for key in special} == special
    np.testing.assert_array_equal(two_steps(second), two_steps(first))
    assert second.step.name == "mine/step"


@pytest.mark.parametrize(
    "schedule",
    [
        optim.Constant(0.1),
        optim.Step([1], [0.1, 0.2]),
        optim.Exponential(0.1, 2, 0.5, True),
        optim.Cosine(0.1, 10, 0.1, 0.2, 3),
        optim.OneCycle(0.1, 20),
        optim.Plateau(0.1, 0.5, 3, "max"),
    ],
    ids=lambda s: type(s).__name__,
)
def test_schedules_are_described_too(schedule: optim.Schedule) -> None:
    first = optim.SGD(schedule)
    config = json.loads(json.dumps(first.config()))
    second = optim.Optimizer.from_config(config)
    assert type(second.schedule) is type(schedule)
    assert second.config() == first.config()
    np.testing.assert_array_equal(two_steps(second), two_steps(first))


def test_description_has_the_present_rate() -> None:
    optimizer = optim.Adam(0.1)
    optimizer.learning_rate = 0.025
    assert optimizer.config()["learning_rate"] == 0.025


def test_excluding_function_is_described_by_the_names_it_chose() -> None:
    optimizer = optim.AdamW(exclude=lambda v: v.ndim == 1)
    with pytest.raises(sj.errors.StateError, match="a function cannot be written down(.|\n)*give names"):
        optimizer.config()
    ws = [sj.Variable(np.ones((2, 2)), "kernel"), sj.Variable(np.ones(2), "bias")]
    optimizer.build(ws)
    assert optimizer.config()["exclude"] == ["bias"]


def test_variables_of_one_name_have_slots_of_their_own() -> None:
    ws = [sj.Variable(np.ones(2)), sj.Variable(np.ones(2))]
    optimizer = optim.Momentum()
    optimizer.apply([np.ones(2)] * 2, ws)
    assert [v.name for v in optimizer.variables[2:]] == [
        "optimizer/velocity/variable",
        "optimizer/velocity/variable_1",
    ]


def test_a_variable_without_gradient_stays(engine: str) -> None:
    a, b = sj.Variable(np.ones(2), "a"), sj.Variable(np.ones(2), "b")
    optim.SGD(0.5).apply([None, np.ones(2)], [a, b])
    np.testing.assert_array_equal(a.numpy(), [1, 1])
    np.testing.assert_array_equal(b.numpy(), [0.5, 0.5])


def test_later_variables_join() -> None:
    a, b = sj.Variable(np.ones(2), "a"), sj.Variable(np.ones(2), "b")
    optimizer = optim.Momentum()
    optimizer.apply([np.ones(2)], [a])
    optimizer.apply([np.ones(2)] * 2, [a, b])
    assert [v.name for v in optimizer.variables[2:]] == ["optimizer/velocity/a", "optimizer/velocity/b"]


def test_an_optimiser_of_ones_own(engine: str) -> None:
    class Lion(optim.Optimizer):
        slots = ("mean",)

        def update(self, p: Any, g: Any, slots: Any, rate: Any, step: Any, weight_decay: float) -> Any:
            (m,) = slots
            return p - rate * sj.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g

    w = sj.Variable(np.array([1.0, 1.0]), "w")
    optim.get("lion", learning_rate=0.1).apply([np.array([3.0, -3.0])], [w])
    np.testing.assert_allclose(w.numpy(), [0.9, 1.1])


# --- what is refused ---------------------------------------------------------------------------------------
W = sj.Variable(np.ones(2), "w")
ONE = np.ones(2)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (
            lambda: optim.SGD(-0.1),
            "ArgumentError",
            r"\[SGD\] learning_rate is out of range(.|\n)*received: -0.1",
        ),
        (lambda: optim.SGD(float("nan")), "ArgumentError", r"learning_rate must be a number(.|\n)*nan"),
        (
            lambda: optim.SGD("fast"),
            "ArgumentError",
            r"learning_rate must be a number(.|\n)*received: 'fast'",
        ),
        (lambda: optim.SGD(None), "ArgumentError", r"learning_rate must be a number(.|\n)*None"),
        (lambda: optim.SGD(0.1, 1.0), "ArgumentError", r"momentum is out of range(.|\n)*momentum < 1"),
        (
            lambda: optim.Adam(beta_1=1.0),
            "ArgumentError",
            r"\[Adam\] beta_1 is out of range(.|\n)*beta_1 < 1",
        ),
        (lambda: optim.Adam(beta_2=-0.1), "ArgumentError", r"beta_2 is out of range(.|\n)*beta_2 >= 0"),
        (lambda: optim.Adam(epsilon=-1), "ArgumentError", r"epsilon is out of range"),
        (lambda: optim.RMSProp(rho=2), "ArgumentError", r"\[RMSProp\] rho is out of range"),
        (lambda: optim.AdamW(weight_decay=-1), "ArgumentError", r"weight_decay is out of range"),
        (lambda: optim.Adam(clipnorm=0), "ArgumentError", r"clipnorm is out of range(.|\n)*clipnorm > 0"),
        (
            lambda: optim.Adam(clipnorm=1, clipvalue=1),
            "ArgumentError",
            r"clipped in one way only(.|\n)*keep one of them",
        ),
        (lambda: optim.Adam(exclude=3), "ArgumentError", r"exclude is of the wrong kind(.|\n)*received: 3"),
        (
            lambda: optim.Adam(lr=0.1),
            "ArgumentError",
            r"\[Adam\] there is no setting 'lr'(.|\n)*one of learning_rate, beta_1",
        ),
        (lambda: optim.Rprop(shrink=1.0), "ArgumentError", r"\[Rprop\] shrink is out of range"),
        (lambda: optim.Rprop(optim.Constant(0.1)), "ArgumentError", r"a schedule has no effect here"),
        (
            lambda: optim.get("adma"),
            "NameUnknownError",
            r"no optimizer named 'adma'(.|\n)*did you mean 'adam'",
        ),
        (lambda: optim.get(3), "NameUnknownError", r"no optimizer named 3"),
        (lambda: optim.get("adam", rate=1), "ArgumentError", r"there is no setting 'rate'"),
        (lambda: optim.get(optim.SGD(), momentum=0.9), "ArgumentError", r"settings go with a name only"),
        (lambda: optim.get({"learning_rate": 1}), "ArgumentError", r'the description lacks "class"'),
        (lambda: optim.get({"class": "os.system"}), "NameUnknownError", r"no optimizer named 'os.system'"),
        (
            lambda: optim.get({"class": "SGD", "learning_rate": {"class": "Cosin"}}),
            "NameUnknownError",
            r"no schedule named 'Cosin'(.|\n)*did you mean 'cosine'",
        ),
        (lambda: optim.SGD().apply([ONE], [W, W]), "ArgumentError", r"1 gradients, 2 variables"),
        (lambda: optim.SGD().apply([None], [W]), "StateError", r"none of the variables has a gradient"),
        (
            lambda: optim.SGD().apply([np.ones((2, 1))], [W]),
            "ShapeError",
            r"the gradient of 'w' must have its shape(.|\n)*float64\[2, 1\](.|\n)*expected: \(2,\)",
        ),
        (
            lambda: optim.SGD().apply([np.ones(2)], [sj.Variable(np.array([1, 2]), "ids")]),
            "DTypeError",
            r"variable 'ids' cannot be trained(.|\n)*int64",
        ),
        (lambda: optim.Optimizer().apply([ONE], [W]), "StateError", r"does not say how it steps"),
    ],
)
def test_refusals(make: Any, error: str, text: str) -> None:
    with pytest.raises(getattr(sj.errors, error), match=text):
        make()


def test_a_scheduled_rate_cannot_be_set() -> None:
    optimizer = optim.SGD(optim.Constant(0.1))
    with pytest.raises(sj.errors.StateError, match="the rate follows Constant and cannot be set"):
        optimizer.learning_rate = 0.5
    with pytest.raises(sj.errors.ArgumentError, match="learning_rate is out of range"):
        optim.SGD(0.1).learning_rate = -1


def test_a_name_cannot_be_taken_twice() -> None:
    with pytest.raises(
        sj.errors.ArgumentError, match=r"the name 'Adam' is taken by sujeong\.optim\.adam\.Adam"
    ):

        class Adam(optim.Optimizer):
            pass
