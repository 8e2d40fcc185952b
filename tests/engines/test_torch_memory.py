"""The one setting for the whole process: freed memory is kept, unless the user says no."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import sujeong as sj
sj.set_engine("torch")
from sujeong.core.engine import load_engine
memory = load_engine("torch").facts()["memory"].split()[0]
x = sj.zeros((12 << 20,))
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        y = x + 1.0  # 48 MiB, freed at once: more than glibc ever keeps by itself
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
for _ in range(8):
    faults()
print(memory, faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mallopt is of the GNU C library")
def test_pages_are_kept_unless_told_otherwise() -> None:
    found = {}
    for choice in ("keep", "system"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PATH": "/usr/bin:/bin", "SUJEONG_MALLOC": choice, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        word, faults = done.stdout.split()
        found[choice] = (word, int(faults))
    assert found["keep"][0] == "kept"
    assert found["system"][0] == "system"
    assert found["keep"][1] < 100, "five results of 12,288 pages each, and hardly a new page"
    assert found["system"][1] > 10 * found["keep"][1] + 50
