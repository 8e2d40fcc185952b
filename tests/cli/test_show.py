"""The commands that show ideas, run as a user runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .test_commands import run


def test_show_in_both_languages(tmp_path: Path) -> None:
    english = run("show", "xor", "--small", folder=tmp_path).stdout
    korean = run("show", "xor", "--small", "--lang", "ko", "--out", "ko", folder=tmp_path).stdout
    assert "One perceptron, after 300 passes: 2 of 4 right" in english
    assert "단층 퍼셉트론" in korean
    for picture in ("runs/show/xor.png", "ko/xor.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")


def test_list(tmp_path: Path) -> None:
    listed = run("show", "--list", "--lang", "ko", folder=tmp_path).stdout
    for word in ("퍼셉트론", "xor", "batch-norm", "ice-cream", "초"):
        assert word in listed


def test_wrong_and_missing_names(tmp_path: Path) -> None:
    wrong = run("show", "xor", "bachnorm", folder=tmp_path, status=2).stderr
    assert "no exhibit named 'bachnorm'" in wrong
    assert "did you mean 'batch-norm'?" in wrong
    assert not (tmp_path / "runs").exists(), "nothing runs before all names are known"
    assert "sujeong show --list" in run("show", folder=tmp_path, status=2).stderr


def test_history_claims_errata(tmp_path: Path) -> None:
    assert "sujeong show xor" in run("history", folder=tmp_path).stdout
    told = run("claims", "xor", "--small", "--seeds", "2", "--out", "docs", folder=tmp_path).stdout
    assert "holds (2/2)" in told
    for page in ("claims.md", "claims.ko.md"):
        assert "(2/2)" in (tmp_path / "docs" / page).read_text(encoding="utf-8")
    assert "150 180 210 240" in run("errata", "--lang", "ko", folder=tmp_path).stdout


def test_interrupted_gallery_leaves_nothing_half_written(tmp_path: Path) -> None:
    # Ctrl-C is heard also where the tests run unattended, and a shell had told all its children to ignore it.
    start = "import signal as s, sujeong.cli; s.signal(s.SIGINT, s.default_int_handler); sujeong.cli.main()"
    command = [sys.executable, "-c", start, "show", "--all", "--small", "--out", "gallery"]
    process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"COLUMNS": "120"})
    try:
        for _ in range(600):
            if list(tmp_path.glob("gallery/*.json")):
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
    left = [p.name for p in tmp_path.glob("gallery/*")]
    assert any(name.endswith(".json") for name in left)
    assert not [name for name in left if name.startswith(".")]
