"""Seeing inside: curves, confusions, mistakes, activations, probes, the graph of a computation."""

from ..core.modes import keep_values
from ..training.history import History
from .computation import trace
from .curves import draw_curves
from .description import Description, describe
from .drawing import draw
from .layer_outputs import activations
from .mistakes import draw_confusion, draw_mistakes
from .probe import LinearProbe, linear_probe, probe_layers

History.plot = draw_curves

__all__ = [
    "Description",
    "LinearProbe",
    "activations",
    "describe",
    "draw",
    "draw_confusion",
    "draw_curves",
    "draw_mistakes",
    "keep_values",
    "linear_probe",
    "probe_layers",
    "trace",
]
