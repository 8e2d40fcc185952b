"""Seeing inside: curves, confusions, mistakes, activations, probes, graphs, landscapes."""

from ..core.modes import keep_values
from ..training.history import History
from .computation import Computation, trace
from .curves import draw_curves
from .description import Description, describe
from .drawing import draw
from .landscape import Landscape, draw_landscape, landscape, random_directions
from .layer_outputs import activations, layer_gradients
from .mistakes import draw_confusion, draw_mistakes
from .probe import LinearProbe, linear_probe, probe_layers

History.plot = draw_curves

__all__ = [
    "Computation",
    "Description",
    "Landscape",
    "LinearProbe",
    "activations",
    "describe",
    "draw",
    "draw_confusion",
    "draw_curves",
    "draw_landscape",
    "draw_mistakes",
    "keep_values",
    "landscape",
    "layer_gradients",
    "linear_probe",
    "probe_layers",
    "random_directions",
    "trace",
]
