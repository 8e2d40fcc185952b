"""Sorted values."""

from __future__ import annotations

from .case import Case, values

CASES = [
    Case("sorted", (values(3, 4),), {"axis": 1, "descending": False}),
    Case("sorted", (values(2, 3, 2),), {"axis": 0, "descending": True}, name="the greatest first"),
]
