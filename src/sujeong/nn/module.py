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

from ..core import dtypes, keys, late, modes
from ..core.engine import using
from ..core.settings import get_seed, times_seeded
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..core.variable import Variable
from ..errors import ArgumentError, StateError, add_context, message
from . import initializers
from .arguments import construct, keep
from .calls import Call, as_input, graph_of, shown, spec_of
from .parts import Parts, join
from .registry import register

_call: ContextVar[Call | None] = ContextVar("call", default=None)
_watch: ContextVar[Any] = ContextVar("watch", default=None)
_standalone: dict[tuple[int, str], Any] = {}
_NAME = re.compile(r"[^\W.][\w.-]*")


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
    """A class name as a path: `Conv2D` -> `conv2d`, `SimpleRNN` -> `simple_rnn`, `PReLU` -> `p_relu`."""
    word = r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{3})"
    return re.sub(word, "_", name).lower()


class Module(Parts):
    """Base of layers and models: write `build` for the variables and `call` for the computation.

    Args:
        name: its name; default from the class.

    Attributes:
        path: its place in the model, such as `"encoder/dense"`; empty for the model itself.
        built: whether its variables exist.
        tensors_only: whether its inputs must be tensors; a class of one's own may take other things.

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

    tensors_only = False

    if TYPE_CHECKING:  # filled in by training and checkpoints
        compile: Any
        fit: Any
        evaluate: Any
        predict: Any
        precompile: Any
        save: Any
        save_weights: Any
        load_weights: Any
        _compile_config: Any
        _compile_from: Any
        _compile_state: Any

    @keep
    def __init__(self, name: str | None = None) -> None:
        if name is not None and (not isinstance(name, str) or not _NAME.fullmatch(name)):
            expected = "letters, digits, '_', '-' and '.', not starting with '.'"
            raise ArgumentError(
                message("name", "this cannot name a layer.", received=repr(name), expected=expected)
            )
        self.name = name or snake(type(self).__name__)
        self.path: str | None = None
        self.built = False
        self.input_specs: tuple[Any, ...] | None = None
        self.output_spec: Any = None
        self._named = name is not None
        self._hold = False
        self._frozen: list[Variable] = []

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in cls.__dict__:
            cls.__init__ = keep(cls.__dict__["__init__"])  # type: ignore[method-assign]
        if cls.__module__.partition(".")[0] == __name__.partition(".")[0] and not cls.__name__.startswith(
            "_"
        ):
            register(cls)
            cls.tensors_only = cls.__dict__.get("tensors_only", True)

    def __getattr__(self, name: str) -> Any:
        if name in ("path", "built", "_hold"):
            fix = f"class {type(self).__name__}(nn.Module): def __init__(self): super().__init__(); ..."
            what = "its constructor must call that of nn.Module first."
            raise StateError(message(type(self).__name__, what, fix=fix))
        return late.missing("Module", self, name)

    # --- to be written by subclasses ------------------------------------------------------------------
    def build(self, *inputs: Any) -> None:
        """Makes the variables; called once, at first use, with the specs of the inputs."""

    def call(self, *inputs: Any, **options: Any) -> Any:
        """The computation."""
        fix = "write a method `call(self, x)`."
        raise StateError(message(type(self).__name__, "this module does not say what it computes.", fix=fix))

    # --- use ------------------------------------------------------------------------------------------
    def __call__(self, *inputs: Any, training: bool | None = None, **options: Any) -> Any:
        """Computes; `training=True` makes everything inside behave as in training."""
        graph = graph_of(inputs)
        if graph is not None:
            return graph.add_layer(self, inputs, options, training)
        token = None if training is None else modes.training.set(training)
        outer = _call.get()
        inside = None if outer else _call.set(Call(self))
        try:
            if self.path is None:
                self._find_path(outer)
            inputs = tuple([x if x.__class__ is Tensor else as_input(x, self) for x in inputs])
            if not self.built:
                self._build(inputs)
            out = self.call(*inputs, **options)
            if self.output_spec is None:
                self.output_spec = spec_of(out)
            watch = _watch.get()
            if watch is not None:
                watch(self, out)
            return out
        except Exception as error:
            if not getattr(error, "_located", False):
                error._located = True  # type: ignore[attr-defined]
                received = ", ".join(str(spec_of(x)) for x in inputs)
                add_context(
                    error, f"in layer {self.path or self.name!r} ({type(self).__name__}), input {received}"
                )
            if inside is not None:
                _call.get().undo()  # type: ignore[union-attr]
            raise
        finally:
            if token is not None:
                modes.training.reset(token)
            if inside is not None:
                _call.reset(inside)

    def _find_path(self, outer: Call | None) -> None:
        """Gives this module and all below their paths: by its place, as a model, or by kind and number."""
        if outer is not None:
            for path, module in outer.root.named_modules():
                if module is self:
                    return self.assign_paths(join(outer.root.path or "", path))
        if any(True for _ in self.children()) or (self._is_model() and not self._named):
            self.assign_paths("")
        elif self._named:
            self.path = self.name
        else:
            n = next(_standalone.setdefault((times_seeded(), self.name), count()))  # anew after `set_seed`
            self.path = f"{self.name}_{n}" if n else self.name
        return None

    def _is_model(self) -> bool:
        return False

    def _build(self, inputs: tuple[Any, ...]) -> None:
        self.input_specs = tuple(spec_of(x) for x in inputs)
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
        call = _call.get()
        if call is not None:
            call.built.append(self)

    def assign_paths(self, path: str) -> None:
        """Names this module and everything below it; what has variables already takes the new name along.

        Args:
            path: this module's own path.
        """
        before, self.path = self.path, path
        if before != path:
            for _, variable in self.own_variables():
                own = variable.name
                variable.name = join(
                    path, own[len(before) + 1 :] if before and own.startswith(f"{before}/") else own
                )
        for name, child in self.children():
            child.assign_paths(join(path, name))

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
        make = initializers.get(initializer)
        seed = get_seed()

        def initial() -> np.ndarray:
            return make(shape, keys.key(seed, variable.name))  # the name at first use: a model may rename it

        variable = Variable.later(Spec(shape, kind), initial, join(self.path or "", name), trainable)
        if self._hold and variable.trainable:
            variable.trainable = False
            self._frozen.append(variable)
        return variable

    # --- as data --------------------------------------------------------------------------------------
    def config(self) -> dict[str, Any]:
        """The arguments from which it can be made again; a class with other state overrides this.

        Returns:
            Argument name -> value.
        """
        return dict(self.__dict__.get("_arguments", {}))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Module:
        """Makes a module of its arguments.

        Args:
            config: what `config()` gave.

        Returns:
            A new module, not built.
        """
        return construct(cls, config)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        inside = ", ".join(f"{k}={shown(v)}" for k, v in self.config().items())
        return f"{type(self).__name__}({inside})"
