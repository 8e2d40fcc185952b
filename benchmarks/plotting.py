"""The picture of a comparison: each peer's time over ours, by workload and precision."""

from __future__ import annotations

from pathlib import Path

import tables
from results import Results
from sides import SIDES

COLOURS = ("#7f8c8d", "#2e86ab", "#5bc0be", "#8e6c8a", "#b07aa1", "#e08e45", "#c44536", "#76b041")


def picture(results: Results, path: Path) -> None:
    """Draws bars of peer time / our time; beyond the line at 1 ours is the faster one."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    names = [n for n, facts in results.workloads.items() if facts["kind"] != "epochs"]
    panels = [p for p, (side, _) in tables.PRECISIONS.items() if any(results.median(n, side) for n in names)]
    if not panels:
        return
    peers = [s for s in SIDES if not SIDES[s].is_ours and any(results.median(n, s) for n in names)]
    colours = {s.removesuffix("-bf16"): COLOURS[i % len(COLOURS)] for i, s in enumerate(_plain(peers))}
    size = (5.2 * len(panels) + 1.5, 1.2 + 0.22 * len(names) * (len(colours) + 1.5))
    figure, axes = plt.subplots(1, len(panels), figsize=size, squeeze=False, layout="constrained")
    for axis, precision in zip(axes[0], panels, strict=True):
        side, rate = tables.PRECISIONS[precision]
        shown = [n for n in names if results.median(n, side)]
        here = [s for s in peers if SIDES[s].precision == precision]
        height = 0.8 / max(len(here), 1)
        for i, name in enumerate(shown):
            ours, bound = results.median(name, side) or 1.0, tables.limit_of(results, name, rate)
            for j, peer in enumerate(here):
                theirs = results.median(name, peer)
                if theirs is not None:
                    y = i - 0.4 + (j + 0.5) * height
                    axis.barh(y, theirs / ours, height, color=colours[peer.removesuffix("-bf16")])
                    axis.text(theirs / ours * 1.03, y, f"{theirs / ours:.2f}", va="center", fontsize=7)
            if bound is not None:
                axis.plot([bound.ms / ours] * 2, [i - 0.45, i + 0.45], color="black", linewidth=2)
        axis.axvline(1, color="black", linewidth=0.8, linestyle="--")
        axis.set_xscale("log")
        axis.margins(x=0.12)
        axis.set_yticks(
            range(len(shown)), [f"{n}\n{tables.number(results.median(n, side))} ms" for n in shown]
        )
        axis.invert_yaxis()
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.xaxis.set_minor_formatter(lambda value, _: f"{value:g}" if str(value)[0] in "25" else "")
        axis.tick_params(axis="x", which="both", labelsize=8)
        axis.set_xlabel("time / ours (black bar: the limit)")
        axis.set_title(f"{precision}; ours = 1")
    handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in colours.values()]
    figure.legend(handles, list(colours), loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _plain(sides: list[str]) -> list[str]:
    return list(dict.fromkeys(s.removesuffix("-bf16") for s in sides))
