"""The chapter `depth`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "vanishing": {
        "every layer of sigmoids takes some of the gradient": lambda f: (
            0 < f["factor"] < 0.25 and (f["none_norms"][1:] > f["none_norms"][:-1]).all()
        ),
        "wider weights let more of it through": lambda f: f["none_kept"] < f["xavier_kept"] < f["he_kept"],
        "rectifiers let more through than sigmoids": lambda f: all(
            f[f"{name}_kept"] > 10 * f["none_kept"] for name in ("relu", "leaky_relu", "prelu", "elu", "sine")
        ),
        "batch norm, pre-training and skips keep it": lambda f: all(
            f[f"{name}_kept"] > 0.1 for name in ("batch_norm", "pretraining", "add", "concat", "together")
        ),
        "dropout does not": lambda f: f["dropout_kept"] < 0.05,
        "without a gradient there is no learning": lambda f: f["none_accuracy"] < 0.25 < f["elu_accuracy"],
    },
    "why-deep": {
        "two 3x3 see what one 5x5 sees": lambda f: f["small_seen"] == f["large_seen"] == 25,
        "with fewer weights": lambda f: (f["large_weights"], f["small_weights"]) == (25, 18),
        "with channels and biases too": lambda f: (
            (f["large_channels"], f["small_channels"]) == (25 * 256 + 16, 18 * 256 + 32)
        ),
        "but not from one channel to many": lambda f: f["small_first"] > f["large_first"],
        "more channels fit into the same number": lambda f: f["wide"] > 16,
        "a deep plain network learns more slowly than one with skips": lambda f: (
            f["plain_loss"] > f["residual_loss"] + 0.02
        ),
    },
    "features": {
        "a line on the coordinates does not tell the arms": lambda f: f["probe_0"] < 0.7,
        "one on the last hidden layer does": lambda f: f["probe_4"] > 0.9,
        "it was training that did it": lambda f: f["probe_4"] > f["start"] + 0.2,
        "the last layer is such a line": lambda f: abs(f["network"] - f["probe_4"]) < 0.05,
        "a kernel does it without training": lambda f: f["kernel"] > 0.9,
        "with more numbers": lambda f: f["kernel_numbers"] > f["parameters"],
    },
    "noise": {
        "noise does harm, hidden layers or not": lambda f: (
            f["deep_noisy"] > f["deep_clean"] and f["shallow_noisy"] > f["shallow_clean"]
        ),
        "classical regression too": lambda f: (
            f["kernel_noisy"] > f["kernel_clean"] and f["linear_noisy"] > f["linear_clean"]
        ),
        "a curved function is more than a line": lambda f: f["kernel_clean"] < f["linear_clean"],
        "from swapped answers nothing is learned": lambda f: f["least_garbage"] > 0.9,
        "from right ones something is": lambda f: f["network_worst_clean"] < 0.9,
        "passes are counted": lambda f: 1 <= f["passes_deep"] <= f["epochs"] + 1,
    },
}
