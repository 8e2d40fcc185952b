"""Whole recorded steps as CUDA graphs: one launch for a program's hundreds.

SUJEONG_CUDA_GRAPHS=on    captures; off (the default) runs all programs call by call

A program is captured after it has run a few times call by call. What the host must not decide while a graph
replays, the device decides: flags of guards become a truth value `good` (`graph_state.judged`), and

    s = where(good, new, s)    for each variable, once all new values are known

so a bad step changes nothing, and neither does any step after it until the host has read the cells. Whatever
cannot be captured runs call by call, as before. Never yet run on a device: see design/0014.
"""

from __future__ import annotations

import os
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import torch

from ...core.executors import Job
from ...errors import SujeongWarning
from ...messages import text
from .graph_device import cuda_device
from .graph_inputs import Inputs, placed
from .graph_state import Ledger, Store, judged

EVERY = 8
"""Steps after which the host reads the guards."""
FIRST = 3
"""Runs call by call before a capture, so that the last batch of an epoch is not captured for one use."""
KEPT = 8
"""Graphs of one model that are kept."""
DEVICES: dict[str, Callable[[str], Any]] = {"cuda": cuda_device}
"""Kind of a device -> what captures and replays there."""

_ON_HOST = {"cpu": frozenset({"fold_in", "random_bits", "random_uniform"})}
"""Kind of a device -> operations whose random numbers are drawn on the host."""
_ASKING = frozenset({"nonzero", "eigh", "eigvalsh", "pinv", "qr", "svd", "svdvals"})
"""Operations that wait for the device: sizes that depend on values, solvers that look how far they came."""


def wanted() -> bool:
    """Whether the environment asks for graphs."""
    return os.environ.get("SUJEONG_CUDA_GRAPHS", "off") == "on"


def executor(job: Job, device: str) -> Graphed | None:
    """What runs a program as a graph.

    Args:
        job: the program.
        device: where it runs.

    Returns:
        The executor; `None` where graphs are off or the program cannot be captured.
    """
    make = DEVICES.get(device.partition(":")[0])
    if make is None or not wanted() or refusal(job, device) is not None:
        return None
    return Graphed(job, make(device))


def refusal(job: Job, device: str) -> str | None:
    """Why a program cannot be captured; `None` if nothing is known that speaks against it."""
    kind = device.partition(":")[0]
    drawn = _ON_HOST.get(kind, frozenset()) & job.operations
    asking = _ASKING & job.operations
    elsewhere = [v.name for v in job.variables if v.device.partition(":")[0] != kind]
    if job.refusal is not None:
        return job.refusal
    if drawn:
        return f"{min(drawn)} draws on the host"
    if asking:
        return f"{min(asking)} waits for the device"
    return f"variable {elsewhere[0]!r} lies elsewhere" if elsewhere else None


class Family:
    """Graphs of one model: they share a memory pool, and only so many are kept.

    Args:
        pool: the memory pool.
    """

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self._kept: OrderedDict[int, weakref.ref[Graphed]] = OrderedDict()

    def used(self, one: Graphed) -> None:
        """Notes that a graph is in use, and drops the one that was not for the longest time."""
        known = self._kept.get(id(one))
        if known is not None and known() is one:
            self._kept.move_to_end(id(one))
            return
        self._kept = OrderedDict((key, ref) for key, ref in self._kept.items() if ref() is not None)
        self._kept[id(one)] = weakref.ref(one)
        while len(self._kept) > KEPT:
            oldest = self._kept.popitem(last=False)[1]()
            if oldest is not None:
                oldest.drop()


_STATELESS: weakref.WeakKeyDictionary[Any, Family] = weakref.WeakKeyDictionary()
"""Device -> the graphs of programs without variables."""


class Graphed:
    """One program, run call by call at first and then as a graph.

    Args:
        job: the program.
        device: captures and replays.

    Attributes:
        graph: the captured graph, if there is one.
        failure: why capturing failed, if it did; it is not tried again.
    """

    def __init__(self, job: Job, device: Any) -> None:
        self.job, self.device = job, device
        self.graph: Any = None
        self.failure: str | None = None
        every = 1 if job.urgent else EVERY
        self._ledger = Ledger(device.device, every, job.tripped) if job.flags else None
        self._plain = 0
        self._stores: list[Store] = []
        self._results: list[Any] = []
        self._inputs: Any = None

    def __call__(self, arrays: list[Any]) -> list[Any] | None:
        """Runs one step; `None` if the program must be run call by call this time."""
        if not self._ready(arrays):
            self._plain += 1
            self.flush()
            if self._ledger is not None:
                self._ledger.runs += 1
            return None
        ledger, variables = self._ledger, self.job.variables
        for store in self._stores:
            if store.ledger is not ledger:
                store.settle()
        self._inputs.fill(arrays)
        for store, variable in zip(self._stores, variables, strict=True):
            store.enter(variable)
        self.device.replay(self.graph)
        self._family.used(self)
        results = [x.clone() for x in self._results]
        if ledger is not None:
            for i in self.job.writes:
                self._stores[i].ledger = ledger
            ledger.note(arrays)
            if ledger.due:
                ledger.settle()
        return results

    def flush(self) -> None:
        """Reads the guards of all steps so far, and raises for the first that did not hold."""
        if self._ledger is not None:
            self._ledger.settle()

    def drop(self) -> None:
        """Forgets the graph; the program is captured again after some further runs."""
        self.graph, self._plain = None, 0
        self._results, self._stores, self._inputs = [], [], None

    def _ready(self, arrays: list[Any]) -> bool:
        """Whether there is a graph for these arguments, captured now if it is time."""
        if self.graph is not None:
            return self._inputs.fits(arrays)
        if self.failure is not None or self._plain < FIRST or not placed(arrays, self.device.device):
            return False
        try:
            self._capture(arrays)
        except Exception as error:  # noqa: BLE001 - whatever it was, the program runs without a graph
            self.drop()
            reason = " ".join(str(error).split("\n", 1)[0].split())
            self.failure = f"{type(error).__name__}: {reason}"
            warning = text("graphs.failed", name=self.job.name, reason=self.failure)
            warnings.warn(warning, SujeongWarning, stacklevel=6)
            return False
        return self._inputs.fits(arrays)

    def _capture(self, arrays: list[Any]) -> None:
        variables = self.job.variables
        self._run, self._owned = self.job.make()
        found = [v._store.family for v in variables if isinstance(v._store, Store) and v._store.family]
        self._family = found[0] if found else _family(self.device, bool(variables))
        self._inputs = Inputs(arrays, self.device.device)
        # made before what may fail, but no variable knows them: until the first replay all is as before
        self._stores = [
            v._store if isinstance(v._store, Store) else Store(v._value._array, self._family)
            for v in variables
        ]
        static, state = self._inputs.static, [s.buffer for s in self._stores]
        cells = [] if self._ledger is None else [self._ledger.cells]

        def rehearsal() -> None:
            for _ in range(2):  # libraries choose and load their kernels; caches fill
                self._step(*[[x.clone() for x in part] for part in (static, state, cells)])

        self.device.warm_up(rehearsal)
        self.graph, self._results = self.device.capture(
            lambda: self._step(static, state, cells), self._family.pool
        )

    def _step(self, inputs: Sequence[Any], state: Sequence[Any], cells: Sequence[Any]) -> list[Any]:
        """The program on fixed memory: what is captured."""
        job = self.job
        given = [state[i] for i in job.reads]
        if cells:  # a step that turns out bad must not have overwritten anything
            given = [x.clone() if owned else x for x, owned in zip(given, self._owned, strict=True)]
        results = self._run(*inputs, *given)
        n, m = job.outputs, job.outputs + job.flags
        fixed = {_memory(x) for x in (*inputs, *state)}
        outputs = [_apart(x, fixed) for x in results[:n]]
        targets = [state[i] for i in job.writes]
        new = [
            x if _same(x, t) else _apart(x, fixed) for x, t in zip(results[m:], targets, strict=True)
        ]  # all before the first is written: one variable may take the value of another
        good = judged(cells[0], results[n:m]) if cells else None
        for value, target in zip(new, targets, strict=True):
            if _same(value, target):
                continue  # overwritten in place already
            if good is None:
                target.copy_(value)
            else:
                target.copy_(torch.where(good, value, target))
        return outputs


def _family(device: Any, has_state: bool) -> Family:
    if has_state:
        return Family(device.pool())
    if device not in _STATELESS:
        _STATELESS[device] = Family(device.pool())
    return _STATELESS[device]


def _memory(x: Any) -> int:
    return x.untyped_storage().data_ptr()  # type: ignore[no-any-return]


def _same(x: Any, y: Any) -> bool:
    return bool(x.data_ptr() == y.data_ptr() and x.stride() == y.stride())


def _apart(x: Any, fixed: set[int]) -> Any:
    """An array in memory of its own."""
    return x.clone() if _memory(x) in fixed else x
