"""Kernels of random numbers. On the CPU those of the host, which are faster than torch's own generator; on
other devices the same formula in torch's operations, so that nothing is copied and nothing waits.
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch

from ...core import draws, keys
from ...core.dtypes import DType, bfloat16
from ...ops.random.continuous import DIGITS
from ._dtypes import TORCH_DTYPES

_LANES = {16: torch.int16, 32: torch.int32, 64: torch.int64}


def _signed(word: int) -> int:
    """A 64-bit word as signed number."""
    word &= keys.MASK
    return word - (1 << 64) if word >> 63 else word


_GOLDEN, _FIRST, _SECOND = _signed(draws.GOLDEN), _signed(draws.FIRST), _signed(draws.SECOND)


def _words(key: Any) -> tuple[int, int]:
    first, second = key.tolist()
    return first & keys.MASK, second & keys.MASK


def _mixed(z: Any, shift: int) -> Any:
    """Does z xor (z >> shift) in place; torch shifts copies of the sign in, which the mask takes away."""
    return z.bitwise_xor_((z >> shift).bitwise_and_((1 << (64 - shift)) - 1))


def _finish(z: Any, k: Any) -> Any:
    z = _mixed(z, 30).mul_(_FIRST).bitwise_xor_(k)
    return _mixed(_mixed(z, 27).mul_(_SECOND), 31)


def _fold_in(key: Any, word: Any) -> Any:
    if not key.is_cpu:
        return _fold_in_on_device(key, word)
    first, second = keys.derive(_words(key), int(word))
    return torch.tensor([_signed(first), _signed(second)])


def _fold_in_on_device(key: Any, word: Any) -> Any:
    k0, k1 = key[0], key[1]
    first = _finish(word * _GOLDEN + k0, k1)
    return torch.stack([first, _finish(first + _GOLDEN, k0 ^ word)])


def _lanes_on_device(key: Any, count: int, width: int) -> Any:
    z = torch.arange(1, -(-count * width // 64) + 1, dtype=torch.int64, device=key.device)
    z = _finish(z.mul_(_GOLDEN).add_(key[0]), key[1])
    return z.view(_LANES[width])[:count]


def _lanes(key: Any, count: int, width: int) -> Any:
    """The first lanes of a key's sequence, as signed numbers."""
    if not key.is_cpu:
        return _lanes_on_device(key, count, width)
    return torch.from_numpy(draws.bits(_words(key), count, width).view(f"i{width // 8}"))


def _bits(key: Any, shape: Any, width: int) -> Any:
    return _lanes(key, prod(shape), width).reshape(shape)


def _uniform(key: Any, shape: Any, dtype: DType) -> Any:
    count, (width, digits) = prod(shape), DIGITS[dtype]
    if key.is_cpu and dtype is not bfloat16:
        out = torch.empty(count, dtype=TORCH_DTYPES[dtype])
        draws.uniform(_words(key), count, width, digits, out.numpy())
        return out.reshape(shape)
    whole = (_lanes(key, count, width) >> (width - digits)).bitwise_and_((1 << digits) - 1)
    return whole.to(TORCH_DTYPES[dtype]).mul_(2.0**-digits).reshape(shape)


KERNELS = {
    "fold_in": _fold_in,
    "random_bits": _bits,
    "random_uniform": _uniform,
    "erfinv": torch.erfinv,
}
