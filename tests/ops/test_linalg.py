"""Linear algebra beyond its records: complex matrices, equal eigenvalues, third derivatives, oracles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong import linalg
from sujeong.errors import ArgumentError, GradientError

WEIGHTS = np.random.default_rng(5).normal(size=(4, 4)) + 1j * np.random.default_rng(6).normal(size=(4, 4))


def weighed(y: sj.Tensor) -> sj.Tensor:
    """One real number of a complex result: the real part of a weighed sum, and a square."""
    w = sj.asarray(
        WEIGHTS[: y.shape[-2], : y.shape[-1]] if y.ndim > 1 else WEIGHTS[0, : y.size].reshape(y.shape)
    )
    return sj.sum(sj.real(y * w)) + sj.sum(sj.square(sj.abs(y)))


def hermitian(x: sj.Tensor) -> sj.Tensor:
    return x + sj.conj(x.mT)


def definite(x: sj.Tensor) -> sj.Tensor:
    return x @ sj.conj(x.mT) + sj.eye(x.shape[-1], dtype=x.dtype)


def rotated(x: sj.Tensor) -> sj.Tensor:
    """V diag(1, 2, ...) V^H, which depends on no phase of an eigenvector."""
    w, v = linalg.eigh(hermitian(x))
    heights = sj.astype(sj.arange(1, x.shape[-1] + 1), sj.float64)
    return (v * (sj.sin(w) + heights)) @ sj.conj(v.mT)


def mixed(x: sj.Tensor) -> sj.Tensor:
    """U diag(1, 2, ...) V^H, which depends on no phase of a singular vector."""
    u, s, vh = linalg.svd(x, full_matrices=False)
    return (u * (s + sj.astype(sj.arange(1, s.size + 1), sj.float64))) @ vh


def projected(x: sj.Tensor) -> sj.Tensor:
    q, r = linalg.qr(x)
    return q[..., :1] @ r[..., :1, :] + q @ r @ sj.conj(q.mT)[: r.shape[-1], : r.shape[-1]]


FUNCTIONS: dict[str, tuple[Callable[[Any], Any], tuple[int, int]]] = {
    "matmul": (lambda x: x @ x @ sj.conj(x), (3, 3)),
    "inv": (linalg.inv, (3, 3)),
    "solve": (lambda x: linalg.solve(x, x[:, :2] * (1 + 2j)), (3, 3)),
    "det": (linalg.det, (3, 3)),
    "slogdet": (lambda x: linalg.slogdet(x).sign * (1 + linalg.slogdet(x).logabsdet), (3, 3)),
    "cholesky": (lambda x: linalg.cholesky(definite(x)), (3, 3)),
    "eigh": (rotated, (3, 3)),
    "eigvalsh": (lambda x: linalg.eigvalsh(hermitian(x)) + 0j, (3, 3)),
    "svd": (mixed, (3, 3)),
    "svd tall": (mixed, (3, 2)),
    "svd wide": (mixed, (2, 3)),
    "svdvals": (lambda x: linalg.svdvals(x) + 0j, (3, 2)),
    "qr": (projected, (3, 3)),
    "qr tall": (projected, (3, 2)),
    "qr wide": (lambda x: linalg.qr(x).R[:, 2:] * linalg.qr(x).R[0, 0], (2, 3)),
    "pinv": (linalg.pinv, (3, 2)),
    "vector_norm": (lambda x: linalg.vector_norm(x, axis=-1) + 0j, (2, 3)),
    "matrix_norm": (lambda x: linalg.matrix_norm(x, ord="nuc") + 0j, (2, 3)),
    "vecdot": (lambda x: sj.vecdot(x, sj.flip(x, axis=-1)), (2, 3)),
    "trace": (lambda x: linalg.trace(x @ x), (3, 3)),
    "einsum": (lambda x: sj.einsum("ij,kj,kk->ik", x, x, x), (3, 3)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_of_complex_matrices(name: str, engine: str) -> None:
    """dL/dz = dL/dx + i dL/dy, against central differences of both parts."""
    function, shape = FUNCTIONS[name]
    rng = np.random.default_rng(11)
    z = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    z[: min(shape), : min(shape)] += 2 * np.eye(min(shape))
    x = sj.asarray(z, requires_grad=True)
    (found,) = sj.gradients(weighed(function(x)), [x])
    h = 1e-6

    def slope(place: tuple[int, ...], direction: complex) -> float:
        moved = []
        for sign in (1, -1):
            there = z.copy()
            there[place] += sign * h * direction
            moved.append(float(weighed(function(sj.asarray(there)))))
        return (moved[0] - moved[1]) / (2 * h)

    expected = np.zeros(shape, complex)
    for place in np.ndindex(shape):
        expected[place] = slope(place, 1) + 1j * slope(place, 1j)
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-6, atol=1e-6)


def test_equal_values_have_a_gradient_and_their_vectors_have_none(engine: str) -> None:
    x = sj.asarray(np.diag([2.0, 2.0, 1.0]), requires_grad=True)
    w, v = linalg.eigh(x)
    (found,) = sj.gradients(sj.sum(sj.square(w)), [x])  # the trace of x @ x
    np.testing.assert_allclose(np.asarray(found), 2 * np.diag([2.0, 2.0, 1.0]))
    (found,) = sj.gradients(sj.sum(linalg.eigvalsh(x) ** 2), [x])
    np.testing.assert_allclose(np.asarray(found), 2 * np.diag([2.0, 2.0, 1.0]))
    (found,) = sj.gradients(sj.sum(linalg.svdvals(x)), [x])
    np.testing.assert_allclose(np.asarray(found), np.eye(3))
    (found,) = sj.gradients(sj.sum(v), [x])
    assert not np.isfinite(np.asarray(found)).all()


@pytest.mark.parametrize(
    "function",
    [
        linalg.inv,
        linalg.det,
        lambda x: linalg.slogdet(x).logabsdet,
        lambda x: linalg.cholesky(definite(x)),
        rotated,
        mixed,
        linalg.pinv,
        projected,
    ],
)
def test_third_derivatives(function: Callable[[Any], Any], engine: str) -> None:
    """Along a line: the third derivative against differences of the second."""
    rng = np.random.default_rng(2)
    base, way = rng.normal(size=(3, 3)) + 3 * np.eye(3), rng.normal(size=(3, 3))
    w = sj.asarray(rng.normal(size=(3, 3)))

    def f(t: sj.Tensor) -> sj.Tensor:
        y = function(sj.asarray(base) + t * sj.asarray(way))
        return sj.sum(y * (w if y.ndim else 1.0))

    second = sj.grad(sj.grad(f))
    third = sj.grad(second)
    h, zero = 1e-5, sj.asarray(0.0, dtype=sj.float64)
    expected = (float(second(zero + h)) - float(second(zero - h))) / (2 * h)
    assert float(third(zero)) == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_norms_of_nothing_have_gradient_zero(engine: str) -> None:
    x = sj.zeros((2, 3), dtype=sj.float64)
    for norm in (linalg.vector_norm, linalg.matrix_norm, lambda v: linalg.vector_norm(v, ord=3)):
        first = sj.grad(norm)(x)
        assert np.asarray(first).tolist() == np.zeros((2, 3)).tolist()
        assert np.isfinite(np.asarray(sj.grad(lambda v, n=norm: sj.sum(sj.grad(n)(v)))(x))).all()


def test_columns_that_are_arbitrary_have_no_gradient(engine: str) -> None:
    x = sj.asarray(np.random.default_rng(0).normal(size=(3, 2)), requires_grad=True)
    with pytest.raises(GradientError, match=r"\[svd\][\s\S]*full_matrices=False"):
        sj.gradients(sj.sum(linalg.svd(x).U), [x])
    with pytest.raises(GradientError, match=r'\[qr\][\s\S]*mode="reduced"'):
        sj.gradients(sj.sum(linalg.qr(x, mode="complete").Q), [x])
    assert linalg.svd(x).U.shape == (3, 3)
    assert linalg.qr(x, mode="complete").Q.shape == (3, 3)


def outcome(function: Callable[[Any], Any], x: sj.Tensor) -> str:
    """What becomes of a matrix that is not finite: builds of LAPACK differ."""
    try:
        out = function(x)
    except ArgumentError as error:
        return str(error)
    return "finite" if all(np.isfinite(np.asarray(o)).all() for o in out) else "not finite"


def test_what_is_not_finite_is_refused_or_stays_so(engine: str) -> None:
    x = sj.asarray([[np.nan, 0.0], [0.0, 1.0]])
    for function in (linalg.svd, linalg.eigh):
        found = outcome(function, x)
        assert found == "not finite" or "the numbers must be finite" in found


def test_results_have_names_and_can_be_recorded(engine: str) -> None:
    x = sj.asarray(np.random.default_rng(3).normal(size=(2, 3, 3)))
    compiled = sj.jit(lambda x: (linalg.svd(x), linalg.slogdet(x), linalg.qr(x), linalg.eigh(x + x.mT)))
    for found, expected in zip(
        compiled(x), (linalg.svd(x), linalg.slogdet(x), linalg.qr(x), linalg.eigh(x + x.mT)), strict=True
    ):
        assert type(found) is type(expected)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    assert compiled(x)[1]._fields == ("sign", "logabsdet")


def test_gradients_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    host = np.random.default_rng(8).normal(size=(2, 3, 3)) + 2 * np.eye(3)
    pairs = [
        (lambda x: linalg.inv(x), torch.linalg.inv),
        (lambda x: linalg.det(x), torch.linalg.det),
        (lambda x: linalg.slogdet(x).logabsdet, lambda x: torch.linalg.slogdet(x).logabsdet),
        (lambda x: linalg.svdvals(x), torch.linalg.svdvals),
        (lambda x: linalg.pinv(x), torch.linalg.pinv),
        (lambda x: linalg.qr(x).R, lambda x: torch.linalg.qr(x).R),
        (lambda x: linalg.matrix_power(x, -3), lambda x: torch.linalg.matrix_power(x, -3)),
        (lambda x: linalg.cholesky(x @ x.mT), lambda x: torch.linalg.cholesky(x @ x.mT)),
        (lambda x: linalg.eigvalsh(x + x.mT), lambda x: torch.linalg.eigvalsh(x + x.mT)),
        (lambda x: linalg.matrix_norm(x, ord=2), lambda x: torch.linalg.matrix_norm(x, ord=2)),
    ]
    with sj.using(engine="torch"):
        for ours, theirs in pairs:
            x = sj.asarray(host, requires_grad=True)
            y = ours(x)
            t = torch.from_numpy(host).requires_grad_()
            weights = np.random.default_rng(1).normal(size=y.shape)
            (found,) = sj.gradients(sj.sum(y * sj.asarray(weights)), [x])
            (theirs(t) * torch.from_numpy(weights)).sum().backward()
            np.testing.assert_allclose(np.asarray(found), t.grad.numpy(), rtol=1e-8, atol=1e-8)


@pytest.mark.gpu
def test_on_the_gpu_failures_give_nan() -> None:
    with sj.using(engine="torch", device="cuda"):
        singular = sj.asarray([[1.0, 2.0], [2.0, 4.0]])
        assert np.isnan(np.asarray(linalg.inv(singular))).all()
        assert np.isnan(np.asarray(linalg.solve(singular, sj.ones(2)))).all()
        assert np.isnan(np.asarray(linalg.cholesky(-sj.eye(2)))).all()
