"""Compiled forms of single operations on torch's tensors, for their tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import sujeong as sj
from sujeong.compiling import compiler
from sujeong.core.native import NativeForm
from sujeong.core.spec import Spec
from sujeong.engines.torch._dtypes import DTYPES
from sujeong.program.passes.fusion import building


def run(forms: Mapping[str, NativeForm], name: str, *arrays: Any, **attributes: Any) -> Any:
    """Builds the form of an operation, and runs it."""
    specs = [Spec(tuple(a.shape), DTYPES[a.dtype]) for a in arrays]
    form = forms[name]
    text = form.text(attributes, *specs)
    assert text is not None
    assert form.bound is not None
    compiler.build([text])
    return form.bound(compiler.load(text), attributes, *specs)(*arrays, **attributes)


def trained(layer: Callable[..., Any], x: Any) -> str:
    """Records a gradient before and after kernels are built; gives the text of what then runs.

    Args:
        layer: built already; one input.
        x: a tensor.
    """

    def step(x: Any) -> Any:
        return sj.grad(lambda u: (layer(u) ** 2).mean())(x)

    right = sj.jit(step)(x).numpy()
    with building():
        program = sj.jit(step)
        found = program(x).numpy()
    np.testing.assert_allclose(found, right, rtol=1e-3, atol=1e-5 * np.abs(right).max())
    source: str = next(iter(program._cache.values())).runner.source
    return source
