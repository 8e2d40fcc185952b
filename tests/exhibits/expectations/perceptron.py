"""The chapter `perceptron`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "xor": {
        "one line never gets all four": lambda f: f["line_right"] < 4,
        "its loss stays at log 2": lambda f: abs(f["line_loss"] - 0.6931) < 0.01,
        "gates do": lambda f: f["gates_right"] == 4,
        "a hidden layer does": lambda f: f["mlp_right"] == 4 and f["mlp_loss"] < 0.1,
    },
}
