"""Inputs for composites, one file a family, each with a list `CASES`; `all_cases` gathers them."""

from __future__ import annotations

import importlib
import pkgutil

from .case import Case


def all_cases() -> list[Case]:
    """Every case of every family."""
    found: list[Case] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name != "case"):
        found += importlib.import_module(f"{__name__}.{module}").CASES
    return found
