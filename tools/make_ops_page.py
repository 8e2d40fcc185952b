"""Writes docs/operations.md: each operation's formula and gradient, how it is checked, its worst errors.

    python tools/make_ops_page.py

The figures come from running the records of tests/contract on both engines now: values in float32 against
NumPy in float64, gradients in float64 against central differences. Records such as `x[mask]` and `x[list]`,
or `reshape` and `reshape-copy`, belong to one operation and share its line.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import sujeong as sj  # noqa: E402
from tests.contract import test_contract as contract  # noqa: E402
from tests.contract.record import Record, Sample, flat, is_float, rounded, to_tensors  # noqa: E402
from tests.contract.records import families  # noqa: E402

ENGINES = ("numpy", "torch")
PAGE = ROOT / "docs" / "operations.md"
HEAD = """# Operations

Written by `make docs`; do not edit. Each operation of `sujeong` has records in `tests/contract/records/`,
which drive every check: value against NumPy in float64, gradient and second gradient against central
differences, both engines, recorded against eager, strides, twenty repeats to the bit, the texts of refusals.

`g` is the gradient of the result, `dx` that of the input. Letters that a formula does not explain stand at
the head of the operation's room in `src/sujeong/ops/`. *Samples* and *refusals* count what is tried. *Value*
is the worst error in float32 among the samples, |found - expected| / max(1, |expected|); *gradient* the worst
error in float64 in the same measure (central differences themselves are good to about 1e-9). A dash: there is
nothing to differentiate.
"""
COLUMNS = ("operation", "formula", "gradient", "samples", "refusals", "value, numpy", "value, torch",
           "gradient, numpy", "gradient, torch")  # fmt: skip


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


def operation(record: Record) -> str:
    """The operation that a record belongs to: its name up to a bracket or a dash."""
    name = re.split(r"[\[-]", record.name)[0]
    return "x[index]" if name in ("x", "index") else name


def row(name: str, records: list[Record]) -> str:
    """The line of one operation."""
    samples = [(r, s) for r in records for s in r.samples]
    smooth = [(r, s) for r, s in samples if r.gradient and s.gradient and any(map(is_float, _leaves(s.args)))]
    gradient = next((r.gradient_formula for r in records if r.gradient_formula), "")
    cells = [f"`{name}`", formula(records), (gradient or "not written down") if smooth else gradient or "—"]
    cells += [str(len(samples)), str(sum(len(r.refusals) for r in records))]
    for measure, pairs in ((value_error, samples), (gradient_error, smooth)):
        for engine in ENGINES:
            with sj.using(engine=engine):
                found = [measure(r, s) for r, s in pairs]
            cells.append(shown(max(found)) if found else "—")
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


def formula(records: list[Record]) -> str:
    """The formula of an operation; where no record has one, the first sentence of its docstring."""
    for record in records:
        if record.formula:
            return record.formula
    first = (getattr(records[0].function, "__doc__", None) or "—").split("\n")[0]
    return first[0].lower() + first[1:].rstrip(".")


def shown(worst: float) -> str:
    """An error with one digit."""
    return "0" if worst == 0 else f"{worst:.0e}".replace("e-0", "e-")


def _leaves(args: object) -> list[object]:
    """Arguments, those in lists among them."""
    return [leaf for a in args for leaf in _leaves(a)] if isinstance(args, (list, tuple)) else [args]


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    for title, records in families().items():
        groups: dict[str, list[Record]] = {}
        for record in records:
            groups.setdefault(operation(record), []).append(record)
        tried = {name: group for name, group in sorted(groups.items()) if any(r.samples for r in group)}
        lines += [f"## {title}", "", "| " + " | ".join(COLUMNS) + " |", "|---|---|---|" + "---:|" * 6]
        lines += [row(name, group) for name, group in tried.items()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    text = page()
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {text.count(chr(10) + '| `')} operations")
