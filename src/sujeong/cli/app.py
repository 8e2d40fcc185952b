"""The commands: demo, train, evaluate, predict, info."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import sujeong as sj

from ..messages import set_language, text
from ..training.runs import Plan
from . import report
from .terminal import console

application = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=text("cli.help"))
Lang = Annotated[str | None, typer.Option("--lang", help=text("cli.lang"), callback=lambda v: _language(v))]


def _language(value: str | None) -> str | None:
    if value is not None:
        set_language(value)
    return value


def complain(error: Exception) -> None:
    """Shows an error of the user: its text, and the notes below it."""
    console(stderr=True).print(text("cli.error"), style="bold red", end=" ")
    lines = [str(error), *(f"  {note}" for note in getattr(error, "__notes__", ()))]
    console(stderr=True).print("\n".join(lines))


@application.command(help=text("cli.demo.help"))
def demo(
    out: Annotated[Path, typer.Option(help=text("cli.out"))] = Path("runs/demo"),
    engine: Annotated[str | None, typer.Option(help=text("cli.engine"))] = None,
    seed: Annotated[int, typer.Option(help=text("cli.seed"))] = 0,
    lang: Lang = None,
) -> None:
    """Trains a small convolutional network on the digits that come with the package."""
    say = console().print
    plan = Plan("digits", "cnn", epochs=20, batch_size=32, seed=seed, engine=engine)
    say(text("cli.demo.begin"))
    result = report.run(plan, out)
    if report.can_draw():
        say(text("cli.demo.pictures", folder=out))
    print(f"test accuracy {result.summary['test_accuracy']:.4f}")


@application.command(help=text("cli.train.help"))
def train(
    dataset: Annotated[str, typer.Argument(help=text("cli.dataset"))],
    model: Annotated[str, typer.Option(help=text("cli.model"))] = "mlp",
    loss: Annotated[str | None, typer.Option(help=text("cli.loss"))] = None,
    optimizer: Annotated[str, typer.Option(help=text("cli.optimizer"))] = "adam",
    lr: Annotated[float | None, typer.Option(help=text("cli.lr"))] = None,
    schedule: Annotated[str, typer.Option(help=text("cli.schedule"))] = "cosine",
    epochs: Annotated[int, typer.Option(min=1, help=text("cli.epochs"))] = 8,
    batch_size: Annotated[int, typer.Option(min=1, help=text("cli.batch_size"))] = 128,
    seed: Annotated[int, typer.Option(help=text("cli.seed"))] = 0,
    engine: Annotated[str | None, typer.Option(help=text("cli.engine"))] = None,
    device: Annotated[str | None, typer.Option(help=text("cli.device"))] = None,
    precision: Annotated[str, typer.Option(help=text("cli.precision"))] = "auto",
    precompile: Annotated[bool, typer.Option("--precompile", help=text("cli.precompile"))] = False,
    out: Annotated[Path | None, typer.Option(help=text("cli.out"))] = None,
    lang: Lang = None,
) -> None:
    """Trains a model on a data set and writes model, figures and pictures."""
    plan = Plan(
        *(dataset, model, loss, optimizer, lr, schedule, epochs, batch_size, seed, engine, device),
        *(precision, precompile),
    )
    folder = out or Path("runs") / f"{dataset}-{model}"
    result = report.run(plan, folder)
    report.figures(result.summary)
    console().print(text("cli.train.done", folder=folder))
    report.last_line(result.summary)
    if result.summary["interrupted"]:
        raise typer.Exit(130)


@application.command(help=text("cli.evaluate.help"))
def evaluate(
    directory: Annotated[Path, typer.Argument(help=text("cli.directory"))],
    lang: Lang = None,
) -> None:
    """Measures a trained model on the test part of its data set again."""
    report.again(directory)


@application.command(help=text("cli.predict.help"))
def predict(
    directory: Annotated[Path, typer.Argument(help=text("cli.directory"))],
    images: Annotated[list[Path], typer.Argument(help=text("cli.images"))],
    invert: Annotated[bool, typer.Option(help=text("cli.invert"))] = False,
    top: Annotated[int, typer.Option(min=1, help=text("cli.top"))] = 3,
    lang: Lang = None,
) -> None:
    """Says what a trained model sees in pictures."""
    report.pictures(directory, images, invert, top)


@application.command(help=text("cli.info.help"))
def info(lang: Lang = None) -> None:
    """Shows versions, engines, devices and data sets."""
    report.info()


__all__ = ["application", "complain", "sj"]
