"""Kernels of linear algebra."""

from __future__ import annotations

import torch

KERNELS = {
    "matmul": torch.matmul,
}
