"""The results of a comparison: kept after each process, read again with --resume, summed up in medians."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass
class Results:
    """All that a comparison has measured.

    Attributes:
        machine: facts about machine and versions.
        settings: threads, seconds, device.
        workloads: name -> title, kind and what a step costs.
        rates: what the machine can do, one record a round.
        runs: the lines that `side.py` printed, each with its `round`.
        skipped: "WORKLOAD SIDE" -> why it was not measured.
        refused: "WORKLOAD SIDE" -> why its figures do not count.
    """

    machine: Record = field(default_factory=dict)
    settings: Record = field(default_factory=dict)
    workloads: dict[str, Record] = field(default_factory=dict)
    rates: list[Record] = field(default_factory=list)
    runs: list[Record] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Results:
        """Reads a file that `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        """Writes the file; one that is there is replaced whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        half.replace(path)

    def of(self, workload: str, side: str, checked: bool = False) -> list[Record]:
        """The runs of a side, by round."""
        found = [
            r for r in self.runs if (r["workload"], r["side"], r["checked"]) == (workload, side, checked)
        ]
        return sorted(found, key=lambda r: r["round"])

    def sides(self, workload: str) -> list[str]:
        """The sides with figures that count, in the order in which they were first measured."""
        names = dict.fromkeys(r["side"] for r in self.runs if r["workload"] == workload and not r["checked"])
        return [name for name in names if f"{workload} {name}" not in self.refused]

    def median(self, workload: str, side: str, key: str = "median_ms") -> float | None:
        """The median over the rounds, `None` where it was not measured or does not count."""
        if f"{workload} {side}" in self.refused:
            return None
        values = [r[key] for r in self.of(workload, side) if r.get(key) is not None]
        return statistics.median(values) if values else None

    def rate(self, name: str) -> float:
        """The best rate of all rounds."""
        return max(r[name] for r in self.rates)

    def copy_rate(self, moved: float) -> float:
        """The best rate of copies that touch so many bytes: of the next larger size that was measured."""
        found: dict[int, float] = {}
        for record in self.rates:
            for size, rate in record.get("copies", {}).items():
                found[int(size)] = max(rate, found.get(int(size), 0.0))
        large = [size for size in sorted(found) if size >= moved]
        return found[large[0]] if large else self.rate("copy")


def differing(
    figures: list[float], reference: list[float], relative: float, of_greatest: float
) -> str | None:
    """Where two loss curves part, in words; `None` if they do not.

    Args:
        figures: losses of the first ten steps (of an inference workload: ten numbers of its answer).
        reference: those to which they are held.
        relative: allowed difference, relative to the loss.
        of_greatest: and relative to the greatest loss of the curve.
    """
    greatest = max(abs(v) for v in reference)
    if len(figures) != len(reference):
        return f"{len(figures)} losses instead of {len(reference)}"
    for i, (value, wanted) in enumerate(zip(figures, reference, strict=True)):
        if not abs(value - wanted) <= relative * abs(wanted) + of_greatest * greatest:
            return f"step {i + 1}: {value:.6g} instead of {wanted:.6g}"
    return None
