"""What filters become: the first layer finds edges and blobs, deeper layers ask for larger and rarer things.

A filter is compared with two plain patterns over its window, at distances u, v from its middle:

    edge    a u + b v              bright on one side, dark on the other
    blob    a + b (u^2 + v^2)      a spot, or a spot with a ring around it

The share of its energy that a pattern explains is |projection|^2 / |w|^2; for noise on 5 x 5 weights it is
2/25 = 8 % each on the mean. Deeper layers are asked by their answers: which images move a channel most?
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj
from sujeong import nn

from ..inspect.canvas import COLOURS, clean
from .exhibit import Claim, Exhibit, Found, Run, Stage

FILTERS, WINDOW = 16, 5
TOP, SHOWN = 20, 4  # images that move a channel most: for the figures, and in the picture
STAGES = {1: 1, 2: 3, 3: 5}  # convolution -> layers up to its end
SIGHT = {
    1: (5, 2),
    2: (10, 4),
    3: (20, 8),
}  # pixels that one of its places sees, and where they begin before it


def network() -> nn.Sequential:
    """Three convolutions. The first starts as faint noise, so that what is seen at the end was learned."""
    faint = sj.initializers.Normal(0.01)
    return nn.Sequential(
        [
            nn.Conv2D(FILTERS, WINDOW, padding="same", activation="relu", kernel_initializer=faint),
            nn.MaxPool2D(2),
            nn.Conv2D(FILTERS, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Conv2D(FILTERS, 3, padding="same", activation="relu"),
            nn.Flatten(),
            nn.Dense(10),
        ]
    )


def explained(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share of each filter's energy that is an edge, and that is a blob: w (5, 5, filters)."""
    u, v = np.meshgrid(*[np.arange(WINDOW) - WINDOW // 2] * 2)
    flat = w.reshape(WINDOW**2, -1)
    shares = []
    for patterns in ((u, v), (np.ones_like(u), u * u + v * v)):
        basis, _ = np.linalg.qr(np.stack([p.ravel() for p in patterns], axis=1).astype(float))
        shares.append(((basis.T @ flat) ** 2).sum(0) / (flat**2).sum(0))
    return shares[0], shares[1]


def strongest(maps: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """For each channel the images that move it most, and the place in them: (count, channels) each."""
    n, _, _, channels = maps.shape
    by_image = maps.reshape(n, -1, channels)
    order = np.argsort(-by_image.max(1), axis=0, kind="stable")[:count]
    return order, np.take_along_axis(by_image.argmax(1), order, axis=0)


def purity(maps: np.ndarray, labels: np.ndarray) -> float:
    """How much the images that move a channel most are of one class: its share, mean of channels."""
    images, _ = strongest(maps, TOP)
    shares = [np.bincount(labels[images[:, c]], minlength=10).max() / TOP for c in active(maps)]
    return float(np.mean(shares))


def active(maps: np.ndarray) -> np.ndarray:
    """The channels that some image moves."""
    return np.flatnonzero(maps.max((0, 1, 2)) > 0)


def views(x: np.ndarray, maps: np.ndarray, sight: int, before: int) -> np.ndarray:
    """What each channel answers to most: the piece of image it sees there, mean of the best images."""
    images, places = strongest(maps, SHOWN)
    step = x.shape[1] // maps.shape[1]
    framed = np.pad(x[..., 0], ((0, 0), (before, sight), (before, sight)))
    pieces = []
    for c in active(maps)[:8]:
        rows, columns = np.divmod(places[:, c], maps.shape[2])
        found = [
            framed[i, r * step : r * step + sight, k * step : k * step + sight]
            for i, r, k in zip(images[:, c], rows, columns, strict=True)
        ]
        pieces.append(np.mean(found, axis=0))
    return np.stack(pieces)


def measure(run: Run) -> Found:
    """Trains the network and looks into it."""
    (x, t), (x_test, t_test), name = run.handwriting(run.pick(5000, 800), run.pick(1000, 300))
    model: Any = network()
    model.compile(sj.optim.Adam(0.003), "softmax_cross_entropy")
    model.build_for((1, *x.shape[1:]))
    before = model[0].kernel.numpy()[:, :, 0].copy()
    model.fit(x, t, epochs=run.pick(6, 8), batch_size=50, verbose=0)
    after = model[0].kernel.numpy()[:, :, 0]
    found: Found = {
        "data": name,
        "training": len(x),
        "accuracy": float((model.predict(x_test, output="class") == t_test).mean()),
        "before": before,
        "after": after,
        "growth": float(np.linalg.norm(after) / np.linalg.norm(before)),
        "chance": 2 / WINDOW**2,
    }
    for way, w in (("before", before), ("after", after)):
        edge, blob = explained(w)
        found[f"edge_{way}"], found[f"blob_{way}"] = float(edge.mean()), float(blob.mean())
        found[f"known_{way}"] = float((edge + blob).mean())
        found[f"edges_{way}"] = edge
    for stage, depth in STAGES.items():
        maps = nn.Sequential(model.layers[:depth])(x_test).numpy()
        found[f"purity_{stage}"] = purity(maps, t_test)
        found[f"views_{stage}"] = views(x_test, maps, *SIGHT[stage])
    found["purity_chance"] = float(np.bincount(t_test).max() / len(t_test))
    return found


def present(stage: Stage, found: Found) -> None:
    """The first filters before and after; under them, what the channels of each layer answer to."""
    stage.say("trained", data=found["data"], training=found["training"], accuracy=found["accuracy"])
    stage.say("growth", growth=found["growth"])
    for way in ("before", "after"):
        shares = {k: found[f"{k}_{way}"] for k in ("edge", "blob", "known")}
        stage.say(f"shares.{way}", chance=found["chance"], **shares)
    stage.say(
        "purity", top=TOP, chance=found["purity_chance"], **{f"p{s}": found[f"purity_{s}"] for s in STAGES}
    )
    with stage.picture(9.0, 4.4) as (figure, axes):
        axes.axis("off")
        top, below = figure.subfigures(2, 1, height_ratios=(1, 1.1))
        for part, way in zip(top.subfigures(1, 2, wspace=0.06), ("before", "after"), strict=True):
            part.suptitle(stage.label(f"picture.{way}"), fontsize=11)
            order = np.argsort(-found["edges_after"], kind="stable")
            panels = part.subplots(2, FILTERS // 2).ravel()
            for panel, w in zip(panels, found[way][:, :, order].transpose(2, 0, 1), strict=True):
                panel.imshow(w, cmap="PuOr", vmin=-np.abs(w).max(), vmax=np.abs(w).max())
                panel.set_axis_off()
        layers = below.subfigures(1, 4, width_ratios=(1, 1, 1, 0.95), wspace=0.04)
        for part, s in zip(layers, STAGES, strict=False):
            part.suptitle(stage.label("picture.layer", layer=s), fontsize=10)
            panels = part.subplots(2, 4).ravel()
            for panel in panels:
                panel.set_axis_off()
            for panel, piece in zip(panels, found[f"views_{s}"], strict=False):
                panel.imshow(piece, cmap="Greys")
        bars = layers[3].subplots()
        heights = [100 * found[f"purity_{s}"] for s in STAGES]
        bars.bar([str(s) for s in STAGES], heights, color=COLOURS[0])
        bars.axhline(100 * found["purity_chance"], color=COLOURS[6], linestyle="--", linewidth=1)
        bars.set_title(stage.label("picture.purity"), fontsize=10)
        bars.set_xlabel(stage.label("picture.depth"), fontsize=9)
        clean(bars)


EXHIBIT = Exhibit(
    "cnn-filters",
    "images",
    seconds=12,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "edges-and-blobs",
            "book",
            "에지 : 색상이 바뀐 경계선",
            lambda f: f["known_after"] > 0.5 and f["known_after"] > f["known_before"],
            ("edge_before", "edge_after", "blob_before", "blob_after"),
        ),
        Claim(
            "hierarchy",
            "book",
            "정보를 계층적으로 전달할 수 있다",
            lambda f: f["purity_1"] < f["purity_2"] < f["purity_3"],
            ("purity_1", "purity_2", "purity_3"),
        ),
    ),
)
