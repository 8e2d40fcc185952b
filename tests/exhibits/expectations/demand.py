"""The chapter `demand`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "ice-cream": {
        "one line misses the cases": lambda f: f["line_error"] > 4 * f["branches_error"],
        "whoever knows them is left with chance": lambda f: abs(f["branches_error"] / f["chance"] - 1) < 0.15,
        "a tree finds the border of humidity": lambda f: abs(f["fork"] - 60) < 3,
        "and most of the rest": lambda f: f["chance"] < f["tree_error"] < 0.4 * f["line_error"],
        "so does a network": lambda f: f["chance"] < f["network_error"] < 0.4 * f["line_error"],
        "it has seen 100 at 28 degrees and 120 at 30": lambda f: (
            abs(f["at_28"] - 100) < 12 and 8 < f["at_30"] - f["at_28"] < 32
        ),
        "without the files demand is made up": lambda f: f["data"] == "made",
        "the first month is the same for both": lambda f: f["frozen_months"][0] == f["learning_months"][0],
        "who goes on learning follows the drift": lambda f: f["learning_error"] < 0.7 * f["frozen_error"],
    },
}
