"""`import sujeong` is light: NumPy and the standard library, and little time."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

MODULES = """
import json, sys
import numpy
before = set(sys.modules)
import sujeong
print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""
SECONDS = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def fresh(code: str, cache: Path) -> str:
    """What a fresh process prints. Compiled modules are kept in `cache`, as they are for users."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=env | {"PYTHONPYCACHEPREFIX": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_nothing_heavier_than_numpy_is_loaded(tmp_path: Path) -> None:
    names = set(json.loads(fresh(MODULES, tmp_path)))
    assert names - set(sys.stdlib_module_names) == {"sujeong"}


def test_the_import_takes_at_most_150_ms_beyond_numpys(tmp_path: Path) -> None:
    """Processes in turn and medians of both: a busy machine slows one as it slows the other."""
    seconds: dict[str, list[float]] = {"numpy": [], "sujeong": []}
    for turn in range(8):
        for module, found in seconds.items():
            value = float(fresh(SECONDS.format(module), tmp_path))
            if turn:  # the first turn compiles
                found.append(value)
    middle = {module: statistics.median(found) for module, found in seconds.items()}
    assert middle["sujeong"] - middle["numpy"] <= 0.15, seconds
