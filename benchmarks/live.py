"""How many bytes of arrays are alive at most in a step, over those before it.

    python benchmarks/live.py WORKLOAD [SIDE]

What the process holds at most (`memory.py`, in the tables) is more: libraries' own working memory, and holes
that the heap leaves between arrays. This is what a step needs. `SUJEONG_PASSES_OFF=again` compares.
"""

from __future__ import annotations

import argparse

import workloads
from prepared import prepare
from profiled import PREPARED, step_of


def alive(name: str, side: str) -> int:
    """The most bytes of a side's step, by the notes of torch's allocator."""
    step = step_of(name, side)
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        step()
    events = [e for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"]
    now = most = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        now += event.nbytes()
        most = max(most, now)
    return most


def main() -> None:
    """Prints megabytes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workload")
    parser.add_argument("side", nargs="?", default="ours")
    args = parser.parse_args()
    prepare(workloads.load(args.workload)).save(PREPARED, args.workload)
    print(f"{args.workload} {args.side}: {alive(args.workload, args.side) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
