"""Modules: paths, first values, state in and out, freezing, being as data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import DTypeError, NameUnknownError, ShapeError, StateError
from sujeong.nn.module import snake

x = np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)


class Pair(nn.Module):
    """Layers in an attribute, in a list and in a dict, a variable of its own, and a layer made in build."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Dense(4)
        self.more = [nn.Dense(4), nn.Dense(4)]
        self.named = {"last": nn.Dense(2)}

    def build(self, x: Any) -> None:
        self.scale = self.add_variable("scale", (), "ones")
        self.late = nn.Dense(2)

    def call(self, x: Any) -> Any:
        for layer in [self.first, *self.more]:
            x = layer(x)
        return self.named["last"](x) * self.scale + self.late(x)


def test_paths(engine: str) -> None:
    model = Pair()
    model(x)
    paths = [
        "scale",
        "first/kernel",
        "first/bias",
        "more/0/kernel",
        "more/0/bias",
        "more/1/kernel",
        "more/1/bias",
    ]
    paths += ["named/last/kernel", "named/last/bias", "late/kernel", "late/bias"]
    assert list(model.state()) == paths
    assert [v.name for v in model.variables] == paths
    assert [p for p, _ in model.named_modules()] == ["", "first", "more/0", "more/1", "named/last", "late"]


def test_first_values_follow_from_seed_and_path(engine: str) -> None:
    def weights(seed: int) -> list[np.ndarray]:
        sj.set_seed(seed)
        model = Pair()
        model(x)
        return [v.numpy() for v in model.variables]

    try:
        one, two, other = weights(1), weights(1), weights(2)
    finally:
        sj.set_seed(0)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one[1], other[1])
    assert not np.array_equal(one[3], one[5])  # equal shapes, other paths


def test_a_layer_added_elsewhere_changes_no_other_values(engine: str) -> None:
    small = nn.Sequential([nn.Dense(4, name="a"), nn.Dense(4, name="b")])
    large = nn.Sequential([nn.Dense(4, name="a"), nn.Dense(4, name="new"), nn.Dense(4, name="b")])
    small(x)
    large(x)
    np.testing.assert_array_equal(small.state()["b/kernel"].numpy(), large.state()["b/kernel"].numpy())


def test_a_model_inside_another_takes_its_paths_along(engine: str) -> None:
    encoder, decoder = nn.Sequential([nn.Dense(4)]), nn.Sequential([nn.Dense(4)])
    encoder.build_for((1, 4))
    decoder.build_for((1, 4))
    both = nn.Sequential([encoder, decoder])
    both(x)
    assert [v.name for v in both.variables][::2] == ["sequential/dense/kernel", "sequential_1/dense/kernel"]
    assert list(encoder.state()) == ["dense/kernel", "dense/bias"]
    first, second = both.variables[0].numpy(), both.variables[2].numpy()
    assert not np.array_equal(first, second)  # made after they had their final names


def test_layers_alone_are_numbered(engine: str) -> None:
    a, b, named = nn.Dense(2), nn.Dense(2), nn.Dense(2, name="own")
    for layer in (a, b, named):
        layer(x)
    assert a.path != b.path
    assert named.path == "own"
    assert list(a.state()) == ["kernel", "bias"]


def test_shared_layer_counts_once(engine: str) -> None:
    shared = nn.Dense(4)
    model = nn.Sequential([shared, shared, nn.Dense(4)])
    model(x)
    assert list(model.state()) == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    assert model.count_parameters() == 40


def test_variable_of_two_layers_counts_once(engine: str) -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(5, 3)

        def build(self, ids: Any) -> None:
            self.words.build_for(ids)
            self.back = self.words.embeddings

        def call(self, ids: Any) -> Any:
            return self.words(ids) @ self.back.value.mT

    model = Tied()
    y = model(np.array([[0, 4]]))
    assert y.shape == (1, 2, 5)
    assert len(model.state()) == len(model.variables) == len(model.trainable_variables) == 1
    assert model.count_parameters() == model.summary().parameters == 15
    (y * y).sum().backward()
    assert model.back.grad.shape == (5, 3)


def test_names_meet_without_loss(engine: str) -> None:
    model = nn.Sequential([nn.Dense(4, name="dense_1"), nn.Dense(4), nn.Dense(4)])
    model(x)
    assert [n for n, _ in model.children()] == ["dense_1", "dense", "dense_2"]
    assert len(model.state()) == 6


def test_load_state(engine: str) -> None:
    model, other = Pair(), Pair()
    model(x)
    other(x)
    for v in model.variables:
        v.assign(v.value + 1.0)
    other.load_state({k: v.numpy() for k, v in model.state().items()})
    np.testing.assert_array_equal(model(x).numpy(), other(x).numpy())


def test_load_state_takes_all_or_nothing(engine: str) -> None:
    model = nn.Sequential([nn.Dense(3), nn.Dense(2)])
    model(x)
    before = {k: v.numpy().copy() for k, v in model.state().items()}
    good = {k: v + 1 for k, v in before.items()}
    cases: list[tuple[Any, type[Exception], str]] = [
        (good | {"dense/kernl": good["dense/kernel"]}, NameUnknownError, "did you mean 'dense/kernel'"),
        (
            {k: v for k, v in good.items() if k != "dense_1/bias"},
            StateError,
            r"1 of 4 values are missing.*dense_1/bias",
        ),
        (
            good | {"dense_1/bias": np.zeros(3)},
            ShapeError,
            r"'dense_1/bias' has another shape.*\(3,\).*\(2,\)",
        ),
        (
            good | {"dense_1/bias": np.zeros(2, complex)},
            DTypeError,
            "another kind of number.*complex128.*float32",
        ),
    ]
    for values, error, text in cases:
        with pytest.raises(error, match=f"(?s){text}"):
            model.load_state(values)
        for k, v in model.state().items():
            np.testing.assert_array_equal(v.numpy(), before[k])


def test_freeze_and_resume(engine: str) -> None:
    model = nn.Sequential([nn.Dense(3), nn.BatchNorm(), nn.Dense(2)])
    model(x)
    trained = [v.name for v in model.trainable_variables]
    model.layers[0].freeze()
    assert [v.name for v in model.trainable_variables] == trained[2:]
    model.freeze()
    assert model.trainable_variables == []
    model.freeze(False)
    assert [v.name for v in model.trainable_variables] == trained
    assert not model.layers[1].moving_mean.trainable


def test_the_attribute_of_other_tools_is_no_silent_nothing(engine: str) -> None:
    layer = nn.Dense(2)
    assert layer.trainable
    with pytest.raises(StateError, match=r"trainable = False[\s\S]*layer\.freeze\(\)"):
        layer.trainable = False
    layer.freeze()
    assert not layer.trainable
    layer.freeze(False)
    assert layer.trainable


def test_freeze_before_first_use(engine: str) -> None:
    model = nn.Sequential([nn.Dense(3), nn.Dense(2)])
    model.layers[0].freeze()
    model(x)
    assert [v.name for v in model.trainable_variables] == ["dense_1/kernel", "dense_1/bias"]
    model.layers[0].freeze(False)
    assert len(model.trainable_variables) == 4


def test_frozen_batch_norm_predicts(engine: str) -> None:
    layer = nn.BatchNorm()
    layer(x)
    layer.freeze()
    np.testing.assert_array_equal(layer(x, training=True).numpy(), layer(x).numpy())
    np.testing.assert_array_equal(layer.moving_mean.numpy(), np.zeros(4))


def test_gradients_skip_what_is_frozen(engine: str) -> None:
    model = nn.Sequential([nn.Dense(3), nn.Dense(2)])
    model(x)
    model.layers[0].freeze()
    (model(x) * model(x)).sum().backward()
    assert [v.grad is None for v in model.variables] == [True, True, False, False]


def test_move(engine: str) -> None:
    model = nn.Sequential([nn.Dense(3)])
    y = model(x).numpy()
    other = "numpy" if engine == "torch" else "torch"
    model.to(engine=other)
    with sj.using(other):
        np.testing.assert_allclose(model(x).numpy(), y, rtol=1e-6, atol=1e-6)


def test_repr_shows_arguments() -> None:
    assert repr(nn.Dense(3, activation="relu")) == "Dense(units=3, activation='relu')"
    assert repr(nn.Conv2D(3, (2, 2), name="c")) == "Conv2D(filters=3, kernel_size=(2, 2), name='c')"
    assert repr(nn.Sequential([nn.Dense(3)])) == "Sequential(layers=[Dense(units=3)])"
    assert repr(nn.Activation(sj.relu)) == "Activation(activation=relu)"


def test_build_allocates_nothing(engine: str) -> None:
    """A layer of 4 TB is counted at once."""
    model = nn.Sequential([nn.Dense(10**6), nn.Dense(10**6)])
    assert model.count_parameters((1, 10**6)) == 2 * (10**12 + 10**6)
    assert "TiB" in str(model.summary())


def test_sequential_grows(engine: str) -> None:
    model = nn.Sequential()
    model.add(nn.Dense(3))
    model(x)
    kernel = model.variables[0].numpy().copy()
    model.add(nn.Dense(2))
    assert model(x).shape == (3, 2)
    np.testing.assert_array_equal(model.variables[0].numpy(), kernel)
    assert [v.name for v in model.variables] == [
        "dense/kernel",
        "dense/bias",
        "dense_1/kernel",
        "dense_1/bias",
    ]
    assert len(model) == 2
    assert model[1].units == 2


def test_sequential_with_input_knows_its_sizes(engine: str) -> None:
    model = nn.Sequential([nn.Input((4,)), nn.Dense(3)])
    assert model.count_parameters() == 15
    model.add(nn.Dense(2))
    assert model.count_parameters() == 23
    assert model.output_spec.shape == (1, 2)
    with pytest.raises(sj.errors.ArgumentError, match="stands first, or nowhere"):
        nn.Sequential([nn.Dense(3), nn.Input((4,))])


def test_subclass_of_layers_class_keeps_its_arguments() -> None:
    class Scaled(nn.Dense):
        def __init__(self, units: int, factor: float = 2.0, **options: Any) -> None:
            super().__init__(units, **options)
            self.factor = factor

    layer = Scaled(3, factor=4.0, activation="relu")
    assert layer.config() == {"units": 3, "factor": 4.0, "activation": "relu"}
    again = Scaled.from_config(layer.config())
    assert (again.units, again.factor) == (3, 4.0)


def test_positional_rest_arguments() -> None:
    class Bag(nn.Module):
        def __init__(self, first: int, *rest: int, last: int = 0) -> None:
            super().__init__()
            self.all = (first, *rest, last)

    bag = Bag(1, 2, 3, last=4)
    assert Bag.from_config(bag.config()).all == (1, 2, 3, 4)
    with pytest.raises(NameUnknownError, match=r"(?s)no argument of Bag named 'frist'.*did you mean 'first'"):
        Bag.from_config({"frist": 1})


def test_a_layer_that_is_never_used(engine: str, tmp_path: Any) -> None:
    @nn.register
    class Spare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.spare = nn.Dense(2), nn.Dense(3)

        def call(self, x: Any) -> Any:
            return self.used(x)

    model = Spare()
    y = model(x)
    assert model.count_parameters() == 10
    assert [r.parameters for r in model.summary().rows] == [10, 0]
    model.save(tmp_path / "model")
    np.testing.assert_array_equal(sj.load(tmp_path / "model")(x).numpy(), y.numpy())


def test_a_mistake_at_first_use_leaves_no_sizes_behind(engine: str) -> None:
    """The first layers fit themselves to wrong data before the last one refuses it."""
    model = nn.Sequential([nn.Dense(3), nn.BatchNorm(), nn.Reshape((2,))])
    with pytest.raises(ShapeError, match="number of elements"):
        model(np.ones((2, 7), "float32"))
    with pytest.raises(StateError, match="sizes are not known"):
        model.count_parameters()
    model = nn.Sequential([nn.Dense(2), nn.Lambda(lambda x: x.wrong), nn.Dense(2)])
    with pytest.raises(AttributeError):
        model(np.ones((2, 7), "float32"))
    model.layers[1] = nn.ReLU()
    assert model(x).shape == (3, 2)
    assert model.variables[0].shape == (4, 2)


def test_a_later_mistake_changes_nothing(engine: str) -> None:
    model = nn.Sequential([nn.Dense(3)])
    y = model(x).numpy()
    with pytest.raises(ShapeError):
        model(np.ones((2, 7), "float32"))
    np.testing.assert_array_equal(model(x).numpy(), y)


def test_a_new_head_is_found_by_its_place(engine: str) -> None:
    model = Pair()
    model(x)
    model.first, model.named["last"] = nn.Dense(4), nn.Dense(2)
    model.more.append(nn.Dense(4))
    model(x)
    names = [v.name for v in model.variables]
    assert names == list(model.state())
    assert {"first/kernel", "named/last/kernel", "more/2/kernel"} <= set(names)


def test_lists_of_numbers_are_data(engine: str) -> None:
    layer = nn.Dense(2)
    np.testing.assert_array_equal(layer([[1.0, 2.0]]).numpy(), layer(np.array([[1, 2]], "float32")).numpy())
    np.testing.assert_array_equal(nn.Sequential([layer])([(1, 2)]).numpy(), layer([[1, 2]]).numpy())


@pytest.mark.parametrize("wrong", ["text", None, {"x": 1}, [np.ones(2), np.ones(2)], True])
def test_what_is_no_data(wrong: Any, engine: str) -> None:
    for layer in (nn.Dense(2), nn.Sequential([nn.Dense(2)])):
        with pytest.raises(DTypeError, match=r"(?s)\[Dense\] takes tensors.*sj\.asarray\(x\)"):
            layer(wrong)


def test_deep_copies_are_apart(engine: str) -> None:
    import copy

    model = nn.Sequential([nn.Dense(3), nn.BatchNorm(), nn.Dropout(0.5)])
    y = model(x).numpy()
    twin = copy.deepcopy(model)
    twin(x, training=True)
    for v in twin.variables:
        if v.dtype.is_floating:
            v.assign(v.value + 1.0)
    np.testing.assert_array_equal(model(x).numpy(), y)
    assert not np.array_equal(twin(x).numpy(), y)
    assert [v.name for v in twin.variables] == [v.name for v in model.variables]
    (twin(x) * 1.0).sum().backward()
    assert twin.variables[0].grad is not None
    assert model.variables[0].grad is None


def test_same_lines_after_the_seed_build_the_same_layers() -> None:
    found = []
    for _ in range(2):
        sj.set_seed(5)
        first, second = nn.Dense(3), nn.Dense(3)
        found.append([layer(sj.ones((1, 4))).tolist() for layer in (first, second)])
    assert found[0] == found[1]
    assert found[0][0] != found[0][1], "two layers are not twins"


def test_names_of_layers() -> None:
    names = {
        "BatchNorm": "batch_norm",
        "Conv2D": "conv2d",
        "ReLU": "relu",
        "SimpleRNN": "simple_rnn",
        "LSTM": "lstm",
    }
    for name, path in (names | {"MaxPool2D": "max_pool2d", "Conv1DTranspose": "conv1d_transpose"}).items():
        assert snake(name) == path
