"""What this machine can do at best: matrix products and copies, measured in a fresh process.

    python benchmarks/rates.py [--device cpu] [--seconds 0.6]

Prints one line of JSON: operations a second in float32 and in bf16 (the best of several sizes of square
products), and bytes a second of a copy, read and written bytes counted: of one that no cache holds, and by
the bytes that are touched, since small states stay in caches. The best time counts, for a limit is what the
machine allows, not what it does on average.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

SIZES = {"cpu": (512, 1024, 2048), "cuda": (4096, 8192)}
COPIED = {"cpu": (1 << 18, 1 << 21, 1 << 24, 1 << 27), "cuda": (1 << 24, 1 << 30)}


def best(function: Callable[[], object], wait: Callable[[], object], seconds: float) -> float:
    """The shortest of the calls within so many seconds."""
    for _ in range(3):
        function()
    wait()
    shortest, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        function()
        wait()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def measure(device: str, seconds: float) -> dict[str, Any]:
    """The rates of a device."""
    import torch

    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()

    found: dict[str, Any] = {}
    for name, dtype in (("float32", torch.float32), ("bf16", torch.bfloat16)):
        rates = []
        for n in SIZES[device]:
            a, b = torch.randn(n, n, device=device).to(dtype), torch.randn(n, n, device=device).to(dtype)
            out = torch.empty_like(a)
            rates.append(2 * n**3 / best(lambda a=a, b=b, o=out: torch.mm(a, b, out=o), wait, seconds))
        found[name] = max(rates)
    copies = {}
    for size in COPIED[device]:
        source = torch.ones(size, dtype=torch.uint8, device=device)
        target = torch.ones_like(source)
        copies[str(2 * size)] = 2 * size / best(lambda t=target, s=source: t.copy_(s), wait, seconds)
    return {**found, "copy": copies[str(2 * COPIED[device][-1])], "copies": copies}


def main() -> None:
    """Measures, prints the line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", choices=tuple(SIZES), default="cpu")
    parser.add_argument("--seconds", type=float, default=0.6, help="for each size")
    args = parser.parse_args()
    print(json.dumps(measure(args.device, args.seconds)))


if __name__ == "__main__":
    main()
