"""Every operation and its gradient as compiled kernels: equal, to rounding, to what the engine computes.

Operations whose readable form a kernel cannot compute stay as they are, also inside; how many are taken
apart is held below, so that none is lost unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.program.jit import is_input
from sujeong.program.native.kernel import FUSED
from sujeong.program.passes.fusion import building
from sujeong.program.passes.order import optimized
from sujeong.program.replay import Runner

from .record import Record, Sample, flat, to_tensors
from .test_contract import RECORDS, _floats, _tensors


@pytest.fixture(scope="module", autouse=True)
def _kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    if compiler.find_compiler() is None:
        pytest.skip("this machine has no C++ compiler")
    with pytest.MonkeyPatch.context() as patch:
        folder: Path = tmp_path_factory.mktemp("kernels")
        patch.setenv("SUJEONG_CACHE", str(folder))
        yield


def _chosen(record: Record) -> Sample | None:
    """The first sample that gradients flow through."""
    if record.why_not_recorded:
        return None
    smooth = [s for s in record.samples if record.gradient and s.gradient and _floats(list(s.args))]
    return smooth[0] if smooth else next(iter(record.samples), None)


CHOSEN = [
    (r, s) for r in RECORDS if (s := _chosen(r)) is not None and _tensors(to_tensors(list(s.args), "float32"))
]
with_gradients = {r.name for r, s in CHOSEN if r.gradient and s.gradient and _floats(list(s.args))}


@pytest.mark.parametrize(("record", "sample"), CHOSEN, ids=[r.name for r, _ in CHOSEN])
def test_kernels_equal_the_engine(record: Record, sample: Sample) -> None:
    args = to_tensors(list(sample.args), "float32")

    def function(*args: Any) -> Any:
        """The result between two simple operations, so that there is something to join, and its gradient."""
        outs = flat(record.function(*args, **sample.kwargs))
        return [o * 2 if o.dtype.is_floating else o for o in outs]

    def both(*args: Any) -> Any:
        if record.name not in with_gradients:
            return function(*args)

        def total(*args: Any) -> Any:
            parts = [sj.sum(o * sj.cos(o)) for o in function(*args) if o.dtype.kind == "float"]
            return sum(parts[1:], parts[0])

        places = [i for i, a in enumerate(args) if isinstance(a, sj.Tensor) and a.dtype.is_floating]
        slopes = sj.grad(total, argnums=tuple(places))(*args) if places else ()
        return [*function(*args), *slopes]

    program = sj.record(both, *args)
    with building():
        fast = optimized(program)
    given = [a for a in sj.tree.leaves(args) if is_input(a)]
    tensors = [
        (sj.asarray(a, dtype=sj.float64) if isinstance(a, float) else sj.asarray(a))._array for a in given
    ]
    with sj.without_passes("fusion"):
        expected = Runner(optimized(program)).run(*tensors)
    found = Runner(fast).run(*tensors)
    for f, e in zip(found, expected, strict=True):
        f, e = np.asarray(sj.asarray(f)), np.asarray(sj.asarray(e))
        assert f.dtype == e.dtype
        if f.dtype.kind in "biu":
            np.testing.assert_array_equal(f, e)
        else:
            size = max(1.0, float(np.nanmax(np.abs(e), initial=0)))
            np.testing.assert_allclose(f, e, rtol=2e-5, atol=2e-5 * size)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "relu",
            "gelu",
            "silu",
            "sigmoid",
            "softplus",
            "elu",
            "selu",
            "leaky_relu",
            "softmax",
            "log_softmax",
        ),
        *("layer_norm", "rms_norm", "batch_norm", "batch_norm_inference", "logsumexp", "var", "std", "clip"),
        *("sigmoid_binary_cross_entropy", "softmax_cross_entropy"),
    ],
)
def test_composites_are_taken_apart(name: str) -> None:
    record, sample = next((r, s) for r, s in CHOSEN if r.name == name)
    args = to_tensors(list(sample.args), "float32")
    program = sj.record(lambda *a: [o * 2 for o in flat(record.function(*a, **sample.kwargs))], *args)
    with building():
        fast = optimized(program)
    assert any(e.op is FUSED for e in fast.equations)
    assert name not in {e.op.name for e in fast.equations}
