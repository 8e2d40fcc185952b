"""Trees: nested dicts, lists, tuples and dataclasses with tensors (or anything else) at the leaves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, message


class Structure:
    """The shape of a tree without its leaves; equal and hashable like a value.

    Attributes:
        kind: the container's class, or `None` for a leaf.
        names: keys or field names.
        children: structures below.
    """

    __slots__ = ("_hash", "children", "count", "kind", "names")

    def __init__(self, kind: Any, names: tuple[Any, ...], children: tuple[Structure, ...]) -> None:
        self.kind, self.names, self.children = kind, names, children
        self.count: int = 1 if kind is None else sum([c.count for c in children])
        self._hash = hash((kind, names, children))

    def _key(self) -> tuple[Any, ...]:
        return (self.kind, self.names, self.children)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Structure) and self._key() == other._key()

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        pairs = zip(self._labels(), self.children, strict=True)
        inside = ", ".join(f"{name}: {child}" if name is not None else str(child) for name, child in pairs)
        return f"{self.kind.__name__}({inside})"

    def _labels(self) -> tuple[Any, ...]:
        return self.names or (None,) * len(self.children)


_LEAF = Structure(None, (), ())


def _parts(value: Any) -> tuple[Any, tuple[Any, ...], list[Any]] | None:
    """Container class, names and children; `None` for a leaf."""
    if isinstance(value, dict):
        names = tuple(sorted(value, key=lambda k: (type(k).__name__, k)))
        return dict, names, [value[n] for n in names]
    if isinstance(value, tuple):
        return type(value), getattr(value, "_fields", ()), list(value)
    if isinstance(value, list):
        return list, (), value
    if value is None:
        return type(None), (), []
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = tuple(f.name for f in dataclasses.fields(value))
        return type(value), names, [getattr(value, n) for n in names]
    return None


def flatten(value: Any) -> tuple[list[Any], Structure]:
    """Takes a tree apart.

    Args:
        value: dicts, lists, tuples, dataclasses, nested; everything else is a leaf, `None` is an empty tree.

    Returns:
        The leaves, in a fixed order (dict keys sorted), and the structure.

    Example:
        >>> import sujeong as sj
        >>> sj.tree.flatten({"b": [1, 2], "a": 3})
        ([3, 1, 2], dict(a: *, b: list(*, *)))
    """
    leaves: list[Any] = []

    def walk(node: Any) -> Structure:
        parts = _parts(node)
        if parts is None:
            leaves.append(node)
            return _LEAF
        kind, names, children = parts
        return Structure(kind, names, tuple([walk(c) for c in children]))

    structure = walk(value)
    return leaves, structure


def unflatten(structure: Structure, leaves: list[Any]) -> Any:
    """Puts a tree together again.

    Args:
        structure: from `flatten`.
        leaves: as many as it has.

    Returns:
        The tree.

    Raises:
        ArgumentError: the number of leaves differs.

    Example:
        >>> import sujeong as sj
        >>> leaves, structure = sj.tree.flatten((1, {"a": 2}))
        >>> sj.tree.unflatten(structure, [10, 20])
        (10, {'a': 20})
    """
    if len(leaves) != structure.count:
        text = message("tree", "wrong number of leaves.", received=len(leaves), expected=structure.count)
        raise ArgumentError(text)
    if structure.kind is None:
        return leaves[0]
    rest = iter(leaves)

    def build(s: Structure) -> Any:
        if s.kind is None:
            return next(rest)
        children = [build(c) for c in s.children]
        if s.kind is type(None):
            return None
        if issubclass(s.kind, tuple | list):
            return s.kind(*children) if hasattr(s.kind, "_fields") else s.kind(children)
        by_name = dict(zip(s.names, children, strict=True))
        return by_name if s.kind is dict else s.kind(**by_name)

    return build(structure)


def map(function: Callable[..., Any], tree: Any, *rest: Any) -> Any:
    """Applies a function to the leaves of one or several trees of the same structure.

    Args:
        function: called with one leaf of each tree.
        tree: the first tree.
        *rest: further trees.

    Returns:
        A tree of the results.

    Raises:
        ArgumentError: the structures differ.

    Example:
        >>> import sujeong as sj
        >>> sj.tree.map(lambda a, b: a + b, {"x": 1}, {"x": 10})
        {'x': 11}
    """
    leaves, structure = flatten(tree)
    columns = [leaves]
    for other in rest:
        others, theirs = flatten(other)
        if theirs != structure:
            text = message("tree.map", "the trees differ.", received=theirs, expected=structure)
            raise ArgumentError(text)
        columns.append(others)
    return unflatten(structure, [function(*row) for row in zip(*columns, strict=True)])


def leaves(tree: Any) -> list[Any]:
    """The leaves of a tree.

    Args:
        tree: the tree.

    Returns:
        Its leaves, in the order of `flatten`.

    Example:
        >>> import sujeong as sj
        >>> sj.tree.leaves([1, (2, None)])
        [1, 2]
    """
    return flatten(tree)[0]
