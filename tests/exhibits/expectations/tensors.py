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
    "geometry": {
        "rotation keeps lengths": lambda f: f["length_error"] < 1e-5 and abs(f["rotation_area"] - 1) < 1e-5,
        "scaling multiplies areas": lambda f: abs(f["scaling_area"] - 0.84) < 1e-5,
        "a shear keeps them": lambda f: abs(f["shear_area"] - 1) < 1e-5,
        "an affine layer by its determinant": lambda f: (
            abs(f["affine_area"] - f["determinant"]) < 1e-4 and abs(f["determinant"] - 1) > 0.05
        ),
        "parallels stay": lambda f: f["parallel_error"] < 1e-5,
        "a quarter is left of the square": lambda f: abs(f["relu_area"] - 0.25) < 1e-5,
        "each point to the nearest place": lambda f: f["fold_error"] < 1e-5,
        "nothing negative after a ReLU": lambda f: f["layer_corners"].min() == 0 > f["affine_corners"].min(),
        "more layers, more pieces": lambda f: 4 < f["pieces_1"] < f["pieces_2"] < f["pieces_4"],
    },
}
