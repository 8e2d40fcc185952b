"""Gradients of any order, forward and reverse, and checks of them."""

from . import reverse  # noqa: F401  (attaches backward)
