"""Whether two sides did the same work.

Losses of ten steps, from the same weights on the same data: float32 sides must be within 0.2 % of PyTorch's
(a workload may say otherwise) and 0.01 % of the greatest loss; bf16 sides within 5 % of the greatest loss.
Operations of products and convolutions, where PyTorch's own counter sees them: within 1 % of ours.
A side that fails is refused: its row of the table says why instead of a time.
"""

from __future__ import annotations

from results import Results, differing
from sides import SIDES, Side
from workloads import Workload

OF_GREATEST, LOW, FLOPS = 1e-4, 5e-2, 1e-2
REFERENCES = ("torch-eager", "torch-tuned", "ours-numpy", "ours")
COUNTED = "torch-eager"


def needs_process(workload: Workload, side: Side) -> bool:
    """Whether losses need a process of their own; else those of the first timed one serve."""
    return workload.kind != "epochs" and (workload.random or side.name == COUNTED)


def refused(results: Results, workload: Workload) -> dict[str, str]:
    """The sides of a workload whose figures do not count: "WORKLOAD SIDE" -> why."""
    if workload.kind == "epochs":
        return {}
    curves = {}
    for side in SIDES:
        runs = results.of(workload.name, side, checked=True) or (
            [] if workload.random else results.of(workload.name, side)
        )
        if runs:
            curves[side] = runs[0]["figures"]
    reference = next((name for name in REFERENCES if name in curves), None)
    found = {}
    for side, figures in curves.items():
        low = SIDES[side].precision != "float32"
        relative, of_greatest = (0.0, LOW) if low else (workload.tolerance, OF_GREATEST)
        why = None
        if reference is not None and side != reference:
            why = differing(figures, curves[reference], relative, of_greatest)
        if why is not None:
            found[f"{workload.name} {side}"] = f"other losses than {reference}, {why}"
    return found | _counts(results, workload)


def _counts(results: Results, workload: Workload) -> dict[str, str]:
    """Our count of operations beside PyTorch's."""
    runs = results.of(workload.name, COUNTED, checked=True)
    if not runs or not workload.flops_counted or "matrix_flops" not in runs[0]:
        return {}
    ours, theirs = results.workloads[workload.name]["matrix_flops"], runs[0]["matrix_flops"]
    if abs(ours - theirs) <= FLOPS * ours:
        return {}
    why = f"{theirs:,} operations in products, ours has {ours:,}"
    return {f"{workload.name} {COUNTED}": why}
