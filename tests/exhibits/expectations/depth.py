"""The chapter `depth`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {}
