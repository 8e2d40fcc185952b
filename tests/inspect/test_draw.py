"""The drawn graph: values of the computation, gradients of backward, errors that teach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import sujeong as sj
from sujeong.core.node import Kept
from sujeong.errors import ArgumentError, DTypeError, GradientError
from sujeong.inspect import Computation, keep_values, trace
from sujeong.inspect.arrangement import _spaced, arrange
from sujeong.inspect.drawing import formatted


def box(graph: Computation, label: str) -> int:
    (found,) = [i for i, b in enumerate(graph.boxes) if b.label == label]
    return found


def into(graph: Computation, label: str) -> list[Any]:
    return [e for e in graph.edges if e.target == box(graph, label)]


@pytest.fixture
def affine(engine: str, rng: np.random.Generator) -> dict[str, Any]:
    x = sj.asarray(rng.normal(size=(4, 3)))
    w = sj.Variable(rng.normal(size=(3, 5)), name="dense/kernel")
    b = sj.asarray(rng.normal(size=5), requires_grad=True)
    t = sj.asarray(rng.integers(0, 5, 4))
    return {"x": x, "w": w, "b": b, "t": t, "f": lambda: sj.mean(sj.softmax_cross_entropy(x @ w + b, t))}


def test_values_and_gradients_are_those_of_the_computation(affine: dict[str, Any]) -> None:
    x, w, b, t, f = (affine[k] for k in "xwbtf")
    graph = trace(f, names={"x": x, "b": b, "t": t})
    affine["f"]().backward()
    labels = ["x", "dense/kernel", "matmul", "b", "add", "t", "softmax_cross_entropy", "mean", ""]
    assert sorted(box.label for box in graph.boxes) == sorted(labels)
    kinds = {box.label: box.kind for box in graph.boxes}
    assert (kinds["x"], kinds["dense/kernel"], kinds["b"], kinds["mean"], kinds[""]) == (
        "constant",
        "variable",
        "variable",
        "operation",
        "result",
    )
    seen, kernel = into(graph, "matmul")
    np.testing.assert_array_equal(seen.value, x.numpy())
    assert seen.gradient is None
    np.testing.assert_array_equal(kernel.value, w.numpy())
    np.testing.assert_array_equal(kernel.gradient, w.grad.numpy())
    product, bias = into(graph, "add")
    np.testing.assert_array_equal(product.value, (x @ w).numpy())
    np.testing.assert_array_equal(bias.gradient, b.grad.numpy())
    scores, classes = into(graph, "softmax_cross_entropy")
    by_hand = (sj.softmax(x @ w + b).numpy() - np.eye(5)[t.numpy()]) / 4
    np.testing.assert_allclose(scores.gradient, by_hand, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(classes.value, t.numpy())
    (end,) = [e for e in graph.edges if graph.boxes[e.target].kind == "result"]
    assert (float(end.value), float(end.gradient)) == (float(f()), 1.0)


def test_edges_of_a_value_that_is_read_twice_add_up(engine: str) -> None:
    a = sj.asarray(3.0, requires_grad=True)
    graph = trace(lambda: (a * a + 2) * sj.exp(a) - a / 4, names={"a": a})
    from_a = [e for e in graph.edges if e.source == box(graph, "a")]
    assert len(from_a) == 4
    ((a * a + 2) * sj.exp(a) - a / 4).backward()
    assert float(a.grad) == pytest.approx(sum(float(e.gradient) for e in from_a), rel=1e-6)
    assert [float(e.gradient) for e in into(graph, "divide")[:1]] == [-0.25]
    assert [b.label for b in graph.boxes if b.kind == "constant"] == ["2", "4"]


def test_drawing_fills_no_gradient(engine: str) -> None:
    a = sj.asarray(3.0, requires_grad=True)
    sj.draw(lambda: a * a)
    assert a.grad is None


def test_a_result_that_is_one_of_several(engine: str, rng: np.random.Generator) -> None:
    m = sj.asarray(rng.normal(size=(3, 3)), requires_grad=True)
    graph = trace(lambda: sj.sum(sj.linalg.qr(m).Q * 2.0), names={"m": m})
    sj.sum(sj.linalg.qr(m).Q * 2.0).backward()
    (edge,) = into(graph, "qr")
    np.testing.assert_allclose(edge.gradient, m.grad.numpy(), rtol=1e-12)
    q = into(graph, "multiply")[0]
    assert q.source == box(graph, "qr")
    np.testing.assert_array_equal(q.value, sj.linalg.qr(m).Q.numpy())
    np.testing.assert_array_equal(q.gradient, np.full((3, 3), 2.0))


def test_what_is_known_without_keeping(engine: str) -> None:
    a = sj.asarray([3.0, 4.0], requires_grad=True)
    kernel = sj.Variable([2.0, 5.0] * np.ones(2), name="k")
    loss = sj.sum((a + 1.0) + kernel)
    graph = trace(loss, names={"a": a})
    left, right = into(graph, "sum")[0], next(e for e in graph.edges if e.source == box(graph, "k"))
    assert left.value is None, "no gradient rule reads a sum's input"
    assert left.shape == (2,)
    np.testing.assert_array_equal(right.value, [2.0, 5.0])
    kernel.assign(np.zeros(2))
    later = trace(loss)
    assert [e.value for e in later.edges if e.source == box(later, "k")] == [None], "never the value of after"
    with keep_values():
        kept = sj.sum((a + 1.0) + kernel)
    assert all(edge.value is not None for edge in trace(kept).edges)
    assert isinstance(kept._node, Kept)
    assert not isinstance(loss._node, Kept)


def test_gradients_are_the_same_with_values_kept(affine: dict[str, Any]) -> None:
    w, f = affine["w"], affine["f"]
    f().backward()
    plain, w.grad = w.grad.numpy(), None
    with keep_values():
        f().backward()
    np.testing.assert_array_equal(w.grad.numpy(), plain)


def test_a_direction_for_several_results(engine: str) -> None:
    a = sj.asarray([3.0, 4.0], requires_grad=True)
    graph = trace(lambda: a * a, gradient=sj.asarray([1.0, 10.0]))
    assert graph.edges[-1].gradient.tolist() == [1.0, 10.0]
    assert sum(e.gradient for e in graph.edges[:-1]).tolist() == [6.0, 80.0]
    with pytest.raises(GradientError, match=r"several numbers at once needs a direction"):
        sj.draw(a * a)


def test_pictures(affine: dict[str, Any], tmp_path: Path) -> None:
    made = sj.draw(affine["f"], tmp_path / "graph.png", names={"x": affine["x"]})
    with Image.open(tmp_path / "graph.png") as picture:
        assert np.asarray(picture.convert("L"), float).std() > 5
    texts = [t.get_text() for t in made.axes[0].texts]
    for wanted in ("@", "+", "softmax\ncross\nentropy", "dense/kernel", "x", "constant", "input", "1"):
        assert wanted in texts, wanted
    value, back = formatted(np.asarray(affine["f"]().numpy())), "(3, 5)  ‖"
    assert value in texts
    assert any(t.startswith(back) for t in texts)


def test_on_axes_of_the_user() -> None:
    from sujeong.inspect import canvas

    made, axes = canvas.figure(4, 2, 1, 2)
    a = sj.asarray(3.0, requires_grad=True)
    assert sj.draw(lambda: a * 2.0, axes=axes[1]) is made
    assert not axes[0].texts
    assert "×" in [t.get_text() for t in axes[1].texts]


def test_nothing_to_draw(engine: str) -> None:
    x = sj.asarray([1.0, 2.0])
    with pytest.raises(GradientError, match=r"\[draw\] there is no graph") as caught:
        sj.draw(sj.sum(x * x))
    assert "requires_grad=True" in str(caught.value)
    with pytest.raises(DTypeError, match=r"\[draw\] takes tensors"):
        sj.draw("loss")


def test_too_large(engine: str) -> None:
    a = sj.asarray(1.0, requires_grad=True)

    def long() -> Any:
        y = a
        for _ in range(40):
            y = sj.sin(y) * a
        return y

    with pytest.raises(
        ArgumentError, match=r"received: 82 boxes\n  expected: at most 60\n  fix: draw a smaller"
    ):
        sj.draw(long)
    assert len(trace(long, most=82).boxes) == 82


def test_how_values_are_written() -> None:
    assert formatted(np.array(-0.00012345)) == "−0.000123"
    assert formatted(np.array(1.5e-9)) == "1.5e−9"
    assert formatted(np.array([1, 20])) == "[1  20]"
    assert formatted(np.array([[1.0, -20.0], [3.0, 4.0]])) == "[1  −20]\n[3  \u2007\u20074]"
    assert formatted(np.ones((4, 4))) == "(4, 4)  ‖4‖"
    assert formatted(None, (2, 3)) == "(2, 3)"
    assert formatted(None) == "?"
    assert formatted(np.array([np.nan, np.inf])) == "[nan  inf]"
    assert formatted(np.zeros((0, 3))) == "(0, 3)  ‖0‖"


def test_arrangement_keeps_apart_and_goes_right(rng: np.random.Generator) -> None:
    """Boxes of random graphs do not overlap, edges go to the right and end at their target's left side."""
    for _ in range(20):
        count = int(rng.integers(3, 25))
        edges = [
            (int(rng.integers(0, t)), t) for t in range(1, count) for _ in range(int(rng.integers(1, 3)))
        ]
        sizes = [(float(w), float(h)) for w, h in rng.uniform(0.3, 1.2, (count, 2))]
        carried = [(float(w), float(h)) for w, h in rng.uniform(0.2, 0.9, (len(edges), 2))]
        plan = arrange(sizes, edges, carried)
        for i, (x, y, h) in enumerate(plan.boxes):
            assert 0 <= x <= x + sizes[i][0] <= plan.size[0] + 1e-9
            assert -1e-9 <= y - h / 2 <= y + h / 2 <= plan.size[1] + 1e-9
            for j, (x2, y2, h2) in enumerate(plan.boxes[:i]):
                aside = x + sizes[i][0] <= x2 + 1e-9 or x2 + sizes[j][0] <= x + 1e-9
                assert aside or abs(y - y2) >= (h + h2) / 2 - 1e-9, (i, j)
        for (source, target), route in zip(edges, plan.routes, strict=True):
            xs = [x for x, _ in route]
            assert xs == sorted(xs)
            assert xs[0] == pytest.approx(plan.boxes[source][0] + sizes[source][0])
            assert xs[-1] == pytest.approx(plan.boxes[target][0])
            assert abs(route[-1][1] - plan.boxes[target][1]) <= plan.boxes[target][2] / 2


def test_spacing_is_the_nearest_one() -> None:
    np.testing.assert_allclose(_spaced([0.0, 0.0], [1.0]), [-0.5, 0.5])
    np.testing.assert_allclose(_spaced([0.0, 5.0], [1.0]), [0.0, 5.0])
    np.testing.assert_allclose(_spaced([3.0, 0.0, 0.0], [1.0, 1.0]), [0.0, 1.0, 2.0])
