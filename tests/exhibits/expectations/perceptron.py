"""The chapter `perceptron`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "xor": {
        "one line never gets all four": lambda f: f["line_right"] < 4 and f["best_right"] == 3,
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
    "linear-collapse": {
        "three times is the cube": lambda f: abs(f["thrice"] - f["cubed"]) < 1e-12,
        "ten layers are their product": lambda f: f["collapse_error"] < 1e-5,
        "a matrix misses nothing of them": lambda f: f["identity_gap"] < 1e-9,
        "but of bent ones": lambda f: f["tanh_gap"] > 0.01 < f["relu_gap"],
        "ten linear layers learn what one does": lambda f: abs(f["ten_accuracy"] - f["one_accuracy"]) < 0.1,
        "ten bent ones learn the spiral": lambda f: f["bent_accuracy"] > max(0.9, f["ten_accuracy"] + 0.1),
        "of the same size": lambda f: f["bent_parameters"] == f["ten_parameters"] > 100 * f["one_parameters"],
    },
    "activations": {
        "slopes are those of finite differences": lambda f: f["slope_error"] < 1e-6,
        "none for the step": lambda f: f["step_steepest"] == 0,
        "a quarter at most for the sigmoid, one for tanh": lambda f: (
            abs(f["sigmoid_steepest"] - 0.25) < 1e-6 and abs(f["tanh_steepest"] - 1) < 1e-6
        ),
        "ReLU is flat below, one above": lambda f: (
            f["relu_slopes"][f["x"] < 0].max() == 0 and f["relu_slopes"][f["x"] > 0].min() == 1
        ),
        "the leak is a hundredth": lambda f: (
            abs(f["leaky_relu_slopes"][0] - 0.01) < 1e-9 and f["leaky_error"] == 0
        ),
        "the step teaches the first layer nothing": lambda f: f["step_moved"] == 0,
        "the others do": lambda f: (
            min(f[f"{n}_moved"] for n in ("sigmoid", "tanh", "sine", "relu", "elu")) > 0.1
        ),
        "and learn more": lambda f: f["lowest"] > f["step_accuracy"] + 0.1,
        "PReLU learns its slopes": lambda f: f["learned_low"] < 0.25 < f["learned_high"],
    },
    "line": {
        "descent finds the best line": lambda f: (
            abs(f["a"] - f["best_a"]) < 0.01 and abs(f["b"] - f["best_b"]) < 0.01
        ),
        "near the true one": lambda f: abs(f["a"] - 1.5) < 0.3 and abs(f["b"] + 0.5) < 0.3,
        "the error only falls": lambda f: (f["errors"][1:] <= f["errors"][:-1] + 1e-6).all(),
        "to that of the noise": lambda f: 0.1 < f["last_error"] < 0.7 < f["first_error"],
        "no line is better": lambda f: f["best_error"] <= f["last_error"] + 1e-6,
        "ten times the pairs, a third of the spread": lambda f: (
            2 < f["spread_10"] / f["spread_100"] < 5 and 2 < f["spread_100"] / f["spread_1000"] < 5
        ),
        "weights as by least squares": lambda f: f["weight_error"] < 0.2 * f["largest_weight"],
        "several variables tell more than one": lambda f: f["all_r2"] > f["one_r2"] > 0.1,
    },
}
