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
    "perceptron": {
        "weights by hand make the gates": lambda f: f["and_hand"] == f["or_hand"] == f["nand_hand"] == 4,
        "random weights do not": lambda f: f["before"] < 3.5,
        "the rule finds them from everywhere": lambda f: f["worst"] == 4,
        "it takes corrections, not more than the margin allows": lambda f: all(
            1 <= f[f"{gate}_corrections"] <= f[f"{gate}_limit"] for gate in ("and", "or", "nand")
        ),
        "the lines drawn end in the right place": lambda f: all(
            len(f[f"{gate}_lines"]) > 1 for gate in ("and", "or", "nand")
        ),
        "XOR goes on for ever": lambda f: f["xor_corrections"] >= f["limit"] and f["xor_right"] < 4,
        "the step has no slope, the sigmoid has": lambda f: f["step_slope"] == 0 < 0.01 < f["sigmoid_slope"],
    },
}
