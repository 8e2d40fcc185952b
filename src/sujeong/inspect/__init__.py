"""Seeing inside: curves, confusions, mistakes."""

from ..training.history import History
from .curves import draw_curves
from .mistakes import draw_confusion, draw_mistakes

History.plot = draw_curves

__all__ = ["draw_confusion", "draw_curves", "draw_mistakes"]
