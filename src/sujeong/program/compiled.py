"""One recording, ready to run: arrays in, the variables' new values put in place, results put together."""

from __future__ import annotations

import functools
import threading
from contextlib import nullcontext
from typing import Any

from ..core import modes, tree
from ..core.dispatch import _noted
from ..core.op import Op
from ..core.places import Places
from ..core.tensor import Tensor
from ..errors import StateError, message
from .executing import executor_of
from .ir import Program
from .kept import Kept, kept
from .passes.order import optimized, switched_off
from .replay import Runner, evaluate

TENSOR = object()
"""Stands for a tensor in a list of plain values."""

_STATE = threading.RLock()  # one program at a time changes variables, so that no step is torn
_FREE = nullcontext()


class Compiled:
    """A program, and how to put its results together again.

    Args:
        program: the program.
        structure: of the results.
        static: the results that are no tensors, with `TENSOR` where one stands; empty if all are tensors.
        flows: for each result, whether a gradient flows to it.
    """

    def __init__(
        self, program: Program, structure: tree.Structure, static: list[Any], flows: list[bool]
    ) -> None:
        self.program = program
        off = switched_off()
        ready = optimized(program)
        self.executor = executor_of(ready)
        keeps = self.executor is None and "kept" not in off
        self._kept = found = kept(ready) if keeps else Kept(ready, [], [])
        ready, ways = found.program, {"reuse": "reuse" not in off, "joint": "joint" not in off}
        self.runner = Runner(ready, **ways, lent=found.lent, further=found.results)
        self._places = _places(ready) if self.executor is None and "arena" not in off else None
        self.structure, self.static, self.flows = structure, static, flows
        self.variables = [v for v, _ in program.state]
        self._homes = [(v, v._home) for v in self.variables]
        self._owned = list(zip(self.variables, self.runner.owned, strict=True))
        self._shown = [v for v, shown in zip(self.variables, self.runner.shown, strict=True) if shown]
        self._flowing = any(flows)
        self.op = Op(f"program {program.name}", readable=functools.partial(evaluate, program), register=False)
        changes = program.updates or program.grads or program.cleared or self.executor is not None
        self._lock = _STATE if changes else _FREE

    @property
    def at_home(self) -> bool:
        """Whether all variables still lie where they lay when it was recorded."""
        for v, home in self._homes:  # noqa: SIM110 - in each call, and a generator takes twice the time
            if v._home is not home and v._home != home:
                return False
        return True

    def __call__(self, tensors: list[Tensor]) -> Any:
        """Runs the program on the arguments and on the variables as they are now."""
        with self._lock:
            results = self._run(tensors)
        if not self.static:
            return tree.unflatten(self.structure, results)
        rest = iter(results)
        return tree.unflatten(self.structure, [next(rest) if s is TENSOR else s for s in self.static])

    def flush(self) -> None:
        """Reads the guards of steps whose outcome the host does not know yet."""
        if self.executor is not None:
            with self._lock:
                self.executor.flush()

    def _run(self, tensors: list[Tensor]) -> list[Tensor]:
        program, runner = self.program, self.runner
        engine = program.engine
        for variable in program.adds_to:
            if variable._grad is not None:
                raise _not_empty(program, variable)
        arrays = [t._array for t in tensors]
        differentiable = self._flowing and modes.grad_enabled.get()
        if self.executor is not None and not differentiable:
            found = self.executor(arrays)
            if found is not None:
                return [Tensor(array, engine) for array in found]
        for lay in self._kept.lays:
            lay()
        arrays += [derived() for derived in self._kept.derived]
        copy = engine.kernels["copy"]
        for variable, owned in self._owned:
            tensor = variable._tensor
            array = (variable._value if tensor is None else tensor)._array
            if owned and (variable._shared or differentiable):
                array = copy(array)
            arrays.append(array)
        values = [self._held(v) for v in self.variables] if differentiable else []
        places = self._places
        if places is not None:
            places.enter()
        try:
            out = runner.run(*arrays)
        except Exception as error:  # noqa: BLE001 - explained in our own words, and raised
            runner.explain(error)
        finally:
            if places is not None:
                places.leave()
        for variable in self._shown:
            variable._shared = True
        updates, n = program.updates, len(program.outputs)
        end = n + len(updates) + len(program.grads)
        for (variable, _), array, shared in zip(updates, out[n:], runner.shared, strict=False):
            variable._replace(array, engine, shared=shared)
        for (variable, _), array in zip(program.grads, out[n + len(updates) : end], strict=True):
            variable._grad = Tensor(array, engine)
        for variable in program.cleared:
            variable._grad = None
        for derived, array in zip(self._kept.renewed, out[end:], strict=True):
            derived.renew(array)
        if not differentiable:
            return [Tensor(array, engine) for array in out[:n]]
        both = _noted(self.op, (*tensors, *values), {}, out[: n + len(updates)], engine)
        return [b if f else Tensor(b._array, engine) for b, f in zip(both, self.flows, strict=False)]

    def _held(self, variable: Any) -> Tensor:
        """The value of a variable for the graph of gradients, which holds it: nothing may overwrite it."""
        variable._shared = True
        return variable._value  # type: ignore[no-any-return]


def _places(program: Program) -> Places | None:
    """What decides where the arrays of a program lie, if its engine leaves that to nobody else."""
    make = program.engine.places
    if make is None or program.device != "cpu":
        return None
    return make(max((s.spec.nbytes for e in program.equations for s in e.outputs), default=0))  # type: ignore[no-any-return]


def _not_empty(program: Program, variable: Any) -> StateError:
    what = f"`.grad` of variable {variable.name!r} holds a gradient from before."
    fix = "set variable.grad = None in the recorded function or before it, or use sj.grad."
    return StateError(message(program.name, what, received=variable._grad.spec, expected="None", fix=fix))
