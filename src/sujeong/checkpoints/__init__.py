"""Models in files: versioned, replaced as a whole, without pickle. Modules get `save` and its kin here."""

from ..nn.module import Module
from .atomic import folder_aside, located, write_aside
from .files import load, load_weights, save, save_weights

Module.save = save
Module.save_weights = save_weights
Module.load_weights = load_weights

__all__ = ["folder_aside", "load", "load_weights", "located", "save", "save_weights", "write_aside"]
