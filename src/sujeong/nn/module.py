"""The module: a function with variables, and the parts it is made of.

    model(x)                    predict            model(x, training=True)      as in training

Variables and child modules are found by attribute name, which gives each its path, such as
`encoder/dense/kernel`. Sizes are found at first use: `build` gets the specs of the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtypes, keys, modes
from ..core.engine import using
from ..core.settings import get_seed
from ..core.spec import Spec
from ..core.tensor import Operand, Tensor, as_tensor
from ..core.variable import Variable
from ..errors import ArgumentError, StateError, add_context, message, unknown_name
from . import initializers
from .arguments import keep
from .registry import register

_inside: ContextVar[bool] = ContextVar("inside", default=False)
_watch: ContextVar[Any] = ContextVar("watch", default=None)
_standalone: dict[str, Any] = {}


@contextmanager
def watching(function: Callable[[Module, Any], None]) -> Iterator[None]:
    """Inside this context, every module that has computed is shown to a function, with its output.

    Args:
        function: called with the module and what it gave.
    """
    token = _watch.set(function)
    try:
        yield
    finally:
        _watch.reset(token)


def snake(name: str) -> str:
    """A class name as a path: `BatchNorm` -> `batch_norm`, `Conv2D` -> `conv2d`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


class Module:
    """Base of layers and models: write `build` for the variables and `call` for the computation.

    Args:
        name: its name; default from the class.

    Attributes:
        path: its place in the model, such as `"encoder/dense"`; empty for the model itself.
        built: whether its variables exist.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> class Double(nn.Module):
        ...     def build(self, x):
        ...         self.factor = self.add_variable("factor", (), "ones")
        ...     def call(self, x):
        ...         return x * self.factor * 2
        >>> print(Double()(sj.asarray([1.0, 2.0])))
        [2. 4.]
    """

    if TYPE_CHECKING:
        compile: Any
        fit: Any
        evaluate: Any
        predict: Any
        save: Any
        summary: Any

    def __init__(self, name: str | None = None) -> None:
        self.name = name or snake(type(self).__name__)
        self.path: str | None = None
        self.built = False
        self.input_specs: tuple[Any, ...] | None = None
        self.output_spec: Any = None
        self._named = name is not None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in cls.__dict__:
            cls.__init__ = keep(cls.__dict__["__init__"])  # type: ignore[method-assign]
        if cls.__module__.partition(".")[0] == __name__.partition(".")[0]:
            register(cls)

    # --- to be written by subclasses ------------------------------------------------------------------
    def build(self, *inputs: Any) -> None:
        """Makes the variables; called once, at first use, with the specs of the inputs."""

    def call(self, *inputs: Any) -> Any:
        """The computation."""
        fix = "write a method `call(self, x)`."
        raise StateError(message(type(self).__name__, "this module does not say what it computes.", fix=fix))

    # --- use ------------------------------------------------------------------------------------------
    def __call__(self, *inputs: Any, training: bool | None = None, **options: Any) -> Any:
        """Computes; `training=True` makes everything inside behave as in training."""
        graph = next((x._engine for x in inputs if isinstance(x, Tensor) and hasattr(x._engine, "add_layer")), None)
        if graph is not None:
            return graph.add_layer(self, inputs, options)
        token = None if training is None else modes.training.set(training)
        outer = _inside.get()
        inside = None if outer else _inside.set(True)
        try:
            if self.path is None:
                self._become_root(outer)
            inputs = tuple([as_tensor(x, self.name) if _is_data(x) else x for x in inputs])
            if not self.built:
                self._build(inputs)
            out = self.call(*inputs, **options)
            if self.output_spec is None:
                self.output_spec = _spec(out)
            watch = _watch.get()
            if watch is not None:
                watch(self, out)
            return out
        except Exception as error:
            if not getattr(error, "_located", False):
                error._located = True  # type: ignore[attr-defined]
                received = ", ".join(str(_spec(x)) for x in inputs)
                add_context(error, f"in layer {self.path or self.name!r} ({type(self).__name__}), input {received}")
            raise
        finally:
            if token is not None:
                modes.training.reset(token)
            if inside is not None:
                _inside.reset(inside)

    def _become_root(self, inside: bool) -> None:
        """Gives this module and all below their paths; a single layer used alone is numbered by its kind."""
        if any(True for _ in self.children()) or self._named is False and inside is False and self._is_model():
            self.assign_paths("")
        elif self._named:
            self.path = self.name
        else:
            n = next(_standalone.setdefault(self.name, count()))
            self.path = f"{self.name}_{n}" if n else self.name

    def _is_model(self) -> bool:
        return False

    def _build(self, inputs: tuple[Any, ...]) -> None:
        self.input_specs = tuple(_spec(x) for x in inputs)
        recorder = modes.recorder.get()
        token = modes.recorder.set(None)  # variables are real also where the use of them is being recorded
        try:
            if recorder is None:
                self.build(*self.input_specs)
            else:
                with using(recorder.target, recorder.target_device):
                    self.build(*self.input_specs)
        finally:
            modes.recorder.reset(token)
        self.built = True

    def assign_paths(self, path: str) -> None:
        """Names this module and everything below it.

        Args:
            path: this module's own path.
        """
        self.path = path
        for name, child in self.children():
            if child.path is None or not child.built:
                child.assign_paths(f"{path}/{name}" if path else name)

    def add_variable(
        self,
        name: str,
        shape: tuple[int, ...],
        initializer: Any = "glorot_uniform",
        *,
        dtype: Any = None,
        trainable: bool = True,
    ) -> Variable:
        """Makes a variable whose first value depends on the seed and its path only.

        Args:
            name: its name within this module.
            shape: its sizes.
            initializer: a name or an object of `sujeong.initializers`.
            dtype: element type; default float32.
            trainable: whether optimisers change it.

        Returns:
            The variable; assign it to an attribute.
        """
        kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
        path = f"{self.path}/{name}" if self.path else name
        make = initializers.get(initializer)
        seed = get_seed()

        def initial() -> np.ndarray:
            return make(shape, keys.key(seed, path))

        return Variable.later(Spec(shape, kind), initial, path, trainable)

    # --- what it is made of ---------------------------------------------------------------------------
    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below, with their names."""
        for attribute, value in self.__dict__.items():
            if not attribute.startswith("_"):
                yield from _find(attribute, value, Module)

    def modules(self) -> Iterator[Module]:
        """This module and all below, each once, parents first."""
        seen: set[int] = set()
        stack: list[Module] = [self]
        while stack:
            module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield module
            stack += [child for _, child in reversed(list(module.children()))]

    @property
    def variables(self) -> list[Variable]:
        """All variables, in the order of definition, each once."""
        found: dict[int, Variable] = {}
        for module in self.modules():
            for attribute, value in module.__dict__.items():
                if not attribute.startswith("_"):
                    for _, variable in _find(attribute, value, Variable):
                        found.setdefault(id(variable), variable)
        return list(found.values())

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that an optimiser changes."""
        return [v for v in self.variables if v.trainable]

    def freeze(self, on: bool = True) -> None:
        """Stops (or, with `on=False`, resumes) the training of all variables that can be trained.

        Args:
            on: whether to freeze.
        """
        for module in self.modules():
            frozen = module.__dict__.setdefault("_frozen", set())
            for attribute, value in module.__dict__.items():
                if attribute.startswith("_"):
                    continue
                for _, variable in _find(attribute, value, Variable):
                    if on and variable.trainable:
                        frozen.add(variable.name)
                        variable.trainable = False
                    elif not on and variable.name in frozen:
                        frozen.discard(variable.name)
                        variable.trainable = True

    def build_for(self, *inputs: Any) -> None:
        """Finds all sizes without computing or allocating anything.

        Args:
            *inputs: a `sj.Spec`, a shape (then float32), or a tensor for each input.
        """
        from ..program.jit import record

        specs = [Spec(tuple(x), dtypes.float32) if isinstance(x, tuple) else x for x in inputs]
        record(self, *specs)

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
        if not all(m.built for m in self.modules()):
            fix = "use it once, or name an input: model.count_parameters((1, 28, 28, 1))."
            raise StateError(message(self.name, "its sizes are not known yet.", fix=fix))
        return sum(v.size for v in self.variables if trainable is None or v.trainable is trainable)

    # --- state ----------------------------------------------------------------------------------------
    def state(self) -> dict[str, Variable]:
        """The variables by path.

        Returns:
            path -> variable.

        Raises:
            ArgumentError: two variables have one path.
        """
        found: dict[str, Variable] = {}
        for variable in self.variables:
            if variable.name in found:
                fix = "build layers inside one model, or name them."
                raise ArgumentError(message("state", f"two variables are called {variable.name!r}.", fix=fix))
            found[variable.name] = variable
        return found

    def load_state(self, values: dict[str, Any]) -> None:
        """Sets all variables.

        Args:
            values: path -> array of the variable's shape; exactly the paths of `state()`.

        Raises:
            NameUnknownError: a path is missing or unknown.
            ShapeError: a shape differs.
        """
        state = self.state()
        for path in values:
            if path not in state:
                raise unknown_name("variable", path, state)
        missing = [p for p in state if p not in values]
        if missing:
            raise StateError(message("load_state", "values are missing.", received=missing[:5], expected=len(state)))
        for path, variable in state.items():
            host = np.asarray(values[path])
            variable.assign(host.astype(variable.dtype.to_numpy()))

    def to(self, device: str | None = None, *, engine: str | None = None) -> Module:
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
            `(f, state)`: `f(state, *inputs, training=False)` gives `(outputs, new_state)` and changes nothing.
        """
        from .pure import pure

        return pure(self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.get("_arguments", {}).items())
        return f"{type(self).__name__}({shown})"


def _is_data(x: Any) -> bool:
    return isinstance(x, (Operand, np.ndarray, np.generic, float, int)) and not isinstance(x, bool)


def _spec(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.spec
    if isinstance(x, (list, tuple)):
        return tuple(_spec(v) for v in x)
    return x if isinstance(x, Spec) else type(x).__name__


def _find(name: str, value: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """Objects of a kind in an attribute: itself, or inside lists, tuples and dicts."""
    if isinstance(value, kind):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _find(f"{name}/{i}", item, kind)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _find(f"{name}/{key}", item, kind)
