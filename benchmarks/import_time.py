"""How long `import sujeong` takes beside NumPy's own import, in fresh processes in turn.

python benchmarks/import_time.py [--rounds 15] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from machine import facts

CODE = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds(module: str) -> float:
    """One fresh process; it keeps compiled modules, as an installed package does."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", CODE.format(module)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    found: dict[str, list[float]] = {"numpy": [], "sujeong": []}
    for _ in range(args.rounds):
        for module, values in found.items():
            values.append(seconds(module))
    middle = {name: statistics.median(values) for name, values in found.items()}
    more = middle["sujeong"] - middle["numpy"]
    shown = ", ".join(f"import {module} {value:.3f} s" for module, value in middle.items())
    print(f"{shown}: {more:.3f} s more")
    if args.out:
        result = {"seconds": middle, "more": more, "machine": facts()}
        args.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
