"""Where the time of a step goes: milliseconds of each engine call, for several sides in turn.

    python benchmarks/profiled.py WORKLOAD [SIDE ...] [--steps 10] [--shapes]

Ours and PyTorch's sides call the same library, so its profiler sees both: a row for each call of the library
(own time, without the calls inside it), a column for each side. Each side runs in a fresh process. Of each
call in a step the least time over all steps counts, so that what disturbs the machine counts as little as
possible.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partialmethod
from pathlib import Path
from typing import Any

import tables
import workloads
from prepared import Prepared, prepare
from sides import find

HERE = Path(__file__).resolve().parent
PREPARED = HERE.parent / "build" / "benchmarks"


def step_of(name: str, side_name: str) -> Callable[[], Any]:
    """The step of a side, with its kernels built and named, after some steps in this process."""
    side, workload = find(side_name), workloads.load(name)
    library: Any = importlib.import_module(f"sides.{side.module}")
    library.load(**side.options)
    os.environ["SUJEONG_CACHE"] = str(PREPARED / "cache")
    if side.builds:
        library.build(workload, Prepared.read(PREPARED, name), "cpu", **side.options)
        _named()
    step: Callable[[], Any] = library.make(workload, Prepared.read(PREPARED, name), "cpu", **side.options)
    for _ in range(5):
        step()
    return step


def calls(name: str, side_name: str, steps: int, shapes: bool) -> dict[str, tuple[float, float]]:
    """Call -> milliseconds and number of calls in a step, of one side in this process."""
    step = step_of(name, side_name)
    from torch.profiler import ProfilerActivity, profile, record_function

    with profile(activities=[ProfilerActivity.CPU], record_shapes=shapes) as profiler:
        for _ in range(steps):
            with record_function("one step"):
                step()
    found: dict[str, tuple[float, float]] = {}
    for key, times in _by_place(profiler.events(), shapes).items():
        least, count = found.get(key[0], (0.0, 0.0))
        found[key[0]] = least + min(times) / 1e3, count + len(times) / steps
    return found


def _named() -> None:
    """Names what is compiled, of which torch's profiler knows nothing."""
    from torch.profiler import record_function

    from sujeong.program import replay
    from sujeong.program.native.chain import Chain
    from sujeong.program.native.kernel import Kernel

    def seen(name: str, function: Any) -> Any:
        def call(*arrays: Any, **options: Any) -> Any:
            with record_function(f"compiled {name}"):
                return function(*arrays, **options)

        return call

    def bound(self: Any, *arguments: Any, before: Any) -> Any:
        return seen(str(self), before(self, *arguments))

    for kind in (Kernel, Chain):
        kind.bound = partialmethod(bound, before=kind.bound)  # type: ignore[assignment]
    compiled_call = replay.compiled_call

    def compiled(engine: Any, e: Any) -> Any:
        found = compiled_call(engine, e)
        shapes = " ".join("x".join(map(str, s.shape)) for s in e.inputs)
        return None if found is None else seen(f"{e.op.name} {shapes}", found)

    replay.compiled_call = compiled


def _by_place(events: Any, shapes: bool) -> dict[tuple[str, int], list[float]]:
    """(call, which one in its step) -> its own microseconds in each step."""
    found: dict[tuple[str, int], list[float]] = {}
    seen: dict[str, int] = {}
    for event in sorted(events, key=lambda e: e.time_range.start):
        if event.name == "one step":
            seen = {}
            continue
        key = f"{event.name} {_sizes(event.input_shapes)}" if shapes else event.name
        seen[key] = seen.get(key, 0) + 1
        found.setdefault((key, seen[key]), []).append(event.self_cpu_time_total)
    return found


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
