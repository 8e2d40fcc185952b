"""The main job: compile, fit, evaluate, predict, with Keras's names and arguments."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.engine import using
from ..core.settings import get_seed
from ..data.arrays import ArrayData
from ..errors import ArgumentError, message, unknown_name
from ..messages import text
from ..nn.module import Module
from ..program.replay import Tripped
from . import recipe as recipes
from .callbacks import Callback
from .feeding import Feed
from .history import History
from .interrupt import deferred
from .narrowing import narrowed
from .outputs import finisher
from .precision import computing
from .preparing import as_numbers, class_weights, held_out, prepare, settled, validation
from .progress import Progress
from .recipe import Recipe
from .steps import predict_step, test_step, train_step
from .trouble import Given, explain


def compile(
    model: Module,
    optimizer: Any = "rmsprop",
    loss: Any = None,
    metrics: Sequence[Any] = (),
    *,
    precision: str = "auto",
) -> Module:
    """Settles the optimiser, the loss, the metrics and the precision of a model.

    Args:
        model: the model (as a method: itself).
        optimizer: a name such as `"adam"`, or an object of `sujeong.optim`.
        loss: a name such as `"softmax_cross_entropy"`, an object of `sujeong.losses`, or a function
            `(target, prediction)`.
        metrics: names or objects of `sujeong.metrics`.
        precision: `"float32"`; `"mixed_bfloat16"` or `"mixed_float16"`: products in 16 bits, weights, norms,
            sums and losses in 32; `"float64"`; `"auto"`: mixed_bfloat16 where the device has units for it and
            a step enough work, else float32. `fit` says which, and why.

    Returns:
        The model.

    Raises:
        NameUnknownError: a name is not known.

    Example:
        >>> from sujeong import nn
        >>> model = nn.Sequential([nn.Dense(1)])
        >>> model = model.compile(optimizer="sgd", loss="mean_squared_error")
    """
    if loss is None:
        fix = 'loss="softmax_cross_entropy" for classes, loss="mean_squared_error" for numbers.'
        raise ArgumentError(
            message("compile", "a loss is needed: it says what training makes smaller.", fix=fix)
        )
    recipes.settle(model, optimizer, loss, metrics, precision)
    return model


def _at_home(method: Callable[..., Any]) -> Callable[..., Any]:
    """Brings data to the engine and device where the model's variables are, whatever is chosen now."""

    @functools.wraps(method)
    def moved(model: Module, *args: Any, **options: Any) -> Any:
        home = next((v._home for v in model.variables), None)
        if home is None:
            return method(model, *args, **options)
        with using(*home):
            return method(model, *args, **options)

    return moved


@_at_home
def fit(
    model: Module,
    x: Any,
    y: Any = None,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Sequence[Callback] = (),
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    seed: int | None = None,
) -> History:
    """Trains the model.

    Args:
        model: the model (as a method: itself), compiled.
        x: inputs (samples, ...), a NumPy array or tensor.
        y: targets (samples, ...): class numbers, one-hot rows, or numbers, as the loss takes them.
        batch_size: samples a step.
        epochs: passes over the data; the number of the last one if `initial_epoch` is given.
        verbose: 0 silent, 1 a live line, 2 one line an epoch, `"auto"` by where it is shown.
        callbacks: objects of `sujeong.training.Callback`.
        validation_split: share of the data held out for validation, drawn by the seed, class by class.
        validation_data: `(x, y)` or `(x, y, sample_weight)` instead.
        shuffle: a new order each epoch, from seed and epoch.
        class_weight: class number -> weight of its samples.
        sample_weight: a weight a sample.
        initial_epoch: where to go on.
        seed: of the order of the data; default `sj.get_seed()`.

    Returns:
        The figures of each epoch.

    Raises:
        StateError: the model is not compiled.
        DataError: empty data, NaN, or targets that do not suit the loss.
        NonFiniteError: a step gave NaN or infinity; it was not taken.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), _ = sj.datasets.xor()
        >>> model = nn.Sequential([nn.Dense(8, activation="tanh"), nn.Dense(2)])
        >>> model = model.compile(optimizer="adam", loss="softmax_cross_entropy")
        >>> run = model.fit(x, y, epochs=2, verbose=0)
        >>> len(run.history["loss"])
        2
    """
    recipe = recipes.of(model)
    if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
        raise ArgumentError(
            message("fit", "batch_size must be a positive whole number.", received=batch_size)
        )
    seed = get_seed() if seed is None else seed
    if validation_split:
        if validation_data is not None:
            fix = "leave one of them out."
            raise ArgumentError(
                message("fit", "both validation_split and validation_data were given.", fix=fix)
            )
        x, y, sample_weight, validation_data = held_out(x, y, sample_weight, validation_split, seed)
    if class_weight is not None:
        sample_weight = class_weights(y, class_weight, sample_weight)
    data = prepare(model, recipe, x, y, sample_weight, "fit")
    held = None if validation_data is None else validation(model, recipe, validation_data)
    recipe.optimizer.build(model.trainable_variables)
    step = _step(model, "train", lambda: train_step(model, recipe))
    precision, reason = settled(model, recipe, data, batch_size)
    progress, history = Progress(epochs, verbose), History()
    progress.note(text("precision.line", precision=precision, reason=reason))
    history.precision = precision
    model.history = history  # type: ignore[attr-defined]
    for callback in callbacks:
        callback.model = model
        callback.on_train_begin()
    narrow = narrowed(model, recipe, data.x, precision) if shuffle else None
    with computing(precision), deferred() as interrupt, Feed(data, batch_size, narrow) as feed:
        for epoch in range(initial_epoch, epochs):
            start = time.perf_counter()
            for callback in callbacks:
                callback.on_epoch_begin(epoch)
            _reset(recipe)
            given = Given()
            try:
                for number, arrays in enumerate(feed.epoch(shuffle=shuffle, seed=seed, epoch=epoch)):
                    given.note(number, arrays)
                    try:
                        step(*arrays)
                    except Tripped:
                        if recipe.scale is not None and recipe.scale.step_was_bad():
                            continue
                        raise
                    for callback in callbacks:
                        callback.on_batch_end(number)
                    if progress.wants():
                        elapsed = time.perf_counter() - start
                        progress.draw(epoch, number + 1, feed.batches, _figures(recipe), elapsed)
                    if interrupt.asked:
                        break
                step.flush()
                history.kernels = step.kernels
            except Tripped as error:
                number, arrays = given.of(error)
                raise explain(model, recipe, arrays, epoch, number) from None
            if interrupt.asked:
                history.interrupted = True
                break
            figures = _figures(recipe)
            if held is not None:
                figures |= {f"val_{k}": v for k, v in _evaluate(model, recipe, held, batch_size).items()}
            seconds = time.perf_counter() - start
            history.add(epoch, figures, seconds)
            progress.epoch(epoch, figures, seconds)
            for callback in callbacks:
                callback.on_epoch_end(epoch, figures)
            if any(callback.stop for callback in callbacks):
                break
    for callback in callbacks:
        callback.on_train_end()
    return history


def _step(model: Module, kind: str, make: Any) -> Any:
    """The recorded step of a kind; made anew when other variables are trained than before."""
    key = (kind, tuple(id(v) for v in model.trainable_variables))
    steps: dict[Any, Any] = model._steps  # type: ignore[attr-defined]
    if key not in steps:
        steps[key] = make()
    return steps[key]


def _reset(recipe: Recipe) -> None:
    recipe.mean_loss.reset()
    for metric in recipe.metrics:
        metric.reset()


def _figures(recipe: Recipe) -> dict[str, float]:
    found = {"loss": float(recipe.mean_loss.result())}
    for metric in recipe.metrics:
        value = metric.result()
        if not getattr(value, "shape", ()):
            found[metric.name] = float(value)
    return found


def _evaluate(model: Module, recipe: Recipe, data: ArrayData, batch_size: int) -> dict[str, float]:
    step = _step(model, "test", lambda: test_step(model, recipe))
    _reset(recipe)
    with computing(recipe.computed), Feed(data, batch_size) as feed:
        for arrays in feed.epoch():
            step(*arrays)
    return _figures(recipe)


@_at_home
def evaluate(
    model: Module, x: Any, y: Any, *, batch_size: int = 256, sample_weight: Any = None
) -> dict[str, float]:
    """Measures loss and metrics on data, without learning from it.

    Args:
        model: the model (as a method: itself), compiled.
        x: inputs (samples, ...).
        y: targets (samples, ...).
        batch_size: samples at a time.
        sample_weight: a weight a sample.

    Returns:
        name -> figure.

    Raises:
        StateError: the model is not compiled.
        DataError: empty data, NaN, or targets that do not suit the loss.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), _ = sj.datasets.xor()
        >>> model = nn.Sequential([nn.Dense(2)]).compile(loss="softmax_cross_entropy")
        >>> list(model.evaluate(x, y))
        ['loss']
    """
    recipe = recipes.of(model)
    return _evaluate(model, recipe, prepare(model, recipe, x, y, sample_weight, "evaluate"), batch_size)


@_at_home
def predict(model: Module, x: Any, *, batch_size: int = 256, output: str = "auto") -> np.ndarray:
    """The model's answers.

    Args:
        model: the model (as a method: itself).
        x: inputs (samples, ...).
        batch_size: samples at a time.
        output: `"auto"` gives probabilities for a classifier compiled with a loss on logits, else the model's
            own output; `"raw"` always the model's own output; `"class"` the number of the likeliest class,
            for which softmax need not be computed.

    Returns:
        A NumPy array (samples, ...).

    Raises:
        StateError: probabilities were asked of a model without a loss.
        DataError: empty data or NaN.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), _ = sj.datasets.xor()
        >>> model = nn.Sequential([nn.Dense(2)]).compile(loss="softmax_cross_entropy")
        >>> model.predict(x).shape, model.predict(x, output="class").shape
        ((4, 2), (4,))
    """
    if output not in ("auto", "raw", "class"):
        raise unknown_name("output", output, ("auto", "raw", "class"))
    recipe = getattr(model, "_recipe", None)
    data = ArrayData(as_numbers(x, "float32" if recipe is None else recipe.precision))
    steps = model.__dict__.setdefault("_steps", {})
    key = ("predict", output)
    if key not in steps:
        steps[key] = predict_step(model, finisher(recipe, output))
    with computing("float32" if recipe is None else recipe.computed), Feed(data, batch_size) as feed:
        found = [steps[key](x).numpy() for x, _, _ in feed.epoch()]
    return np.concatenate(found)
