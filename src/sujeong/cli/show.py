"""The commands that show ideas: show, claims, errata."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

import sujeong as sj

from ..errors import ArgumentError, message
from ..exhibits import errata as slips
from ..exhibits import gallery, ledger
from ..exhibits import history as past
from ..exhibits.catalogue import CHAPTERS, NAMES, exhibit
from ..exhibits.runner import show as run_exhibit
from ..messages import text
from .app import Lang, application
from .terminal import console, table

Names = Annotated[list[str] | None, typer.Argument(help=text("cli.show.names"))]
Engine = Annotated[str | None, typer.Option(help=text("cli.engine"))]
Small = Annotated[bool, typer.Option("--small", help=text("cli.show.small"))]


def watched(items: list[Any]) -> Iterable[Any]:
    """A loop with a progress bar, where the terminal can show one."""
    from rich.progress import track

    screen = console(stderr=True)
    if not screen.is_terminal:
        return items
    return track(items, description="", console=screen, transient=True)


@application.command(help=text("cli.show.help"))
def show(
    names: Names = None,
    listing: Annotated[bool, typer.Option("--list", help=text("cli.show.list"))] = False,
    everything: Annotated[bool, typer.Option("--all", help=text("cli.show.all"))] = False,
    resume: Annotated[bool, typer.Option("--resume", help=text("cli.show.resume"))] = False,
    small: Small = False,
    seed: Annotated[int, typer.Option(min=0, help=text("cli.show.seed"))] = 0,
    out: Annotated[Path, typer.Option(help=text("cli.show.out"))] = Path("runs/show"),
    engine: Engine = None,
    lang: Lang = None,
) -> None:
    """Shows exhibits, all of them, or their list."""
    if listing:
        _list()
        return
    with sj.using(engine=engine):
        if everything:
            _all(out, seed, small, resume)
            return
        if not names:
            raise ArgumentError(
                message("show", text("show.gallery.what"), fix="sujeong show xor; sujeong show --list")
            )
        for name in [exhibit(n).name for n in names]:  # a wrong name is told before anything runs
            found = run_exhibit(name, seed=seed, small=small, out=out, speak=console().print, watch=watched)
            for stage in found.stages.values():
                if stage.picture_path is not None:
                    console().print(text("show.gallery.picture", path=stage.picture_path), style="dim")
            console().print(text("show.gallery.took", seconds=found.seconds), style="dim")


def _list() -> None:
    """The exhibits by chapter, one line each."""
    heads = [text(f"show.gallery.list.{head}") for head in ("name", "title", "seconds")]
    for chapter, names in CHAPTERS.items():
        rows = [(n, text(f"show.{n}.title"), f"{exhibit(n).seconds:g}") for n in names]
        table(text(f"chapter.{chapter}"), (heads[0], heads[1], f"#{heads[2]}"), rows)


def _all(out: Path, seed: int, small: bool, resume: bool) -> None:
    """The gallery; what failed is told at the end, and makes the exit status 1."""
    say = console().print
    outcome = gallery.build(out, seed=seed, small=small, resume=resume, report=say, watch=watched)
    for name in outcome.kept:
        say(text("show.gallery.kept", name=name))
    for name, reason in outcome.failed.items():
        say(text("show.gallery.failed", name=name, reason=reason))
    count = len(outcome.shown) + len(outcome.kept)
    say(text("show.gallery.done", count=count, page=out / gallery.PAGES[sj.get_language()]))
    if outcome.failed:
        raise typer.Exit(1)


@application.command(help=text("cli.claims.help"))
def claims(
    names: Annotated[list[str] | None, typer.Argument(help=text("cli.claims.names"))] = None,
    seeds: Annotated[int, typer.Option(min=1, help=text("cli.claims.seeds"))] = 5,
    small: Small = False,
    out: Annotated[Path | None, typer.Option(help=text("cli.claims.out"))] = None,
    work: Annotated[Path, typer.Option(help=text("cli.claims.work"))] = Path("runs/claims"),
    engine: Engine = None,
    lang: Lang = None,
) -> None:
    """Tests the claims of the notes."""
    say = console().print
    with sj.using(engine=engine):
        verdicts = ledger.examine(
            seeds=seeds, small=small, names=names or NAMES, folder=work, report=say, watch=watched
        )
    for v in verdicts:
        outcome = text(f"show.claims.{v.outcome}")
        say(f"{outcome} ({v.agreeing}/{v.seeds})  {v.says()}\n    {v.found()}  [{v.exhibit}]")
    if out is not None:
        ledger.write_pages(verdicts, out)


@application.command(help=text("cli.errata.help"))
def errata(
    out: Annotated[Path | None, typer.Option(help=text("cli.errata.out"))] = None,
    lang: Lang = None,
) -> None:
    """Checks the slips of the notes."""
    console().print(slips.page())
    if out is not None:
        slips.write_pages(out)


@application.command(help=text("cli.history.help"))
def history(lang: Lang = None) -> None:
    """How the field came to be."""
    heads = [text(f"show.history.{head}") for head in ("year", "what", "command")]
    table(None, heads, past.lines())
