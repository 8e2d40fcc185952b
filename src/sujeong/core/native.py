"""Compiled functions on the memory of an engine's arrays: calls of them, and operations that have one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .spec import Spec


@dataclass(frozen=True)
class NativeCall:
    """What an engine needs to know to call a compiled function.

    The function takes the number of rows, the address of the numbers, and the addresses of the inputs and
    of the results, whose elements lie in C order; or, of arrays of one shape that are computed element by
    element, all in one other order without gaps.

    Attributes:
        function: the function, as `ctypes` loads it.
        rows: its first argument.
        numbers: doubles, its second argument.
        inputs: shapes and element types of what it reads.
        outputs: shapes and element types of what it writes.
        over: position of a result -> position of the input whose memory it takes.
        alike: positions of the inputs that may lie in another order, if all do and the results follow.
    """

    function: Any
    rows: int
    numbers: Any
    inputs: tuple[Spec, ...]
    outputs: tuple[Spec, ...]
    over: dict[int, int]
    alike: tuple[int, ...] = ()


@dataclass(frozen=True)
class ChainCall:
    """What an engine needs to know to call a chain of compiled functions.

    The function takes the addresses of the sizes, of the numbers, of a table of addresses, and of a number
    that it sets where it refuses its input. The table has the inputs and the results, whose elements lie in C
    order, then places in a room that belongs to the call.

    Attributes:
        function: the function, as `ctypes` loads it.
        sizes: whole numbers, its first argument.
        numbers: doubles, its second argument.
        inputs: shapes and element types of what it reads.
        outputs: shapes and element types of what it writes.
        over: position of a result -> position of the input whose memory it takes.
        places: bytes from the beginning of the room.
        room: bytes of the room.
        plain: the same computation by plain kernels, for input that the function refuses.
        fixed: positions of the inputs whose numbers never change.
        passing: positions of the inputs that are other arrays in each run, and are not to be kept.
        turns: position of an input of two axes that may lie the other way round -> positions of the sizes
            that change between 0 and 1 where it does.
    """

    function: Any
    sizes: Any
    numbers: Any
    inputs: tuple[Spec, ...]
    outputs: tuple[Spec, ...]
    over: dict[int, int]
    places: tuple[int, ...]
    room: int
    plain: Callable[..., Any]
    fixed: frozenset[int]
    passing: frozenset[int]
    turns: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class UpdatesMember:
    """One variable of an `UpdatesCall`.

    Attributes:
        states: how many arrays of 32 bits are overwritten.
        low: whether one of 16 bits is.
        sizes: where the gradient is a sum of picked rows, what `compiling/bags.h` is told ahead of the steps
            of these rows; else empty.
        further: how many inputs say where the rows are added: ids, or ids and offsets.
    """

    states: int
    low: bool
    sizes: tuple[int, ...] = ()
    further: int = 0


UPDATE_PLACES = 5
"""Addresses of a variable in the table of an `UpdatesCall`, beside those of its 32 bits."""


@dataclass(frozen=True)
class UpdatesCall:
    """What an engine needs to know to call the updates of several variables.

    The function takes the number of pieces, the address of the pieces, of the numbers, and of a table of
    addresses: of what all variables share, then of each variable's arrays: what is overwritten, the gradient
    or its rows, the values in 16 bits or nothing, ids, offsets and sizes (with the steps of the rows) or
    nothing. The arrays of a variable lie in one order without gaps, of sums in C order.

    Attributes:
        function: the function, as `ctypes` loads it.
        pieces: whole numbers, four a piece.
        numbers: doubles.
        members: the variables. The inputs of a call are what is overwritten in 32 bits, the gradient, what is
            in 16 bits, and what says where rows are added, of all variables; then what they share.
        copied: positions of the inputs that must not be overwritten, so that copies are.
    """

    function: Any
    pieces: Any
    numbers: Any
    members: tuple[UpdatesMember, ...]
    copied: frozenset[int]


@dataclass(frozen=True)
class NativeForm:
    """How an operation runs compiled, where its text was built before.

    Attributes:
        text: attributes of the operation, specs of the inputs -> the text; `None` where the plain kernel is
            to run.
        bound: the function as `ctypes` loads it, attributes, specs -> what runs in place of the kernel;
            `None` where the engine's own kernel looks for the function.
        sizes: attributes, specs -> the whole numbers that the function takes ahead of its arrays, for forms
            whose functions take nothing else: such ones may be part of a chain. `None` where it takes more.
        turns: position of an input of two axes -> position of the size that is 1 where it lies the other way
            round.
        lays: attributes, specs -> position of an input -> the same array, lying as the function reads it
            best; `None` where what the engine's own kernel likes is right.
    """

    text: Callable[..., str | None]
    bound: Callable[..., Callable[..., Any]] | None = None
    sizes: Callable[..., tuple[int, ...] | None] | None = None
    turns: Mapping[int, int] = field(default_factory=dict)
    lays: Callable[..., Mapping[int, Callable[..., Any]] | None] | None = None


def either(first: NativeForm, second: NativeForm) -> NativeForm:
    """One form of two that an operation has: the first that has a text. Inputs lie in order (no `turns`)."""

    def chosen(*args: Any) -> NativeForm:
        return first if first.text(*args) is not None else second

    def text(*args: Any) -> str | None:
        return first.text(*args) or second.text(*args)

    def bound(function: Any, *args: Any) -> Callable[..., Any]:
        return chosen(*args).bound(function, *args)  # type: ignore[misc]

    def sizes(*args: Any) -> tuple[int, ...] | None:
        form = chosen(*args)
        return None if form.sizes is None else form.sizes(*args)

    def lays(*args: Any) -> Mapping[int, Callable[..., Any]] | None:
        wishes = chosen(*args).lays
        return None if wishes is None else wishes(*args)

    return NativeForm(text, bound, sizes, lays=lays)
