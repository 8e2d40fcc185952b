"""Ours beside its peers: each side in a fresh process, in turns, on equal work.

    python benchmarks/compare.py [--workloads mlp cnn] [--sides ours torch-eager] [--rounds 5] [--resume]

A round measures each side of each workload once; the order of the sides turns with the rounds, every other
one backwards, so that no side always follows the same one. Work is
checked before it counts: the losses of ten steps must be those of PyTorch, and so must the operations in
products. Results are kept after each process, so that Ctrl-C loses only the one that runs, and `--resume`
goes on.
Written below benchmarks/results/: NAME.json, NAME.md (tables) and NAME.png. Peers that this Python lacks
(JAX, Keras) may live in another one: `--peers-python` or PEERS_PYTHON.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import checking
import plotting
import tables
import workloads
from machine import facts
from results import Record, Results
from sides import SIDES, Side, find

HERE = Path(__file__).resolve().parent
PREPARED = HERE.parent / "build" / "benchmarks"
SKIPPED = 3


class Comparison:
    """What is measured, and the results so far."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        name = "steps" if args.device == "cpu" else f"steps-{args.device}"
        self.path: Path = args.out or HERE / "results" / f"{name}.json"
        self.names: list[str] = args.workloads or [n for n in workloads.names() if self._wanted(n)]
        self.sides: list[Side] = [find(name) for name in args.sides or SIDES]
        self.results = Results.read(self.path) if args.resume and self.path.is_file() else Results()
        self.results.machine = self.results.machine or facts()
        if not (args.tables and self.results.settings):  # the tables speak of the run that was measured
            self.results.settings = {
                "threads": args.threads,
                "seconds": args.seconds,
                "device": args.device,
                "rounds": args.rounds,
                "command": shlex.join(["python", "benchmarks/compare.py", *sys.argv[1:]]),
            }
        self.done, self.started = 0, time.perf_counter()

    def _wanted(self, name: str) -> bool:
        return self.args.epochs or workloads.load(name).kind != "epochs"

    # -- processes ------------------------------------------------------------------------------------------
    def python(self, side: Side) -> str:
        """The interpreter of a side: this one, unless it lacks something that the peers' one may have."""
        return str(self.args.peers_python) if side.missing and self.args.peers_python else sys.executable

    def run(self, python: str, *command: str) -> tuple[Record | None, str]:
        """Runs a script of this folder; the JSON of its last line, else why there is none."""
        threads = str(self.args.threads)
        env = os.environ | {f"{n}_NUM_THREADS": threads for n in ("OMP", "MKL", "OPENBLAS")}
        env["SUJEONG_CACHE"] = str(PREPARED / "cache")
        call = [python, str(HERE / command[0]), *command[1:]]
        try:
            done = subprocess.run(
                call, env=env, capture_output=True, text=True, timeout=self.args.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return None, f"took more than {self.args.timeout} s"
        lines = done.stdout.strip().splitlines()
        if done.returncode == SKIPPED and lines:
            return None, str(json.loads(lines[-1])["skipped"])
        if done.returncode or not lines:
            wrong = [line for line in done.stderr.splitlines() if line.strip()]
            return None, f"failed: {wrong[-1] if wrong else f'exit status {done.returncode}'}"
        return json.loads(lines[-1]), ""

    def prepare(self, name: str) -> None:
        """Writes the shared part of a workload, once."""
        workload = workloads.load(name)
        found, why = self.run(sys.executable, "prepared.py", name, str(PREPARED))
        if found is None:
            raise SystemExit(f"{name} could not be prepared: {why}")
        before = self.results.workloads.get(name, {}).get("kernels", {})  # of sides that are not measured now
        kernels = before | self.build(name, workload)
        self.results.workloads[name] = {
            "title": workload.title,
            "kind": workload.kind,
            **found,
            "kernels": kernels,
        }

    def build(self, name: str, workload: workloads.Workload) -> dict[str, Record]:
        """Builds the compiled kernels of our sides ahead of all rounds: side -> number and seconds."""
        kernels = {}
        for side in self.sides:
            if side.builds and not side.missing and workload.kind in side.kinds:
                options = ["--prepared", str(PREPARED), "--device", self.args.device, "--build"]
                found, why = self.run(sys.executable, "side.py", side.name, name, *options)
                if found is None:
                    print(f"{name} {side.name}: no kernels were built, {why}", flush=True)
                else:
                    kernels[side.name] = found
        return kernels

    def side(self, name: str, side: Side, turn: int, checked: bool = False) -> None:
        """Measures one side once, unless that was done before."""
        key = f"{name} {side.name}"
        if key in self.results.skipped or any(
            r["round"] == turn for r in self.results.of(name, side.name, checked)
        ):
            return
        options = ["--prepared", str(PREPARED), "--device", self.args.device]
        options += ["--checked"] if checked else ["--seconds", str(self.args.seconds)]
        found, why = self.run(self.python(side), "side.py", side.name, name, *options)
        if found is None:
            self.results.skipped[key] = why
        else:
            self.results.runs.append({**found, "round": turn})
        self.results.save(self.path)
        self.tell(name, side.name, turn, checked, found, why)

    def tell(self, name: str, side: str, turn: int, checked: bool, found: Record | None, why: str) -> None:
        """One line of progress."""
        self.done += 1
        elapsed = time.perf_counter() - self.started
        if found is None:
            shown = f"skipped: {why}"
        elif checked:
            shown = "losses noted"
        else:
            shown = f"{found['median_ms']:10.3f} ms"
        print(f"{elapsed:6.0f} s  round {turn + 1}  {name:<14} {side:<24} {shown}", flush=True)

    # -- the whole ------------------------------------------------------------------------------------------
    def measure(self) -> None:
        """All rounds."""
        for name in self.names:
            self.prepare(name)
        for turn in range(self.args.rounds):
            if len(self.results.rates) <= turn:
                rates, why = self.run(sys.executable, "rates.py", "--device", self.args.device)
                if rates is None:
                    raise SystemExit(f"the rates of this machine could not be measured: {why}")
                self.results.rates.append(rates)
            for name in self.names:
                workload = workloads.load(name)
                sides = [s for s in self.sides if workload.kind in s.kinds]
                first = turn % len(sides) if sides else 0
                ordered = sides[first:] + sides[:first]
                for side in reversed(ordered) if turn % 2 else ordered:
                    if turn == 0 and checking.needs_process(workload, side):
                        self.side(name, side, 0, checked=True)
                    self.side(name, side, turn)
                if turn == 0:
                    self.results.refused |= checking.refused(self.results, workload)

    def write(self) -> None:
        """Tables and picture of what there is."""
        for name in self.names:
            if self.results.workloads.get(name):
                self.results.refused |= checking.refused(self.results, workloads.load(name))
        self.results.save(self.path)
        text = tables.page(self.results, self.results.settings["command"])
        self.path.with_suffix(".md").write_text(text, encoding="utf-8")
        if self.args.readme:
            tables.put_in(HERE / "README.md", text, self.path.with_suffix(".png"))
        plotting.picture(self.results, self.path.with_suffix(".png"))
        print(f"\n{text}\nwritten: {self.path}, .md and .png beside it")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workloads", nargs="*", help="default: all but whole epochs")
    parser.add_argument("--sides", nargs="*", help=f"default: all that are installed, of {', '.join(SIDES)}")
    parser.add_argument(
        "--epochs", action="store_true", help="whole epochs of fit among the default workloads"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long a side is timed in a round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds that a process may take")
    parser.add_argument("--peers-python", default=os.environ.get("PEERS_PYTHON"))
    parser.add_argument("--resume", action="store_true", help="keep what the file holds and go on")
    parser.add_argument("--tables", action="store_true", help="measure nothing, write the tables anew")
    parser.add_argument("--readme", action="store_true", help="put the tables into benchmarks/README.md, too")
    parser.add_argument("--out", type=Path, help="default: benchmarks/results/steps.json, steps-cuda.json")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Measures and writes; after Ctrl-C writes what there is."""
    args: Any = options().parse_args(arguments)
    args.resume = args.resume or args.tables
    comparison = Comparison(args)
    status = 0
    try:
        if not args.tables:
            comparison.measure()
    except KeyboardInterrupt:
        print("\nstopped; what was measured is kept, --resume goes on")
        status = 130
    if comparison.results.runs:
        comparison.write()
    return status


if __name__ == "__main__":
    sys.exit(main())
