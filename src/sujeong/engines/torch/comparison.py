"""Kernels that compare, and that choose by a comparison."""

from __future__ import annotations

import torch

KERNELS = {
    "equal": torch.eq,
    "greater": torch.gt,
    "where": torch.where,
}
