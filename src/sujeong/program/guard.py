"""A guard: a truth value that must hold before any state changes.

In a program the check stands where the value is computed, before the first update, and variables get
their new values only at the end of the run: a step that trips leaves no trace.
"""

from __future__ import annotations

from typing import Any

from ..core import modes
from ..core.tensor import as_tensor
from ..errors import RecordError, ShapeError, message
from .replay import Tripped


def guard(flag: Any) -> None:
    """Stops the step, before it changes any variable, unless the flag holds.

    Args:
        flag: a truth value, zero-dimensional.

    Raises:
        Tripped: it does not hold; while recording nothing is raised, the program does so when it runs.
        ShapeError: more than one value.
        RecordError: inside the recorded body of a loop or a branch.
    """
    value = as_tensor(flag, "guard")
    if value.shape:
        raise ShapeError(message("guard", "takes one truth value.", received=value.spec, fix="sj.all(x)"))
    recorder = modes.recorder.get()
    if recorder is not None and recorder.parent is not None:
        fix = "return the flag from the loop or the branch, and guard it afterwards."
        raise RecordError(message("guard", "the body of a loop or a branch cannot stop a step.", fix=fix))
    if recorder is not None:
        recorder.program.guards.append(recorder.lift(value, "guard")._array)
    elif not bool(value):
        raise Tripped
