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
    "cnn-filters": {
        "it learned": lambda f: f["accuracy"] > 0.75,
        "the filters grew out of the noise": lambda f: f["growth"] > 3,
        "noise has no pattern": lambda f: abs(f["known_before"] - 2 * f["chance"]) < 0.1,
        "trained filters have": lambda f: f["known_after"] > f["known_before"] + 0.1,
        "deeper is more of one class": lambda f: f["purity_3"] > f["purity_1"] > f["purity_chance"],
    },
    "augmentation": {
        "all learn": lambda f: min(v for k, v in f.items() if k.startswith(("plain_", "changed_"))) > 0.6,
        "more images help": lambda f: f["plain_many"] > f["plain_few"],
        "the gain is largest with few": lambda f: f["gain_few"] > f["gain_many"],
        "flips cost": lambda f: f["flipped_some"] < f["plain_some"] - 0.03,
        "each showing differs": lambda f: len({image.tobytes() for image in f["shown"]}) == len(f["shown"]),
    },
    "fully-convolutional": {
        "the same answers": lambda f: f["largest_error"] < 1e-5 * f["largest_answer"],
        "the same weights": lambda f: f["parameters_equal"],
        "digits are found": lambda f: f["digits_right"] > 0.6,
        "windows overlap": lambda f: f["times_pixels"] > 2 and f["windows"] == f["classes"].size,
        "the loop takes longer": lambda f: f["ratio_seconds_loop"] > 1,
        "the map's mean is the answer": lambda f: f["mean_error"] < 1e-4,
        "its peak lies on the digit": lambda f: f["inside"] > 0.6,
    },
    "end-to-end": {
        "rules beat guessing": lambda f: f["rules"] > 0.35,
        "learning beats rules": lambda f: (
            min(f[f"{w}_many"] for w in ("pixels", "features", "network")) > f["rules"]
        ),
        "features help the machine": lambda f: f["features_many"] > f["pixels_many"] + 0.02,
        "more images help all": lambda f: all(
            f[f"{w}_many"] > f[f"{w}_few"] for w in ("pixels", "features", "network")
        ),
        "the network finds its own": lambda f: f["network_many"] > f["pixels_many"] + 0.02,
    },
}
