"""The chapter `learning`."""

from __future__ import annotations

import numpy as np

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "descent": {
        "whole batches only go down": lambda f: f["batch_up"] == 0,
        "the fewer samples, the more steps go up": lambda f: 0.1 < f["mini_up"] < f["stochastic_up"],
        "as many samples, more steps": lambda f: f["stochastic_steps"] == 8 * f["mini_steps"],
        "and farther down than with few": lambda f: f["mini_loss"] < 0.5 * f["batch_loss"],
        "too small a rate stays up": lambda f: (
            f["slow_loss"] > 10 * f["right_loss"] and f["slow_rate"] < 0.02
        ),
        "the right one arrives": lambda f: f["right_loss"] < 1.01 * f["least"],
        "beyond the limit it climbs": lambda f: f["fast_rate"] > f["limit"] and f["fast_loss"] > f["first"],
    },
    "optimizers": {
        "SGD zigzags": lambda f: f["SGD_turns"] == 29,
        "momentum overshoots, but less often": lambda f: 0 < f["Momentum_turns"] < 10,
        "all end lower than they began": lambda f: all(
            f[f"{n}_left"] < 2 for n in ("SGD", "AdaGrad", "Adam")
        ),
        "AdaGrad's rate dies as 1 / sqrt(steps)": lambda f: f["AdaGrad_end"] < 0.6 * f["AdaGrad_early"] < 0.1,
        "RMSProp's does not": lambda f: f["RMSProp_end"] > 0.5 * f["RMSProp_early"],
        "Adam's first step is one rate long": lambda f: abs(f["corrected_first"] - 1) < 1e-4,
        "without correction it is not": lambda f: f["uncorrected_most"] > 5,
        "momentum beats SGD at one rate": lambda f: f["Momentum_loss"] < 0.6 * f["SGD_loss"],
        "all but SGD learn the digits": lambda f: min(f[f"{n}_accuracy"] for n in ("AdaGrad", "Adam")) > 0.7,
    },
    "initialization": {
        "equal weights stay equal": lambda f: f["zeros_units"] == f["constant_units"] == 1,
        "random ones do not": lambda f: f["xavier_units"] == 16,
        "and learn": lambda f: f["xavier_accuracy"] > f["zeros_accuracy"] + 0.2,
        "std 1 drives sigmoid to its ends": lambda f: f["sigmoid_wide_edge"] > 0.5,
        "Xavier does not": lambda f: f["sigmoid_xavier_edge"] < 0.05,
        "std 0.01 makes units alike": lambda f: f["sigmoid_small_spread"] < 0.3 * f["sigmoid_xavier_spread"],
        "and its gradients vanish": lambda f: f["sigmoid_small_flow"] < 1e-3 * f["sigmoid_xavier_flow"],
        "He keeps what Xavier loses": lambda f: f["relu_he_spread"] > 3 * f["relu_xavier_spread"],
        "He learns first": lambda f: f["he_loss"] < f["xavier_loss"] < f["small_loss"],
        "from std 0.01 nothing is learned": lambda f: abs(f["small_loss"] - 2.3026) < 0.05,
    },
    "batch-norm": {
        "with it more sizes of weights learn": lambda f: f["normed_learned"] > f["plain_learned"],
        "and sooner, at nearly all sizes": lambda f: f["faster"] >= f["scales"] - 1,
        "without it tiny weights learn nothing": lambda f: f["plain_curves"][-1, -1] < 0.2,
        "with it even these do": lambda f: f["normed_curves"][-1, -1] > 0.25,
        "at the best size it learns well": lambda f: f["normed_best"] > 0.8,
        "both learn few images by heart": lambda f: f["plain_fit"] > 0.98 and f["normed_fit"] > 0.98,
        "it standardises": lambda f: abs(f["mean"]) < 1e-3 and abs(f["std"] - 1) < 1e-3,
        "which is no scaling to -1..1": lambda f: f["largest"] > 3,
    },
    "overfitting": {
        "left alone it learns its images by heart": lambda f: f["none_train"] > 0.95,
        "and others much less": lambda f: f["none_gap"] > 0.1,
        "L1 makes many weights zero": lambda f: f["l1_tiny"] > 5 * f["none_tiny"],
        "L2 makes all smaller, but not zero": lambda f: (
            f["l2_size"] < 0.85 * f["none_size"] and f["l2_tiny"] < 0.03
        ),
        "dropout leaves their size": lambda f: abs(f["dropout_size"] / f["none_size"] - 1) < 0.1,
        "but learns more slowly by heart": lambda f: f["dropout_train"] <= f["none_train"],
        "all know more than nothing": lambda f: min(f[f"{w}_test"] for w in ("l1", "l2", "dropout")) > 0.4,
    },
    "dropout-at-test": {
        "off is better than on": lambda f: f["all_accuracy"] > f["single_mean"] + 0.01,
        "on wavers": lambda f: f["single_high"] > f["single_low"] and f["wavering"] > 0.1,
        "many masks together are as good as none": lambda f: (
            abs(f["averaged_accuracy"] - f["all_accuracy"]) < 0.03
        ),
        "the mean of the sums is kept": lambda f: abs(f["on_sum"] / f["off_sum"] - 1) < 0.02,
        "without the factor they double": lambda f: abs(f["forgotten_sum"] / f["off_sum"] - 2) < 0.05,
        "which changes the loss": lambda f: abs(f["forgotten_loss"] - f["all_loss"]) > 0.01,
    },
    "search": {
        "a grid repeats its rates": lambda f: f["grid_rates"] ** 2 == f["trials"],
        "random trials do not": lambda f: f["random_rates"] == f["linear_rates"] == f["trials"],
        "on a linear scale most rates are large": lambda f: np.median(f["linear_trials"][:, 0]) > 1,
        "on a log scale they are not": lambda f: np.median(f["random_trials"][:, 0]) < 0.5,
        "log scale finds more": lambda f: f["random_best"] > f["linear_best"],
        "narrowing ends near its best": lambda f: (
            np.ptp(np.log10(f["narrowing_trials"][-3:, 0])) < np.ptp(np.log10(f["random_trials"][:, 0]))
        ),
        "something was found": lambda f: f["narrowing_test"] > 0.6,
        "the best so far never falls": lambda f: (np.diff(f["random_curve"]) >= 0).all(),
    },
    "sign-rule": {
        "sent back, the outcome is the sign of the gradient": lambda f: f["backprop_same"] == 1,
        "a reward for all is no better than a coin": lambda f: 0.35 < f["reward_same"] < 0.65,
        "factors are signs": lambda f: (
            set(np.unique(f["backprop_sent"])) <= {-1.0, 0.0, 1.0}
            and set(np.unique(f["backprop_outcome"])) == {-1.0, 0.0, 1.0}
        ),
        "one reward has one sign": lambda f: len(set(np.unique(f["reward_outcome"])) - {0.0}) == 1,
        "signs sent back teach": lambda f: f["backprop_end"] > f["backprop_curve"][0] + 0.2,
        "better than the reward": lambda f: f["backprop_end"] > f["reward_end"] + 0.1,
        "which does better without a hidden layer": lambda f: f["reward_flat_end"] > f["reward_end"],
        "gradient descent is best": lambda f: f["sgd_end"] > f["backprop_end"],
        "steps of g / |g|^2 grow": lambda f: f["norm_lengths"].max() > 2 * f["norm_lengths"][0],
    },
}
