"""PyTorch's side: as tutorials write it, tuned, compiled; in float32 or under autocast."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from prepared import Prepared
from workloads import Workload


@dataclass(frozen=True)
class Peer:
    """How PyTorch is used.

    Attributes:
        device: "cpu" or "cuda".
        tuned: channels-last images and weights, and a fused optimiser.
        malloc: the same malloc settings as ours.
        compiled: mode of torch.compile, empty for none.
        bf16: under autocast.
    """

    device: str
    tuned: bool = False
    malloc: bool = False
    compiled: str = ""
    bf16: bool = False

    def adam(self, parameters: Iterable[Any], rate: float, betas: tuple[float, float] = (0.9, 0.999)) -> Any:
        """Adam, fused if tuned."""
        import torch

        return torch.optim.Adam(parameters, rate, betas, fused=self.tuned or None)

    def autocast(self) -> Any:
        """The context of the forward pass."""
        import torch

        if not self.bf16:
            return contextlib.nullcontext()
        return torch.autocast(self.device, dtype=torch.bfloat16)

    def tensor(self, array: np.ndarray) -> Any:
        """An array of ours on the device; images become channels-first."""
        import torch

        x = torch.from_numpy(array)
        if x.ndim == 4:
            x = x.permute(0, 3, 1, 2)
            x = x.contiguous(memory_format=torch.channels_last if self.tuned else torch.contiguous_format)
        return x.to(self.device)

    def model(self, model: Any, weights: list[np.ndarray]) -> Any:
        """A model with our weights, in the layout and form of this side."""
        import torch

        parameters = list(model.named_parameters())
        if [tuple(p.shape) for _, p in parameters] != [w.shape for w in weights]:
            pairs = zip(
                [(n, tuple(p.shape)) for n, p in parameters], [w.shape for w in weights], strict=False
            )
            raise SystemExit(f"the models differ: {[pair for pair in pairs if pair[0][1] != pair[1]]}")
        with torch.no_grad():
            for (_, p), value in zip(parameters, weights, strict=True):
                p.copy_(torch.from_numpy(value))
        model = model.to(self.device)
        if self.tuned:
            model = model.to(memory_format=torch.channels_last)
        return torch.compile(model, mode=self.compiled) if self.compiled else model


def load(malloc: bool = False, **_: Any) -> dict[str, str]:
    """Imports PyTorch; gives the version."""
    if malloc:
        keep_memory()
    import torch

    return {"torch": torch.__version__}


def keep_memory() -> bool:
    """Sets malloc as our torch engine does, by the same code, without loading our package."""
    path = Path(__file__).parents[2] / "src" / "sujeong" / "engines" / "torch" / "memory.py"
    spec = importlib.util.spec_from_file_location("memory_settings", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"there is no {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return bool(module.keep_memory())


def make(workload: Workload, prepared: Prepared, device: str, **options: Any) -> Callable[[], Any]:
    """The step of a workload, ready to be called."""
    peer = Peer(device, **options)
    weights = workload.torch_weights(prepared.names, prepared.weights)
    models = [peer.model(m, w) for m, w in zip(workload.torch(), weights, strict=True)]
    batch = [peer.tensor(a) for a in prepared.batch]
    run = workload.torch_step(models, peer)
    return lambda: run(*batch)


def wait(value: Any) -> None:
    """Returns when the step is done."""
    if value.is_cuda:
        import torch

        torch.cuda.synchronize()


def forget() -> None:
    """Drops gradients, which PyTorch keeps until the next step: they are no part of the state before it."""
    import torch

    for found in gc.get_objects():
        if issubclass(type(found), torch.nn.Parameter):  # by type: what torch.compile left may be gone
            found.grad = None


def read(value: Any) -> np.ndarray:
    """A result on the host; images come back channels-last."""
    x = value.detach().float().cpu()
    return np.array((x.permute(0, 2, 3, 1) if x.ndim == 4 else x).numpy(), dtype=np.float64)


def matrix_flops(step: Callable[[], Any]) -> int:
    """Operations of products and convolutions in a step, by PyTorch's own counter."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        step()
    return int(counter.get_total_flops())
