"""Our side: the step recorded by `sj.jit` and replayed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from prepared import Prepared
from workloads import Workload


def load(engine: str = "torch", native: bool = True, **_: Any) -> dict[str, str]:
    """Imports what is needed; gives the versions."""
    if not native:
        os.environ["SUJEONG_NATIVE"] = "off"
    import sujeong as sj

    versions = {"sujeong": sj.__version__}
    with sj.using(engine=engine):  # loads the engine
        if engine == "torch":
            import torch

            versions["torch"] = torch.__version__
    return versions


def make(
    workload: Workload,
    prepared: Prepared,
    device: str,
    engine: str = "torch",
    precision: str = "float32",
    native: bool = True,
) -> Callable[[], Any]:
    """The step of a workload, ready to be called.

    Args:
        workload: what is measured.
        prepared: batch and weights.
        device: "cpu" or "cuda".
        engine: ours to use.
        precision: "float32", "mixed_bfloat16", or "auto" for what `fit` would choose.
        native: with compiled kernels (`load` has seen to it).
    """
    import sujeong as sj

    sj.set_engine(engine)  # for the process, as users choose: nothing is asked in each step
    sj.set_device(device)
    models = filled(workload, prepared)
    chosen = _chosen(workload, models, prepared) if precision == "auto" else precision
    batch = [sj.asarray(a) for a in prepared.batch]
    run = workload.our_run(models)
    if chosen == "float32":  # as without any setting
        return lambda: run(*batch)
    from sujeong.training.precision import computing

    def step() -> Any:
        with computing(chosen):
            return run(*batch)

    return step


def build(workload: Workload, prepared: Prepared, device: str, **options: Any) -> int:
    """Builds the kernels that a step needs, by one step; gives how many it uses."""
    from sujeong.program.passes.fusion import building

    with building() as texts:
        make(workload, prepared, device, **options)()
    return len(set(texts))


def forget() -> None:
    """Gives back the memory that is kept from step to step, so that a peak counts from nothing."""
    from sujeong.core.engine import load_engine

    load_engine("torch").release()


def filled(workload: Workload, prepared: Prepared) -> list[Any]:
    """Our models with the weights that were prepared."""
    import sujeong as sj

    models, arrays = workload.ours(), workload.model_inputs(prepared.batch)
    for model, inputs, names, values in zip(models, arrays, prepared.names, prepared.weights, strict=True):
        model.build_for(*(sj.asarray(a).spec for a in inputs))
        variables = model.trainable_variables
        if [v.name for v in variables] != names:
            raise SystemExit(f"{workload.name}: other weights than prepared: {[v.name for v in variables]}")
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
    return models


def _chosen(workload: Workload, models: list[Any], prepared: Prepared) -> str:
    """The precision that `fit` would choose for these models."""
    import sujeong as sj
    from sujeong.training.precision import decide

    inputs = workload.model_inputs(prepared.batch)[0]
    forward = sj.record(models[0], *(sj.asarray(a).spec for a in inputs))
    size = inputs[0].shape[0]
    return str(decide("auto", forward, size, size)[0])


def wait(value: Any) -> None:
    """Returns when the step is done."""
    array = value._array
    if getattr(array, "is_cuda", False):
        import torch

        torch.cuda.synchronize()


def read(value: Any) -> np.ndarray:
    """A result on the host."""
    return np.array(value.numpy(), dtype=np.float64)
