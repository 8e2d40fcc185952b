"""Passes that are switched off, to compare.

SUJEONG_PASSES_OFF=folding,common     switches passes off from outside
"""

from __future__ import annotations

import os

from ...core import modes


def switched_off() -> frozenset[str]:
    """The passes that are switched off here, or from outside."""
    named = filter(None, os.environ.get("SUJEONG_PASSES_OFF", "").split(","))
    return modes.passes_off.get() | frozenset(named)
