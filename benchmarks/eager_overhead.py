"""What an eager operation costs over the engine's own call, in microseconds.

    python benchmarks/eager_overhead.py [--rounds 30] [--calls 500] [--out FILE]

Each operation runs on small tensors, where the arithmetic itself costs next to nothing. The engine's call
and ours take turns, round by round, and the best round of each counts: what disturbs the machine
disturbs both alike. The promise is at most 3 microseconds; the exit status says whether it is kept.
`x * 2.0` is measured against the engine's own `a * 2.0`; the pairs stand in `eager_calls.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

from eager_calls import pairs  # noqa: E402
from machine import facts  # noqa: E402
from timing import interleaved  # noqa: E402

import sujeong as sj  # noqa: E402

PROMISE = 3.0


def measure(engine: str, rounds: int, count: int) -> dict[str, tuple[float, float]]:
    """Operation -> microseconds of the engine's call and of ours, the best of all rounds."""
    best = {}
    with sj.using(engine=engine):
        for name, (own, ours) in pairs(engine).items():
            found = interleaved({"own": own, "ours": ours}, rounds, count)
            best[name] = (min(found["own"]) * 1e6, min(found["ours"]) * 1e6)
    return best


def main(arguments: list[str]) -> int:
    """Prints a table for each engine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--calls", type=int, default=500, help="calls in a round")
    parser.add_argument("--out", type=Path, help="also write the figures to this file")
    options = parser.parse_args(arguments)
    results = {engine: measure(engine, options.rounds, options.calls) for engine in sj.engine_names()}
    print(", ".join(f"{name} {value}" for name, value in facts().items()))
    worst = 0.0
    for engine, table in results.items():
        head = f"{engine:<20}{'engine':>10}{'ours':>10}{'over':>10}"
        print(f"\n{head}   microseconds, best of {options.rounds} rounds")
        for name, (own, ours) in table.items():
            print(f"{name:<20}{own:10.2f}{ours:10.2f}{ours - own:10.2f}")
            worst = max(worst, ours - own)
    print(f"\nat most {worst:.2f} microseconds over, {PROMISE:.0f} is promised")
    if options.out is not None:
        found = {"microseconds": results, "worst": worst, "machine": facts()}
        options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if worst <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
