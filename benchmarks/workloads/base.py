"""A workload: data, models and a step, written once for us and once for each peer.

Images are channels-last, kernels HWIO, dense kernels (in, out), as with us. The weights are made by us.
JAX takes them as they are; for PyTorch they are turned by `carry.py`. A side imports nothing but its own
library, so the methods below import what they need when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from .carry import to_torch

Step = Callable[..., Any]
Weights = list[list[np.ndarray]]


class Workload:
    """One kind of step.

    Args:
        checked: leave everything random out, so that the losses of all sides can be compared.

    Attributes:
        name: as on the command line.
        title: what it is, in a line of a table.
        kind: "training", "inference" or "epochs".
        random: whether the timed step draws random numbers; then another process checks the losses.
        tolerance: greatest relative difference of a loss from PyTorch's, float32.
        flops_counted: whether PyTorch's own counter sees all matrix work of its model.
        low: whether it is measured in 16 bits, too; not where one rounding changes all that follows.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    kind: ClassVar[str] = "training"
    random: ClassVar[bool] = False
    tolerance: ClassVar[float] = 2e-3
    flops_counted: ClassVar[bool] = True
    low: ClassVar[bool] = True
    flatten: ClassVar[tuple[int, int, int] | None] = None

    def __init__(self, checked: bool = False) -> None:
        self.checked = checked

    def rate(self, rate: float) -> float:
        """The rate of a dropout layer: 0 where losses are compared."""
        return 0.0 if self.checked else rate

    def batch(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """The data of a step: the same in every step and for every side."""
        raise NotImplementedError

    def model_inputs(self, batch: tuple[np.ndarray, ...]) -> list[tuple[np.ndarray, ...]]:
        """For each of our models, arrays of the shapes that it takes."""
        return [batch[:1]]

    # -- ours -----------------------------------------------------------------------------------------------
    def ours(self) -> list[Any]:
        """Our models, not yet built."""
        raise NotImplementedError

    def our_step(self, models: list[Any]) -> Step:
        """Our step: tensors of the batch -> loss. It is recorded by whoever asks."""
        raise NotImplementedError

    def our_run(self, models: list[Any]) -> Step:
        """What is timed: our step, recorded; or a method of ours that records by itself."""
        import sujeong as sj

        run: Step = sj.jit(self.our_step(models))
        return run

    def our_programs(self, models: list[Any], *batch: Any) -> list[tuple[int, Any]]:
        """What a step costs: programs, recorded for specs of the batch, and how often each runs."""
        import sujeong as sj

        return [(1, sj.record(self.our_step(models), *batch))]

    # -- PyTorch --------------------------------------------------------------------------------------------
    def torch(self) -> list[Any]:
        """PyTorch's models, with parameters in the order of our weights."""
        raise NotImplementedError

    def torch_weights(self, names: Sequence[Sequence[str]], weights: Weights) -> Weights:
        """Our weights as PyTorch's models hold them, in the order of their parameters."""
        return [to_torch(n, w, self.flatten) for n, w in zip(names, weights, strict=True)]

    def torch_step(self, models: list[Any], peer: Any) -> Step:
        """PyTorch's step; `peer` (sides/pytorch.py) gives optimiser and precision."""
        raise NotImplementedError

    # -- JAX ------------------------------------------------------------------------------------------------
    def jax_step(self, weights: Weights, peer: Any) -> Step | None:
        """JAX's step on arrays in our order and layout; `None` where it is not written."""
        return None

    def figures(self, values: list[np.ndarray]) -> list[float]:
        """What is compared: the losses of the first ten steps."""
        return [float(v) for v in values]
