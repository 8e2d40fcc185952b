"""Our element types and torch's."""

from __future__ import annotations

import torch

from ...core import dtypes
from ...core.dtypes import DType

TORCH_DTYPES: dict[DType, torch.dtype] = {d: getattr(torch, n) for n, d in dtypes.ALL.items()}
DTYPES = {t: d for d, t in TORCH_DTYPES.items()}
