"""A run: training a named model on a named data set, with everything it leaves in one folder.

DIR/model/config.json, DIR/model/weights.safetensors     the model
DIR/model/optimizer.safetensors                          what its optimiser remembers
DIR/summary.json                                         what was asked, what came out
DIR/history.json                                         the figures of each epoch
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import optim
from ..checkpoints import load, write_aside
from ..core.engine import current, using
from ..core.settings import set_seed
from ..data import datasets
from ..errors import DataError, message, unknown_name

SCHEDULES = ("cosine", "constant")
FEW = 20
"""With fewer samples none are held out for validation: exclusive or has four, and needs each."""


@dataclass
class Plan:
    """What to train, and how.

    Attributes:
        dataset: a name of `sj.datasets`.
        model: a name of `sj.zoo`.
        loss: a name; default by the kind of the data.
        optimizer: a name.
        rate: learning rate; default the optimiser's own.
        schedule: `"cosine"` lets the rate fall to zero over the run, `"constant"` keeps it.
        epochs: passes over the data.
        batch_size: samples a step.
        seed: of weights, order and masks.
        engine: default the chosen one.
        device: default the engine's first.
        precision: as `compile` takes it.
        precompile: whether compiled kernels are built first, where they are missing.
    """

    dataset: str
    model: str = "mlp"
    loss: str | None = None
    optimizer: str = "adam"
    rate: float | None = None
    schedule: str = "cosine"
    epochs: int = 8
    batch_size: int = 128
    seed: int = 0
    engine: str | None = None
    device: str | None = None
    precision: str = "auto"
    precompile: bool = False


@dataclass
class Result:
    """What a run gave.

    Attributes:
        model: the trained model.
        history: figures of each epoch.
        summary: plain figures, as in `summary.json`.
        test: inputs and targets of the test part.
        info: the data set's description.
    """

    model: Any
    history: Any
    summary: dict[str, Any]
    test: tuple[np.ndarray, np.ndarray]
    info: Any


def execute(plan: Plan, make: Any, out: Path, *, verbose: int | str = "auto") -> Result:
    """Trains by a plan and writes the folder.

    Args:
        plan: what to train.
        make: `(shape, outputs) -> model`.
        out: the folder.
        verbose: as for `fit`.

    Returns:
        Model, history and figures.

    Raises:
        DataError: the data set is missing.
        NameUnknownError: a name is not known.
    """
    info = datasets.info(plan.dataset)
    (x, y), test = datasets.load(plan.dataset)
    with using(plan.engine, plan.device):
        set_seed(plan.seed)
        classes = info.kind == "classification"
        outputs = int(y.max()) + 1 if classes else y.shape[-1]
        model = make(x.shape[1:], outputs)
        loss = plan.loss or ("softmax_cross_entropy" if classes else "mean_squared_error")
        held_out = 0.1 if len(x) >= FEW else 0.0
        model.compile(
            _optimizer(plan, round(len(x) * (1 - held_out))),
            loss,
            ["accuracy"] if classes else ["mae"],
            precision=plan.precision,
        )
        if plan.precompile:
            model.precompile(x, y, batch_size=plan.batch_size)
        start = time.perf_counter()
        history = model.fit(
            x, y, epochs=plan.epochs, batch_size=plan.batch_size, validation_split=held_out, verbose=verbose
        )
        seconds = time.perf_counter() - start
        figures = model.evaluate(*test)
        engine, device = current()
        model.save(out / "model")
    weights = (out / "model" / "weights.safetensors").read_bytes()
    summary = {
        **asdict(plan),
        "loss": loss,
        "precision": history.precision,
        "kernels": history.kernels,
        "engine": engine.name,
        "device": device,
        "parameters": model.count_parameters(),
        "training_samples": len(x),
        "test_samples": len(test[0]),
        "seconds": round(seconds, 3),
        "interrupted": history.interrupted,
        **{f"test_{name}": value for name, value in figures.items()},
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "python": platform.python_version(),
    }
    write_json(out / "summary.json", summary)
    write_json(
        out / "history.json", {"epochs": history.epochs, "seconds": history.seconds, **history.history}
    )
    return Result(model, history, summary, test, info)


def _optimizer(plan: Plan, samples: int) -> Any:
    """The optimiser of a plan, its rate falling along half a cosine wave unless told to stay."""
    if plan.schedule not in SCHEDULES:
        raise unknown_name("schedule", plan.schedule, SCHEDULES)
    settings = {} if plan.rate is None else {"learning_rate": plan.rate}
    optimizer = optim.get(plan.optimizer, **settings)
    if plan.schedule == "constant":
        return optimizer
    steps = plan.epochs * -(-samples // plan.batch_size)
    return optim.get(plan.optimizer, learning_rate=optim.Cosine(float(optimizer.learning_rate), steps))


def reopen(folder: Path) -> tuple[Any, dict[str, Any]]:
    """The model and the summary of a finished run.

    Args:
        folder: of the run.

    Returns:
        `(model, summary)`.

    Raises:
        DataError: the folder holds no run.
    """
    path = folder / "summary.json"
    if not path.is_file():
        fix = "give the folder that `sujeong train ... --out` wrote."
        raise DataError(
            message("run", f"there is no run in {str(folder)!r}.", expected="summary.json", fix=fix)
        )
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(message("run", "summary.json is damaged.", received=error)) from None
    if not isinstance(summary, dict):
        raise DataError(message("run", "summary.json is damaged.", received=type(summary).__name__))
    return load(folder / "model"), summary


def write_json(path: Path, value: Any) -> None:
    """Writes plain values aside and renames the file."""
    write_aside(path, (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode())
