"""The chapter `learning`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {}
