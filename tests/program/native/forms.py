"""Compiled forms of single operations on torch's tensors, for their tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sujeong.compiling import compiler
from sujeong.core.native import NativeForm
from sujeong.core.spec import Spec
from sujeong.engines.torch._dtypes import DTYPES


def run(forms: Mapping[str, NativeForm], name: str, *arrays: Any, **attributes: Any) -> Any:
    """Builds the form of an operation, and runs it."""
    specs = [Spec(tuple(a.shape), DTYPES[a.dtype]) for a in arrays]
    form = forms[name]
    text = form.text(attributes, *specs)
    assert text is not None
    assert form.bound is not None
    compiler.build([text])
    return form.bound(compiler.load(text), attributes, *specs)(*arrays, **attributes)
