"""What a program tells an engine that may run it in another way than call by call, and what comes back.

The program knows variables and guards, the engine knows its device; neither knows how the other works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Array = Any


@dataclass(frozen=True)
class Job:
    """A recorded program, as an engine sees it.

    Attributes:
        name: of the recorded function.
        operations: names of all its operations, those in bodies of loops included.
        refusal: why its work depends on values that the host must read; `None` if it does not.
        variables: all that it reads or writes, each once.
        reads: for each state argument, the place of its variable in `variables`.
        writes: for each new value, the place of its variable.
        outputs: how many results it has.
        flags: how many guards it has. `run` checks none of them.
        urgent: whether a guard that does not hold is expected now and then, so that it is read at once.
        make: gives `run` and, for each state argument, whether `run` may overwrite that array.
            `run(*inputs, *state)` gives the results, the flags, then the new values.
        tripped: number of the step, how many ran after it, its arguments -> the exception to raise.
    """

    name: str
    operations: frozenset[str]
    refusal: str | None
    variables: list[Any]
    reads: list[int]
    writes: list[int]
    outputs: int
    flags: int
    urgent: bool
    make: Callable[[], tuple[Callable[..., tuple[Array, ...]], list[bool]]]
    tripped: Callable[[int, int, list[Array]], Exception]


class Executor(Protocol):
    """Runs a program in the engine's own way; calls of one thread at a time."""

    def __call__(self, arrays: list[Array]) -> list[Array] | None:
        """Runs one step and changes the variables.

        Args:
            arrays: of the arguments.

        Returns:
            The results; `None` if nothing was done and the program must be run call by call.
        """

    def flush(self) -> None:
        """Reads the guards of all steps so far, and raises for the first that did not hold."""


class Store(Protocol):
    """Where an executor keeps the value of a variable whose own array is left empty.

    Attributes:
        lent: the tensor that `Variable` made of the last `fetch`; as long as the variable has it, nothing
            has replaced the value.
    """

    lent: Any

    def fetch(self) -> Array:
        """The value as an array that nothing else will write to."""
