"""What an eager operation costs over the engine's own call, in microseconds.

    python benchmarks/eager_overhead.py [--rounds 30] [--calls 500] [--out FILE]

Each operation runs on small tensors, where the arithmetic itself costs next to nothing. The engine's call
and ours take turns, round by round, and the best round of each counts: what disturbs the machine
disturbs both alike. The promise is at most 3 microseconds; the exit status says whether it is kept.
`x * 2.0` is measured against the engine's own `a * 2.0`. Not in the table are `x // y` of floating numbers
and `sj.sign`: their kernels take several calls, since torch's own miss special cases of the standard.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np  # noqa: E402
from machine import facts  # noqa: E402
from timing import interleaved  # noqa: E402

import sujeong as sj  # noqa: E402

PROMISE = 3.0
Call = Callable[[], Any]


def calls(engine: str) -> dict[str, tuple[Call, Call]]:
    """Operation -> (the engine's own call, ours), on matrices of 4 by 4."""
    host = np.random.default_rng(0).uniform(0.5, 1.5, (4, 4)).astype(np.float32)
    x, y = sj.asarray(host), sj.asarray(host[::-1].copy())
    i, c = sj.asarray(np.arange(16).reshape(4, 4)), sj.asarray(host > 1)
    a, b, j, d = x._array, y._array, i._array, c._array
    if engine == "numpy":
        xp: Any = np
        own = {
            "max": lambda: np.max(a, axis=1),
            "sum": lambda: np.sum(a, axis=1),
            "permute": lambda: a.transpose(1, 0),
        }
        own["astype"] = lambda: a.astype(np.float64)
    else:
        import torch

        xp = torch
        own = {
            "max": lambda: torch.amax(a, 1),
            "sum": lambda: torch.sum(a, 1),
            "permute": lambda: a.permute(1, 0),
        }
        own["astype"] = lambda: a.to(torch.float64)
    return {
        "x + y": (lambda: a + b, lambda: x + y),
        "x - y": (lambda: a - b, lambda: x - y),
        "x * y": (lambda: a * b, lambda: x * y),
        "x / y": (lambda: a / b, lambda: x / y),
        "x * 2.0": (lambda: a * 2.0, lambda: x * 2.0),
        "2 - x": (lambda: 2 - a, lambda: 2 - x),
        "x + 1": (lambda: a + 1, lambda: x + 1),
        "x ** 2": (lambda: a**2, lambda: x**2),
        "x > 0": (lambda: a > 0, lambda: x > 0),
        "x == y": (lambda: a == b, lambda: x == y),
        "i // 3": (lambda: j // 3, lambda: i // 3),
        "x % y": (lambda: a % b, lambda: x % y),
        "i & 3": (lambda: j & 3, lambda: i & 3),
        "-x": (lambda: -a, lambda: -x),
        "abs": (lambda: abs(a), lambda: abs(x)),
        "exp": (lambda: xp.exp(a), lambda: sj.exp(x)),
        "log": (lambda: xp.log(a), lambda: sj.log(x)),
        "sqrt": (lambda: xp.sqrt(a), lambda: sj.sqrt(x)),
        "tanh": (lambda: xp.tanh(a), lambda: sj.tanh(x)),
        "maximum": (lambda: xp.maximum(a, b), lambda: sj.maximum(x, y)),
        "where": (lambda: xp.where(d, a, b), lambda: sj.where(c, x, y)),
        "x @ y": (lambda: a @ b, lambda: x @ y),
        "sum": (own["sum"], lambda: sj.sum(x, axis=1)),
        "max": (own["max"], lambda: sj.max(x, axis=1)),
        "reshape": (lambda: a.reshape((2, 8)), lambda: sj.reshape(x, (2, 8))),
        "permute": (own["permute"], lambda: sj.permute_dims(x, (1, 0))),
        "astype": (own["astype"], lambda: sj.astype(x, sj.float64)),
    }


def measure(engine: str, rounds: int, count: int) -> dict[str, tuple[float, float]]:
    """Operation -> microseconds of the engine's call and of ours, the best of all rounds."""
    best = {}
    with sj.using(engine=engine):
        for name, (own, ours) in calls(engine).items():
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
        head = f"{engine:<10}{'engine':>10}{'ours':>10}{'over':>10}"
        print(f"\n{head}   microseconds, best of {options.rounds} rounds")
        for name, (own, ours) in table.items():
            print(f"{name:<10}{own:10.2f}{ours:10.2f}{ours - own:10.2f}")
            worst = max(worst, ours - own)
    print(
        f"\nat most {worst:.2f} microseconds over, of the operations above; {PROMISE:.0f} is promised for all"
    )
    if options.out is not None:
        found = {"microseconds": results, "worst": worst, "machine": facts()}
        options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if worst <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
