"""Attention with a few queries, compiled: a word that is written looks at the places before it.

There is less to compute than what calls of the library cost, which first makes numbers to add of a mask.
`few_queries.h` explains and computes it, from keys and values as they lie. Its function takes sizes and
arrays alone, so that it may be part of a chain: between the products of a layer, or of a whole model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from ...core.native import NativeForm
from ...core.spec import Spec
from ._texts import NAMES, text_of

MOST_QUERIES = 7
MOST_KEYS = 1 << 31
"""Places of keys are counted in 32 bits."""
_SIZES = ("n", "heads", "t", "s", "d", "e", "causal")
_STEPS = tuple(f"{array}{axis}" for array in "qkvy" for axis in range(3)) + tuple(f"m{n}" for n in range(4))


def _text(weights: bool) -> Callable[..., str | None]:
    """The rule for attention that gives its weights, or the result alone."""

    def text(attributes: Mapping[str, Any], q: Spec, k: Spec, v: Spec, *rest: Spec) -> str | None:
        shapes = (q.shape, k.shape, v.shape)
        if attributes["rate"] or q.ndim not in (3, 4) or not 0 < q.shape[-2] <= MOST_QUERIES:
            return None
        if any(not prod(shape) for shape in shapes) or k.shape[-2] >= MOST_KEYS or q.dtype not in NAMES:
            return None
        masked = bool(rest)
        numbers = ", ".join(f"int64_t {name}" for name in (*_SIZES, *_STEPS))
        mask, p = ", const uint8_t* mask" if masked else "", ", T* p" if weights else ""
        steps = ", ".join(f"{{{a}0, {a}1, {a}2}}" for a in "qkvy")
        given = f"q, k, v, {'mask' if masked else 'nullptr'}, y, {'p' if weights else 'nullptr'}"
        return f"""{text_of(q.dtype, "of_heads.h", "few_queries.h")}
extern "C" void kernel({numbers}, const T* q, const T* k, const T* v{mask}, T* y{p}) {{
  const int64_t ms[] = {{m0, m1, m2, m3}};
  attend({{{", ".join(_SIZES)}}}, {steps}, ms, float({float(attributes["scale"])!r}), {given});
}}
"""

    return text


def _with_heads(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape of three axes with heads as a further one."""
    return tuple(shape) if len(shape) == 4 else (*shape[:-2], 1, *shape[-2:])


def _steps(shape: Sequence[int]) -> list[int]:
    """Steps between the elements along each axis, in C order; 0 where an axis has one for all."""
    return [0 if n == 1 else prod(shape[i + 1 :]) for i, n in enumerate(shape)]


def _sizes(attributes: Mapping[str, Any], q: Spec, k: Spec, v: Spec, *rest: Spec) -> tuple[int, ...]:
    """What the function takes ahead of arrays in C order."""
    shapes = [_with_heads(x.shape) for x in (q, k, v)]
    n, heads, t, d = shapes[0]
    s, e = shapes[2][2:]
    found = [n, heads, t, s, d, e, int(attributes["causal"])]
    for shape in (*shapes, (n, heads, t, e)):
        found += _steps(shape)[:3]
    mask = [1, 1, 1, 1]
    if rest:
        shape = rest[0].shape
        shape = _with_heads(shape) if q.ndim == 3 and len(shape) == 3 else shape
        mask[4 - len(shape) :] = shape
    return (*found, *_steps(mask))


def _bound(function: Any, attributes: Mapping[str, Any], *specs: Spec) -> Callable[..., Any]:
    """Attention as a function of tensors: the result alone."""
    return _called(function, attributes, specs, False)


def _bound_weights(function: Any, attributes: Mapping[str, Any], *specs: Spec) -> Callable[..., Any]:
    return _called(function, attributes, specs, True)


def _called(
    function: Any, attributes: Mapping[str, Any], specs: Sequence[Spec], weights: bool
) -> Callable[..., Any]:
    sizes, masked = list(_sizes(attributes, *specs)), len(specs) > 3
    begin, behind = len(_SIZES), sizes[-4:]
    plain = sizes[begin : begin + 9]
    queries = specs[0].shape[:-1]
    result, kept = (*queries, specs[2].shape[-1]), (*queries, specs[1].shape[-2])

    def attention(q: Any, k: Any, v: Any, *rest: Any, **_: Any) -> Any:
        arrays, steps = [q, k, v], plain
        if not (q.is_contiguous() and k.is_contiguous() and v.is_contiguous()):
            arrays = [x if x.stride(-1) == 1 else x.contiguous() for x in arrays]
            steps = []
            for x in arrays:
                own = x.stride()
                steps += own[:3] if len(own) == 4 else (own[0], 0, own[1])
        y = q.new_empty(result)
        pointers = [x.data_ptr() for x in arrays]
        if masked:
            mask = rest[0].contiguous()
            pointers.append(mask.data_ptr())
        pointers.append(y.data_ptr())
        if not weights:
            function(*sizes[:begin], *steps, *sizes[begin + 9 : -4], *behind, *pointers)
            return y
        p = q.new_empty(kept)
        function(*sizes[:begin], *steps, *sizes[begin + 9 : -4], *behind, *pointers, p.data_ptr())
        return y, p

    return attention


def beside(few: NativeForm, many: NativeForm) -> NativeForm:
    """A form for few queries, and another one for more.

    Args:
        few: of this file.
        many: for what it does not take.

    Returns:
        The form that is one or the other.
    """

    def text(attributes: Mapping[str, Any], *specs: Spec) -> str | None:
        return few.text(attributes, *specs) or many.text(attributes, *specs)

    def bound(function: Any, attributes: Mapping[str, Any], *specs: Spec) -> Callable[..., Any]:
        form = many if few.text(attributes, *specs) is None else few
        assert form.bound is not None
        return form.bound(function, attributes, *specs)

    def sizes(attributes: Mapping[str, Any], *specs: Spec) -> tuple[int, ...] | None:
        return None if few.text(attributes, *specs) is None else _sizes(attributes, *specs)

    return NativeForm(text, bound, sizes)


FORMS = {
    "attention": NativeForm(_text(True), _bound_weights, _sizes),
    "attention_blocks": NativeForm(_text(False), _bound, _sizes),
}
