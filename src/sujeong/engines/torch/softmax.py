"""Kernels of softmax and of the cross-entropies."""

from __future__ import annotations

from typing import Any

import torch

from ...ops.cross_entropy import unknown_class

_nll = torch._C._nn.nll_loss
_NO_LABEL = -(1 << 63)  # torch leaves out rows of one label; ours are never this


def _softmax(x: Any, axis: int) -> Any:
    return torch.softmax(x, axis)


def _softmax_gradient(g: Any, y: Any, axis: int) -> Any:
    return torch._softmax_backward_data(g, y, axis, y.dtype)


def _log_softmax(x: Any, axis: int) -> Any:
    return torch.log_softmax(x, axis)


def _log_softmax_gradient(g: Any, y: Any, axis: int) -> Any:
    return torch._log_softmax_backward_data(g, y, axis, y.dtype)


def _check(labels: Any, classes: int) -> None:
    """Names the label that is no class; called on the CPU only, where looking costs no waiting."""
    if labels.numel():
        low, high = (int(v) for v in torch.aminmax(labels))
        if low < 0 or high >= classes:
            raise unknown_class(low if low < 0 else high, classes)


def _checked(labels: Any, classes: int) -> Any:
    if labels.is_cpu:
        _check(labels, classes)
    return labels


def _cross_entropy(logits: Any, labels: Any) -> Any:
    classes = logits.shape[-1]
    if labels.dim() == 1:
        rows, flat = logits, labels
    else:
        rows, flat = logits.reshape(-1, classes), labels.reshape(-1)
    logarithms = torch.log_softmax(rows, 1)
    if logits.is_cuda:
        # A wrong label would stop the GPU for good; it gives NaN instead, and nothing is read back.
        wrong = (flat < 0) | (flat >= classes)
        picked = logarithms.gather(1, flat.clamp(0, classes - 1)[:, None])[:, 0]
        return picked.neg_().masked_fill_(wrong, float("nan")).reshape(labels.shape)
    try:
        losses = _nll(logarithms, flat, None, 0, _NO_LABEL)
        return losses if labels.dim() == 1 else losses.reshape(labels.shape)
    except IndexError:
        _check(flat, classes)
        raise


def _cross_entropy_gradient(g: Any, logits: Any, labels: Any) -> Any:
    classes = logits.shape[-1]
    rows, places = logits.reshape(-1, classes), labels.reshape(-1, 1)
    d = torch.softmax(rows, 1)
    if logits.is_cuda:
        places = places.clamp(0, classes - 1)
    # Each row has one place, so no two additions meet: the result repeats to the bit on a GPU too.
    try:
        d.scatter_add_(1, places, torch.full_like(g.reshape(-1, 1), -1.0))
    except RuntimeError:
        _check(labels, classes)
        raise
    return d.mul_(g.reshape(-1, 1)).reshape(logits.shape)


def _target_cross_entropy(logits: Any, targets: Any) -> Any:
    return torch.log_softmax(logits, -1).mul_(targets).sum(-1).neg_()


def _target_cross_entropy_gradient(g: Any, logits: Any, targets: Any) -> Any:
    d = torch.softmax(logits, -1)
    return d.mul_(targets.sum(-1, keepdim=True)).sub_(targets).mul_(g.unsqueeze(-1))


def _binary_cross_entropy(logits: Any, targets: Any) -> Any:
    tail = torch.log1p(torch.exp(-torch.abs(logits)))
    return logits.clamp_min(0).sub_(logits * targets).add_(tail)


def _binary_cross_entropy_gradient(g: Any, logits: Any, targets: Any) -> Any:
    return torch.sigmoid(logits).sub_(targets).mul_(g)


KERNELS = {
    "softmax": _softmax,
    "softmax_gradient": _softmax_gradient,
    "log_softmax": _log_softmax,
    "log_softmax_gradient": _log_softmax_gradient,
    "checked_labels": _checked,
    "softmax_cross_entropy": _cross_entropy,
    "softmax_cross_entropy_gradient": _cross_entropy_gradient,
    "softmax_cross_entropy_targets": _target_cross_entropy,
    "softmax_cross_entropy_targets_gradient": _target_cross_entropy_gradient,
    "sigmoid_binary_cross_entropy": _binary_cross_entropy,
    "sigmoid_binary_cross_entropy_gradient": _binary_cross_entropy_gradient,
}
