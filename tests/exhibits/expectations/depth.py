"""The chapter `depth`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "features": {
        "a line on the coordinates does not tell the arms": lambda f: f["probe_0"] < 0.7,
        "one on the last hidden layer does": lambda f: f["probe_4"] > 0.9,
        "it was training that did it": lambda f: f["probe_4"] > f["start"] + 0.2,
        "the last layer is such a line": lambda f: abs(f["network"] - f["probe_4"]) < 0.05,
        "a kernel does it without training": lambda f: f["kernel"] > 0.9,
        "with more numbers": lambda f: f["kernel_numbers"] > f["parameters"],
    },
}
