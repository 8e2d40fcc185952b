"""What the commands do and show, beyond taking arguments."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import sujeong as sj

from ..core.engine import load_engine
from ..errors import DataError, EngineError, message
from ..inspect import draw_confusion, draw_curves, draw_mistakes
from ..messages import text
from ..training.runs import Plan, Result, execute, reopen
from .terminal import console, table


def run(plan: Plan, folder: Path) -> Result:
    """Trains by a plan, then draws the pictures that suit the data."""
    result = execute(plan, lambda shape, outputs: sj.zoo.make(plan.model, shape, outputs), folder)
    if not can_draw():
        console().print(text("cli.no_pictures"))
        return result
    if result.history.epochs:
        draw_curves(result.history, folder / "curves.png")
    if result.info.kind == "classification":
        x, y = result.test
        probabilities = result.model.predict(x)
        names = _class_names(result.info, probabilities.shape[1])
        draw_confusion(y, probabilities.argmax(axis=1), names, folder / "confusion.png")
        if x.ndim == 4:
            draw_mistakes(x, y, probabilities, names, folder / "mistakes.png")
    return result


def can_draw() -> bool:
    """Whether pictures can be drawn: matplotlib is there."""
    return importlib.util.find_spec("matplotlib") is not None


def _class_names(info: Any, count: int) -> list[str]:
    names = [str(c) for c in info.classes]
    return names if len(names) == count else [str(i) for i in range(count)]


def figures(summary: dict[str, Any]) -> None:
    """Shows the figures of a run."""
    keys = ["parameters", "training_samples", "test_samples", "seconds", "engine", "device", "seed"]
    rows = [(text(f"cli.figure.{k}"), str(summary[k])) for k in keys]
    rows += [
        (k.replace("_", " "), f"{v:.4f}")
        for k, v in summary.items()
        if k.startswith("test_") and isinstance(v, float)
    ]
    table(f"{summary['dataset']} · {summary['model']}", ("", "#"), rows)


def last_line(summary: dict[str, Any]) -> None:
    """The figure that counts, alone on the last line, in one form for scripts."""
    key = "test_accuracy" if "test_accuracy" in summary else "test_loss"
    print(f"{key.replace('_', ' ')} {summary[key]:.4f}")


def again(folder: Path) -> None:
    """Measures a saved model on its test data."""
    model, summary = reopen(folder)
    x, y = sj.datasets.load(str(summary.get("dataset")))[1]
    found = {f"test_{name}": value for name, value in model.evaluate(x, y).items()}
    table(str(folder), ("", "#"), [(k.replace("_", " "), f"{v:.4f}") for k, v in found.items()])
    last_line(found)


def pictures(folder: Path, paths: Sequence[Path], invert: bool, top: int) -> None:
    """Classifies pictures with a saved model."""
    model, summary = reopen(folder)
    info = sj.datasets.info(str(summary.get("dataset")))
    shape = tuple(model.input_specs[0].shape[1:])
    images = np.stack([read_image(path, shape, invert) for path in paths])
    probabilities = model.predict(images)
    names = _class_names(info, probabilities.shape[1])
    rows = []
    for path, row in zip(paths, probabilities, strict=True):
        best = np.argsort(-row, kind="stable")[:top]
        rows.append((str(path), "  ".join(f"{names[i]} {row[i]:.1%}" for i in best)))
    table(None, (text("cli.picture"), text("cli.classes")), rows)


def read_image(path: Path, shape: tuple[int, ...], invert: bool) -> np.ndarray:
    """A picture in the form that a model takes.

    Args:
        path: of a PNG, JPEG or the like.
        shape: (height, width, channels) of the model's input.
        invert: whether dark means 1, for dark writing on light paper.

    Returns:
        float32 in 0..1.

    Raises:
        DataError: the file is missing or no picture, or the model takes no pictures.
        EngineError: Pillow is not installed.
    """
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise DataError(message("predict", "this model takes no pictures.", received=f"input {shape}"))
    try:
        from PIL import Image
    except ModuleNotFoundError:
        fix = 'pip install "sujeong[plot]"'
        raise EngineError(message("predict", "reading pictures needs Pillow.", fix=fix)) from None
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > 64_000_000:
                raise DataError(message("predict", "the picture is too large.", received=str(picture.size)))
            plain = picture.convert("L" if shape[2] == 1 else "RGB").resize((shape[1], shape[0]))
            values = np.asarray(plain, dtype=np.float32).reshape(shape) / 255
    except (OSError, Image.DecompressionBombError) as error:
        raise DataError(
            message("predict", f"cannot read {str(path)!r} as a picture.", received=error)
        ) from None
    return 1 - values if invert else values


def info() -> None:
    """Versions, engines with their devices, data sets."""
    rows = [("sujeong", sj.__version__), ("python", platform.python_version()), ("numpy", np.__version__)]
    table(None, (text("cli.info.what"), text("cli.info.version")), rows)
    engines = []
    for name in sj.engine_names():
        try:
            engine = load_engine(name)
            settings = ", ".join(f"{what} {value}" for what, value in engine.facts().items())
            engines.append((name, ", ".join(engine.devices()), settings))
        except EngineError:
            engines.append((name, text("cli.info.absent"), ""))
    table(None, tuple(text(f"cli.info.{head}") for head in ("engine", "devices", "settings")), engines)
    sets = [(n, sj.datasets.info(n).title, sj.datasets.info(n).needs) for n in sj.datasets.names()]
    table(None, (text("cli.info.dataset"), text("cli.info.title"), text("cli.info.needs")), sets)
