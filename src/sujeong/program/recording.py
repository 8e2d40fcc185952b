"""That a recording goes on, and what the body of a loop may not do while it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from ..core import modes
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import RecordError, message

if TYPE_CHECKING:
    from .recorder import Recorder


class _ReadOnly:
    """The stand-ins of variables as the body of a loop sees them: it may read them only."""

    def __init__(self, around: Any) -> None:
        self.around = around

    def __contains__(self, variable: Variable) -> bool:
        return variable in self.around

    def __getitem__(self, variable: Variable) -> Tensor:
        return self.around[variable]  # type: ignore[no-any-return]

    def __setitem__(self, variable: Variable, tensor: Tensor) -> None:
        refuse_write(variable, "written")


def refuse_write(variable: Variable, what: str) -> NoReturn:
    """The error for a variable that the body of a loop or a branch would change."""
    fix = "carry the value through the loop, or return it from the branch, and assign it afterwards."
    text = f"variable {variable.name!r} cannot be {what} inside the recorded body of a loop or a branch."
    raise RecordError(message("assign", text, fix=fix))


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Inside this context, operations on the recorder's tensors are written down."""
    around = modes.substitutes.get()
    readonly = around is not None and recorder.parent is not None
    with modes._set(modes.recorder, recorder):
        if not readonly:
            yield
            return
        with modes._set(modes.substitutes, _ReadOnly(around)):
            yield
