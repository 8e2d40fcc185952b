"""One side of one workload in this process; prints one line of JSON.

    python benchmarks/side.py SIDE WORKLOAD --prepared FOLDER [--seconds 4] [--checked | --build]

The line holds: milliseconds of a step (median, quartiles, least; of processor time), how many steps there
were and page faults in each, seconds of import, of building and of the first step, the first ten losses, the
peak memory of a step over the state before it, versions, precision.
With --build nothing is measured: a side that builds kernels does so, once for all later processes.
`prepared.py` writes the folder first. Exit status 3: the side cannot run here, and the line says why.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import memory
import workloads
from prepared import Prepared
from sides import Side, find

CHECKED_STEPS = 10
SKIPPED = 3


def skip(reason: str) -> None:
    """Says why this side cannot run here, and ends."""
    print(json.dumps({"skipped": reason}))
    sys.exit(SKIPPED)


def confine() -> None:
    """Keeps this process to as many cores as OMP_NUM_THREADS says; JAX asks for the cores, not for that."""
    count = int(os.environ.get("OMP_NUM_THREADS", "0"))
    if hasattr(os, "sched_setaffinity") and 0 < count < len(os.sched_getaffinity(0)):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-count:])


def timed(step: Callable[[], Any], wait: Callable[[Any], None], seconds: float) -> list[float]:
    """Milliseconds of each step within so many seconds, at least five."""
    found: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(found) < 5:
        start = time.perf_counter()
        wait(step())
        found.append((time.perf_counter() - start) * 1e3)
    return found


def trained(training: Any, epochs: int) -> dict[str, Any]:
    """Seconds of each epoch, the first with all that begins there, and what the model knows afterwards."""
    start = time.perf_counter()
    found = training.train(epochs + 1)
    total = time.perf_counter() - start
    return {
        "first_step_s": total - sum(found[1:]),
        "median_ms": statistics.median(found[1:]) * 1e3,
        "epochs_s": found,
        "accuracy": training.accuracy(),
        "peak_bytes": None,
        **getattr(training, "figures", dict)(),
    }


def measure(side: Side, workload: workloads.Workload, args: argparse.Namespace) -> dict[str, Any]:
    """Everything about a step."""
    library: Any = importlib.import_module(f"sides.{side.module}")
    start = time.perf_counter()
    versions = library.load(**side.options)
    imported = time.perf_counter()
    prepared = Prepared.read(args.prepared, workload.name)
    ready = time.perf_counter()
    step = library.make(workload, prepared, args.device, **side.options)
    if step is None:
        skip(f"{workload.name} is not written for {side.name}")
    built = time.perf_counter()
    if workload.kind == "epochs":
        return {
            "side": side.name,
            "workload": workload.name,
            "precision": side.precision,
            "checked": False,
            "import_s": imported - start,
            "build_s": built - ready,
            "versions": versions,
            **trained(step, args.epochs),
        }
    first = step()
    library.wait(first)
    stepped = time.perf_counter()
    values = [library.read(v) for v in [first, *(step() for _ in range(CHECKED_STEPS - 1))]]
    result: dict[str, Any] = {
        "side": side.name,
        "workload": workload.name,
        "precision": side.precision,
        "checked": args.checked,
        "import_s": imported - start,
        "build_s": built - ready,
        "first_step_s": stepped - built,
        "figures": workload.figures(values),
        "versions": versions,
    }
    if args.checked:
        if hasattr(library, "matrix_flops") and not side.options.get("compiled"):
            result["matrix_flops"] = library.matrix_flops(step)
        return result
    timed(step, library.wait, min(args.seconds / 4, 1.0))  # warm
    used, faults = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    found = timed(step, library.wait, args.seconds)
    lower, middle, upper = statistics.quantiles(found, n=4)
    result |= {"median_ms": middle, "lower_ms": lower, "upper_ms": upper, "least_ms": min(found)}
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
    result |= {"cpu_ms": (time.process_time() - used) * 1e3 / len(found), "faults": faults / len(found)}
    result["steps"] = len(found)
    getattr(library, "forget", lambda: None)()
    result["peak_bytes"] = memory.peak_of(lambda: library.wait(step()), args.device)
    return result


def built(side: Side, workload: workloads.Workload, args: argparse.Namespace) -> dict[str, Any]:
    """How many compiled kernels a side uses, and the seconds of building those that were missing."""
    library: Any = importlib.import_module(f"sides.{side.module}")
    library.load(**side.options)
    prepared = Prepared.read(args.prepared, workload.name)
    start = time.perf_counter()
    count = library.build(workload, prepared, args.device, **side.options)
    return {"kernels": count, "seconds": time.perf_counter() - start}


def main() -> None:
    """Measures, prints the line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("side")
    parser.add_argument("workload")
    parser.add_argument("--prepared", type=Path, required=True, help="folder that prepared.py wrote")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long steps are timed")
    parser.add_argument(
        "--epochs", type=int, default=2, help="timed after the first one, in workloads of epochs"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--build", action="store_true", help="only build the kernels of the side")
    parser.add_argument("--checked", action="store_true", help="only the losses, nothing random")
    args = parser.parse_args()
    side, workload = find(args.side), workloads.load(args.workload, args.checked)
    if side.missing:
        skip(f"{side.name} needs {', '.join(side.missing)}, not installed for {sys.executable}")
    if workload.kind not in side.kinds:
        skip(f"{side.name} does not do {workload.kind}, which {workload.name} is")
    if side.precision == "bf16" and not workload.low:
        skip(f"{workload.name} is not measured in 16 bits")
    if args.build:
        print(json.dumps(built(side, workload, args)))
        return
    confine()
    print(json.dumps(measure(side, workload, args)))


if __name__ == "__main__":
    main()
