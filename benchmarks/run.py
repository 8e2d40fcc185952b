"""Runs the benchmarks in fresh processes and writes their results below benchmarks/results/.

    python benchmarks/run.py [NAME ...]

Each benchmark measures its sides in turn in one run and quotes the ratio of medians.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
BENCHMARKS: dict[str, list[str]] = {
    "eager_overhead": ["eager_overhead.py"],
    "recorded_step_4": ["recorded_step.py", "--batch", "4"],
    "recorded_step_128": ["recorded_step.py", "--batch", "128", "--calls", "20"],
    "import_time": ["import_time.py"],
    "accuracy": ["accuracy.py"],
}


def main() -> int:
    """Runs what was named, or all."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
        return 2
    RESULTS.mkdir(exist_ok=True)
    for name in wanted:
        script, *options = BENCHMARKS[name]
        print(f"== {name}", flush=True)
        command = [sys.executable, str(HERE / script), *options, "--out", str(RESULTS / f"{name}.json")]
        status = subprocess.run(command, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
