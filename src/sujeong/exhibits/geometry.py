"""Tensor operations are geometry: each moves the points of a plane, and the picture that lies on it.

    rotation  x R       lengths stay                affine layer  x W + b   parallels stay parallel
    scaling   x * s     areas times s1 s2           ReLU          max(x, 0) presses all into one quarter
    shear     x S       areas stay                  chain         layers in a row: folded again and again

A matrix W multiplies every area by |det W|.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS
from .exhibit import Claim, Exhibit, Found, Run, Stage

DEGREES, SCALE, SLANT = 30, (1.4, 0.6), 0.7
LINES, HIDDEN, DEPTHS = 9, 16, (1, 2, 4)
SHOWN = ("rotation", "scaling", "shear", "affine", "relu", "layer", "chain")


def operations() -> dict[str, Any]:
    """Each operation as a function of points (n, 2)."""
    c, s = math.cos(math.radians(DEGREES)), math.sin(math.radians(DEGREES))
    rotation, shear = sj.asarray([[c, s], [-s, c]]), sj.asarray([[1.0, 0.0], [SLANT, 1.0]])
    affine = nn.Sequential([nn.Dense(2, bias_initializer=sj.initializers.Normal(0.3))])
    return {
        "rotation": lambda x: x @ rotation,
        "scaling": lambda x: x * sj.asarray(SCALE),
        "shear": lambda x: x @ shear,
        "affine": affine,
        "relu": sj.relu,
        "layer": lambda x: sj.relu(affine(x)),
        "chain": chain(DEPTHS[-1]),
    }


def chain(depth: int) -> nn.Sequential:
    """Hidden ReLU layers one after the other, and back to the plane."""
    spread: dict[str, Any] = {
        "kernel_initializer": "he_normal",
        "bias_initializer": sj.initializers.Normal(0.5),
    }
    hidden = [nn.Dense(HIDDEN, "relu", **spread) for _ in range(depth)]
    return nn.Sequential([*hidden, nn.Dense(2, **spread)])


def pieces(model: nn.Sequential, x: np.ndarray) -> int:
    """The flat pieces that a chain folds the plane into: the patterns of hidden units that are on."""
    *hidden, _ = sj.inspect.activations(model, x, batch_size=10_000).values()
    return len(np.unique(np.concatenate(hidden, axis=1) > 0, axis=0))


def grid(count: int) -> np.ndarray:
    """Points of the square from -1 to 1, (count, count, 2)."""
    steps = np.linspace(-1, 1, count, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps), -1)


def moved(operation: Any, points: np.ndarray) -> np.ndarray:
    """Where an operation takes points (..., 2)."""
    there: np.ndarray = operation(sj.asarray(points.reshape(-1, 2))).numpy().reshape(points.shape)
    return there


def area(points: np.ndarray) -> float:
    """The area of all cells of a grid: half of the cross product of each one's diagonals."""
    p, q = points[1:, 1:] - points[:-1, :-1], points[1:, :-1] - points[:-1, 1:]
    return float(np.abs(p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]).sum() / 2)


def measure(run: Run) -> Found:
    """Where each operation takes grid and picture; lengths, areas and parallels before and after."""
    (images, labels), _, name = run.handwriting(run.pick(500, 200), 10)
    picture = images[labels == 5][0, ::-1, :, 0]  # turned over: rows count downwards, the plane upwards
    corners, made = grid(len(picture) + 1), operations()
    found: Found = {"data": name, "picture": picture, "lines": grid(8 * (LINES - 1) + 1), "corners": corners}
    for key in SHOWN:
        found[f"{key}_lines"] = moved(made[key], found["lines"])
        found[f"{key}_corners"] = moved(made[key], corners)
        found[f"{key}_area"] = area(found[f"{key}_corners"]) / area(corners)
    found["determinant"] = abs(float(sj.linalg.det(made["affine"].layers[0].kernel.value)))
    found |= disagreement(found)
    for depth in DEPTHS:
        sj.set_seed(run.seed)
        found[f"pieces_{depth}"] = pieces(chain(depth), grid(run.pick(400, 100)).reshape(-1, 2))
    return found


def disagreement(found: Found) -> dict[str, float]:
    """How far the operations are from what geometry says of them."""
    length = np.linalg.norm
    before, turned = found["corners"], found["rotation_corners"]
    areas = {"rotation": 1, "scaling": math.prod(SCALE), "shear": 1, "affine": found["determinant"]}
    sides = np.diff(found["affine_corners"], axis=0)  # of the cells: parallel, and of one length
    point, folded = before.reshape(-1, 1, 2), found["relu_corners"].reshape(-1, 1, 2)
    quarter = (grid(21) / 2 + 0.5).reshape(1, -1, 2)  # where nothing is negative
    nearest = length(quarter - point, axis=-1).min(axis=1)
    return {
        "length_error": float(np.abs(length(turned, axis=-1) - length(before, axis=-1)).max()),
        "area_error": max(abs(found[f"{key}_area"] - expected) for key, expected in areas.items()),
        "parallel_error": float(np.abs(sides - sides[0, 0]).max()),
        "fold_error": float(np.maximum(length(folded - point, axis=-1)[:, 0] - nearest, 0).max()),
    }


def present(stage: Stage, found: Found) -> None:
    """The plane with its picture, before and after each operation."""
    stage.say("rotation", degrees=DEGREES, error=found["length_error"])
    areas = {key: found[f"{key}_area"] for key in ("scaling", "shear", "affine")}
    stage.say("areas", **areas, determinant=found["determinant"])
    stage.say("relu", area=found["relu_area"])
    few, more, most = (found[f"pieces_{depth}"] for depth in DEPTHS)
    stage.say("chain", hidden=HIDDEN, depths=", ".join(map(str, DEPTHS)), few=few, more=more, most=most)
    stage.say("picture", data=found["data"])
    with stage.picture(9.6, 5.2, 2, 4) as (_, axes):
        for panel, key in zip(axes.flat, ("before", *SHOWN), strict=True):
            after = "" if key == "before" else f"{key}_"
            draw(panel, found["picture"], found[f"{after}corners"], found[f"{after}lines"])
            panel.set_title(stage.label(f"picture.{key}", degrees=DEGREES, depth=DEPTHS[-1]), fontsize=11)


def draw(panel: Any, picture: np.ndarray, corners: np.ndarray, lines: np.ndarray) -> None:
    """The picture on its plane, and the lines of the grid in two colours."""
    panel.pcolormesh(corners[..., 0], corners[..., 1], picture, cmap="Greys", rasterized=True)
    for i in range(0, len(lines), 8):
        panel.plot(lines[i, :, 0], lines[i, :, 1], color=COLOURS[0], linewidth=0.9)
        panel.plot(lines[:, i, 0], lines[:, i, 1], color=COLOURS[1], linewidth=0.9)
    panel.axhline(0, color="black", linewidth=0.5, zorder=0)
    panel.axvline(0, color="black", linewidth=0.5, zorder=0)
    centre, size = (lines.min((0, 1)) + lines.max((0, 1))) / 2, np.ptp(lines, axis=(0, 1)).max()
    reach = 0.6 * size if size < 1 else max(0.55 * size, 1.5)  # what is small is drawn larger
    panel.set_xlim(centre[0] - reach, centre[0] + reach)
    panel.set_ylim(centre[1] - reach, centre[1] + reach)
    panel.set_aspect("equal")
    panel.tick_params(labelsize=8)


EXHIBIT = Exhibit(
    "geometry",
    "tensors",
    seconds=3,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "geometry",
            "deck",
            "모든 텐서 연산은 입력 데이터의 기하학적 변환",
            lambda f: max(f[f"{k}_error"] for k in ("length", "area", "parallel", "fold")) < 1e-4,
            ("length_error", "area_error", "parallel_error", "fold_error"),
        ),
        Claim(
            "chain",
            "deck",
            "고차원 공간에서 매우 복잡한 기하학적 변환",
            lambda f: f["pieces_1"] < f["pieces_2"] < f["pieces_4"],
            ("pieces_1", "pieces_2", "pieces_4"),
        ),
    ),
)
