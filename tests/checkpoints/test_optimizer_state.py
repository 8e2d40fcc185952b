"""The state of the optimiser in a saved model: training goes on after loading as if nothing had happened."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.checkpoints import safetensors
from sujeong.errors import DataError

FILE = "optimizer.safetensors"
OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "adam": lambda: "adam",
    "amsgrad": lambda: sj.optim.Adam(0.01, amsgrad=True, weight_decay=0.01, exclude="bias", name="mine"),
    "momentum": lambda: sj.optim.SGD(0.05, momentum=0.9),
    "plain": lambda: sj.optim.SGD(0.05),
    "cosine": lambda: sj.optim.Adam(sj.optim.Cosine(0.01, 12), global_clipnorm=1.0),
}
rng = np.random.default_rng(0)
x, y = rng.normal(size=(48, 6)).astype("float32"), rng.integers(0, 3, 48)


def compiled(optimizer: Any = "adam") -> nn.Sequential:
    layers = [nn.Input((6,)), nn.Dense(8, activation="relu"), nn.BatchNorm(), nn.Dropout(0.4), nn.Dense(3)]
    return nn.Sequential(layers).compile(optimizer, "softmax_cross_entropy", ["accuracy"])


def fit(model: Any, first: int, last: int) -> list[float]:
    run = model.fit(x, y, initial_epoch=first, epochs=last, batch_size=8, verbose=0, seed=5)
    return run.history["loss"]  # type: ignore[no-any-return]


def state(model: Any) -> dict[str, np.ndarray]:
    """All weights and all that the optimiser remembers."""
    variables = [*model.state().items(), *((v.name, v) for v in model._recipe.optimizer.variables)]
    return {name: v.numpy() for name, v in variables}


def assert_same_bits(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    assert sorted(a) == sorted(b)
    for name, value in a.items():
        assert value.dtype == b[name].dtype
        assert value.tobytes() == b[name].tobytes(), name


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_goes_on_as_if_nothing_had_happened(
    optimizer: Callable[[], Any], engine: str, tmp_path: Path
) -> None:
    sj.set_seed(3)
    whole, begun = compiled(optimizer()), compiled(optimizer())
    losses = fit(whole, 0, 2)
    first = fit(begun, 0, 1)
    begun.save(tmp_path / "model")
    sj.set_seed(4)  # nothing that follows depends on it
    again = sj.load(tmp_path / "model")
    assert_same_bits(state(begun), state(again))
    assert first + fit(again, 1, 2) == losses
    assert_same_bits(state(whole), state(again))
    assert int(again._recipe.optimizer.step) == 12


def test_the_memory_matters(engine: str, tmp_path: Path) -> None:
    """Without it the second epoch ends elsewhere: the test above can fail."""
    model = compiled()
    fit(model, 0, 1)
    model.save(tmp_path / "model")
    forget(tmp_path / "model")
    fresh = sj.load(tmp_path / "model")
    assert int(fresh._recipe.optimizer.step) == 0
    fit(model, 1, 2)
    fit(fresh, 1, 2)
    assert not np.array_equal(model.variables[0].numpy(), fresh.variables[0].numpy())


def forget(folder: Path) -> None:
    """Makes the folder one of before optimisers were saved."""
    (folder / FILE).unlink()
    edit(folder, lambda config: config.pop("optimizer"))


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))


def test_names_and_checksum(engine: str, tmp_path: Path) -> None:
    model = compiled()
    fit(model, 0, 1)
    model.save(tmp_path / "model")
    names = [v.name for v in model._recipe.optimizer.variables]
    assert {"optimizer/step", "optimizer/learning_rate", "optimizer/mean/dense/kernel"} < set(names)
    assert sorted(safetensors.read(tmp_path / "model" / FILE)) == sorted(names)
    content = (tmp_path / "model" / FILE).read_bytes()
    config = json.loads((tmp_path / "model" / "config.json").read_text())
    assert config["optimizer"] == {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


@pytest.mark.parametrize(("one", "other"), [("numpy", "torch"), ("torch", "numpy")])
def test_from_one_engine_to_the_other(one: str, other: str, tmp_path: Path) -> None:
    with sj.using(one):
        model = compiled(sj.optim.SGD(0.05, momentum=0.9))
        fit(model, 0, 1)
        model.save(tmp_path / "model")
    with sj.using(other):
        again = sj.load(tmp_path / "model")
        assert_same_bits(state(model), state(again))
        fit(again, 1, 2)
    with sj.using(one):
        fit(model, 1, 2)
    for name, value in state(model).items():
        np.testing.assert_allclose(state(again)[name], value, rtol=1e-3, atol=1e-5)


def test_no_file_without_training(engine: str, tmp_path: Path) -> None:
    """Also in the place of a trained model, and after a new `compile`."""
    plain = nn.Sequential([nn.Input((6,)), nn.Dense(3)])
    fresh, trained = compiled(), compiled()
    fit(trained, 0, 1)
    for model in (trained, plain, trained, fresh, trained, trained.compile("sgd", "softmax_cross_entropy")):
        has = getattr(model, "_recipe", None) is not None and int(model._recipe.optimizer.step) > 0
        model.save(tmp_path / "model")
        files = sorted(p.name for p in (tmp_path / "model").iterdir())
        assert files == ["config.json", *([FILE] if has else []), "weights.safetensors"]
        assert ("optimizer" in json.loads((tmp_path / "model" / "config.json").read_text())) == has
        sj.load(tmp_path / "model")


def test_frozen_after_training(engine: str, tmp_path: Path) -> None:
    """What was remembered of a layer is there when it is trained again."""
    models = [compiled(), compiled()]
    for model in models:
        fit(model, 0, 1)
        model.layers[0].freeze()
    models[1].save(tmp_path / "model")
    models[1] = sj.load(tmp_path / "model")
    for model in models:
        fit(model, 1, 2)
        model.layers[0].freeze(False)
        fit(model, 2, 3)
    assert_same_bits(*map(state, models))


def test_thawed_after_training(engine: str, tmp_path: Path) -> None:
    """A layer that was never trained has no memory, and needs none in the file."""
    models = [compiled(), compiled()]
    for model in models:
        model.layers[0].freeze()
        fit(model, 0, 1)
        model.layers[0].freeze(False)
    models[1].save(tmp_path / "model")
    models[1] = sj.load(tmp_path / "model")
    for model in models:
        fit(model, 1, 2)
    assert_same_bits(*map(state, models))


def test_one_optimizer_for_two_models(engine: str, tmp_path: Path) -> None:
    """Each folder holds the memory of its own weights, under their names."""
    optimizer = sj.optim.Adam(0.01)
    models = [compiled(optimizer), compiled(optimizer)]
    for model in models:
        fit(model, 0, 1)
    models[1].save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    fit(again, 1, 2)
    fit(models[1], 1, 2)
    for path, variable in models[1].state().items():
        np.testing.assert_array_equal(variable.numpy(), again.state()[path].numpy())


# --- damaged and hostile ---------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = compiled(sj.optim.SGD(0.05, momentum=0.9))
    fit(model, 0, 1)
    model.save(tmp_path / "model")
    return tmp_path / "model"


KERNEL = "optimizer/velocity/dense/kernel"
CHANGES: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("step missing", lambda t: t.pop("optimizer/step"), r"those of the optimiser.*1 of .*optimizer/step"),
    ("all missing", lambda t: t.clear(), r"those of the optimiser.*2 of 2 values are missing"),
    (
        "unknown",
        lambda t: t.update({"optimizer/stop": (np.zeros(3), sj.float64)}),
        r"those of the optimiser.*'optimizer/stop'",
    ),
    (
        "slot of no weight",
        lambda t: t.update({"optimizer/velocity/dropout/draws": (np.zeros((), "int64"), sj.int64)}),
        r"those of the optimiser.*'optimizer/velocity/dropout/draws'",
    ),
    (
        "shape",
        lambda t: t.update({KERNEL: (np.zeros((8, 6), "float32"), sj.float32)}),
        r"optimizer\.safetensors.*velocity/dense/kernel' has another shape.*\(8, 6\).*\(6, 8\)",
    ),
    (
        "step of an axis",
        lambda t: t.update({"optimizer/step": (np.zeros(1, "int64"), sj.int64)}),
        r"'optimizer/step' has another shape",
    ),
    (
        "element type",
        lambda t: t.update({"optimizer/step": (np.array(1.0), sj.float64)}),
        r"'optimizer/step' has another element type.*float64.*int64",
    ),
]


@pytest.mark.parametrize(("change", "text"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_state_of_another_optimizer(change: Callable[[Any], Any], text: str, folder: Path) -> None:
    tensors = safetensors.read(folder / FILE)
    change(tensors)
    content = safetensors.dumps(tensors)
    (folder / FILE).write_bytes(content)
    with pytest.raises(DataError, match=r"optimizer\.safetensors is not the one that config\.json"):
        sj.load(folder)
    sums = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}  # as an attacker would
    edit(folder, lambda config: config.update(optimizer=sums))
    with pytest.raises(DataError, match=f"(?s){text}"):
        sj.load(folder)


def test_not_the_file_that_was_saved(folder: Path) -> None:
    content = (folder / FILE).read_bytes()
    flipped = bytes([*content[:-1], content[-1] ^ 1])
    cases = [
        (flipped, "is not the one that config.json was saved with"),
        (content[:-1], "truncated"),
        (b"", "truncated"),
        (b"\x80\x04\x95" + bytes(20), "this is a pickle, which can run code"),
    ]
    for changed, text in cases:
        (folder / FILE).write_bytes(changed)
        with pytest.raises(DataError, match=text):
            sj.load(folder)
    (folder / FILE).unlink()
    with pytest.raises(DataError, match=f"{FILE}' cannot be opened"):
        sj.load(folder)
    os.mkfifo(folder / FILE)
    with pytest.raises(DataError, match=f"{FILE}' is not a file"):
        sj.load(folder)
    (folder / FILE).unlink()
    (folder.parent / "elsewhere").write_bytes(content)
    (folder / FILE).symlink_to(folder.parent / "elsewhere")
    with pytest.raises(DataError, match="is a link out of its folder"):
        sj.load(folder)


@pytest.mark.parametrize("value", [None, 3, {}, {"bytes": 1, "sha256": "0"}], ids=repr)
def test_wrong_checksum(value: Any, folder: Path) -> None:
    edit(folder, lambda config: config.update(optimizer=value))
    with pytest.raises(DataError, match=f"{FILE} is not the one"):
        sj.load(folder)


def test_state_without_an_optimizer(folder: Path) -> None:
    edit(folder, lambda config: config.update(compile=None))
    with pytest.raises(DataError, match="an optimiser's state, but no optimiser"):
        sj.load(folder)


def test_killed_at_every_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights and memory are always of the same save."""

    class Killed(BaseException):
        pass

    calls, limit = 0, -1

    def wrap(real: Any) -> Any:
        def call(*args: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == limit:
                raise Killed
            return real(*args)

        return call

    def save(value: int) -> None:
        for variable in (model.variables[0], model._recipe.optimizer.step):
            variable.assign(np.full(variable.shape, value, variable.dtype.to_numpy()))
        model.save(tmp_path / "model")

    model = compiled()
    fit(model, 0, 1)
    save(1)
    for name in ("fsync", "rename"):
        monkeypatch.setattr(os, name, wrap(getattr(os, name)))
    save(1)
    assert calls == 7  # three files, their folder, two renamings, the folder above
    found = []
    for at in range(1, 8):
        limit = -1
        save(1)
        calls, limit = 0, at
        with pytest.raises(Killed):
            save(2)
        again = sj.load(tmp_path / "model")
        found.append((int(again.variables[0].numpy()[0, 0]), int(again._recipe.optimizer.step)))
    assert found == [(1, 1)] * 6 + [(2, 2)]
