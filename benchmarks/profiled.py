"""Where the time of a step goes: milliseconds of each engine call, for several sides in turn.

    python benchmarks/profiled.py WORKLOAD [SIDE ...] [--steps 10] [--shapes]

Ours and PyTorch's sides call the same library, so its profiler sees both: a row for each call of the library
(own time, without the calls inside it), a column for each side. Each side runs in a fresh process.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import tables
import workloads
from prepared import Prepared, prepare
from sides import find

HERE = Path(__file__).resolve().parent
PREPARED = HERE.parent / "build" / "benchmarks"


def calls(name: str, side_name: str, steps: int, shapes: bool) -> dict[str, tuple[float, float]]:
    """Call -> milliseconds and number of calls in a step, of one side in this process."""
    side, workload = find(side_name), workloads.load(name)
    library: Any = importlib.import_module(f"sides.{side.module}")
    library.load(**side.options)
    step = library.make(workload, Prepared.read(PREPARED, name), "cpu", **side.options)
    for _ in range(5):
        step()
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], record_shapes=shapes) as found:
        for _ in range(steps):
            step()
    return {
        f"{e.key} {_sizes(e.input_shapes)}" if shapes else e.key: (
            e.self_cpu_time_total / 1e3 / steps,
            e.count / steps,
        )
        for e in found.key_averages(group_by_input_shape=shapes)
    }


def _sizes(shapes: Any) -> str:
    return " ".join("x".join(map(str, shape)) for shape in shapes if shape)


def main() -> None:
    """Profiles, prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workload")
    parser.add_argument("sides", nargs="*", default=["ours", "torch-tuned-malloc"])
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--shapes", action="store_true", help="a row for each call and shape")
    parser.add_argument("--rows", type=int, default=30)
    parser.add_argument("--here", action="store_true", help="one side in this process, as JSON")
    args = parser.parse_args()
    if args.here:
        print(json.dumps(calls(args.workload, args.sides[0], args.steps, args.shapes)))
        return
    prepare(workloads.load(args.workload)).save(PREPARED, args.workload)
    found = {}
    for side in args.sides:
        options = ["--here", "--steps", str(args.steps), *(["--shapes"] if args.shapes else [])]
        command = [sys.executable, str(HERE / "profiled.py"), args.workload, side, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found[side] = json.loads(done.stdout.splitlines()[-1])
    keys = {key for one in found.values() for key in one}
    longest = sorted(keys, key=lambda k: -max(one.get(k, (0, 0))[0] for one in found.values()))
    rows = []
    for key in longest[: args.rows]:
        ms = [one.get(key, (0.0, 0.0)) for one in found.values()]
        rows.append([key, *(f"{t:.3f} ({n:g})" for t, n in ms)])
    rows.append(["all", *(f"{sum(t for t, _ in one.values()):.3f}" for one in found.values())])
    print(tables.table(["call: own ms a step (times)", *found], rows))


if __name__ == "__main__":
    main()
