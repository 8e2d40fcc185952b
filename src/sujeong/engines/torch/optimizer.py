"""Kernels of the optimisers' steps, in place: one or a few passes over memory and no new arrays.

A fused kernel pairs elements by their order in memory, so weights, slots and gradient must have equal
strides. `_aligned` sees to it; without it training would be silently wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def _aligned(p: Any, slots: tuple[Any, ...], g: Any) -> tuple[Any, ...]:
    """Weights, slots and gradient with equal strides; those that have them stay what they are.

    On the CPU weights and slots take the strides of the gradient: they are laid anew once, in the first step,
    and from then on nothing is, here or where the weights are read. On CUDA, where graphs hold on to memory,
    the gradient takes those of the weights.
    """
    if not p.is_contiguous() and torch.empty_like(p).stride() != p.stride():
        p = p.contiguous()  # with holes or repeats in memory: nothing to write into
    strides = p.stride()
    if g.stride() != strides and g.is_cpu and torch.empty_like(g).stride() == g.stride():
        strides = g.stride()
    return tuple([x if x.stride() == strides else _laid(x, strides) for x in (p, *slots, g)])


def _vector(x: Any) -> Any:
    """An array in the order of its memory; a contiguous one as it is. The fused kernels copy all others."""
    return x if x.is_contiguous() else x.as_strided((x.numel(),), (1,))


def _laid(x: Any, strides: Any) -> Any:
    """The same numbers with the strides of an array without holes. Zeros, as slots begin, are not moved."""
    if x.is_contiguous() and x.is_cpu and not x.view(torch.uint8).any():  # every bit: -0 is no 0
        return x.as_strided(x.shape, strides)
    return torch.empty_strided(x.shape, strides, dtype=x.dtype, device=x.device).copy_(x)


def _sgd(p: Any, g: Any, rate: Any, weight_decay: float) -> Any:
    p, g = _aligned(p, (), g)
    _decay(p, rate, weight_decay)
    return p.addcmul_(g, rate, value=-1)


def _momentum(
    p: Any, v: Any, g: Any, rate: Any, momentum: float, nesterov: bool, weight_decay: float
) -> tuple[Any, Any]:
    p, v, g = _aligned(p, (v,), g)
    _decay(p, rate, weight_decay)
    v.mul_(momentum).addcmul_(g, rate, value=-1)
    if nesterov:
        p.add_(v, alpha=momentum).addcmul_(g, rate, value=-1)
    else:
        p.add_(v)
    return p, v


def _adagrad(p: Any, h: Any, g: Any, rate: Any, epsilon: float, weight_decay: float) -> tuple[Any, Any]:
    p, h, g = _aligned(p, (h,), g)
    _decay(p, rate, weight_decay)
    h.addcmul_(g, g)
    return p.sub_(_over_root(g, h, epsilon).mul_(rate)), h


def _rmsprop(
    p: Any, h: Any, g: Any, rate: Any, rho: float, epsilon: float, weight_decay: float
) -> tuple[Any, Any]:
    p, h, g = _aligned(p, (h,), g)
    _decay(p, rate, weight_decay)
    h.mul_(rho).addcmul_(g, g, value=1 - rho)
    return p.sub_(_over_root(g, h, epsilon).mul_(rate)), h


def _adam(
    p: Any,
    m: Any,
    v: Any,
    g: Any,
    rate: Any,
    step: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> tuple[Any, Any, Any]:
    p, m, v, g = _aligned(p, (m, v), g)
    _fused_adam(
        _vector(p), _vector(m), _vector(v), [], _vector(g), rate, step, beta_1, beta_2, epsilon, weight_decay
    )
    return p, m, v


def _amsgrad(
    p: Any,
    m: Any,
    v: Any,
    top: Any,
    g: Any,
    rate: Any,
    step: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> tuple[Any, Any, Any, Any]:
    p, m, v, top, g = _aligned(p, (m, v, top), g)
    _fused_adam(
        _vector(p),
        _vector(m),
        _vector(v),
        [_vector(top)],
        _vector(g),
        rate,
        step,
        beta_1,
        beta_2,
        epsilon,
        weight_decay,
    )
    return p, m, v, top


def _fused_adam(p: Any, m: Any, v: Any, top: list[Any], g: Any, rate: Any, step: Any, *settings: Any) -> None:
    """One variable's step in one pass."""
    if not p.is_cpu and p.dtype is torch.float64:  # the fused kernel reads the rate as float32 there
        _plain_adam(p, m, v, top, g, rate, step, *settings)
        return
    fused_adam([p], [m], [v], top, [g], rate, step, *settings)


def fused_adam(
    p: list[Any],
    m: list[Any],
    v: list[Any],
    top: list[Any],
    g: list[Any],
    rate: Any,
    step: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> None:
    """The step of several variables in one call; `top` is empty for Adam, and AMSGrad's greatest squares."""
    torch._fused_adamw_(
        p,
        g,
        m,
        v,
        top,
        [step] * len(p),
        lr=rate if p[0].is_cpu else rate.float(),
        beta1=beta_1,
        beta2=beta_2,
        weight_decay=weight_decay,
        eps=epsilon,
        amsgrad=bool(top),
        maximize=False,
    )


def _plain_adam(
    p: Any,
    m: Any,
    v: Any,
    top: list[Any],
    g: Any,
    rate: Any,
    step: Any,
    beta_1: float,
    beta_2: float,
    epsilon: float,
    weight_decay: float,
) -> None:
    t = step.double()
    length, root = rate / (1 - beta_1**t), torch.sqrt(1 - beta_2**t)
    _decay(p, rate, weight_decay)
    m.mul_(beta_1).add_(g, alpha=1 - beta_1)
    v.mul_(beta_2).addcmul_(g, g, value=1 - beta_2)
    size = torch.maximum(top[0], v, out=top[0]) if top else v
    p.sub_((size.sqrt() / root).add_(epsilon).reciprocal_().mul_(m).mul_(length))


def _over_root(g: Any, h: Any, epsilon: float) -> Any:
    """The quotient g / (sqrt(h) + epsilon), in one new array."""
    root = h.sqrt().add_(epsilon)
    return torch.div(g, root, out=root)


def _decay(p: Any, rate: Any, weight_decay: float) -> None:
    if weight_decay:
        p.sub_(p * (rate * weight_decay))


def _in_place(function: Callable[..., Any], overwrites: int) -> Callable[..., Any]:
    """Marks a kernel as one that overwrites its first inputs."""
    function.overwrites = overwrites  # type: ignore[attr-defined]
    return function


def _on_copies(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same computation on copies of what it overwrites, so to the same bits."""
    n = function.overwrites  # type: ignore[attr-defined]

    def kernel(*arrays: Any, **attributes: Any) -> Any:
        return function(*[x.clone() for x in arrays[:n]], *arrays[n:], **attributes)

    return kernel


UPDATES = {
    "sgd_update": _in_place(_sgd, 1),
    "momentum_update": _in_place(_momentum, 2),
    "adagrad_update": _in_place(_adagrad, 2),
    "rmsprop_update": _in_place(_rmsprop, 2),
    "adam_update": _in_place(_adam, 3),
    "amsgrad_update": _in_place(_amsgrad, 4),
}
KERNELS = {name: _on_copies(function) for name, function in UPDATES.items()}
