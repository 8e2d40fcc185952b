"""The figures to reach, each held against what was measured."""

from __future__ import annotations

from collections.abc import Callable

import tables
from limits import geometric_mean, share
from results import Results

Verdict = tuple[str, bool] | None


def _steps(results: Results) -> list[str]:
    return [name for name, facts in results.workloads.items() if facts["kind"] != "epochs"]


def _ratios(results: Results, side: str, peer: Callable[[str], float | None]) -> dict[str, float]:
    """Workload -> peer / ours, where both were measured."""
    pairs = {name: (results.median(name, side), peer(name)) for name in _steps(results)}
    return {name: theirs / ours for name, (ours, theirs) in pairs.items() if ours and theirs}


def _shown(ratios: dict[str, float]) -> str:
    worst = min(ratios, key=lambda name: ratios[name])
    return f"geometric mean {geometric_mean(ratios.values()):.2f}x, worst {worst} {ratios[worst]:.2f}x"


def _against_pytorch(results: Results, precision: str, mean: float, gain: float | None) -> Verdict:
    """No workload slower, and the mean (or the share of the gain that the limit allows)."""
    side = tables.PRECISIONS[precision][0]

    def peer(name: str) -> float | None:
        found = tables.best_peer(results, name, precision, "torch")
        return None if found is None else found[1]

    ratios = _ratios(results, side, peer)
    if not ratios:
        return None
    text, fast = _shown(ratios), geometric_mean(ratios.values()) >= mean
    if gain is not None:
        shares = []
        for name in ratios:
            ours, theirs = results.median(name, side), peer(name)
            bound = tables.limit_of(results, name, precision)
            if ours and theirs and bound:
                shares.append(share(ours, theirs, bound.ms))
        taken = [min(s, 1) for s in shares if s is not None]  # more where algorithms multiply less
        if taken:
            text += f", {sum(taken) / len(taken):.0%} of the possible gain on average"
            fast = fast or sum(taken) / len(taken) >= gain
    return text, fast and min(ratios.values()) >= 1


def _default(results: Results) -> Verdict:
    ratios = _ratios(results, "ours-default", lambda name: results.median(name, "torch-eager"))
    return (_shown(ratios), min(ratios.values()) >= 3) if ratios else None


def _fit(results: Results) -> Verdict:
    ratios = {}
    for name, facts in results.workloads.items():
        keras = [m for s in ("keras-jax", "keras-torch") if (m := results.median(name, s))]
        ours = results.median(name, "ours-fit")
        if facts["kind"] == "epochs" and keras and ours:
            ratios[name] = min(keras) / ours
    return (_shown(ratios), min(ratios.values()) >= 8) if ratios else None


def _fit_over_step(results: Results) -> Verdict:
    more = {}
    for name in results.workloads:
        over = results.median(name, "ours-step", "over_step")
        if over is not None:
            more[name] = over
    if not more:
        return None
    worst = max(more, key=lambda name: more[name])
    return f"worst {worst} {more[worst]:+.1%}", more[worst] <= 0.03


BY_CALLS = 0.1
"""Milliseconds of arithmetic below which a step is bound by its calls, whatever the longer of its limits."""


def _near_limit(results: Results) -> Verdict:
    found = {}
    for name in _steps(results):
        ours, bound = results.median(name, "ours-bf16"), tables.limit_of(results, name, "bf16")
        if ours and bound and bound.bound == "matrix" and bound.ms >= BY_CALLS:
            found[name] = ours / bound.ms
    if not found:
        return None
    worst = max(found, key=lambda name: found[name])
    return f"worst {worst} {found[worst]:.1f}x the limit", found[worst] <= 2


def _first_step(results: Results) -> Verdict:
    found = {}
    for name in _steps(results):
        parts = [results.median(name, "ours", key) for key in ("build_s", "first_step_s")]
        if parts[0] is not None and parts[1] is not None:
            found[name] = parts[0] + parts[1]
    if not found:
        return None
    worst = max(found, key=lambda name: found[name])
    return f"worst {worst} {found[worst]:.2f} s, build included", found[worst] < 1


FEW_BYTES = 1 << 20
"""Peaks below it on both sides are some pages, which say nothing of arrays."""


def _memory(results: Results) -> Verdict:
    found = {}
    for name in _steps(results):
        pair = [results.median(name, side, "peak_bytes") for side in ("ours", "torch-tuned")]
        if pair[0] is not None and pair[1] is not None and max(pair) >= FEW_BYTES:
            found[name] = pair[0] / pair[1]
    if not found:
        return None
    worst = max(found, key=lambda name: found[name])
    mean = geometric_mean(found.values())
    return f"geometric mean {mean:.2f}x, worst {worst} {found[worst]:.2f}x", found[worst] <= 0.8


GOALS: dict[str, Callable[[Results], Verdict]] = {
    "float32 against the best PyTorch float32 mode: no workload slower; geometric mean 1.3x, or 60 % of the "
    "gain that the limit allows": lambda r: _against_pytorch(r, "float32", 1.3, 0.6),
    "bf16 against the best PyTorch bf16 mode: no workload slower; geometric mean 1.5x": (
        lambda r: _against_pytorch(r, "bf16", 1.5, None)
    ),
    "ours by default against PyTorch as tutorials write it: at least 3x": _default,
    "`fit` by default against Keras 3 `fit` on its better backend: at least 8x": _fit,
    "`fit` over the bare recorded step: at most 3 %": _fit_over_step,
    "distance to the limit, bf16, matrix-bound workloads: within 2x": _near_limit,
    "first training step, torch imported: under 1 s": _first_step,
    "peak memory of a step over the state before it, against PyTorch tuned: at most 0.8x": _memory,
}


def rows(results: Results) -> list[list[str]]:
    """A row for each goal: what is asked, what was found, whether it is reached."""
    found = []
    for goal, verdict in ((g, check(results)) for g, check in GOALS.items()):
        found.append([goal, *(("-", "not measured") if verdict is None else (verdict[0], _word(verdict[1])))])
    return found


def _word(reached: bool) -> str:
    return "reached" if reached else "not reached"
