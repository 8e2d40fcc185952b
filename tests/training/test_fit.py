"""compile, fit, evaluate, predict: the main job, on small real data."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.errors import (
    ArgumentError,
    DataError,
    EngineError,
    IndexRangeError,
    NameUnknownError,
    ShapeError,
    StateError,
)


def small(outputs: int = 10) -> nn.Sequential:
    """A perceptron with one hidden layer, dropout and batch normalisation."""
    return nn.Sequential(
        [
            nn.Flatten(),
            nn.Dense(32, activation="relu"),
            nn.BatchNorm(),
            nn.Dropout(0.3),
            nn.Dense(outputs),
        ]
    )


@pytest.fixture
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Some of the digits."""
    (x, y), _ = sj.datasets.digits()
    return x[:320], y[:320]


def test_learns_digits(engine: str) -> None:
    (x, y), (x_test, y_test) = sj.datasets.digits()
    model = small().compile("adam", "softmax_cross_entropy", ["accuracy"])
    history = model.fit(x, y, epochs=25, batch_size=32, verbose=0, validation_split=0.1)
    assert history.history["loss"][-1] < 0.3 * history.history["loss"][0]
    assert model.evaluate(x_test, y_test)["accuracy"] > 0.94
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_same_seed_same_bits_twice(engine: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    def weights() -> str:
        sj.set_seed(3)
        model = small().compile("adam", "softmax_cross_entropy")
        model.fit(*digits, epochs=2, verbose=0)
        return hashlib.sha256(b"".join(v.numpy().tobytes() for v in model.variables)).hexdigest()

    assert weights() == weights()


def test_engines_start_equal_and_stay_close(digits: tuple[np.ndarray, np.ndarray]) -> None:
    first, losses, masks = [], [], []
    for name in ("numpy", "torch"):
        with sj.using(engine=name):
            sj.set_seed(0)
            model = small().compile("adam", "softmax_cross_entropy")
            model.build_for(tuple(digits[0][:1].shape))
            first.append([v.numpy().copy() for v in model.variables])
            losses.append(model.fit(*digits, epochs=1, verbose=0).history["loss"][0])
            dropout = nn.Dropout(0.5, name="mask")
            masks.append(dropout(sj.ones((7, 9)), training=True).numpy())
    for a, b in zip(*first, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(*masks)
    assert abs(losses[0] - losses[1]) < 1e-4


def test_xor_needs_a_hidden_layer(engine: str) -> None:
    (x, y), _ = sj.datasets.xor()
    found = {}
    for kind, layers in {
        "perceptron": [nn.Dense(2)],
        "mlp": [nn.Dense(8, activation="tanh"), nn.Dense(2)],
    }.items():
        sj.set_seed(0)
        model = nn.Sequential(layers).compile(sj.optim.Adam(0.05), "softmax_cross_entropy", ["accuracy"])
        model.fit(x, y, epochs=200, batch_size=4, verbose=0)
        found[kind] = model.evaluate(x, y)["accuracy"]
    assert found["perceptron"] <= 0.75
    assert found["mlp"] == 1.0


def test_predict_forms(engine: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    model = small().compile("adam", "softmax_cross_entropy")
    model.fit(*digits, epochs=1, verbose=0)
    probabilities = model.predict(digits[0])
    raw = model.predict(digits[0], output="raw")
    classes = model.predict(digits[0], output="class")
    assert probabilities.shape == raw.shape == (320, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(classes, raw.argmax(axis=1))
    shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
    expected = shifted / shifted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-4, atol=1e-6)


def test_predict_binary_classes(engine: str) -> None:
    (x, y), _ = sj.datasets.breast_cancer()
    model = nn.Sequential([nn.Dense(1)]).compile("adam", "sigmoid_cross_entropy")
    model.fit(x, y.reshape(-1, 1).astype("float32"), epochs=2, verbose=0)
    p = model.predict(x)
    assert p.min() >= 0
    assert p.max() <= 1
    np.testing.assert_array_equal(model.predict(x, output="class"), (p[:, 0] > 0.5).astype(int))


def test_sample_and_class_weights_agree(engine: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = digits
    weights = {c: 0.5 + c for c in range(10)}

    def final(**options: object) -> np.ndarray:
        sj.set_seed(0)
        model = nn.Sequential([nn.Flatten(), nn.Dense(10)]).compile("sgd", "softmax_cross_entropy")
        model.fit(x, y, epochs=1, verbose=0, **options)
        return model.variables[0].numpy()

    each = np.asarray([weights[c] for c in y.tolist()], dtype="float32")
    np.testing.assert_array_equal(final(class_weight=weights), final(sample_weight=each))
    assert not np.array_equal(final(), final(sample_weight=each))


def test_early_stopping_restores_the_best(engine: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    sj.set_seed(0)
    model = small().compile(sj.optim.Adam(0.05), "softmax_cross_entropy")
    stop = sj.training.EarlyStopping("val_loss", patience=1, restore_best_weights=True)
    history = model.fit(*digits, epochs=40, verbose=0, validation_split=0.25, callbacks=[stop])
    values = history.history["val_loss"]
    assert len(values) < 40
    assert min(values) == pytest.approx(-stop.best)


def test_regulariser_is_part_of_the_loss(engine: str) -> None:
    x, y = np.ones((4, 3), "float32"), np.zeros((4, 1), "float32")
    plain = nn.Sequential([nn.Dense(1)]).compile("sgd", "mean_squared_error")
    fined = nn.Sequential([nn.Dense(1, kernel_regularizer=sj.losses.l2(0.5))])
    fined.compile("sgd", "mean_squared_error")
    a, b = plain.evaluate(x, y)["loss"], fined.evaluate(x, y)["loss"]
    kernel = fined.variables[0].numpy()
    assert b - a == pytest.approx(0.5 * float((kernel**2).sum()), rel=1e-5)


def test_frozen_layers_stay(engine: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    model = small().compile("adam", "softmax_cross_entropy")
    model.build_for(tuple(digits[0][:1].shape))
    model.layers[1].freeze()
    before = model.layers[1].kernel.numpy().copy()
    model.fit(*digits, epochs=1, verbose=0)
    np.testing.assert_array_equal(model.layers[1].kernel.numpy(), before)
    model.layers[1].freeze(False)
    model.fit(*digits, epochs=1, verbose=0)
    assert not np.array_equal(model.layers[1].kernel.numpy(), before)


def test_ctrl_c_ends_after_the_step(
    digits: tuple[np.ndarray, np.ndarray], request: pytest.FixtureRequest
) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run unattended
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    class Press(sj.training.Callback):
        def on_batch_end(self, batch: int) -> None:
            if batch == 2:
                os.kill(os.getpid(), signal.SIGINT)

    model = small().compile("adam", "softmax_cross_entropy")
    history = model.fit(*digits, epochs=3, verbose=0, callbacks=[Press()])
    assert history.interrupted
    assert model.predict(digits[0]).shape == (320, 10)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_progress_lines(capsys: pytest.CaptureFixture[str], digits: tuple[np.ndarray, np.ndarray]) -> None:
    model = small().compile("adam", "softmax_cross_entropy", ["accuracy"])
    model.fit(*digits, epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("precision float32: a step is small (0.0")
    assert lines[2].startswith("epoch 2/2")
    assert "accuracy 0." in lines[2]


REFUSED = [
    (lambda m, x, y: m.fit(x, y + 5), IndexRangeError, r"label 13 at place 4 is no class[\s\S]*0 to 9"),
    (lambda m, x, y: m.fit(x, y[:, None].astype("float32")), Exception, r"float32\[2, 1\]|\(2, 1\)"),
    (lambda m, x, y: m.fit(x, y[:-1]), DataError, "320|319"),
    (lambda m, x, y: m.fit(x[:0], y[:0]), DataError, "empty|no "),
    (lambda m, x, y: m.fit(np.where(x > 0.9, np.nan, x), y), DataError, "NaN|nan"),
    (lambda m, x, y: m.fit(x), ArgumentError, "targets are missing"),
    (lambda m, x, y: m.fit(x, y, batch_size=0), ArgumentError, "batch_size"),
    (lambda m, x, y: m.predict(x, output="clas"), NameUnknownError, "did you mean 'class'"),
    (
        lambda m, x, y: m.fit(x, y, callbacks=[sj.training.EarlyStopping("val_los")]),
        NameUnknownError,
        "val_los",
    ),
    (lambda m, x, y: m.fit(x, y, class_weight={0: 1.0}), ArgumentError, r"lacks classes[\s\S]*\[1, 2"),
]


@pytest.mark.parametrize(("use", "error", "match"), REFUSED)
def test_bad_input(
    use: object, error: type[Exception], match: str, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    model = nn.Sequential([nn.Flatten(), nn.Dense(10)]).compile("sgd", "softmax_cross_entropy")
    with pytest.raises(error, match=match):
        use(model, *digits)  # type: ignore[operator]


def test_not_compiled() -> None:
    with pytest.raises(StateError, match=r"no loss and optimiser yet[\s\S]*model\.compile"):
        nn.Sequential([nn.Dense(1)]).fit(np.ones((2, 2)), np.ones((2, 1)))


def test_unknown_names() -> None:
    with pytest.raises(NameUnknownError, match="did you mean 'adam'"):
        nn.Sequential([nn.Dense(1)]).compile("adma", "mean_squared_error")
    with pytest.raises(NameUnknownError, match="mean_squared_error"):
        nn.Sequential([nn.Dense(1)]).compile("adam", "mean_squared_eror")
    with pytest.raises(NameUnknownError, match="accuracy"):
        nn.Sequential([nn.Dense(1)]).compile("adam", "mse", ["acuracy"])


def test_silent_broadcast_is_refused() -> None:
    model = nn.Sequential([nn.Dense(1)]).compile("sgd", "mean_squared_error")
    with pytest.raises(ShapeError, match=r"\(2,\)[\s\S]*\(2, 1\)"):
        model.fit(np.ones((4, 3), "float32"), np.ones(4, "float32"))


def test_error_names_the_layer() -> None:
    model = nn.Sequential([nn.Dense(4), nn.Sequential([nn.Dense(3)])])
    model(np.ones((2, 5), "float32"))
    with pytest.raises(ShapeError, match="features differs") as caught:
        model(np.ones((2, 6), "float32"))
    assert any("'dense'" in note for note in caught.value.__notes__)


def test_engines_do_not_mix() -> None:
    with sj.using(engine="numpy"):
        model = nn.Sequential([nn.Dense(1)])
        model(np.ones((2, 3), "float32"))
    with sj.using(engine="torch"), pytest.raises(EngineError, match=r"two engines[\s\S]*\.to\("):
        model(sj.ones((2, 3)))


def test_save_and_load(tmp_path: Path, engine: str, digits: tuple[np.ndarray, np.ndarray]) -> None:
    model = small().compile("adam", "softmax_cross_entropy", ["accuracy"])
    model.fit(*digits, epochs=1, verbose=0)
    model.save(tmp_path / "model")
    again = sj.load(tmp_path / "model")
    np.testing.assert_array_equal(model.predict(digits[0]), again.predict(digits[0]))
    assert again.evaluate(*digits) == model.evaluate(*digits)


@pytest.mark.parametrize(("patience", "epochs"), [(0, 3), (1, 3), (2, 4), (3, 8)])
def test_early_stopping_counts_as_keras_does(patience: int, epochs: int) -> None:
    """The run ends at the patience-th epoch in a row without improvement."""
    stop = sj.training.EarlyStopping("loss", patience=patience)
    stop.on_train_begin()
    losses = [1.0, 0.5, 0.6, 0.7, 0.4, 0.5, 0.6, 0.7] if patience == 3 else [1.0, 0.5, 0.6, 0.7, 0.8]
    ended = 0
    for epoch, loss in enumerate(losses):
        stop.on_epoch_end(epoch, {"loss": loss})
        ended = epoch + 1
        if stop.stop:
            break
    assert ended == epochs


def test_forgotten_flatten_is_named(digits: tuple[np.ndarray, np.ndarray]) -> None:
    model = nn.Sequential([nn.Conv2D(4, 3), nn.Dense(10)]).compile("sgd", "softmax_cross_entropy")
    with pytest.raises(ShapeError, match=r"\(2, 6, 6, 10\)[\s\S]*nn\.Flatten\(\) before the last layer"):
        model.fit(*digits)


def test_data_go_where_the_model_is(digits: tuple[np.ndarray, np.ndarray]) -> None:
    with sj.using(engine="numpy"):
        model = small().compile("adam", "softmax_cross_entropy", ["accuracy"])
        model.fit(*digits, epochs=1, verbose=0)
    with sj.using(engine="torch"):
        model.fit(*digits, epochs=1, verbose=0)
        assert set(model.evaluate(*digits)) == {"loss", "accuracy"}
        assert model.predict(digits[0]).shape == (320, 10)
    assert {v.engine for v in model.variables} == {"numpy"}


def test_model_and_loss_are_recorded_once_for_a_check(
    digits: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sujeong.training import targets

    calls, record = [], targets.record

    def counted(function: object, *specs: object) -> object:
        calls.append(specs)
        return record(function, *specs)  # type: ignore[arg-type]

    monkeypatch.setattr(targets, "record", counted)
    model = small().compile("adam", "softmax_cross_entropy", precision="auto")
    for _ in range(2):
        model.fit(*digits, epochs=1, verbose=0, validation_split=0.1)
        model.evaluate(*digits)
    assert len(calls) == 1
    with pytest.raises(ShapeError, match="while evaluate looked at inputs"):
        model.evaluate(digits[0], np.zeros((320, 3), "f"))  # other targets are looked at anew
    assert len(calls) == 2


def test_cost_of_the_loss_does_not_choose_the_precision(digits: tuple[np.ndarray, np.ndarray]) -> None:
    from sujeong.training import recipe, targets

    model = small().compile("adam", "softmax_cross_entropy")
    model.build_for(tuple(digits[0][:1].shape))
    found = targets.forward(model, recipe.of(model), *digits)
    alone = sj.record(lambda x: model(x, training=False), sj.Spec((2, 8, 8, 1), sj.float32))
    assert found.cost().flops == alone.cost().flops
    assert "softmax" not in str(found)
