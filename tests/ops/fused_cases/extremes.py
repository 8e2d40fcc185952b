"""Values between two numbers."""

from __future__ import annotations

from .case import Case, values

CASES = [
    Case("clip", (values(3, 4),), {"min": -0.7, "max": 1}),
    Case("clip", (values(3, 4),), {"min": None, "max": 0.4}, name="from above"),
    Case("clip", (values(3, 4),), {"min": 0.5, "max": -0.5}, name="bounds that cross"),
]
