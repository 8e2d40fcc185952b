"""What an expectation is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Expectations = dict[str, dict[str, Callable[[dict[str, Any]], Any]]]
