"""Layers, and what models are made of."""

from .dense import Dense
from .module import Module
from .registry import register
from .sequential import Sequential

__all__ = ["Dense", "Module", "Sequential", "register"]
