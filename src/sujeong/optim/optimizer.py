"""The optimiser: it turns gradients into new weights.

    optimizer.apply(gradients, variables)        W <- W + (a step against dL/dW)

A kind of optimiser is one pure function: from a weight, its gradient and its slots (velocity, mean square
...) to the new weight and slots. All that changes is held in variables (rate, step counter, slots), so a
recorded training step can change it and a saved run can go on from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from ..core import dtypes, modes
from ..core.configured import Configured, number
from ..core.engine import using
from ..core.spec import Spec
from ..core.tensor import Tensor, as_tensor
from ..core.variable import Variable
from ..errors import ArgumentError, DTypeError, ShapeError, StateError, message
from ..ops._build import cast
from . import clipping
from .decay import Exclude, check_exclude, is_excluded
from .schedules.schedule import Schedule


class Optimizer(Configured, base="optimizer"):
    """Base of all optimisers: write `update`, and `slots` if there is something to remember.

    The learning rate stays a variable, so that `optimizer.learning_rate = 0.01` also changes what a recorded
    step does. Slots are made at first use, beside their weights, and start at zero.

    Args:
        learning_rate: eta, a number >= 0 or a schedule.
        weight_decay: lambda >= 0: each step also does W <- W - eta lambda W; default none.
        clipvalue: cut each element of the gradients to -c..c.
        clipnorm: shorten each gradient to length c.
        global_clipnorm: shorten all gradients together to length c. At most one of the three.
        exclude: variables without weight decay: names (`"bias"`) or a function of a variable; default none.
        name: first part of the names of its variables; default `"optimizer"`.
        **unknown: nothing; a misspelt setting is refused.

    Attributes:
        schedule: the schedule, if there is one.
        step: how many steps were made, a variable.

    Example:
        >>> import sujeong as sj
        >>> class HalfStep(sj.optim.Optimizer):
        ...     def update(self, p, g, slots, rate, step, weight_decay):
        ...         return (p - 0.5 * rate * g,)
        >>> w = sj.Variable(sj.asarray([1.0, 2.0]))
        >>> HalfStep(0.2).apply([sj.asarray([1.0, 1.0])], [w])
        >>> print(w.value)
        [0.9 1.9]
    """

    slots: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        learning_rate: float | Schedule = 0.01,
        *,
        weight_decay: float | None = None,
        clipvalue: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
        exclude: Exclude = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        self._refuse(unknown)
        self.schedule = learning_rate if isinstance(learning_rate, Schedule) else None
        first = self.schedule.first() if self.schedule else number(self, "learning_rate", learning_rate, 0)
        self.weight_decay = None if weight_decay is None else number(self, "weight_decay", weight_decay, 0)
        limits = {"clipvalue": clipvalue, "clipnorm": clipnorm, "global_clipnorm": global_clipnorm}
        chosen = {k: number(self, k, v, above=0) for k, v in limits.items() if v is not None}
        if len(chosen) > 1:
            what = "gradients can be clipped in one way only."
            raise ArgumentError(message(type(self).__name__, what, received=chosen, fix="keep one of them."))
        self.clipvalue, self.clipnorm, self.global_clipnorm = (chosen.get(k) for k in limits)
        self.exclude = check_exclude(type(self).__name__, exclude)
        self.name = name
        self._rate = _scalar(first, dtypes.float64, f"{self._prefix}/learning_rate")
        self.step = _scalar(0, dtypes.int64, f"{self._prefix}/step")
        self._slots: dict[int, tuple[Variable, list[Variable], float]] = {}

    # --- to be written by subclasses --------------------------------------------------------------
    def update(
        self, p: Tensor, g: Tensor, slots: tuple[Tensor, ...], rate: Tensor, step: Tensor, weight_decay: float
    ) -> tuple[Tensor, ...]:
        """One step of one variable; pure.

        Args:
            p: the weights, float32 or float64 (16-bit weights are widened for the step).
            g: dL/dp, shape and element type of `p`.
            slots: the slots of this variable, in the order of `self.slots`, shape and element type of `p`.
            rate: eta, zero-dimensional, element type of `p`.
            step: number of this step, counted from 1; zero-dimensional, float32 (exact to 16 million).
            weight_decay: lambda for this variable, 0 where it is excluded.

        Returns:
            The new weights, then the new slots.
        """
        fix = "write `update(self, p, g, slots, rate, step, weight_decay)`."
        raise StateError(message(type(self).__name__, "this optimiser does not say how it steps.", fix=fix))

    def first_slot(self, slot: str) -> float:
        """The number that a slot is filled with at first."""
        return 0.0

    # --- use --------------------------------------------------------------------------------------
    def apply(self, gradients: Sequence[Any], variables: Sequence[Variable]) -> None:
        """Makes one step: changes the variables, the slots and the step counter.

        Args:
            gradients: one for each variable, of its shape; `None` leaves a variable as it is.
            variables: what to change.

        Raises:
            ArgumentError: the numbers of gradients and variables differ.
            StateError: no gradient at all.
            ShapeError: a gradient does not have its variable's shape.
            DTypeError: a variable does not hold real floating-point numbers.
        """
        found, chosen = self._paired(list(gradients), list(variables))
        with modes.no_grad():
            self.build(chosen)
            found = self._clipped(found)
            rate, step = self._advance()
            rates = {kind: cast(rate, kind) for kind in {_wide(v.dtype) for v in chosen}}
            for variable, g in zip(chosen, found, strict=True):
                _, slots, decay = self._slots[id(variable)]
                kind = _wide(variable.dtype)
                p, *values = [cast(v.value, kind) for v in (variable, *slots)]
                new = self.update(p, cast(g, kind), tuple(values), rates[kind], step, decay)
                for target, value in zip((variable, *slots), new, strict=True):
                    target.assign(cast(value, target.dtype))

    def build(self, variables: Sequence[Variable]) -> None:
        """Makes the slots of variables that are new; `apply` does so itself.

        Args:
            variables: what will be changed.

        Raises:
            DTypeError: a variable does not hold real floating-point numbers.
        """
        fresh = [v for v in variables if id(v) not in self._slots]
        if not fresh:
            return
        if not self._slots:
            engine, device = fresh[0]._home
            self.to(device, engine=engine.name)
        taken = {slot.name for slot in self.variables}
        for variable in fresh:
            if not variable.dtype.is_floating:
                what = f"variable {variable.name!r} cannot be trained."
                expected = "real floating-point numbers"
                raise DTypeError(
                    message(type(self).__name__, what, received=variable.dtype, expected=expected)
                )
            decay = 0.0 if is_excluded(variable, self.exclude) else self.weight_decay or 0.0
            made = [self._new_slot(slot, variable, taken) for slot in self.slots]
            self._slots[id(variable)] = (variable, made, decay)

    def _new_slot(self, slot: str, variable: Variable, taken: set[str]) -> Variable:
        path, n = f"{self._prefix}/{slot}/{variable.name}", 1
        while path in taken:  # variables made by hand may share a name
            path, n = f"{self._prefix}/{slot}/{variable.name}_{n}", n + 1
        taken.add(path)
        value, shape = np.float64(self.first_slot(slot)), variable.shape
        engine, device = variable._home
        with using(engine, device):
            return Variable.later(
                Spec(shape, variable.dtype), lambda: np.broadcast_to(value, shape), path, trainable=False
            )

    @property
    def _prefix(self) -> str:
        return self.name or "optimizer"

    def _advance(self) -> tuple[Tensor, Tensor]:
        """Counts the step; its rate in float64, and its number from 1 on in float32."""
        before = self.step.value
        if self.schedule is not None:
            self._rate.assign(self.schedule(before))
        self.step.assign(before + 1)
        return self._rate.value, cast(self.step.value, dtypes.float32)

    def _clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        if self.clipvalue is not None:
            return clipping.clip_by_value(gradients, self.clipvalue)
        if self.clipnorm is not None:
            return clipping.clip_by_norm(gradients, self.clipnorm)
        if self.global_clipnorm is not None:
            return clipping.clip_by_global_norm(gradients, self.global_clipnorm)
        return gradients

    def _paired(self, gradients: list[Any], variables: list[Variable]) -> tuple[list[Tensor], list[Variable]]:
        title = type(self).__name__
        if len(gradients) != len(variables):
            received = f"{len(gradients)} gradients, {len(variables)} variables"
            raise ArgumentError(message(title, "each variable needs its gradient.", received=received))
        found, chosen = [], []
        for gradient, variable in zip(gradients, variables, strict=True):
            if gradient is None:
                continue
            g = as_tensor(gradient, title)
            if g.shape != variable.shape:
                what = f"the gradient of {variable.name!r} must have its shape."
                raise ShapeError(message(title, what, received=g.spec, expected=variable.shape))
            found.append(cast(g, variable.dtype))
            chosen.append(variable)
        if variables and not found:
            fix = "compute the loss from these variables, and do not freeze all of them."
            raise StateError(message(title, "none of the variables has a gradient.", fix=fix))
        return found, chosen

    # --- state ------------------------------------------------------------------------------------
    @property
    def learning_rate(self) -> Variable:
        """The present rate; assign a number to change it."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if self.schedule is not None:
            what = f"the rate follows {type(self.schedule).__name__} and cannot be set."
            raise StateError(
                message(type(self).__name__, what, fix="give a number at the start to set it later.")
            )
        self._rate.assign(number(self, "learning_rate", value, 0))

    @property
    def variables(self) -> list[Variable]:
        """All state: step counter, rate, what the schedule remembers, and the slots made so far."""
        own = [self.step, self._rate, *(self.schedule.variables if self.schedule else ())]
        return own + [slot for _, slots, _ in self._slots.values() for slot in slots]

    def slots_of(self, variable: Variable) -> dict[str, Variable]:
        """What is remembered beside one variable.

        Args:
            variable: a weight.

        Returns:
            name of the slot -> slot; empty if the variable was never changed by this optimiser.

        Example:
            >>> import sujeong as sj
            >>> w = sj.Variable(sj.asarray([1.0, 2.0]))
            >>> optimizer = sj.optim.SGD(0.1, momentum=0.9)
            >>> optimizer.apply([sj.asarray([1.0, 1.0])], [w])
            >>> {name: slot.shape for name, slot in optimizer.slots_of(w).items()}
            {'velocity': (2,)}
        """
        _, made, _ = self._slots.get(id(variable), (variable, [], 0.0))
        return dict(zip(self.slots, made, strict=bool(made)))

    def to(self, device: str | None = None, *, engine: str | None = None) -> None:
        """Moves all state to another device or engine, as `model.to` does with the weights.

        Args:
            device: a device's name.
            engine: an engine's name.
        """
        for variable in self.variables:
            variable.to(device, engine=engine)

    def config(self) -> dict[str, Any]:
        """A description in plain values, for `from_config`; the state is in `variables`.

        Returns:
            `{"class": "Adam", "learning_rate": 0.001, ...}`, with the present rate, or the description of
            the schedule.

        Raises:
            StateError: `exclude` is a function and no variable has been seen yet.
        """
        found = super().config()
        found["learning_rate"] = (
            float(self._rate._value.item()) if self.schedule is None else self.schedule.config()
        )
        if callable(self.exclude):
            if not self._slots:
                fix = "give names, or make a step first: then the names of the excluded variables are known."
                raise StateError(message(type(self).__name__, "a function cannot be written down.", fix=fix))
            found["exclude"] = [v.name for v, _, _ in self._slots.values() if is_excluded(v, self.exclude)]
        return found

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Makes the optimiser that a description describes, without its state.

        Args:
            config: what `config()` gave.

        Returns:
            A new optimiser.

        Raises:
            NameUnknownError: an unknown class of optimisers or schedules.
            ArgumentError: settings that it does not take.
        """
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = config | {"learning_rate": Schedule.from_config(rate)}
        return super().from_config(config)


def _wide(dtype: dtypes.DType) -> dtypes.DType:
    return dtype if dtype.bits >= 32 else dtypes.float32


def _scalar(value: float, dtype: dtypes.DType, name: str) -> Variable:
    return Variable.later(Spec((), dtype), lambda: np.asarray(value), name, trainable=False)
