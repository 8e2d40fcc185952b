"""A save that is killed leaves the previous model, or the new one: never half of one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import nn
from sujeong.checkpoints import atomic, folder_aside, located, write_aside
from sujeong.errors import DataError


class Killed(BaseException):
    """Stands for a kill: nothing in the package catches it."""


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Counts the calls that change the disk, and ends the save before the chosen one."""
    state: dict[str, Any] = {"calls": [], "at": None}

    def wrap(name: str, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if state["at"] == len(state["calls"]):
                raise Killed(name)
            state["calls"].append(name)
            return real(*args, **options)

        return call

    for name in ("fsync", "rename", "replace"):
        monkeypatch.setattr(os, name, wrap(name, getattr(os, name)))
    monkeypatch.setattr(atomic.shutil, "rmtree", wrap("rmtree", atomic.shutil.rmtree))
    monkeypatch.setattr(Path, "mkdir", wrap("mkdir", Path.mkdir))
    yield state
    state["at"] = None


def model_of(value: float) -> nn.Sequential:
    model = nn.Sequential([nn.Input((2,)), nn.Dense(2, name="d")])
    model.variables[0].assign(np.full((2, 2), value, "float32"))
    return model


def value_in(folder: Path) -> float:
    return float(sj.load(folder).variables[0].numpy()[0, 0])


def test_killed_at_every_call(killer: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "model"
    model_of(1.0).save(folder)
    killer["calls"].clear()
    model_of(2.0).save(folder)
    steps = list(killer["calls"])
    assert steps.count("rename") == 2
    assert (
        steps[: steps.index("rename")].count("fsync") == 3
    )  # two files and their folder, before any renaming
    seen = []
    for at in range(len(steps)):
        killer["at"] = None
        model_of(1.0).save(folder)
        killer["calls"].clear()
        killer["at"] = at
        with pytest.raises(Killed):
            model_of(2.0).save(folder)
        killer["at"] = None
        seen.append(value_in(folder))
        model_of(3.0).save(folder)  # the next save tidies up
        assert value_in(folder) == 3.0
        assert sorted(p.name for p in tmp_path.iterdir()) == ["model"]
    second = max(i for i, name in enumerate(steps) if name == "rename")
    assert seen == [1.0] * (second + 1) + [2.0] * (len(steps) - second - 1)


def test_killed_at_the_first_save(killer: dict[str, Any], tmp_path: Path) -> None:
    model_of(2.0).save(tmp_path / "probe")
    for at in range(killer["calls"].index("rename") + 1):
        killer["calls"].clear()
        killer["at"] = at
        with pytest.raises(Killed):
            model_of(2.0).save(tmp_path / "model")
        killer["at"] = None
        with pytest.raises(DataError, match="there is no model in"):
            sj.load(tmp_path / "model")


def test_a_real_kill(tmp_path: Path) -> None:
    """Another process ends without any clean-up before its n-th call."""
    folder = tmp_path / "model"
    code = """
import os, sys, numpy as np
import sujeong as sj
from sujeong import nn
from sujeong.checkpoints import atomic
left = [int(sys.argv[1])]
def wrap(real):
    def call(*args, **options):
        if left[0] == 0:
            os._exit(9)
        left[0] -= 1
        return real(*args, **options)
    return call
model = nn.Sequential([nn.Input((2,)), nn.Dense(2, name="d")])
model.variables[0].assign(np.full((2, 2), 2.0, "float32"))
for name in ("fsync", "rename"):
    setattr(os, name, wrap(getattr(os, name)))
model.save("model")
"""
    source = str(Path(sj.__file__).parents[1])
    environment = {**os.environ, "SUJEONG_ENGINE": "numpy", "PYTHONPATH": source}
    found = []
    for at in range(20):
        model_of(1.0).save(folder)
        command = [sys.executable, "-c", code, str(at)]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 9), done.stderr
        found.append(value_in(folder))
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert found == sorted(found)
    assert set(found) == {1.0, 2.0}


def test_failed_save_leaves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no kill: the error is passed on, nothing stays behind."""
    folder = tmp_path / "model"
    model_of(1.0).save(folder)
    real = os.rename
    for failing in (1, 2):
        count = iter(range(1, 9))

        def rename(*args: Any, count: Any = count, failing: int = failing) -> None:
            if next(count) == failing:
                raise OSError(28, "No space left on device")
            real(*args)

        monkeypatch.setattr(os, "rename", rename)
        with pytest.raises(OSError, match="No space left"):
            model_of(2.0).save(folder)
        monkeypatch.setattr(os, "rename", real)
        assert value_in(folder) == 1.0
        assert sorted(p.name for p in tmp_path.iterdir()) == ["model"]


def test_write_aside(killer: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "figures.json"
    write_aside(path, b"old")
    killer["calls"].clear()
    write_aside(path, b"new")
    steps = list(killer["calls"])
    assert steps.index("fsync") < steps.index("replace")
    for at in range(len(steps)):
        killer["at"] = None
        write_aside(path, b"old")
        killer["calls"].clear()
        killer["at"] = at
        with pytest.raises(Killed):
            write_aside(path, b"new")
        assert path.read_bytes() == (b"new" if at > steps.index("replace") else b"old")
    killer["at"] = None
    write_aside(path, b"last")
    assert [p.name for p in path.parent.iterdir()] == ["figures.json"]


def test_write_aside_keeps_a_link(tmp_path: Path) -> None:
    write_aside(tmp_path / "real", b"1")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_aside(tmp_path / "link", b"2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


def test_other_files_are_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(
        DataError, match=r"(?s)holds other files, which saving would remove.*letter\.txt.*folder of its own"
    ):
        model_of(1.0).save(folder)
    (tmp_path / "file").write_text("dear")
    with pytest.raises(DataError, match="is a file, not a folder"):
        model_of(1.0).save(tmp_path / "file")
    assert (folder / "letter.txt").read_text() == (tmp_path / "file").read_text() == "dear"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "home"]


def test_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    model_of(1.0).save(tmp_path / "model")
    assert value_in(tmp_path / "model") == 1.0


def test_save_through_a_link(tmp_path: Path) -> None:
    model_of(1.0).save(tmp_path / "model")
    (tmp_path / "latest").symlink_to(tmp_path / "model")
    model_of(2.0).save(tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert value_in(tmp_path / "model") == 2.0


def test_error_in_the_block_changes_nothing(tmp_path: Path) -> None:
    def write(text: str, fail: bool) -> None:
        with folder_aside(tmp_path / "f", ("a",)) as folder:
            (folder / "a").write_text(text)
            if fail:
                raise KeyError("oh")

    write("old", fail=False)
    with pytest.raises(KeyError):
        write("new", fail=True)
    assert (located(tmp_path / "f") / "a").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f"]
