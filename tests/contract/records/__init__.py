"""One file a family, each with a list `RECORDS`; `all_records` gathers them, so that none is forgotten."""

from __future__ import annotations

import importlib
import pkgutil
import re

from ..record import Record


def families() -> dict[str, list[Record]]:
    """The records by family: what the file is about -> its records."""
    found: dict[str, list[Record]] = {}
    for name in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{name}")
        first = re.split(r", held against|, against|: |\.|\n", module.__doc__ or name)[0]
        title = re.sub("^Records? of ", "", first).replace(" and of ", " and ")
        found[title[0].upper() + title[1:]] = module.RECORDS
    return found


def all_records() -> list[Record]:
    """Every record of every family."""
    return [record for records in families().values() for record in records]
