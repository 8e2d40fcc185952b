"""All exhibits by chapter, in the order in which a learner meets them. A file is loaded when it is shown."""

from __future__ import annotations

from importlib import import_module

from ..errors import unknown_name
from .exhibit import Exhibit

CHAPTERS: dict[str, tuple[str, ...]] = {
    "tensors": ("tensors", "geometry"),
    "perceptron": ("perceptron", "xor", "linear-collapse", "activations", "line"),
    "loss": ("losses", "why-not-accuracy", "numerical-gradient", "backprop", "one-step"),
    "learning": (
        "descent",
        "optimizers",
        "initialization",
        "batch-norm",
        "overfitting",
        "dropout-at-test",
        "search",
        "sign-rule",
    ),
    "depth": ("vanishing", "why-deep", "features", "noise"),
    "images": (
        "convolution",
        "pooling",
        "shape-ignored",
        "cnn-filters",
        "augmentation",
        "fully-convolutional",
        "end-to-end",
        "softmax-omitted",
    ),
    "demand": ("ice-cream",),
}
NAMES = tuple(name for names in CHAPTERS.values() for name in names)


def exhibit(name: str) -> Exhibit:
    """The exhibit of a name.

    Args:
        name: as in `sujeong show --list`.

    Returns:
        The exhibit.

    Raises:
        NameUnknownError: there is none; the text gives the nearest spelling.
    """
    if name not in NAMES:
        raise unknown_name("exhibit", name, NAMES)
    found: Exhibit = import_module(f".{name.replace('-', '_')}", __package__).EXHIBIT
    return found
