"""Writes docs/operations.md: each operation's formula and gradient, how it is checked, its worst errors.

    python tools/make_ops_page.py [--check]

The figures come from running the records of tests/contract on both engines now: values in float32 against
NumPy in float64, gradients in float64 against central differences.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import sujeong as sj  # noqa: E402
from tests.contract import test_contract as contract  # noqa: E402
from tests.contract.record import Record, Sample, flat, is_float, rounded, to_tensors  # noqa: E402
from tests.contract.records import all_records  # noqa: E402

PAGE = ROOT / "docs" / "operations.md"
HEAD = """# Operations

Written by `python tools/make_ops_page.py`; do not edit. Each operation of `sujeong` has one record in
`tests/contract/records/`, which drives every check: value against NumPy in float64, gradient and second gradient
against central differences, both engines, recorded against eager, strides, twenty repeats to the bit, the texts of
refusals. *Value* is the worst error in float32, |found - expected| / max(1, |expected|); *gradient* the worst error in
float64 in the same measure (central differences themselves are good to about 1e-9).
"""


def error(found: object, expected: object) -> float:
    """The worst error between two arrays, relative where the expected value is large."""
    a, b = np.asarray(found), np.asarray(expected)
    if a.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        gap = np.abs(a.astype(np.complex128) - b.astype(np.complex128)) / np.maximum(1, np.abs(b))
    gap = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0, gap)
    return float(gap.max())


def value_error(record: Record, sample: Sample) -> float:
    """The worst error of a result in float32."""
    found = flat(record.function(*to_tensors(list(sample.args), "float32"), **sample.kwargs))
    expected = flat(record.reference(*rounded(list(sample.args), "float32"), **sample.kwargs))
    return max((error(f, e) for f, e in zip(found, expected, strict=True)), default=0.0)


def gradient_error(record: Record, sample: Sample) -> float:
    """The worst error of a gradient in float64."""
    weights, args, worst = contract._weights(record, sample), list(sample.args), 0.0
    for place in contract._floats(args):
        x = sj.asarray(contract._get(args, place).astype("float64"), requires_grad=True)
        given = contract._put(to_tensors(args, "float64"), place, x)
        (found,) = sj.gradients(contract._loss(record, sample, given, weights), [x])
        expected = contract._numerical(
            lambda host: contract._loss(record, sample, to_tensors(host, "float64"), weights), args, place
        )
        worst = max(worst, error(np.zeros(expected.shape) if found is None else found, expected))
    return worst


def row(record: Record) -> str:
    """The line of one record."""
    cells = [f"`{record.name}`", record.formula or "—", record.gradient_formula or "—", str(len(record.samples))]
    for engine in ("numpy", "torch"):
        with sj.using(engine=engine):
            worst = max(value_error(record, s) for s in record.samples)
            cells.append("0" if worst == 0 else f"{worst:.0e}")
    smooth = [s for s in record.samples if record.gradient and s.gradient and any(map(is_float, s.args))]
    for engine in ("numpy", "torch"):
        with sj.using(engine=engine):
            found = [gradient_error(record, s) for s in smooth]
            cells.append(f"{max(found):.0e}" if found else "—")
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    lines.append("| operation | formula | gradient | samples | value, numpy | value, torch | gradient, numpy | gradient, torch |")
    lines.append("|---|---|---|---:|---:|---:|---:|---:|")
    for record in sorted(all_records(), key=lambda r: r.name):
        lines.append(row(record))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(all_records())} operations")
