"""Arrays of the torch engine, and its table of kernels."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import torch

from ...compiling import compiler
from ...core import dtypes
from ...core.dtypes import DType
from ...core.engine import Engine
from ...core.native import either
from ...core.precisions import LowPrecision
from ...core.spec import Spec
from . import (
    arena,
    compiled_pooling,
    direct,
    families,
    few_channels,
    few_rows,
    graphs,
    heads,
    image_tiles,
    layers,
    picked_rows,
    winograd,
)
from ._dtypes import DTYPES, TORCH_DTYPES
from ._processor import has_matrix_units, has_units_for_16_bits
from .chained import chained
from .graph_inputs import uploaded
from .memory import keep_memory
from .native import native
from .reusing import REUSES
from .updating import updating


class TorchEngine(Engine):
    """Arrays are `torch.Tensor`s that never require torch's own gradients."""

    name = "torch"

    def __init__(self) -> None:
        super().__init__()
        self.dtypes = frozenset(TORCH_DTYPES)
        self.kernels = families.kernels()
        self.updates = families.updates()
        self.joint = families.joint()
        self.reuses = REUSES
        self.lays = families.lays()
        self.spares = families.spares()
        self.native, self.chained, self.updated = native, chained, updating
        self.compiled = layers.COMPILED | few_rows.COMPILED | heads.COMPILED
        self.compiled |= picked_rows.COMPILED | compiled_pooling.COMPILED
        ways = (direct.COMPILED, few_channels.COMPILED, image_tiles.COMPILED, winograd.COMPILED)
        for name in winograd.COMPILED:
            self.compiled[name] = reduce(either, [way[name] for way in ways if name in way])
        self.executor = graphs.executor
        self.places = arena.places
        self.keeps_memory = keep_memory()
        # On CUDA: the same bits each time, no algorithms chosen by a stop watch, and float32 that is float32.
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.allow_tf32 = False

    def devices(self) -> tuple[str, ...]:
        """The CPU first, then the GPUs that are at hand."""
        if not torch.cuda.is_available():
            return ("cpu",)
        return ("cpu", "cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count())))

    def from_host(self, array: np.ndarray, dtype: DType, device: str, *, copy: bool = True) -> Any:
        """A torch tensor of the element type, a copy unless told otherwise."""
        if array.size > 1 and not any(array.strides) and dtype is dtypes.float32 and device == "cpu":
            return torch.full(array.shape, float(array.flat[0]), dtype=torch.float32)  # one number, stretched
        if (
            array.dtype == np.float64 and dtype is dtypes.float32
        ):  # first values: one pass, not a copy and a cast
            with np.errstate(all="ignore"):  # as torch casts: what is too large becomes infinite
                array = np.array(array, dtype=np.float32, order="C")
        elif copy or not array.flags.writeable or any(s < 0 for s in array.strides):
            array = np.array(array, order="C")
        if device != "cpu" and graphs.wanted():
            return uploaded(torch.from_numpy(array), device, TORCH_DTYPES[dtype])
        return torch.from_numpy(array).to(device=device, dtype=TORCH_DTYPES[dtype])

    def to_host(self, array: Any) -> np.ndarray:
        """The values on the host; bfloat16, which NumPy lacks, as float32."""
        if array.dtype is torch.bfloat16:
            array = array.float()
        return array.resolve_conj().cpu().numpy()

    def dtype(self, array: Any) -> DType:
        """The element type of an array."""
        return DTYPES[array.dtype]

    def spec(self, array: Any) -> Spec:
        """Shape and element type of an array."""
        return Spec(tuple(array.shape), DTYPES[array.dtype])

    def device(self, array: Any) -> str:
        """Where an array lies."""
        return "cpu" if array.is_cpu else str(array.device)

    def from_dlpack(self, obj: Any, device: str | None) -> Any:
        """An array that shares the memory of an object which offers DLPack, without torch's gradients."""
        if isinstance(obj, torch.Tensor):
            array = obj.detach()
        elif isinstance(obj, np.ndarray) and not obj.flags.writeable:
            array = torch.from_numpy(obj.copy())
        else:
            array = torch.from_dlpack(obj)
        return array if device is None else array.to(device)

    def can_view(self, array: Any, shape: tuple[int, ...]) -> bool:
        """Whether the elements lie so that another shape needs no copy."""
        return array.reshape(shape).data_ptr() == array.data_ptr() or not array.numel()

    def low_precision(self, device: str) -> LowPrecision | None:
        """Matrix units for bfloat16: of Intel's CPUs, of AVX-512, of GPUs since Ampere."""
        if device != "cpu":
            new = torch.cuda.get_device_capability(device) >= (8, 0)
            return LowPrecision("mixed_bfloat16", "tensor cores", 2e9) if new else None
        if has_matrix_units():
            return LowPrecision("mixed_bfloat16", "AMX", 2e8)
        if has_units_for_16_bits():
            return LowPrecision("mixed_bfloat16", "AVX-512 BF16", 2e8)
        return None

    def facts(self) -> dict[str, str]:
        """Version, threads, compiled kernels, whether memory is kept, and planned for steps."""
        way = "planned, and kept" if arena.opened() else "kept"
        memory = f"{way} (SUJEONG_MALLOC=system: as the system has it)" if self.keeps_memory else "system"
        return {
            "torch": torch.__version__,
            "threads": str(torch.get_num_threads()),
            "memory": memory,
            "kernels": f"{compiler.count()} compiled (sj.precompile builds them)",
        }

    def prepare(self) -> None:
        """Builds the arena."""
        arena.build()

    def release(self) -> None:
        """Pages of the arena on which no array lies."""
        arena.release()

    def synchronize(self) -> None:
        """Waits until the GPU has finished."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
