"""The tables of a comparison, in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import goals
from limits import Limit, Traffic, limit, share
from results import Results
from sides import SIDES

PRECISIONS = {"float32": ("ours", "float32"), "bf16": ("ours-bf16", "bf16")}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; all columns but the first to the right."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" + "--:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value: float | None, digits: int = 3) -> str:
    """A figure with so many significant digits, a dash where there is none."""
    if value is None:
        return "-"
    if value != 0 and abs(value) < 10 ** (digits - 1):
        return f"{value:.{digits}g}"
    return f"{value:,.0f}"


def limit_of(results: Results, workload: str, precision: str) -> Limit | None:
    """The limit of a workload on this machine; `None` where it was not counted."""
    facts = results.workloads[workload]
    if not results.rates or "matrix_flops" not in facts:
        return None
    traffic = Traffic(facts["matrix_flops"], facts["product_bytes"], facts["state_bytes"])
    low = precision == "bf16"
    return limit(traffic, results.rate(precision), results.copy_rate(traffic.moved(low)), low)


def best_peer(results: Results, workload: str, precision: str, prefix: str = "") -> tuple[str, float] | None:
    """The fastest of the peers at a precision whose names begin so."""
    found = [
        (median, name)
        for name in results.sides(workload)
        if not SIDES[name].is_ours
        and SIDES[name].precision == precision
        and name.startswith(prefix)
        and (median := results.median(workload, name)) is not None
    ]
    return min(found)[::-1] if found else None


def against_peers(results: Results, precision: str) -> str:
    """Limit, ours, best peer and ratio, a row for each workload."""
    rows = []
    side, rate = PRECISIONS[precision]
    for name, facts in results.workloads.items():
        if facts["kind"] == "epochs":
            continue
        ours, bound = results.median(name, side), limit_of(results, name, rate)
        pytorch, any_peer = (best_peer(results, name, precision, p) for p in ("torch", ""))
        gain = None if not (ours and any_peer and bound) else share(ours, any_peer[1], bound.ms)
        rows.append(
            [
                name,
                f"{number(bound.ms)} ({bound.bound})" if bound else "-",
                number(ours),
                f"{number(pytorch[1])} ({pytorch[0]})" if pytorch else "-",
                f"{pytorch[1] / ours:.2f}" if pytorch and ours else "-",
                f"{number(any_peer[1])} ({any_peer[0]})" if any_peer else "-",
                "-" if gain is None else f"{gain:.0%}",
                f"{ours / bound.ms:.1f}" if ours and bound else "-",
            ]
        )
    head = ["workload", "limit", "ours", "best PyTorch", "PyTorch / ours", "best peer"]
    return table([*head, "share of possible gain", "ours / limit"], rows)


def each_side(results: Results, cell: Callable[[str, str], str], kinds: tuple[str, ...]) -> str:
    """A row for each side, a column for each workload."""
    names = [n for n, facts in results.workloads.items() if facts["kind"] in kinds]
    sides = [s for s in SIDES if any(results.of(n, s) for n in names)]
    return table(["side", *names], [[s, *(cell(n, s) for n in names)] for s in sides])


def _time(results: Results) -> Callable[[str, str], str]:
    def cell(workload: str, side: str) -> str:
        if f"{workload} {side}" in results.refused:
            return "refused"
        return number(results.median(workload, side))

    return cell


def _least(results: Results) -> Callable[[str, str], str]:
    def cell(workload: str, side: str) -> str:
        if f"{workload} {side}" in results.refused:
            return "refused"
        found = [r["least_ms"] for r in results.of(workload, side) if r.get("least_ms") is not None]
        return number(min(found, default=None))

    return cell


def _first(results: Results) -> Callable[[str, str], str]:
    def cell(workload: str, side: str) -> str:
        parts = [results.median(workload, side, key) for key in ("import_s", "build_s", "first_step_s")]
        return "-" if None in parts else f"{parts[0]:.1f} + {(parts[1] or 0) + (parts[2] or 0):.2f}"

    return cell


def _memory(results: Results) -> Callable[[str, str], str]:
    def cell(workload: str, side: str) -> str:
        found = results.median(workload, side, "peak_bytes")
        return number(None if found is None else found / 1e6)

    return cell


def page(results: Results, command: str) -> str:
    """All tables, with machine and command."""
    machine, settings = results.machine, results.settings
    rates = {name: results.rate(name) for name in ("float32", "bf16", "copy")} if results.rates else {}
    steps = ("training", "inference")
    how = f"{settings['rounds']} rounds of fresh processes in turns, {settings['seconds']} s a side and round"
    where = f"{machine['processor']}, {machine['cores']} cores; Python {machine['python']}"
    versions = f"NumPy {machine['numpy']}, torch {machine['torch']}"
    lines = [
        f"Written by `{command}`: {how}, {settings['threads']} threads, {settings['device']}.",
        f"{where}, {versions}. Milliseconds are medians of the rounds' medians.",
    ]
    if rates:
        lines.append(
            f"Measured rates: matrix products {rates['float32'] / 1e9:,.0f} GFLOP/s in float32, "
            f"{rates['bf16'] / 1e9:,.0f} in bf16; copies {rates['copy'] / 1e9:.0f} GB/s."
        )
    lines += ["", "### Workloads", ""]
    lines += [
        table(
            ["workload", "what", "parameters", "GFLOP a step", "compiled kernels (seconds to build)"],
            [
                [
                    n,
                    f["title"],
                    number(f.get("parameters"), 6),
                    number(f["flops"] / 1e9) if "flops" in f else "-",
                    _kernels(f.get("kernels", {})),
                ]
                for n, f in results.workloads.items()
            ],
        )
    ]
    for precision in PRECISIONS:
        lines += ["", f"### A step against the limit and the best peer, {precision} (ms)", ""]
        lines.append(against_peers(results, precision))
    lines += ["", "### Each side (ms a step)", "", each_side(results, _time(results), steps)]
    lines += ["", "### Least time of a step (ms)", "", each_side(results, _least(results), steps)]
    lines += ["", "### Import + build and first step (s)", "", each_side(results, _first(results), steps)]
    lines += ["", "### Peak memory of a step over the state before it (MB)", ""]
    lines.append(each_side(results, _memory(results), steps))
    if any(f["kind"] == "epochs" for f in results.workloads.values()):
        lines += ["", "### Whole epochs (ms)", "", each_side(results, _time(results), ("epochs",))]
    lines += ["", "### Goals", "", table(["goal", "found", "reached"], goals.rows(results))]
    for title, found in (("Refused", results.refused), ("Not measured", results.skipped)):
        if found:
            lines += ["", f"### {title}", ""]
            lines += [f"- {key}: {why}" for key, why in sorted(found.items())]
    return "\n".join(lines) + "\n"


def _kernels(built: Mapping[str, Mapping[str, float]]) -> str:
    """How many kernels our float32 step uses, and the seconds of building those that were missing."""
    found = built.get("ours") or built.get("ours-fit")
    return "-" if found is None else f"{found['kernels']} ({found['seconds']:.0f})"


BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"


def put_in(page_path: Path, text: str, picture: Path) -> None:
    """Puts the tables between the marks of a page, in place of what stands there.

    Args:
        page_path: the page.
        text: as `page` gives it.
        picture: the picture to show above them, named relative to the page.
    """
    before, _, rest = page_path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    shown = f"![time of each peer over ours]({picture.relative_to(page_path.parent)})"
    page_path.write_text(f"{before}{BEGIN}\n{shown}\n\n{text}{END}{after}", encoding="utf-8")
