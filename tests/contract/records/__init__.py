"""One file a family, each with a list `RECORDS`; `all_records` gathers them, so that none is forgotten."""

from __future__ import annotations

import importlib
import pkgutil

from ..record import Record


def all_records() -> list[Record]:
    """Every record of every family."""
    found: list[Record] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        found += importlib.import_module(f"{__name__}.{module}").RECORDS
    return found
