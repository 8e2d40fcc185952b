"""Too many recordings of one function: which argument keeps changing, in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..core import tree
from ..errors import message

LIMIT = 32


class Kind(NamedTuple):
    """The kind of a call: calls of one kind share a recording.

    Attributes:
        structure: of the tree (args, kwargs).
        specs: shapes and element types of the tensors among the arguments.
        statics: the other arguments with their types, a marker where a tensor stands.
        place: engine and device.
        modes: training, gradients, and which tensors require one.
        outside: plain values that the function sees from outside.
    """

    structure: tree.Structure
    specs: tuple[Any, ...]
    statics: tuple[Any, ...]
    place: tuple[str, str]
    modes: tuple[Any, ...]
    outside: tuple[Any, ...]


def warning(function: Callable[..., Any], kinds: Sequence[Kind], labels: Sequence[str], tensor: Any) -> str:
    """The text of the warning.

    Args:
        function: what was recorded.
        kinds: of its recordings.
        labels: names of the outside values.
        tensor: the marker that stands for a tensor among the statics.

    Returns:
        The text; it names what changes.
    """
    what = (
        f"{getattr(function, '__name__', 'a function')} has been recorded {len(kinds)} times; that is slow."
    )
    fix = (
        "pass numbers that change as tensors (sj.asarray(n)) or keep them in a Variable, "
        "bring data to one shape, make functions that are passed in only once."
    )
    return message("jit", what, received="; ".join(_changes(function, kinds, labels, tensor)), fix=fix)


def _changes(
    function: Callable[..., Any], kinds: Sequence[Kind], labels: Sequence[str], tensor: Any
) -> list[str]:
    found = []
    if len({k.structure for k in kinds}) > 1:
        found.append("the tree of the arguments changes")
    else:
        names = leaf_names(function, kinds[0].structure)
        rows = [_leaves(k, tensor) for k in kinds]
        for name, column in zip(names, zip(*rows, strict=True), strict=True):
            if len(set(column)) > 1:
                found.append(f"{name} changes: {_some(v[1] for v in column)}")
    for label, column in zip(labels, zip(*(k.outside for k in kinds), strict=True), strict=True):
        if len(set(column)) > 1:
            found.append(f"{label!r} outside of the function changes: {_some(v[1] for v in column)}")
    for text, part in (("the engine or device", "place"), ("a mode (training, gradients)", "modes")):
        if len({getattr(k, part) for k in kinds}) > 1:
            found.append(f"{text} changes")
    return found


def _leaves(kind: Kind, tensor: Any) -> list[Any]:
    """Each argument as (type, value): the spec of a tensor, the value of anything else."""
    specs = iter(kind.specs)
    return [(k, next(specs)) if value is tensor else (k, value) for k, value in kind.statics]


def _some(values: Iterable[Any]) -> str:
    shown = list(dict.fromkeys(f"{v!r:.40}" for v in values))
    return ", ".join(shown[:4]) + (", ..." if len(shown) > 4 else "")


def leaf_names(function: Callable[..., Any], structure: tree.Structure) -> list[str]:
    """What to call each leaf of the arguments: `argument 'x'`, `argument 'batch'['image']`.

    Args:
        function: whose arguments they are.
        structure: of the tree (args, kwargs).

    Returns:
        One name a leaf.
    """
    try:
        parameters = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        parameters = []
    args, kwargs = structure.children
    found: list[str] = []

    def walk(part: tree.Structure, name: str) -> None:
        if part.kind is None:
            found.append(name)
        for i, child in enumerate(part.children):
            label = part.names[i] if part.names else i
            walk(child, f"{name}[{label!r}]")

    for i, child in enumerate(args.children):
        walk(child, f"argument {parameters[i]!r}" if i < len(parameters) else f"argument {i}")
    for name, child in zip(kwargs.names, kwargs.children, strict=True):
        walk(child, f"argument {name!r}")
    return found
