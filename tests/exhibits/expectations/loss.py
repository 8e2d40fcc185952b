"""The chapter `loss`."""

from __future__ import annotations

import numpy as np

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "losses": {
        "-ln 0.6": lambda f: abs(f["cross_good"] + np.log(0.6)) < 1e-6,
        "-ln 0.01": lambda f: abs(f["cross_bad"] + np.log(0.01)) < 1e-6,
        "half of the sum of squares": lambda f: (
            abs(f["squared_good"] - (0.4**2 + 9 * (0.4 / 9) ** 2) / 2) < 1e-6
        ),
        "cross-entropy sees the right class only": lambda f: f["cross_varies"] < 1e-6 < f["squared_varies"],
        "it learned": lambda f: f["after_whole"] < f["before_whole"] / 1.5,
        "batches are right on average": lambda f: abs(f["before_off"]) < 0.02 and abs(f["after_off"]) < 0.05,
        "spread as 1/sqrt(N)": lambda f: (
            abs(f["before_slope"] + 0.5) < 0.06 and abs(f["after_slope"] + 0.5) < 0.06
        ),
        "a tenth of the samples, more than a tenth of the loss": lambda f: 10 < f["before_hardest"] < 100,
    },
    "why-not-accuracy": {
        "accuracy is flat": lambda f: f["accuracy_flat"] > 0.9 and f["accuracy_still"] > 0.9,
        "the loss is not": lambda f: f["loss_flat"] < 0.1 and f["loss_still"] < 0.1,
        "but it moves further out": lambda f: f["accuracy_values"] > 3,
        "the loss at every place another": lambda f: f["loss_values"] == f["points"],
        "both agree in the middle": lambda f: np.isclose(
            np.median(f["far_loss"]), f["near_loss"].mean(), rtol=0.5
        ),
        "it knows something": lambda f: f["near_accuracy"].mean() > 0.5,
    },
    "backprop": {
        "the bill": lambda f: abs(f["bill"] - 220) < 1e-3,
        "the other inputs": lambda f: np.allclose([f["d_price"], f["d_number"], f["d_tax"]], [2.2, 110, 200]),
        "by hand as by library": lambda f: f["agree"] < 1e-12 and f["small_differs"] < 1e-6,
        "by hand as by differences": lambda f: 0 < f["numerical_differs"] < 1e-8,
        "probabilities add up": lambda f: f["sum_off"] < 1e-12,
        "rows of (y - t)/N add up to 0": lambda f: f["sum_of_dz"] < 1e-7,
        "the right class pulls": lambda f: (
            f["dz"][0, 0] < 0 < f["dz"][0, 1] and f["dz"][1, 2] < 0 < f["dz"][1, 0]
        ),
    },
    "one-step": {
        "computing changes nothing": lambda f: (
            f["changed_by_prediction"] == f["changed_by_loss"] == f["changed_by_gradients"] == 0
        ),
        "the optimiser does": lambda f: f["changed_by_optimiser"] > f["weights"] / 4,
        "not where the gradient is 0": lambda f: f["share_changed"] <= 1 - f["share_dead"] + 1e-12,
        "the loss falls": lambda f: f["loss_after"] < f["loss_before"],
        "by less than a straight slope gives": lambda f: f["expected"] < f["loss_after"],
        "about so": lambda f: (
            abs(f["loss_before"] - f["loss_after"]) > 0.5 * (f["loss_before"] - f["expected"])
        ),
        "the way meets the step": lambda f: np.isclose(f["way_losses"][0], f["loss_before"], rtol=1e-5),
        "and of its length": lambda f: np.isclose(
            np.interp(f["rate"], f["way_rates"], f["way_losses"]), f["loss_after"], rtol=0.02
        ),
    },
    "numerical-gradient": {
        "forward of first order": lambda f: abs(f["forward_order"] - 1) < 0.05,
        "central of second order": lambda f: abs(f["central_order"] - 2) < 0.05,
        "rounding wins in the end": lambda f: f["central_errors"][0] > 1e3 * f["central_errors"].min(),
        "central has the larger best h": lambda f: f["central_best_h"] > f["forward_best_h"],
        "backpropagation to rounding": lambda f: f["backprop_error"] < 1e-14,
        "trains": lambda f: f["numerical_loss"] < 0.9 * f["numerical_curve"][0],
        "the same training": lambda f: f["apart"] < 1e-3 * f["backprop_curve"][0],
        "slower": lambda f: f["time_ratio"] > 5,
        "steepest": lambda f: f["round_off_steepest"] < 1 and f["long_off_steepest"] < 1,
        "to the lowest place on a round valley only": lambda f: (
            f["round_off_lowest"] < 0.1 < 20 < f["long_off_lowest"]
        ),
    },
}
