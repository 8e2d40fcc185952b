"""The record of an operation: all that its tests need to know.

One record drives every check of `test_contract.py`: value against NumPy in float64, gradient and second
gradient against central differences, both engines, recorded against eager, element types, strides,
repeats, and the texts of errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import sujeong as sj


@dataclass(eq=False)
class Sample:
    """One set of arguments. Arrays become tensors, in the element type under test if they are floating.

    Attributes:
        args: positional arguments; NumPy arrays, or plain values. A list or tuple may hold arrays.
        kwargs: keyword arguments, plain values.
        gradient: whether the function is smooth here (not at a kink, not for integers).
        name: what is special about it, such as "empty" or "one row".
    """

    args: Sequence[Any]
    kwargs: dict[str, Any] = field(default_factory=dict)
    gradient: bool = True
    name: str = ""


@dataclass(eq=False)
class Refusal:
    """Arguments that must be refused, and the text that must say so.

    Attributes:
        args: positional arguments, arrays become tensors as they are.
        error: the class of the error.
        match: a regular expression found in its text.
        kwargs: keyword arguments.
    """

    args: Sequence[Any]
    error: type[Exception]
    match: str
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Record:
    """One public function and how it is checked.

    Attributes:
        name: of the function; also the name of the test.
        function: the public function.
        reference: the same in NumPy, given float64 (or integer) arrays.
        samples: arguments; with an empty one and odd shapes among them.
        refusals: arguments that are refused.
        dtypes: floating types to check values in.
        gradient: whether it has gradients at all.
        tolerance: for each type (relative, absolute), with the reason in a comment where it differs.
        why_not_recorded: the reason for which recording is refused, in the words of the refusal; empty where
            recorded and eager results are equal to the bit.
        formula: for the generated page.
        gradient_formula: for the generated page.
    """

    name: str
    function: Callable[..., Any]
    reference: Callable[..., Any]
    samples: list[Sample]
    refusals: list[Refusal] = field(default_factory=list)
    dtypes: tuple[str, ...] = ("float32", "float64")
    gradient: bool = True
    tolerance: dict[str, tuple[float, float]] = field(default_factory=dict)
    why_not_recorded: str = ""
    formula: str = ""
    gradient_formula: str = ""


TOLERANCE = {
    "float32": (2e-6, 2e-6),
    "float64": (1e-13, 1e-13),
    "float16": (2e-3, 2e-3),
    "bfloat16": (2e-2, 2e-2),
}


def is_float(value: Any) -> bool:
    """Whether a value is an array that carries gradients."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def to_tensors(value: Any, dtype: str) -> Any:
    """Arrays as tensors; floating ones in the type under test."""
    if isinstance(value, (list, tuple)):
        return type(value)(to_tensors(v, dtype) for v in value)
    if not isinstance(value, np.ndarray):
        return value
    return sj.asarray(
        value.astype(dtype) if is_float(value) and dtype != "bfloat16" else value,
        dtype=dtype if is_float(value) else None,
    )


def rounded(value: Any, dtype: str) -> Any:
    """Arrays as float64, after a trip through the type under test, so that input rounding is no error."""
    if isinstance(value, (list, tuple)):
        return type(value)(rounded(v, dtype) for v in value)
    if is_float(value):
        return np.asarray(to_tensors(value, dtype)).astype(np.float64)
    return value


def flat(result: Any) -> list[Any]:
    """The tensors of a result that may be a tuple."""
    return list(result) if isinstance(result, (tuple, list)) else [result]


def data(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Distinct floating numbers of a shape, the same each time, none at zero."""
    x = np.random.default_rng(seed + 17).uniform(low, high, shape)
    return np.where(np.abs(x) < 0.05, 0.1, x)


def complex_data(*shape: int, seed: int = 0) -> np.ndarray:
    """Distinct complex numbers of a shape, the same each time, none near zero."""
    return data(*shape, seed=seed) + 1j * data(*shape, seed=seed + 50)


def apart(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers at least 0.1 apart from each other and from zero, so that no maximum is near a tie."""
    n = int(np.prod(shape))
    order = np.random.default_rng(seed + 5).permutation(n)
    return ((order - n // 2) * 0.13 + 0.061).reshape(shape)
