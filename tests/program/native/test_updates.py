"""Updates of large variables by one call: the same training, in their memory, 16 bits beside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import sujeong as sj
from sujeong import nn
from sujeong.compiling import compiler
from sujeong.program.native.updates import UPDATED
from sujeong.program.passes.fusion import building
from sujeong.program.replay import Tripped
from sujeong.training.precision import computing

from .training import Step

OPTIMIZERS = {
    "adam": lambda: sj.optim.Adam(0.003),
    "adamw": lambda: sj.optim.AdamW(0.003, weight_decay=0.1),
    "amsgrad": lambda: sj.optim.Adam(0.003, amsgrad=True, weight_decay=0.1),
    "adagrad": lambda: sj.optim.AdaGrad(0.01, weight_decay=0.1),
    "rmsprop": lambda: sj.optim.RMSProp(0.001, weight_decay=0.1),
    "sgd": lambda: sj.optim.SGD(0.05),
    "momentum": lambda: sj.optim.SGD(0.02, momentum=0.9, weight_decay=0.1),
    "nesterov": lambda: sj.optim.SGD(0.02, momentum=0.9, nesterov=True),
}
LOW = "mixed_bfloat16"


def numbers(variable: Any) -> np.ndarray:
    """A copy of a variable's numbers, taken so that its memory still counts as nobody else's."""
    return variable._value._array.numpy().copy()  # type: ignore[no-any-return]


class Training(Step):
    """Two large layers and a small one, or convolutions; a batch; a guarded step."""

    def __init__(self, optimizer: str = "adam", precision: str = "float32", image: bool = False) -> None:
        sj.set_seed(5)
        rng = np.random.default_rng(1)
        if image:
            shape: tuple[int, ...] = (4, 9, 9, 3)
            layers = [nn.Conv2D(90, 3, padding="same"), nn.ReLU(), nn.Conv2D(90, 3), nn.Flatten()]
        else:
            shape = (12, 300)
            layers = [nn.Dense(300, "tanh"), nn.Dense(270, "tanh")]
        model = nn.Sequential([*layers, nn.Dense(3)])
        super().__init__(model, rng.normal(size=shape).astype(np.float32), OPTIMIZERS[optimizer]())
        self.precision = precision

    def run(self, count: int, scale: float = 1.0) -> list[float]:
        """Steps; their losses."""
        with computing(self.precision):
            return [float(self.step(self.x, self.y, sj.asarray(np.float32(scale)))) for _ in range(count)]

    def built(self) -> Training:
        """With kernels, after one step."""
        with building():
            self.run(1)
        return self

    def values(self) -> list[np.ndarray]:
        return [numbers(v) for v in self.everything]


@pytest.fixture(autouse=True)
def _engine() -> Any:
    with sj.using(engine="torch"):
        yield


@pytest.mark.parametrize("image", [False, True])
@pytest.mark.parametrize("precision", ["float32", LOW])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_is_training_without(name: str, precision: str, image: bool) -> None:
    with sj.without_passes("fusion", "chains", "updates", "kept"):
        plain = Training(name, precision, image)
        losses = plain.run(8)
    fast = Training(name, precision, image).built()
    text = fast.compiled.runner.source
    assert " = updated_" in text
    assert f"{name}_update" not in text
    found = fast.run(7)
    again = Training(name, precision, image).built()
    assert again.run(7) == found
    for a, b in zip(fast.values(), again.values(), strict=True):
        assert a.tobytes() == b.tobytes(), "repeats to the bit"
    rounding = 3e-7  # of numbers around 1, whose difference the loss is
    np.testing.assert_allclose(
        found, losses[1:], rtol=1e-4 if precision == "float32" else 3e-2, atol=rounding
    )


def test_gradients_are_read_and_weights_written_in_16_bits() -> None:
    fast = Training(precision=LOW).built()
    (e,) = [e for e in fast.compiled.runner.program.equations if e.op is UPDATED]
    kinds = [m.kind for m in e.attributes["updates"].members]
    assert kinds == [3, 3], "both large weights"
    assert fast.compiled.runner.source.count("= astype(") == 1, (
        "of the input: none of values or gradients, none twice"
    )
    assert len(fast.compiled._kept.renewed) == 2
    casts = fast.compiled._kept.renewed
    places = [d.array.data_ptr() for d in casts]
    fast.run(3)
    assert [d.array.data_ptr() for d in casts] == places, "written in their own memory"
    for cast, variable in zip(casts, [fast.variables[0], fast.variables[2]], strict=True):
        right = variable._value._array.to(torch.bfloat16)
        assert torch.equal(cast.array, right)


@pytest.mark.parametrize("precision", ["float32", LOW])
def test_variables_keep_their_memory(precision: str) -> None:
    fast = Training(precision=precision).built()
    fast.run(1)
    large = [v for v in fast.everything if v.spec.nbytes > 1 << 18]
    assert len(large) == 6
    places = [v._value._array.data_ptr() for v in large]
    fast.run(3)
    assert [v._value._array.data_ptr() for v in large] == places


@pytest.mark.parametrize("precision", ["float32", LOW])
def test_what_somebody_holds_stays_and_what_somebody_assigns_counts(precision: str) -> None:
    with sj.without_passes("fusion", "chains", "updates", "kept"):
        plain = Training(precision=precision)
        plain.run(3)
    fast = Training(precision=precision).built()
    fast.run(2)
    held = fast.variables[0].value
    before = held.numpy().copy()
    given = np.random.default_rng(3).normal(size=fast.variables[2].shape).astype(np.float32) / 20
    for training in (plain, fast):
        training.variables[2].assign(given)
    with sj.without_passes("fusion", "chains", "updates", "kept"):
        right = plain.run(3)
    np.testing.assert_allclose(fast.run(3), right, rtol=1e-3 if precision == "float32" else 3e-2)
    np.testing.assert_array_equal(held.numpy(), before)
    fast.variables[0].assign(held)  # the very tensor of before, which its update wrote a copy of
    fast.run(1)
    np.testing.assert_array_equal(held.numpy(), before)


@pytest.mark.parametrize("precision", ["float32", LOW])
def test_a_guard_that_does_not_hold_leaves_everything(precision: str) -> None:
    fast = Training(precision=precision).built()
    fast.run(2)
    before, low = fast.values(), [d.array.clone() for d in fast.compiled._kept.renewed]
    with pytest.raises(Tripped):
        fast.run(1, scale=float("nan"))
    for a, b in zip(before, fast.values(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert all(torch.equal(a, d.array) for a, d in zip(low, fast.compiled._kept.renewed, strict=True))
    twin = Training(precision=precision).built()
    twin.run(2)
    assert fast.run(2) == twin.run(2)


def test_values_that_are_handed_out_are_not_written_over() -> None:
    fast = Training(precision=LOW)
    inner = fast._step

    def step(x: Any, y: Any, scale: Any) -> Any:
        return inner(x, y, scale), fast.variables[0].value.detach()

    run = sj.jit(step)
    one = sj.asarray(np.float32(1))
    with computing(LOW), building():
        run(fast.x, fast.y, one)
        seen = [run(fast.x, fast.y, one)[1] for _ in range(3)]
    copies = [s.numpy().copy() for s in seen]
    with computing(LOW):
        run(fast.x, fast.y, one)
    for a, b in zip(seen, copies, strict=True):
        np.testing.assert_array_equal(a.numpy(), b)
    assert not np.array_equal(copies[0], copies[1])


def test_threads_change_no_bit() -> None:
    found = []
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            fast = Training(precision=LOW).built()
            fast.run(3)
            found.append([v.tobytes() for v in fast.values()])
    finally:
        torch.set_num_threads(before)
    assert found[0] == found[1]


def test_without_its_function_the_engines_kernels_run(monkeypatch: pytest.MonkeyPatch) -> None:
    load = compiler.load
    monkeypatch.setattr(compiler, "load", lambda text: None if "kind_3" in text else load(text))
    fast = Training()
    fast.run(2)
    text = fast.compiled.runner.source
    assert "adam_update" in text
    assert "updated_" not in text


TINY = np.float32(2.0**-126)
MEANS = ("adam", "adamw", "amsgrad", "momentum", "nesterov", "rmsprop")


@pytest.mark.parametrize("side", [3, 300], ids=["in a chain", "large"])
@pytest.mark.parametrize("name", MEANS)
def test_running_means_that_become_tiny_are_0(name: str, side: int) -> None:
    """Numbers without full precision take many times as long, in each step that follows."""
    weights = sj.Variable(np.ones((side, side), np.float32), name="weights")
    optimizer = OPTIMIZERS[name]()
    optimizer.build([weights])
    step = sj.jit(lambda x: optimizer.apply([x * 0 + weights * 0], [weights]))
    with building():
        step(sj.asarray(np.zeros((side, side), np.float32)))
    slots = [v for v in optimizer.variables if v.shape == weights.shape]
    for given in (TINY, -TINY, np.float32(1.0)):
        for slot in slots:
            slot.assign(np.full(weights.shape, abs(given) if "square" in slot.name else given))
        step(sj.asarray(np.zeros((side, side), np.float32)))
        decayed = [numbers(s) for s in slots if "greatest" not in s.name]
        for found in decayed:
            assert (found == 0).all() if given != 1 else (found > 0.8).all()
    text = next(iter(step._cache.values())).runner.source
    assert ("updated_" if side == 300 else "chain_") in text


@pytest.mark.parametrize(("rows", "call"), [(128, "chain_"), (129, "updated_")])
def test_more_than_128_kib_are_updated_by_threads(rows: int, call: str) -> None:
    weights = sj.Variable(np.ones((rows, 256), np.float32), name="weights")
    optimizer = OPTIMIZERS["adam"]()
    optimizer.build([weights])
    step = sj.jit(lambda x: optimizer.apply([x * 2 + weights], [weights]))
    with building():
        step(sj.ones((rows, 256)))
    text = next(iter(step._cache.values())).runner.source
    assert f" = {call}" in text.split("return")[0]
    assert ("updated_" in text) is (call == "updated_")
