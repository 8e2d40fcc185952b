"""The chapter `images`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "convolution": {
        "the formula gives every size": lambda f: (
            f["formula_right"] == 9 and f["places"].tolist()[:3] == [6, 8, 10]
        ),
        "zeros darken the corner to 4/9": lambda f: abs(f["corner_zero"] - 4 / 9) < 1e-6,
        "ones leave it as it is": lambda f: abs(f["corner_one"] - 1) < 1e-6,
        "channels are summed up": lambda f: f["channel_error"] < 1e-4 and f["channels_out"] == 4,
        "im2col and one product are the convolution": lambda f: f["product_error"] < 1e-4 and f["rank"] == 2,
        "a row for each window": lambda f: f["rows"] == 2 * 36 and f["columns"] == 27,
        "other channels are refused": lambda f: f["refused"],
        "few parameters": lambda f: f["conv_parameters"] == 40 and f["dense_parameters"] == 65 * 144,
    },
    "pooling": {
        "nothing to learn, channels kept": lambda f: f["parameters"] == 0 and f["channels_out"] == 5,
        "stride is the window": lambda f: f["stride"] == 3 and f["places"] == 3,
        "all learn": lambda f: min(f[f"{k}_still"] for k in ("none", "max", "average")) > 0.6,
        "shifts hurt all": lambda f: all(
            f[f"{k}_moved"] < f[f"{k}_still"] - 0.1 for k in ("none", "max", "average")
        ),
        "the pooled map changes less": lambda f: f["change_after"] < f["change_before"],
    },
    "shape-ignored": {
        "both learn": lambda f: f["mlp_plain"] > 0.7 and f["cnn_plain"] > 0.7,
        "the dense network does not notice": lambda f: abs(f["mlp_loss"]) < 0.01 and f["mlp_same"] > 0.98,
        "the convolutional one does": lambda f: f["cnn_same"] < 0.97,
        "the pixels moved": lambda f: (f["picture"] != f["shuffled"]).mean() > 0.3,
    },
    "softmax-omitted": {
        "the same class": lambda f: f["same"] == 1 and f["same_all"] > 0.999,
        "probabilities sum up to 1": lambda f: f["sum_error"] < 1e-5,
        "they keep the order": lambda f: (
            (f["scores"].argsort() == f["probabilities"].argsort()).all() and f["accuracy"] > 0.6
        ),
    },
}
