"""The shortest time that the machine allows for a step, from what the step must do and what was measured.

    matrix time    operations of products and convolutions / measured rate of matrix products
    memory time    bytes that must move / measured rate of copies
    limit          the longer of the two: at best they overlap fully

Bytes that must move: each product reads its operands and writes its result once, all else is fused into the
products; each variable is read once, and written once if the step changes it. In bf16 the operands and
results of products have half the bytes; variables keep theirs. What is small stays in caches: the rate is
that of copies which touch as many bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PRODUCTS = ("matmul", "convolution", "attention", "lstm", "gru", "rnn")  # and their gradients


@dataclass(frozen=True)
class Traffic:
    """What a step must do at least.

    Attributes:
        matrix_flops: operations of products and convolutions.
        product_bytes: bytes that they read and write, in the precision of the recording.
        state_bytes: bytes of variables read and written.
    """

    matrix_flops: int
    product_bytes: int
    state_bytes: int

    def moved(self, low: bool) -> float:
        """All bytes, with operands and results of products in 16 bits or as recorded."""
        return self.product_bytes / (2 if low else 1) + self.state_bytes


def matrix_traffic(program: Any) -> Traffic:
    """Counts a recorded step of ours.

    Args:
        program: as `sj.record` gives it, before any pass.
    """
    products = [line for name, line in program.cost().by_op.items() if name.startswith(PRODUCTS)]
    written = sum(v.spec.nbytes for v, _ in program.updates)
    return Traffic(
        sum(line.flops for line in products),
        sum(line.read + line.written for line in products),
        sum(v.spec.nbytes for v, _ in program.state) + written,
    )


@dataclass(frozen=True)
class Limit:
    """The limit of a step in milliseconds, and what sets it."""

    matrix_ms: float
    memory_ms: float

    @property
    def ms(self) -> float:
        """The limit."""
        return max(self.matrix_ms, self.memory_ms)

    @property
    def bound(self) -> str:
        """What sets it."""
        return "matrix" if self.matrix_ms >= self.memory_ms else "memory"


def limit(traffic: Traffic, flops_rate: float, copy_rate: float, low: bool = False) -> Limit:
    """The limit of a step.

    Args:
        traffic: what it must do.
        flops_rate: operations a second of matrix products at this precision.
        copy_rate: bytes a second, read and written ones counted.
        low: products in 16 bits.
    """
    return Limit(traffic.matrix_flops / flops_rate * 1e3, traffic.moved(low) / copy_rate * 1e3)


def share(ours: float, best_peer: float, bound: float) -> float | None:
    """The share of the possible gain that was taken: (peer - ours) / (peer - limit).

    Returns:
        1 at the limit, 0 where we are as fast as the peer, negative where slower; `None` where the peer is at
        the limit already, so that there is nothing to gain.
    """
    return None if best_peer <= bound else (best_peer - ours) / (best_peer - bound)


def geometric_mean(values: Iterable[float]) -> float:
    """The mean of ratios."""
    product, count = 1.0, 0
    for value in values:
        product, count = product * value, count + 1
    return product ** (1 / count) if count else float("nan")
