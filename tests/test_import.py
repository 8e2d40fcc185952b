"""`import sujeong` is light: NumPy and the standard library, and little time."""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import json, sys, time
import numpy
before, start = set(sys.modules), time.perf_counter()
import sujeong
seconds = time.perf_counter() - start
print(json.dumps([seconds, sorted({name.split(".")[0] for name in set(sys.modules) - before})]))
"""


def probe() -> tuple[float, set[str]]:
    """Seconds that the import takes beyond NumPy's own, and the packages that it loads beyond NumPy's."""
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    seconds, names = json.loads(done.stdout)
    return seconds, set(names)


def test_nothing_heavier_than_numpy_is_loaded() -> None:
    _, names = probe()
    assert names - set(sys.stdlib_module_names) == {"sujeong"}


def test_the_import_takes_at_most_150_ms_beyond_numpys() -> None:
    assert min(probe()[0] for _ in range(5)) <= 0.15
