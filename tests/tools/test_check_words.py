"""tools/check_words.py: words that belong elsewhere are found in tracked files, and only there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import check_words

# The words are joined here so that this file does not hold them.
REFUSED = [
    "/" + "work/main/x.py",
    "/" + "tmp/venv/bin",
    "/" + "home/kim",
    "file:" + "///opt",
    "sha" + "red/notes",
]
STUBS = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]


@pytest.mark.parametrize("word", REFUSED)
def test_a_path_of_one_machine_is_refused_anywhere(tmp_path: Path, word: str) -> None:
    (tmp_path / "page.md").write_text(f"fine\nsee `{word}` there\n")
    (fault,) = check_words.check(tmp_path)
    assert fault.startswith("page.md:2: ")


@pytest.mark.parametrize("word", STUBS)
def test_a_mark_of_unfinished_work_is_refused_in_source_only(tmp_path: Path, word: str) -> None:
    for folder in ("src", "docs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text(f"x = 1  # {word}: later\n")
    assert check_words.check(tmp_path) == [f"src/a.py:1: {word!r}: a mark of unfinished work"]


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/work/of/art",
        "src/home/x",
        "a network/tmp-like",
        "$TMPDIR/x",
        "the mastodon",
        "~/work/x",
    ],
)
def test_plain_words_pass(tmp_path: Path, line: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text(f"# {line}\n")
    assert check_words.check(tmp_path) == []


def test_pictures_and_ignored_files_are_not_read(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("runs/\n")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "log.txt").write_text(REFUSED[0])
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe" + REFUSED[0].encode())
    assert check_words.check(tmp_path) == []
    (tmp_path / "new.txt").write_text(REFUSED[0])
    assert len(check_words.check(tmp_path)) == 1


def test_the_command_fails_with_the_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(REFUSED[0])
    assert check_words.main([str(tmp_path)]) == 1
    assert "a.txt:1: " in capsys.readouterr().out
