"""Our side: the step recorded by `sj.jit` and replayed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from prepared import Prepared
from workloads import Workload


def load(engine: str = "torch", **_: Any) -> dict[str, str]:
    """Imports what is needed; gives the versions."""
    import sujeong as sj

    versions = {"sujeong": sj.__version__}
    with sj.using(engine=engine):  # loads the engine
        if engine == "torch":
            import torch

            versions["torch"] = torch.__version__
    return versions


def make(
    workload: Workload, prepared: Prepared, device: str, engine: str = "torch", bf16: bool = False
) -> Callable[[], Any]:
    """The step of a workload, ready to be called.

    Args:
        workload: what is measured.
        prepared: batch and weights.
        device: "cpu" or "cuda".
        engine: ours to use.
        bf16: mixed bfloat16 instead of float32.
    """
    import sujeong as sj

    with sj.using(engine=engine, device=device):
        models = workload.ours()
        arrays = workload.model_inputs(prepared.batch)
        for model, inputs, names, values in zip(
            models, arrays, prepared.names, prepared.weights, strict=True
        ):
            model.build_for(*(sj.asarray(a).spec for a in inputs))
            variables = model.trainable_variables
            if [v.name for v in variables] != names:
                raise SystemExit(
                    f"{workload.name}: other weights than prepared: {[v.name for v in variables]}"
                )
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        batch = [sj.asarray(a) for a in prepared.batch]
        run = sj.jit(workload.our_step(models))

    def step() -> Any:
        with sj.using(engine=engine, device=device), _precision(bf16):
            return run(*batch)

    return step


def _precision(bf16: bool) -> Any:
    """The context in which a step is recorded with mixed bfloat16."""
    if not bf16:
        return contextlib.nullcontext()
    from sujeong.core import modes

    return modes._set(modes.precision, "mixed_bfloat16")


def wait(value: Any) -> None:
    """Returns when the step is done."""
    array = value._array
    if getattr(array, "is_cuda", False):
        import torch

        torch.cuda.synchronize()


def read(value: Any) -> np.ndarray:
    """A result on the host."""
    return np.array(value.numpy(), dtype=np.float64)
