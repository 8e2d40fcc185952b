"""Backpropagation: the chain rule, walked from the loss back to the inputs, each operation by itself.

dL/dx = sum over the readers y of x of  (dL/dy) (dy/dx)

Affine               y = x W + b:          dL/dx = dL/dy Wᵀ    dL/dW = xᵀ dL/dy    dL/db = sum_n dL/dy_n
Softmax with loss    L = -1/N sum t ln y:  dL/dz = (y - t) / N         y = softmax(z)
"""

from __future__ import annotations

from typing import Any

import numpy as np

import sujeong as sj

from .exhibit import Claim, Exhibit, Found, Run, Stage

X = np.array([[1.0, 2.0], [-1.0, 0.5]], "float32")
W = np.array([[0.1, 0.2, 0.3], [0.4, -0.2, 0.1]], "float32")
B = np.array([0.0, 0.1, -0.1], "float32")
T = np.array([0, 2])  # the right classes
FRUIT = {"price": 100.0, "number": 2.0, "tax": 1.1}


def shopping() -> tuple[Any, dict[str, Any]]:
    """A chain of numbers: what two apples cost with tax."""
    leaves = {name: sj.asarray(value, requires_grad=True) for name, value in FRUIT.items()}
    return lambda: leaves["price"] * leaves["number"] * leaves["tax"], leaves


def network(x: Any, w: Any, b: Any, t: Any) -> tuple[Any, dict[str, Any]]:
    """An affine layer and softmax with loss, for a batch."""
    leaves: dict[str, Any] = {"x": sj.asarray(x, requires_grad=True), "t": sj.asarray(t)}
    leaves |= {"W": sj.Variable(w, name="W"), "b": sj.Variable(b, name="b")}

    def loss() -> Any:
        z = leaves["x"] @ leaves["W"] + leaves["b"]
        return sj.mean(sj.softmax_cross_entropy(z, leaves["t"]))

    return loss, leaves


def by_hand(x: np.ndarray, w: np.ndarray, b: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    """The gradients of the network by the formulas above, in plain NumPy."""
    z = x @ w + b
    y = np.exp(z - z.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    dz = (y - np.eye(w.shape[1])[t]) / len(x)
    return {"y": y, "z": dz, "x": dz @ w.T, "W": x.T @ dz, "b": dz.sum(axis=0)}


def compared(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, t: np.ndarray
) -> tuple[Found, dict[str, np.ndarray]]:
    """The worst difference between the formulas and the library, a gradient each."""
    loss, leaves = network(x, w, b, t)
    loss().backward()
    hand = by_hand(x, w, b, t)
    z = sj.asarray(x @ w + b, requires_grad=True)
    sj.mean(sj.softmax_cross_entropy(z, t)).backward()
    grads = {name: np.asarray(leaf.grad) for name, leaf in {**leaves, "z": z}.items() if name != "t"}
    return {f"{n}_differs": float(np.abs(hand[n] - g).max()) for n, g in grads.items()}, hand


def measure(run: Run) -> Found:
    """Apples, the small network of the picture, and a large one by formula, by library, by differences."""
    price, fruit = shopping()
    bill = price()
    bill.backward()
    found: Found = {"bill": float(bill)} | {f"d_{n}": float(leaf.grad) for n, leaf in fruit.items()}
    small, hand = compared(X, W, B, T)
    found |= {
        "small_differs": max(small.values()),
        "dz": hand["z"],
        "sum_of_dz": float(np.abs(hand["z"].sum(1)).max()),
    }

    numbers = run.numbers()
    samples, features, classes = run.pick((100, 784, 10), (20, 30, 10))
    x, w = (
        numbers.normal(size=(samples, features)),
        numbers.normal(size=(features, classes)) / np.sqrt(features),
    )
    b, t = numbers.normal(size=classes), numbers.integers(0, classes, samples)
    large, hand = compared(x, w, b, t)
    found |= {"samples": samples, "features": features, "classes": classes} | large
    found["sum_off"] = float(np.abs(hand["y"].sum(axis=1) - 1).max())

    def at(z: Any) -> Any:
        return sj.mean(sj.softmax_cross_entropy(z, sj.asarray(t)))

    numerical = sj.numerical_gradient(at, sj.asarray(x @ w + b)).numpy()
    found["numerical_differs"] = float(np.abs(hand["z"] - numerical).max())
    found["agree"] = max(large.values())
    return found


def present(stage: Stage, found: Found) -> None:
    """Both graphs, with values and gradients on their edges."""
    stage.say("apples", bill=found["bill"], **{name: found[f"d_{name}"] for name in FRUIT})
    stage.say(
        "affine", differs=max(found["x_differs"], found["W_differs"], found["b_differs"]), **sizes(found)
    )
    stage.say("softmax", differs=found["z_differs"], numerical=found["numerical_differs"])
    right = [float(found["dz"][n, t]) for n, t in enumerate(T)]
    stage.say("reading", first=right[0], second=right[1], total=found["sum_of_dz"])
    stage.say("draw")
    with stage.picture(9.6, 4.6, 2, 1, height_ratios=(1, 1.4)) as (_, (above, below)):
        loss, leaves = shopping()
        sj.draw(loss, axes=above, names={stage.label(f"picture.{n}"): leaf for n, leaf in leaves.items()})
        above.set_title(stage.label("picture.apples"), fontsize=11)
        loss, leaves = network(X, W, B, T)
        sj.draw(loss, axes=below, names={"x": leaves["x"], "t": leaves["t"]})
        below.set_title(stage.label("picture.network"), fontsize=11)


def sizes(found: Found) -> dict[str, int]:
    """The sizes of the large network."""
    return {name: found[name] for name in ("samples", "features", "classes")}


EXHIBIT = Exhibit(
    "backprop",
    "loss",
    seconds=1,
    measure=measure,
    present=present,
    claims=(
        Claim(
            "sums",
            "book",
            "출력의 합이 1이 되도록 변형",
            lambda f: f["sum_off"] < 1e-6,
            ("sum_off",),
        ),
    ),
)
