"""Models drawn as a graph, and the table of a model."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import ArgumentError, RecordError, ShapeError
from sujeong.nn.graph import ELEMENTWISE

CURE = r"wrap the function: nn\.Lambda\(function\)\(x\)"


def data(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_drawn_equals_written(engine: str) -> None:
    class Written(nn.Model):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.flat, self.dense = nn.Conv2D(3, 3, padding="same"), nn.Flatten(), nn.Dense(4)

        def call(self, x: Any) -> Any:
            h = sj.relu(self.conv(x)) * 0.5 + x
            return self.dense(self.flat(h))

    x = nn.Input((6, 6, 3))
    h = sj.relu(nn.Conv2D(3, 3, padding="same")(x)) * 0.5 + x
    drawn = nn.Model(x, nn.Dense(4)(nn.Flatten()(h)))
    written = Written()
    batch = data(5, 6, 6, 3)
    written(batch)
    written.load_state({k.replace("conv2d", "conv"): v.numpy() for k, v in drawn.state().items()})
    np.testing.assert_array_equal(drawn(batch).numpy(), written(batch).numpy())
    step = sj.jit(lambda x: drawn(x))
    np.testing.assert_array_equal(step(batch).numpy(), written(batch).numpy())


def test_several_inputs_and_outputs(engine: str) -> None:
    a, b = nn.Input((3,)), nn.Input((4,))
    h = nn.Dense(5)(nn.Concatenate()([a, b]))
    x, y = data(2, 3), data(2, 4)
    for outputs in ([h, h * 2], (h, h * 2), {"one": h, "two": h * 2}):
        model = nn.Model([a, b], outputs)
        for found in (model(x, y), model([x, y]), model((sj.asarray(x), sj.asarray(y)))):
            assert type(found) is type(outputs)
            first, second = found.values() if isinstance(found, dict) else found
            np.testing.assert_array_equal(first.numpy() * 2, second.numpy())


def test_shared_layer(engine: str) -> None:
    a, b = nn.Input((3,)), nn.Input((3,))
    tower = nn.Dense(4, activation="tanh")
    model = nn.Model([a, b], tower(a) - tower(b))
    assert [v.name for v in model.variables] == ["dense/kernel", "dense/bias"]
    x = data(2, 3)
    np.testing.assert_array_equal(model(x, x).numpy(), np.zeros((2, 4)))
    (model(x, data(2, 3, seed=1)) ** 2).sum().backward()
    assert (np.abs(tower.kernel.grad.numpy()) > 0).any()


def test_model_in_model(engine: str) -> None:
    image = nn.Input((8,))
    encoder = nn.Model(image, nn.Dense(2)(nn.Dense(4)(image)), name="encoder")
    code = nn.Input((2,))
    decoder = nn.Model(code, nn.Dense(8)(nn.Dense(4)(code)), name="decoder")
    auto = nn.Model(image, decoder(encoder(image)))
    names = [
        f"{m}/{d}/{p}"
        for m in ("encoder", "decoder")
        for d in ("dense", "dense_1")
        for p in ("kernel", "bias")
    ]
    assert list(auto.state()) == names == [v.name for v in auto.variables]
    x = data(3, 8)
    np.testing.assert_array_equal(auto(x).numpy(), decoder(encoder(x)).numpy())
    assert list(encoder.state()) == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]


def test_part_of_a_graph(engine: str) -> None:
    """A second model on the same layers looks at an inner value; another starts from it."""
    x = nn.Input((4,))
    h = nn.Dense(3)(x)
    model = nn.Model(x, nn.Dense(2)(sj.tanh(h)))
    features = nn.Model(x, h)
    head = nn.Model(h, model.outputs)
    batch = data(2, 4)
    np.testing.assert_array_equal(model(batch).numpy(), head(features(batch)).numpy())
    assert features.layers[0] is model.layers[0]
    assert head.count_parameters() == 8


def test_training_reaches_the_layers(engine: str) -> None:
    x = nn.Input((4,))
    norm = nn.BatchNorm()
    model = nn.Model(x, norm(x))
    fixed = nn.Model(x, norm(x, training=False))
    batch = data(6, 4)
    model(batch)
    np.testing.assert_array_equal(norm.moving_mean.numpy(), np.zeros(4))
    fixed(batch, training=True)
    np.testing.assert_array_equal(norm.moving_mean.numpy(), np.zeros(4))
    model(batch, training=True)
    assert (norm.moving_mean.numpy() != 0).all()


def test_first_values_come_from_the_final_paths(engine: str) -> None:
    x = nn.Input((4,))
    drawn = nn.Model(x, nn.Dense(4)(nn.Dense(4)(x)))
    listed = nn.Sequential([nn.Dense(4), nn.Dense(4)])
    listed(data(1, 4))
    for path, variable in listed.state().items():
        np.testing.assert_array_equal(drawn.state()[path].numpy(), variable.numpy())
    assert not np.array_equal(drawn.variables[0].numpy(), drawn.variables[2].numpy())


def test_nothing_is_allocated(engine: str) -> None:
    x = nn.Input((10**6,))
    model = nn.Model(x, nn.Dense(10**6)(x))
    assert model.count_parameters() == 10**12 + 10**6
    assert model.variables[0]._tensor is None


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("number", lambda x: 2 * x + 1 - x / 3),
        ("array", lambda x: x * np.array([1.0, 2.0, 3.0], "float32")),
        ("tensor", lambda x: sj.asarray([1.0, 2.0, 3.0]) - x),
        ("power", lambda x: x**2),
        ("negative", lambda x: -abs(x)),
        ("where", lambda x: sj.where(x > 0, x, sj.exp(x) - 1)),
        ("clip", lambda x: sj.minimum(sj.maximum(x, -0.5), 0.5)),
        ("cast", lambda x: sj.astype(x > 0, sj.float32) * x),
        ("relu", lambda x: sj.relu(x) + sj.sigmoid(x) * sj.gelu(x)),
        ("broadcast", lambda x: x + sj.asarray([[5.0]])),
    ],
)
def test_elementwise_operations(name: str, use: Any, engine: str) -> None:
    x = nn.Input((3,))
    model = nn.Model(x, use(x))
    batch = data(4, 3)
    np.testing.assert_array_equal(model(batch).numpy(), use(sj.asarray(batch)).numpy())
    assert model.outputs.shape[1:] == (3,)


def test_wider_data(engine: str) -> None:
    x = nn.Input((3,))
    model = nn.Model(x, x * 0.5 + 1.0)
    assert model(data(2, 3).astype("float64")).dtype is sj.float64


def test_every_elementwise_name_is_an_operation() -> None:
    """A name that no operation has would be a wish."""
    import sujeong.core.op as op

    assert sorted(ELEMENTWISE - set(op.OPS)) == []


x, h = nn.Input((4, 6)), nn.Input((6,), name="numbers")
REFUSED: list[tuple[str, Any, type[Exception], str]] = [
    ("reshape", lambda: sj.reshape(x, (-1, 24)), RecordError, rf"the batch size is not known.*{CURE}"),
    (
        "sum",
        lambda: sj.sum(x, axis=1),
        RecordError,
        rf"operation 'sum' on the input.*float32\[None, 4, 6\].*{CURE}",
    ),
    ("mean", lambda: sj.mean(x), RecordError, CURE),
    ("matmul", lambda: x @ sj.ones((6, 2)), RecordError, rf"operation 'matmul'.*{CURE}"),
    ("concat", lambda: sj.concat([h, h]), RecordError, rf"operation 'concat'.*{CURE}"),
    ("index", lambda: h[:, 0], RecordError, CURE),
    ("softmax", lambda: sj.softmax(h), RecordError, rf"operation 'softmax'.*{CURE}"),
    ("zeros", lambda: sj.zeros(h.shape), RecordError, "the batch size is not known"),
    ("loop", lambda: [None for _ in range(h.shape[0])], RecordError, "the batch size is not known"),
    ("float", lambda: float(h), RecordError, "the batch size is not known|a value was read"),
    ("numpy", lambda: np.asarray(h), RecordError, "a value was read while a model is being drawn"),
    ("print it", lambda: h.item(), RecordError, "the batch size is not known|a value was read"),
    (
        "variable",
        lambda: h * sj.Variable(np.ones(6, "float32")),
        RecordError,
        r"a variable .* is being drawn.*nn\.Module",
    ),
    (
        "batch mixed",
        lambda: nn.Lambda(lambda t: sj.reshape(t, (-1, 3)))(h),
        ShapeError,
        "mixes the batch with another axis",
    ),
    ("no tensor out", lambda: nn.Lambda(lambda t: 3)(h), ArgumentError, "must give tensors.*int"),
    ("size", lambda: nn.Input((0,)), ArgumentError, r"\[Input\] sizes are positive.*the batch is left out"),
    ("none", lambda: nn.Input((None, 3)), ArgumentError, r"\[Input\] sizes are positive"),
    ("no outputs", lambda: nn.Model(h), ArgumentError, r"\[Model\] outputs must be placeholders.*nothing"),
    ("tensors", lambda: nn.Model(sj.ones((2, 6)), h), ArgumentError, "inputs must be placeholders.*Tensor"),
    ("unlisted", lambda: nn.Model(x, h + 1), ArgumentError, "needs the input 'numbers', which is not listed"),
    ("unused", lambda: nn.Model([x, h], x + 1), ArgumentError, "input 'numbers' leads to no output"),
    ("rank", lambda: nn.Conv2D(2, 3)(h), ShapeError, r"\[Conv2D\] the input has another rank"),
]


@pytest.mark.parametrize(("run", "error", "text"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused(run: Any, error: type[Exception], text: str, engine: str) -> None:
    with pytest.raises(error, match=f"(?s){text}"):
        run()


def test_wrong_data_is_named(engine: str) -> None:
    model = nn.Model([x, h], nn.Flatten()(x) * 1.0 + nn.Dense(24)(h))
    good = data(2, 4, 6), data(2, 6)
    model(*good)
    cases: list[tuple[tuple[Any, ...], type[Exception], str]] = [
        (
            (good[0],),
            ArgumentError,
            r"takes 2 inputs.*received: 1.*input: float32\[None, 4, 6\], numbers: float32\[None, 6\]",
        ),
        ((good[0], data(2, 7)), ShapeError, r"input 'numbers' has another shape.*\(2, 7\).*\(None, 6\)"),
        ((good[0], data(6)), ShapeError, r"input 'numbers'.*x\[None\] makes a batch of one"),
    ]
    for given, error, text in cases:
        with pytest.raises(error, match=f"(?s){text}"):
            model(*given)


def test_repr() -> None:
    model = nn.Model(h, nn.Dense(3)(h))
    assert repr(model) == "Model(numbers: float32[None, 6] -> float32[None, 3], 1 layers)"
    assert repr(h) == "Tensor(float32[None, 6])"


def test_deep_copy(engine: str) -> None:
    given = nn.Input((4,))
    model = nn.Model(given, nn.Dense(3)(sj.tanh(given) * 0.5))
    batch = data(2, 4)
    y = model(batch).numpy()
    twin = copy.deepcopy(model)
    model.variables[0].assign(np.zeros((4, 3), "float32"))
    np.testing.assert_array_equal(twin(batch).numpy(), y)
    assert twin.layers[0] is not model.layers[0]


# --- the table -----------------------------------------------------------------------------------------
def test_table(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    model = nn.Sequential([nn.Conv2D(8, 3), nn.BatchNorm(), nn.MaxPool2D(), nn.Flatten(), nn.Dense(10)])
    model.layers[0].freeze()
    table = model.summary((1, 8, 8, 1))
    expected = """\
layer       class      output           parameters
conv2d      Conv2D     (None, 6, 6, 8)          80
batch_norm  BatchNorm  (None, 6, 6, 8)          32
max_pool2d  MaxPool2D  (None, 3, 3, 8)           0
flatten     Flatten    (None, 72)                0
dense       Dense      (None, 10)              730
total 842 parameters, 746 trained, 96 not; 3.3 KiB
"""
    assert capsys.readouterr().out == expected
    assert str(table) + "\n" == expected
    assert [(r.path, r.kind, r.output, r.parameters, r.trainable) for r in table.rows][:2] == [
        ("conv2d", "Conv2D", (None, 6, 6, 8), 80, 0),
        ("batch_norm", "BatchNorm", (None, 6, 6, 8), 32, 16),
    ]
    assert (table.parameters, table.trainable, table.nbytes) == (842, 746, 3368)
    assert repr(table) == "<Summary: 5 layers, 842 parameters>"
    assert all(v._tensor is None for v in model.variables)


def test_table_of_nested_models(engine: str) -> None:
    block = nn.Sequential([nn.Dense(4), nn.Dense(4)])
    model = nn.Sequential([block, block, nn.Dense(1)])
    rows = model.summary((1, 4)).rows
    assert [r.path for r in rows] == ["sequential/dense", "sequential/dense_1", "dense"]
    assert sum(r.parameters for r in rows) == model.count_parameters() == 45


def test_table_shows_a_models_own_variables_and_several_outputs(engine: str) -> None:
    class Split(nn.Module):
        def build(self, x: Any) -> None:
            self.scale = self.add_variable("scale", (3,), "ones", dtype="float64")
            self.inner = nn.Dense(2)

        def call(self, x: Any) -> Any:
            return self.inner(x), x * self.scale

    rows = Split().summary((5, 3)).rows
    assert [(r.path, r.output) for r in rows] == [("split", ((None, 2), (None, 3))), ("inner", (None, 2))]


def test_a_drawn_model_is_trained_saved_and_loaded(engine: str, tmp_path: Any) -> None:
    given = nn.Input((4,))
    hidden = nn.BatchNorm()(nn.Dense(8, activation="relu")(given))
    model = nn.Model(given, nn.Dense(3)(nn.Dropout(0.1)(nn.Concatenate()([hidden, given]))))
    model.compile("adam", "softmax_cross_entropy", ["accuracy"])
    features = data(60, 4)
    labels = features[:, :3].argmax(1)
    run = model.fit(features, labels, epochs=15, batch_size=10, verbose=0)
    assert run.history["loss"][-1] < 0.7 * run.history["loss"][0]
    model.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    assert again.evaluate(features, labels) == model.evaluate(features, labels)
    np.testing.assert_array_equal(again.predict(features), model.predict(features))
