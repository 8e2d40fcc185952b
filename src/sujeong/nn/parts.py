"""What a module is made of: the modules and variables in its attributes, by path, and their values.

The path of a variable is the way to it: attribute names and places in lists, joined by `/`. It is the
same for every copy of a model, so values saved from one can be put into another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtypes, modes
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import DTypeError, ShapeError, StateError, message, unknown_name

if TYPE_CHECKING:
    from .module import Module


class Parts:
    """Base of `Module`: finds what is below it, counts it, freezes it, reads and sets it."""

    name: str
    built: bool
    _hold: bool

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below, with their names."""
        from .module import Module

        for attribute, value in self.__dict__.items():
            if not attribute.startswith("_"):
                yield from find(attribute, value, Module)

    def modules(self) -> Iterator[Module]:
        """This module and all below, each once, parents first."""
        for _, module in self.named_modules():
            yield module

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """This module (path `""`) and all below with their paths, each once, parents first."""
        seen: set[int] = set()
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            path, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield path, module
            stack += [(join(path, name), child) for name, child in reversed(list(module.children()))]

    def own_variables(self) -> Iterator[tuple[str, Variable]]:
        """The variables in this module's own attributes, with their names."""
        for attribute, value in self.__dict__.items():
            if not attribute.startswith("_"):
                yield from find(attribute, value, Variable)

    @property
    def variables(self) -> list[Variable]:
        """All variables, in the order of definition, each once."""
        return list(self.state().values())

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that an optimiser changes."""
        return [v for v in self.variables if v.trainable]

    def freeze(self, on: bool = True) -> None:
        """Stops (or, with `on=False`, resumes) the training of all variables that can be trained.

        Args:
            on: whether to freeze. A layer that has no variables yet makes them frozen.
        """
        for module in self.modules():
            module._hold = on
            for _, variable in module.own_variables():
                if on and variable.trainable:
                    module._frozen.append(variable)
                    variable.trainable = False
            if not on:
                for variable in module._frozen:
                    variable.trainable = True
                module._frozen.clear()

    @property
    def trainable(self) -> bool:
        """Whether its variables are trained, as far as `freeze` goes; only `freeze` changes it."""
        return not self._hold

    @trainable.setter
    def trainable(self, on: bool) -> None:
        what = "a module is frozen by a call, not by an attribute."
        fix = "layer.freeze(), and layer.freeze(False) to train it again."
        raise StateError(message(type(self).__name__, what, received=f"trainable = {on}", fix=fix))

    def count_parameters(self, *inputs: Any, trainable: bool | None = None) -> int:
        """The number of parameters, without allocating them.

        Args:
            *inputs: specs or shapes of the inputs, needed if the module has not been used yet.
            trainable: only those that are (or are not) trained; default all.

        Returns:
            How many numbers the variables hold.

        Raises:
            StateError: sizes are not known yet and no input was given.
        """
        if inputs:
            self.build_for(*inputs)
        self._need_sizes("name an input: model.count_parameters((1, 28, 28, 1))")
        return sum(
            v.size for v in parameters(self.variables) if trainable is None or v.trainable is trainable
        )

    def build_for(self, *inputs: Any) -> None:
        """Finds all sizes without computing or allocating anything.

        Args:
            *inputs: a `sj.Spec`, a shape (then float32), or a tensor for each input.
        """
        from ..program.jit import record

        specs = [Spec(tuple(x), dtypes.float32) if isinstance(x, (tuple, list)) else x for x in inputs]
        record(self, *specs)  # type: ignore[arg-type]

    def summary(self, *inputs: Any) -> Any:
        """Prints a table of the layers: path, class, shape of the output, number of parameters.

        Args:
            *inputs: specs or shapes of the inputs, needed if the module has not been used yet.

        Returns:
            The `Summary`; `.rows` holds the figures.

        Raises:
            StateError: sizes are not known yet and no input was given.

        Example:
            >>> from sujeong import nn
            >>> table = nn.Sequential([nn.Dense(10)]).summary((1, 64))
            layer  class  output      parameters
            dense  Dense  (None, 10)         650
            total 650 parameters, 650 trained; 2.5 KiB
        """
        from .summary import summarize

        table = summarize(self, *inputs)  # type: ignore[arg-type]
        print(table)  # noqa: T201 - what it is for
        return table

    def _need_sizes(self, cure: str) -> None:
        """Refuses to go on before the first use; a part that the computation never uses has no variables."""
        if not self.built:
            raise StateError(
                message(self.name, "its sizes are not known yet.", fix=f"use it once, or {cure}.")
            )

    # --- state ----------------------------------------------------------------------------------------
    def state(self) -> dict[str, Variable]:
        """The variables by path, counted from this module.

        Returns:
            path -> variable; a variable that is reached in two ways stands under the first.
        """
        found: dict[str, Variable] = {}
        seen: set[int] = set()
        for path, module in self.named_modules():
            for name, variable in module.own_variables():
                if id(variable) not in seen:
                    seen.add(id(variable))
                    found[join(path, name)] = variable
        return found

    def load_state(self, values: dict[str, Any]) -> None:
        """Sets all variables, or none if something does not fit.

        Args:
            values: path -> array of the variable's shape; exactly the paths of `state()`.

        Raises:
            NameUnknownError: a path is unknown.
            StateError: a value is missing.
            ShapeError: a shape differs.
            DTypeError: a value is of another kind, such as a float for a whole number.
        """
        fill(self.state(), values)

    def to(self, device: str | None = None, *, engine: str | None = None) -> Any:
        """Moves all variables to another device or engine.

        Args:
            device: a device's name.
            engine: an engine's name.

        Returns:
            The module itself.
        """
        for variable in self.variables:
            variable.to(device, engine=engine)
        return self

    def functional(self) -> tuple[Any, dict[str, Tensor]]:
        """The module as a pure function, and its present state.

        Returns:
            `(f, state)`; `f(state, *inputs, training=False)` gives `(outputs, new_state)` and changes
            nothing.
        """
        from .pure import pure

        return pure(self)  # type: ignore[arg-type]


def fill(state: dict[str, Variable], values: dict[str, Any]) -> None:
    """Sets the variables of a table, or none if something does not fit; as `Parts.load_state`.

    Args:
        state: path -> variable.
        values: path -> array of the variable's shape; exactly the paths of `state`.
    """
    for path in values:
        if path not in state:
            raise unknown_name("variable", path, state)
    missing = [p for p in state if p not in values]
    if missing:
        received = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        text = message("load_state", f"{len(missing)} of {len(state)} values are missing.", received=received)
        raise StateError(text.replace("received", "missing"))
    ready = {path: _fitting(path, state[path], values[path]) for path in state}
    for path, host in ready.items():
        variable = state[path]
        engine, device = variable._home
        variable._replace(engine.from_host(host, variable.dtype, device), engine)  # a copy: nobody else's


def _fitting(path: str, variable: Variable, value: Any) -> np.ndarray:
    """A value as host array for a variable, refused if shape or kind differ."""
    if modes.recorder.get() is not None:
        raise StateError(
            message("load_state", "values cannot be loaded while recording.", fix="do it before.")
        )
    host = np.asarray(value)
    if host.shape != variable.shape:
        what = f"variable {path!r} has another shape."
        raise ShapeError(message("load_state", what, received=host.shape, expected=variable.shape))
    target = variable.dtype.to_numpy()
    if not np.can_cast(host.dtype, target, "same_kind"):
        what = f"variable {path!r} holds another kind of number."
        raise DTypeError(message("load_state", what, received=host.dtype, expected=variable.dtype))
    return host.astype(target)


def join(path: str, name: str) -> str:
    """The path of a part."""
    return f"{path}/{name}" if path else name


def numbered(modules: Iterable[Module]) -> Iterator[tuple[str, Module]]:
    """Modules by name, numbered where names meet: `dense`, `dense_1`; each module once."""
    seen: set[int] = set()
    taken: set[str] = set()
    for module in modules:
        if id(module) in seen:
            continue
        seen.add(id(module))
        name, n = module.name, 0
        while name in taken:
            n += 1
            name = f"{module.name}_{n}"
        taken.add(name)
        yield name, module


def find(name: str, value: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """Objects of a kind in an attribute: itself, or inside lists, tuples and dicts."""
    if isinstance(value, kind):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from find(f"{name}/{i}", item, kind)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from find(f"{name}/{key}", item, kind)


def parameters(variables: Iterable[Variable]) -> list[Variable]:
    """The variables that hold parameters: floating-point numbers, not counters of draws or steps."""
    return [v for v in variables if v.dtype.is_differentiable]
