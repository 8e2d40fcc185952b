"""Writing that is whole or not at all, whenever the program is killed.

A file is written beside its place, brought to the disk, and renamed over it in one step. A folder
cannot be renamed over another one, so it takes two: the old one moves to `.NAME.previous`, the new one
to its place. Killed between the two, `located` finds the old one, and the next save tidies up.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DataError, message


def write_aside(path: str | Path, content: bytes) -> None:
    """Replaces a file in one step: readers see the old content or the new one, nothing between.

    Args:
        path: the file; its folder is made if it is missing.
        content: all of it.

    Example:
        >>> write_aside("figures.json", b"{}")
        >>> Path("figures.json").read_bytes()
        b'{}'
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.saving")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, target)  # noqa: PTH105 - the tests stand in for it by this name
    except BaseException:  # Ctrl-C too leaves nothing half-written
        aside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


@contextmanager
def folder_aside(path: str | Path, names: tuple[str, ...]) -> Iterator[Path]:
    """Replaces a folder in one go: the block writes into an empty folder, which then takes the place.

    Args:
        path: the folder to make or to replace.
        names: the files that it may hold; a folder that holds anything else is not touched.

    Yields:
        The empty folder to write into.

    Raises:
        DataError: there is something else in the place.
    """
    target = Path(os.path.realpath(path))
    parent = target.parent
    parent.mkdir(parents=True, exist_ok=True)
    aside, previous = parent / f".{target.name}.saving", _previous(target)
    if previous.exists() and not target.exists():  # a save was killed between its two steps
        os.rename(previous, target)  # noqa: PTH104
    _refuse_strangers(target, names)
    for left in (aside, previous):
        if left.exists():
            shutil.rmtree(left)
    aside.mkdir()
    try:
        yield aside
        for file in aside.iterdir():
            _sync(file)
        _sync_folder(aside)
        if target.exists():
            os.rename(target, previous)  # noqa: PTH104
        try:
            os.rename(aside, target)  # noqa: PTH104
        except Exception:
            if previous.exists():
                os.rename(previous, target)  # noqa: PTH104
            raise
    except Exception:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _sync_folder(parent)
    shutil.rmtree(previous, ignore_errors=True)


def located(path: str | Path) -> Path:
    """Where a folder of `folder_aside` is now: its place, or, after a save that was killed, the previous one.

    Args:
        path: the folder.

    Returns:
        The folder to read.
    """
    target = Path(os.path.realpath(path))
    previous = _previous(target)
    return previous if previous.is_dir() and not target.exists() else target


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _refuse_strangers(target: Path, names: tuple[str, ...]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        fix = "choose another name, or remove it first."
        raise DataError(message("save", f"{str(target)!r} is a file, not a folder.", fix=fix))
    others = sorted(entry.name for entry in target.iterdir() if entry.name not in names)
    if others:
        fix = "choose a folder of its own for the model; saving replaces the whole folder."
        what = f"{str(target)!r} holds other files, which saving would remove."
        raise DataError(
            message("save", what, received=", ".join(others[:5]), expected=", ".join(names), fix=fix)
        )


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Brings renames to the disk; some systems cannot open folders, there it is left to them."""
    with contextlib.suppress(OSError):
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
