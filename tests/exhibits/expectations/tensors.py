"""The chapter `tensors`."""

from __future__ import annotations

from .kind import Expectations

EXPECTATIONS: Expectations = {
    "tensors": {
        "element by element": lambda f: f["sum"].tolist() == [11, 22, 33, 44, 55],
        "times a number": lambda f: f["hundredfold"].tolist() == [100, 200, 300, 400, 500],
        "stretched to the larger": lambda f: f["stretched"].tolist() == [[11, 22, 33], [41, 52, 63]],
        "without a copy": lambda f: f["stretch_error"] == 0 and f["stretch_stride"] == 0,
        "the product that belongs to the two matrices": lambda f: (
            f["product"].tolist() == [[150, 180, 210, 240]] * 2
        ),
        "the same elements in other axes": lambda f: (
            f["reshaped"].tolist() == [[10, 20, 30, 40, 50, 60], [70, 80, 90, 100, 110, 120]]
        ),
        "an axis more each": lambda f: (
            [f[f"{k}_rank"] for k in ("vectors", "series", "images", "videos")] == [2, 3, 4, 5]
        ),
        "channels in front": lambda f: (
            f["first_shape"] == (*f["videos"].shape[:2], 3, *f["videos"].shape[2:4])
        ),
        "nothing moves": lambda f: (
            f["last_strides"] == "(14400, 1200, 60, 3, 1)" and f["first_strides"] == "(14400, 1200, 1, 60, 3)"
        ),
        "a reshape is something else": lambda f: 0.1 < f["scrambled"] < 1,
        "digits move": lambda f: abs(f["videos"][:, 0] - f["videos"][:, 6]).mean() > 0.01,
    },
}
