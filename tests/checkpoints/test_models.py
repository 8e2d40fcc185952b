"""Models in folders: what is kept, what a fresh process gets back, what is refused at saving."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import sujeong as sj
from sujeong import nn
from sujeong.checkpoints import safetensors
from sujeong.errors import DataError, StateError

x = np.linspace(-1, 1, 2 * 64, dtype="float32").reshape(2, 8, 8, 1)


@nn.register
def shifted(x: Any) -> Any:
    return x + 1


@nn.register
class Residual(nn.Module):
    """A class of one's own: settings of several kinds, parts, a variable that is not trained."""

    def __init__(
        self, units: int, scales: tuple[float, ...] = (1.0,), *, limits: dict[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.inner = nn.Dense(units)
        self.scales, self.limits = scales, limits or {}

    def build(self, x: Any) -> None:
        self.calls = self.add_variable("calls", (), "zeros", dtype="int32", trainable=False)

    def call(self, x: Any) -> Any:
        return self.inner(x) * self.scales[0] + x


def conv_model() -> nn.Sequential:
    return nn.Sequential(
        [
            nn.Conv2D(
                4, 3, padding=((1, 0), (1, 0)), activation="relu", kernel_regularizer=sj.losses.l2(1e-3)
            ),
            nn.BatchNorm(),
            nn.MaxPool2D(2),
            nn.Lambda(shifted),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Dense(3, kernel_initializer=sj.initializers.Orthogonal(0.5), activation=sj.tanh),
        ]
    )


def test_same_answers_after_loading(engine: str, tmp_path: Path) -> None:
    model = conv_model()
    for _ in range(3):
        model(x, training=True)
    model.save(tmp_path / "a" / "model")
    again = sj.load(str(tmp_path / "a" / "model"))
    np.testing.assert_array_equal(model(x).numpy(), again(x).numpy())
    np.testing.assert_array_equal(model(x, training=True).numpy(), again(x, training=True).numpy())
    assert repr(again.layers[:6]) == repr(model.layers[:6])
    assert [v.trainable for v in again.variables] == [v.trainable for v in model.variables]
    assert again.layers[0].kernel_regularizer == sj.losses.l2(1e-3)
    assert sorted(p.name for p in (tmp_path / "a" / "model").iterdir()) == [
        "config.json",
        "weights.safetensors",
    ]


def test_loads_in_a_fresh_process_on_the_other_engine(engine: str, tmp_path: Path) -> None:
    model = nn.Sequential([nn.Conv2D(4, 3, activation="relu"), nn.Flatten(), nn.Dense(3)])
    y = model(x).numpy()
    model.save(tmp_path / "model")
    np.save(tmp_path / "x.npy", x)
    code = (
        "import sys, numpy as np, sujeong as sj; model = sj.load('model');"
        "np.save('y.npy', model(np.load('x.npy')).numpy());"
        "print(model.variables[0].engine, 'torch' in sys.modules)"
    )
    other = "numpy" if engine == "torch" else "torch"
    source = str(Path(sj.__file__).parents[1])
    environment = {**os.environ, "SUJEONG_ENGINE": other, "PYTHONPATH": source}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout.split() == [other, str(other == "torch")]
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), y, rtol=1e-5, atol=1e-6)


def test_class_of_ones_own(engine: str, tmp_path: Path) -> None:
    model = Residual(4, (0.5, 2.0), limits={"low": -np.inf, 3: [1, None, sj.float16]})
    data = np.ones((2, 4), "float32")
    y = model(data).numpy()
    model.calls.assign(np.array(7, "int32"))
    model.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    assert (again.scales, again.limits) == ((0.5, 2.0), {"low": -np.inf, 3: [1, None, sj.float16]})
    assert int(again.calls) == 7
    np.testing.assert_array_equal(again(data).numpy(), y)


def test_shared_layer_stays_shared(engine: str, tmp_path: Path) -> None:
    shared = nn.Dense(4)
    model = nn.Sequential([shared, nn.ReLU(), shared])
    model(np.ones((2, 4), "float32"))
    model.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    assert again.layers[0] is again.layers[2]
    assert len(again.variables) == 2


def test_drawn_model(engine: str, tmp_path: Path) -> None:
    a, b = nn.Input((4,), name="left"), nn.Input((4,), dtype=sj.float32)
    shared = nn.Dense(4)
    h = shared(a) + 0.5 * shared(b)
    model = nn.Model([a, b], {"sum": h, "both": nn.Concatenate()([h, sj.tanh(a), a])})
    data = [np.ones((3, 4), "float32"), np.full((3, 4), 2.0, "float32")]
    y = model(data)
    model.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    z = again(*data)
    for name in ("sum", "both"):
        np.testing.assert_array_equal(y[name].numpy(), z[name].numpy())
    assert repr(again) == repr(model)
    assert len(again.layers) == 2


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64", "int8", "uint8", "bool", "complex64"])
def test_element_types(dtype: str, tmp_path: Path) -> None:
    class Holder(nn.Module):
        def build(self, x: Any) -> None:
            self.value = self.add_variable("value", (5,), dtype=dtype, trainable=False)

        def call(self, x: Any) -> Any:
            return x

    for engine in ("torch", "numpy"):
        if engine == "numpy" and dtype == "bfloat16":
            continue
        with sj.using(engine):
            holder, other = Holder(), Holder()
            holder(1.0)
            other(1.0)
            value = (
                np.array([0, 1, 1, 0, 1]) if dtype in ("bool", "uint8") else np.array([0, -1.5, 3.25, 1e3, 7])
            )
            if dtype == "int8":
                value = np.array([0, -128, 127, 1, -1])
            holder.value.assign(sj.asarray(value, dtype=dtype))
            holder.save_weights(tmp_path / "w.safetensors")
            other.load_weights(tmp_path / "w.safetensors")
            assert str(other.value.dtype) == dtype
            np.testing.assert_array_equal(other.value.numpy(), holder.value.numpy())


def test_not_finite_weights_are_kept(engine: str, tmp_path: Path) -> None:
    model = nn.Sequential([nn.Input((2,)), nn.Dense(1)])
    model.variables[0].assign(np.array([[np.nan], [-np.inf]], "float32"))
    model.save(tmp_path / "model")
    np.testing.assert_array_equal(
        sj.load(tmp_path / "model").variables[0].numpy(), model.variables[0].numpy()
    )


def test_same_model_same_bytes(engine: str, tmp_path: Path) -> None:
    digests = []
    for name in ("one", "two"):
        model = conv_model()
        model(x, training=True)
        model.save(tmp_path / name)
        digests.append(
            [hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((tmp_path / name).iterdir())]
        )
    assert digests[0] == digests[1]


def test_the_format_is_safetensors(engine: str, tmp_path: Path) -> None:
    """Read by the format's own library, and written by it for us."""
    model = nn.Sequential([nn.Conv2D(2, 3), nn.BatchNorm(), nn.Flatten(), nn.Dense(3)])
    model(x)
    model.save_weights(tmp_path / "ours.safetensors")
    theirs = load_file(tmp_path / "ours.safetensors")
    assert sorted(theirs) == sorted(model.state())
    for path, value in theirs.items():
        np.testing.assert_array_equal(value, model.state()[path].numpy())
    save_file({k: v + 1 for k, v in theirs.items()}, tmp_path / "theirs.safetensors", {"made": "elsewhere"})
    model.load_weights(tmp_path / "theirs.safetensors")
    for path, value in theirs.items():
        np.testing.assert_array_equal(value + 1, model.state()[path].numpy())


def test_sizes_order_and_layout_of_tensors(tmp_path: Path) -> None:
    """Nothing in it, no axis, turned axes, another byte order; the order of the table does not count."""
    wide = np.arange(6, dtype="float32").reshape(2, 3)
    tensors = {
        "b/none": (np.zeros((0, 3), "float32"), sj.float32),
        "a/one": (np.array(5, "int64"), sj.int64),
        "turned": (wide.T, sj.float32),
        "big": (wide.astype(">f4"), sj.float32),
        "half": (wide[:, ::2], sj.bfloat16),
    }
    content = safetensors.dumps(tensors)
    assert safetensors.dumps(dict(reversed(tensors.items()))) == content
    (tmp_path / "w").write_bytes(content)
    found = safetensors.read(tmp_path / "w")
    assert set(found) == set(tensors)
    for name, (host, dtype) in tensors.items():
        np.testing.assert_array_equal(found[name][0], host)
        assert (found[name][0].shape, found[name][1]) == (host.shape, dtype)
        assert found[name][0].flags.writeable
        assert found[name][0].dtype.isnative


def test_frozen_stays_frozen(engine: str, tmp_path: Path) -> None:
    model = nn.Sequential([nn.Dense(3), nn.Dense(3), nn.Dense(2)])
    model(np.ones((1, 4), "float32"))
    model.layers[0].freeze()
    model.layers[1].bias.trainable = False
    model.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    names = ["dense_1/kernel", "dense_2/kernel", "dense_2/bias"]
    assert [v.name for v in again.trainable_variables] == names
    again.freeze(False)
    assert [v.name for v in again.trainable_variables] == ["dense/kernel", "dense/bias", *names]


def test_engine_and_device_are_not_part_of_the_file(tmp_path: Path) -> None:
    texts = []
    for engine in ("numpy", "torch"):
        with sj.using(engine):
            model = nn.Sequential([nn.Input((4,)), nn.Dense(3)])
            model.save(tmp_path / engine)
            texts.append([p.read_bytes() for p in sorted((tmp_path / engine).iterdir())])
    assert texts[0] == texts[1]


def test_description_is_readable(tmp_path: Path) -> None:
    nn.Sequential([nn.Input((4,)), nn.Dense(3, activation="relu")]).save(tmp_path / "model")
    found = json.loads((tmp_path / "model" / "config.json").read_text())
    assert (found["format"], found["version"], found["package"]) == ("sujeong model", 1, sj.__version__)
    dense = {"class": "Dense", "arguments": {"units": 3, "activation": "relu"}}
    given = {"input": {"shape": [4], "dtype": "float32", "name": "input"}}
    assert found["model"] == {"class": "Sequential", "arguments": {"layers": [given, dense]}}
    assert found["inputs"] == [{"shape": [1, 4], "dtype": "float32"}]


# --- refused at saving ---------------------------------------------------------------------------------
def test_not_built(tmp_path: Path) -> None:
    for run in (nn.Dense(3).save, nn.Dense(3).save_weights, nn.Dense(3).load_weights):
        with pytest.raises(StateError, match=r"(?s)sizes are not known yet.*build_for"):
            run(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def refused(model: nn.Module, text: str, tmp_path: Path) -> None:
    model(np.ones((2, 4), "float32"))
    with pytest.raises(DataError, match=f"(?s){text}"):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_function_without_a_name(tmp_path: Path) -> None:
    text = r"layer 'lambda' \(Lambda\) holds the function <lambda>, which is code and no data.*@nn\.register"
    refused(nn.Sequential([nn.Lambda(lambda x: x * 2)]), text, tmp_path)


def test_function_that_is_not_registered(tmp_path: Path) -> None:
    def twice(x: Any) -> Any:
        return x * 2

    refused(
        nn.Sequential([nn.Dense(3, activation=twice)]),
        r"layer 'dense' \(Dense\) holds the function twice",
        tmp_path,
    )


def test_class_that_is_not_registered(tmp_path: Path) -> None:
    class Unknown(nn.Module):
        def call(self, x: Any) -> Any:
            return x

    text = (
        r"layer 'unknown' \(Unknown\) is of a class that files cannot name.*@nn\.register above class Unknown"
    )
    refused(nn.Sequential([Unknown()]), text, tmp_path)


def test_argument_that_cannot_be_written(tmp_path: Path) -> None:
    @nn.register
    class Odd(nn.Module):
        def __init__(self, thing: Any) -> None:
            super().__init__()
            self.thing = thing

        def call(self, x: Any) -> Any:
            return x

    refused(
        Odd(object()), r"\(Odd\) was made with something that cannot be written.*received: object", tmp_path
    )
    refused(
        Odd(np.zeros(5000)), r"\(Odd\) was made with an array that is too large.*float64\[5000\]", tmp_path
    )


def test_type_that_the_format_lacks(tmp_path: Path) -> None:
    class Wide(nn.Module):
        def build(self, x: Any) -> None:
            self.value = self.add_variable("value", (1,), dtype="complex128", trainable=False)

        def call(self, x: Any) -> Any:
            return x

    model = Wide()
    model(1.0)
    with pytest.raises(DataError, match=r"(?s)'value' cannot be saved.*complex128"):
        model.save_weights(tmp_path / "w.safetensors")


def test_names_are_taken_once() -> None:
    with pytest.raises(sj.errors.ArgumentError, match=r"(?s)the name 'Dense' is taken"):

        @nn.register
        class Dense(nn.Module):
            pass

    with pytest.raises(sj.errors.ArgumentError, match="a function without a name"):
        nn.register(lambda x: x)
