"""What the torch engine asks of torch as a whole."""

from __future__ import annotations

import torch

from sujeong.core.engine import load_engine


def test_cuda_convolutions_repeat_to_the_bit_and_keep_float32() -> None:
    load_engine("torch")
    assert torch.backends.cudnn.deterministic
    assert not torch.backends.cudnn.benchmark
    assert not torch.backends.cudnn.allow_tf32
