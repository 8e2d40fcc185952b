"""The test accuracies that the documentation quotes: each run made by its command, in a fresh process.

    python benchmarks/accuracy.py [NAME ...] [--out FILE] [--work DIR]

A run that finished is kept in its folder under --work, and the next call goes on with the others; remove the
folder to measure again. One thread, because the number of threads changes the last bits.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from machine import facts

DIGITS = ("digits", "--model", "cnn", "--batch-size", "32", "--epochs", "20")
RUNS: dict[str, tuple[str, ...]] = {
    **{f"digits-cnn-seed-{seed}": (*DIGITS, "--seed", str(seed)) for seed in range(4)},
    "mnist-mlp": ("mnist", "--model", "mlp"),
    "mnist-mlp-numpy": ("mnist", "--model", "mlp", "--engine", "numpy"),
    "mnist-cnn": ("mnist", "--model", "cnn", "--epochs", "8"),
}
QUOTED = ("test_accuracy", "parameters", "seconds", "engine", "precision", "seed", "weights_sha256")


def measure(name: str, work: Path) -> dict[str, object]:
    """Makes one run, unless it is there, and gives its figures."""
    folder = (work / name).resolve()
    command = ["train", *RUNS[name], "--out", str(folder)]
    summary = folder / "summary.json"
    if not summary.exists():
        print(f"== sujeong {' '.join(command[:-2])}", flush=True)
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, "-m", "sujeong", *command], check=True, env=environment)
    found = json.loads(summary.read_text(encoding="utf-8"))
    if found["interrupted"]:
        raise SystemExit(f"{name} was interrupted; remove {folder} and start again")
    return {"command": f"sujeong {' '.join(command[:-2])}", **{key: found[key] for key in QUOTED}}


def main(arguments: list[str]) -> int:
    """Makes the runs that were named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", choices=[*RUNS, []], help="which runs; default all")
    parser.add_argument("--out", type=Path, help="also write the figures to this file")
    parser.add_argument("--work", type=Path, default=Path("runs/accuracy"), help="folder of the runs")
    options = parser.parse_args(arguments)
    found = {name: measure(name, options.work) for name in options.names or RUNS}
    for name, row in found.items():
        print(f"{name:<22}{row['test_accuracy']:.4f}{row['seconds']:>9.1f} s")
    if options.out is not None:
        content = {"runs": found, "machine": facts() | {"threads": "1"}}
        options.out.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
