"""Who is measured: each side is a library, a way to use it, and a precision.

| side | what it is |
|---|---|
| ours | the step recorded by `sj.jit`, torch engine, float32, kernels built beforehand (`sj.precompile`) |
| ours-plain | the same without compiled kernels: what runs before anybody asks for them |
| ours-bf16 | the same with mixed bfloat16 |
| ours-default | the same with the precision that `fit` chooses by itself |
| ours-numpy | in float32 on the numpy engine |
| torch-eager | PyTorch as tutorials write it |
| torch-tuned | channels-last images and weights, fused Adam |
| torch-tuned-malloc | that, with the same malloc settings as ours |
| torch-compile | that, through torch.compile |
| torch-compile-max | that with mode="max-autotune" |
| jax | jit and optax |
| keras-jax, keras-torch | Keras 3 `fit` on that backend, whole epochs only |
| torch-loop | PyTorch with DataLoader, whole epochs only |
| ours-fit, ours-fit-float32 | our `fit`, in its default precision and in float32, whole epochs only |
| ours-step | our recorded step on batches cut beforehand, whole epochs only: what `fit` adds to it |

PyTorch's and JAX's sides exist with `-bf16` too.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Side:
    """One side.

    Attributes:
        name: as on the command line.
        module: where it is written, below `sides`.
        needs: the libraries that must be installed.
        kinds: the kinds of workload that it does.
        precision: "float32", "bf16", or "default" for what a side chooses by itself.
        options: what the module is told.
    """

    name: str
    module: str
    needs: tuple[str, ...]
    kinds: tuple[str, ...] = ("training", "inference")
    precision: str = "float32"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        """Whether it is a side of ours."""
        return self.name.startswith("ours")

    @property
    def builds(self) -> bool:
        """Whether it uses compiled kernels, which are built before anything is measured."""
        plain = self.options.get("engine") == "numpy" or not self.options.get("native", True)
        return self.is_ours and not plain

    @property
    def missing(self) -> list[str]:
        """The libraries that are not installed for this interpreter."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def _both(name: str, module: str, needs: tuple[str, ...], **options: Any) -> list[Side]:
    """A side in float32 and in bf16."""
    low = {**options, "bf16": True}
    return [
        Side(name, module, needs, options=options),
        Side(f"{name}-bf16", module, needs, precision="bf16", options=low),
    ]


_OURS, _TORCH, _EPOCHS = ("sujeong", "torch"), ("torch",), ("epochs",)
_ALL = [
    Side("ours", "ours", _OURS),
    Side("ours-plain", "ours", _OURS, options={"native": False}),
    Side("ours-bf16", "ours", _OURS, precision="bf16", options={"precision": "mixed_bfloat16"}),
    Side("ours-default", "ours", _OURS, ("training",), "default", {"precision": "auto"}),
    Side("ours-numpy", "ours", ("sujeong",), options={"engine": "numpy"}),
    *_both("torch-eager", "pytorch", _TORCH),
    *_both("torch-tuned", "pytorch", _TORCH, tuned=True),
    *_both("torch-tuned-malloc", "pytorch", _TORCH, tuned=True, malloc=True),
    *_both("torch-compile", "pytorch", _TORCH, tuned=True, malloc=True, compiled="default"),
    *_both("torch-compile-max", "pytorch", _TORCH, tuned=True, malloc=True, compiled="max-autotune"),
    *_both("jax", "jax_optax", ("jax", "optax")),
    Side("ours-fit", "ours_fit", _OURS, _EPOCHS, "default"),
    Side("ours-fit-float32", "ours_fit", _OURS, _EPOCHS, options={"precision": "float32"}),
    Side("ours-step", "ours_fit", _OURS, _EPOCHS, "default", {"bare": True}),
    Side("torch-loop", "pytorch_loop", _TORCH, _EPOCHS),
    Side("keras-jax", "keras_fit", ("keras", "jax"), _EPOCHS, options={"backend": "jax"}),
    Side("keras-torch", "keras_fit", ("keras", "torch"), _EPOCHS, options={"backend": "torch"}),
]
SIDES: dict[str, Side] = {side.name: side for side in _ALL}


def find(name: str) -> Side:
    """The side of a name.

    Raises:
        SystemExit: there is no such side; the message names those that there are.
    """
    if name not in SIDES:
        raise SystemExit(f"there is no side {name!r}; there are: {', '.join(SIDES)}")
    return SIDES[name]
