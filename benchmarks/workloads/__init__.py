"""What is measured: one workload a file, each the same work for every side.

To add one, write `workloads/NAME.py` with a class that derives from `Supervised`, `Inference`, `Epochs` or
`Workload` and a line `WORKLOAD = ThatClass`. Nothing else has to be told.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from .base import Workload

_OWN = {"__init__", "base", "carry", "epochs", "residual", "supervised"}


def names() -> tuple[str, ...]:
    """The names of all workloads, in the order of the alphabet."""
    files = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return tuple(sorted(name for name in files if name not in _OWN))


def load(name: str, checked: bool = False) -> Workload:
    """The workload of a name.

    Args:
        name: its file, without `.py`.
        checked: for the comparison of losses: without anything random in it.

    Raises:
        SystemExit: there is no such workload; the message names those that there are.
    """
    if name not in names():
        raise SystemExit(f"there is no workload {name!r}; there are: {', '.join(names())}")
    workload: Workload = importlib.import_module(f"{__name__}.{name}").WORKLOAD(checked)
    return workload
