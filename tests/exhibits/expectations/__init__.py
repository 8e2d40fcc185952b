"""What each exhibit must find, in its small form too: the directions of its figures, not only that it ended.

Exhibit -> conditions on what `measure` gives, each with the sentence that it stands for; a file a chapter.
"""

from __future__ import annotations

from importlib import import_module

from .kind import Expectations

CHAPTERS = ("tensors", "perceptron", "loss", "learning", "depth", "images", "demand")
EXPECTATIONS: Expectations = {}
for chapter in CHAPTERS:
    EXPECTATIONS |= import_module(f".{chapter}", __package__).EXPECTATIONS
