"""Sums of products, written with one letter an axis: "bij,bjk->bik" is a matrix product for each b.

    y[output letters] = sum over all other letters of  a[its letters] b[its letters] ...

A letter twice in one operand means its diagonal; "..." stands for any further axes, which broadcast;
without "->" the result has the letters that come once, in the order of the alphabet. Everything is
made of permuting, reshaping, `matmul` and sums, which bring their gradients along.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from math import prod
from typing import Any

from ..core import dtypes
from ..core.dispatch import apply
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ._build import NUMERIC, RESHAPE, SUM, cast, need
from .arithmetic import multiply
from .matmul import MATMUL
from .shaping import PERMUTE
from .slicing import diagonals

# A label names an axis: a letter, or -1, -2, ... for the axes of "...", counted from the last.
Label = str | int


class _Term:
    """An operand and the labels of its axes."""

    def __init__(self, tensor: Tensor, labels: list[Label]) -> None:
        self.tensor, self.labels = tensor, labels

    def size(self, label: Label) -> int:
        """The size along a label."""
        return self.tensor.shape[self.labels.index(label)]

    def arranged(self, labels: list[Label]) -> Tensor:
        """The tensor with its axes in another order."""
        order = tuple(self.labels.index(one) for one in labels)
        return self.tensor if labels == self.labels else apply(PERMUTE, self.tensor, axes=order)


def einsum(equation: str, /, *operands: Any) -> Tensor:
    """A sum of products in index notation.

    Args:
        equation: the letters of each operand, separated by commas, then "->" and those of the result.
        *operands: a tensor for each; sizes of equal letters are equal. Element types are joined.

    Returns:
        The tensor with the axes named after "->".

    Raises:
        ArgumentError: the equation cannot be read, or does not fit the number of operands.
        ShapeError: letters and axes differ in number, or a letter has two sizes.

    Example:
        >>> import sujeong as sj
        >>> a, b = sj.ones((5, 2, 3)), sj.ones((5, 3, 4))
        >>> sj.einsum("bij,bjk->bik", a, b).shape
        (5, 2, 4)
        >>> print(sj.einsum("ii->", sj.asarray([[1.0, 2.0], [3.0, 4.0]])))
        5.0
    """
    inputs, output = _read(equation, len(operands))
    tensors = [as_tensor(x, "einsum") for x in operands]
    dtype = reduce(dtypes.result_type, [x.dtype for x in tensors])
    tensors = [cast(x, dtype) for x in tensors]
    need("einsum", tensors[0], NUMERIC)
    terms = [_labelled(text, x, equation) for text, x in zip(inputs, tensors, strict=True)]
    sizes = _sizes(terms, equation)
    extra: list[Label] = [one for one in range(-len(sizes), 0) if one in sizes]
    result = _result(inputs, output, extra, equation)
    terms = [_diagonal(_stretchable(t, sizes)) for t in terms]
    while len(terms) > 1:
        needed = {*result, *(one for t in terms[2:] for one in t.labels)}
        a, b = (_summed(t, terms, result) for t in terms[:2])
        terms = [_product(a, b, needed), *terms[2:]]
    return _summed(terms[0], terms, result).arranged(result)


# --- reading the equation ------------------------------------------------------------------------------
def _complain(what: str, equation: str, **more: Any) -> ArgumentError:
    return ArgumentError(message("einsum", what, received=repr(equation), **more))


def _read(equation: str, count: int) -> tuple[list[str], str | None]:
    """The letters of each operand, and those of the result if it is given."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    inputs = left.split(",")
    for part in [*inputs, right]:
        plain = part.replace("...", "", 1)
        strange = [c for c in plain if not (c.isascii() and c.isalpha())]
        if strange:
            expected = 'letters, ",", "..." and "->"'
            raise _complain(f"{strange[0]!r} has no meaning here.", equation, expected=expected)
    if len(inputs) != count:
        raise _complain(f"it names {len(inputs)} operands, {count} came.", equation)
    if not arrow:
        return inputs, None
    twice = [c for c, n in Counter(right.replace("...", "")).items() if n > 1]
    if twice:
        raise _complain(f"letter {twice[0]!r} stands twice in the result.", equation)
    unknown = [c for c in right.replace("...", "") if c not in left]
    if unknown:
        raise _complain(f"letter {unknown[0]!r} of the result is in no operand.", equation)
    return inputs, right


def _labelled(text: str, x: Tensor, equation: str) -> _Term:
    """An operand with the labels of its axes; those of "..." are counted from its last one."""
    before, dots, after = text.partition("...")
    free = x.ndim - len(before) - len(after)
    if free < 0 or (free and not dots):
        what = f"{text!r} names {len(before) + len(after)} axes, but the operand has {x.ndim}."
        raise ShapeError(message("einsum", what, received=f"{x.shape} in {equation!r}"))
    return _Term(x, [*before, *range(-free, 0), *after])


def _sizes(terms: list[_Term], equation: str) -> dict[Label, int]:
    """The size of each label; only the axes of "..." stretch from 1."""
    sizes: dict[Label, int] = {}
    for term in terms:
        for label, size in zip(term.labels, term.tensor.shape, strict=True):
            known = sizes.setdefault(label, size)
            if known == size:
                continue
            if isinstance(label, str):
                shapes = ", ".join(str(t.tensor.shape) for t in terms)
                what = f"letter {label!r} has two sizes, {known} and {size}."
                raise ShapeError(message("einsum", what, received=f"{shapes} in {equation!r}"))
            if 1 not in (known, size):
                shapes = ", ".join(str(t.tensor.shape) for t in terms)
                what = f"the axes of '...' do not broadcast: {known} and {size}."
                raise ShapeError(message("einsum", what, received=f"{shapes} in {equation!r}"))
            sizes[label] = size if known == 1 else known
    return sizes


def _result(inputs: list[str], output: str | None, extra: list[Label], equation: str) -> list[Label]:
    """The labels of the result."""
    if output is None:
        letters = Counter("".join(inputs).replace("...", ""))
        return [*extra, *sorted(c for c, n in letters.items() if n == 1)]
    before, dots, after = output.partition("...")
    if extra and not dots:
        fix = f"write '->...{output}', or sum over them first."
        raise _complain("the operands have axes in '...', the result has not.", equation, fix=fix)
    return [*before, *extra, *after]


# --- computing it --------------------------------------------------------------------------------------
def _stretchable(term: _Term, sizes: dict[Label, int]) -> _Term:
    """Drops axes of size 1 that would be stretched: a missing axis stretches by itself."""
    shape = term.tensor.shape
    kept = [i for i, one in enumerate(term.labels) if shape[i] == sizes[one]]
    if len(kept) == len(shape):
        return term
    return _Term(
        apply(RESHAPE, term.tensor, shape=tuple(shape[i] for i in kept)), [term.labels[i] for i in kept]
    )


def _diagonal(term: _Term) -> _Term:
    """The diagonal for each letter that stands twice."""
    while len(set(term.labels)) < len(term.labels):
        letter = next(one for one, n in Counter(term.labels).items() if n > 1)
        i, j = [k for k, one in enumerate(term.labels) if one == letter][:2]
        rest = [k for k in range(len(term.labels)) if k not in (i, j)]
        moved = apply(PERMUTE, term.tensor, axes=(*rest, i, j))
        term = _Term(diagonals(moved), [*(term.labels[k] for k in rest), letter])
    return term


def _summed(term: _Term, terms: list[_Term], result: list[Label]) -> _Term:
    """Sums over the letters that stand nowhere else."""
    others = {*result, *(one for t in terms if t is not term for one in t.labels)}
    gone = tuple(i for i, one in enumerate(term.labels) if one not in others)
    if not gone:
        return term
    kept = [one for one in term.labels if one in others]
    return _Term(apply(SUM, term.tensor, axis=gone, keepdims=False), kept)


def _product(a: _Term, b: _Term, needed: set[Label]) -> _Term:
    """Two operands become one, by a matrix product over the letters that nothing else needs."""
    shared = [one for one in a.labels if one in b.labels]
    summed = [one for one in shared if one not in needed]
    batch = [one for one in shared if one in needed]
    rows = [one for one in a.labels if one not in b.labels]
    columns = [one for one in b.labels if one not in a.labels]
    shape = [*(a.size(one) for one in (*batch, *rows)), *(b.size(one) for one in columns)]
    n, m = prod(a.size(one) for one in rows), prod(b.size(one) for one in columns)
    k = prod(a.size(one) for one in summed)
    outside = tuple(a.size(one) for one in batch)
    left = apply(RESHAPE, a.arranged([*batch, *rows, *summed]), shape=(*outside, n, k))
    right = apply(RESHAPE, b.arranged([*batch, *summed, *columns]), shape=(*outside, k, m))
    y = apply(MATMUL, left, right) if summed else multiply(left, right)
    return _Term(apply(RESHAPE, y, shape=tuple(shape)), [*batch, *rows, *columns])
