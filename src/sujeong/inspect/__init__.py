"""Seeing inside: curves, confusions, mistakes, activations, probes."""

from ..training.history import History
from .curves import draw_curves
from .description import Description, describe
from .layer_outputs import activations
from .mistakes import draw_confusion, draw_mistakes
from .probe import LinearProbe, linear_probe, probe_layers

History.plot = draw_curves

__all__ = [
    "Description",
    "LinearProbe",
    "activations",
    "describe",
    "draw_confusion",
    "draw_curves",
    "draw_mistakes",
    "linear_probe",
    "probe_layers",
]
