"""Models drawn as a graph: `y = layer(x)` on placeholders, whose batch size is not known yet.

    x = nn.Input((28, 28, 1));  y = nn.Dense(10)(nn.Flatten()(x));  model = nn.Model(x, y)

`Graph` is an engine whose arrays are placeholders and whose kernels write down steps. A step is a layer,
or an elementwise operation, which means the same for every batch size. All else belongs into a layer.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from ..core import dtypes, modes, tree
from ..core.dtypes import DType
from ..core.engine import Engine, current
from ..core.node import Leaf
from ..core.op import OPS, Op
from ..core.spec import Spec
from ..core.tensor import Tensor
from ..errors import ArgumentError, RecordError, ShapeError, message
from ..program.recorder import Recorder, infer_readable

CURE = "use a layer (nn.Reshape, nn.GlobalAveragePool2D, ...), or wrap the function: nn.Lambda(function)(x)."
_NAMES = """
abs acos acosh add asin asinh astype atan atan2 atanh bitwise_and bitwise_invert bitwise_left_shift
bitwise_or bitwise_right_shift bitwise_xor ceil copysign cos cosh divide elu equal erf erfinv exp expm1
floor floor_divide gelu greater greater_equal hypot identity isfinite isinf isnan leaky_relu less
less_equal log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor maximum minimum
multiply negative not_equal pow relu remainder round rsqrt sigmoid sign signbit silu sin sinh softplus
sqrt stop_gradient subtract tan tanh trunc where
"""
ELEMENTWISE = frozenset(_NAMES.split())
PROBES = (2, 3)  # two batch sizes: the axes that differ between them follow the batch
_serial = count().__next__


class _Unknown:
    """The batch size of a placeholder: shown as `None`, equal to itself only, no number."""

    def __repr__(self) -> str:
        return "None"

    def __deepcopy__(self, memo: dict[int, Any]) -> _Unknown:
        return self  # there is one

    def _refuse(self, *_: Any) -> Any:
        raise RecordError(message("graph", "the batch size is not known while a model is drawn.", fix=CURE))

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __rfloordiv__ = _refuse
    __mod__ = __rmod__ = __truediv__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __int__ = __index__ = (
        _refuse
    )


UNKNOWN: Any = _Unknown()


class Placeholder:
    """A value that a model will have for each batch.

    Attributes:
        shape: sizes, with the unknown batch size in front.
        dtype: element type.
        step: what makes it.
        index: which of the step's results it is.
    """

    __slots__ = ("dtype", "index", "shape", "step")

    def __init__(self, shape: tuple[Any, ...], dtype: DType, step: Step, index: int = 0) -> None:
        self.shape, self.dtype, self.step, self.index = shape, dtype, step, index

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"

    def at(self, batch: int) -> Spec:
        """The spec for a batch size."""
        return Spec(tuple(batch if s is UNKNOWN else s for s in self.shape), self.dtype)


class Step:
    """One step of a graph.

    Attributes:
        kind: `"input"`, `"constant"`, `"layer"` or `"op"`.
        target: the input's name, the constant's value, the layer, or the operation.
        inputs: placeholders; of a layer, with the structure in which it takes them: in order, and by name.
        options: keyword arguments of the layer's call, or the operation's attributes.
        structure: how a layer arranges its results.
        serial: order of creation.
    """

    __slots__ = ("inputs", "kind", "options", "serial", "structure", "target")

    def __init__(
        self, kind: str, target: Any, inputs: Any = (), options: dict[str, Any] | None = None
    ) -> None:
        self.kind, self.target, self.inputs, self.options = kind, target, inputs, options or {}
        self.structure: Any = None
        self.serial = _serial()


class _Emitters:
    """The graph's kernels: elementwise operations become steps, everything else is refused."""

    def get(self, name: str, default: Any = None) -> Any:
        return lambda *arrays, **attributes: _emit(OPS[name], arrays, attributes)

    __getitem__ = get

    def __contains__(self, name: object) -> bool:
        return True


def _emit(op: Op, arrays: tuple[Placeholder, ...], attributes: dict[str, Any]) -> Any:
    if op.name not in ELEMENTWISE or not arrays:
        received = ", ".join(map(str, arrays)) or None
        what = f"operation {op.name!r} on the input of a model that is being drawn."
        raise RecordError(
            message("graph", what, received=received, expected="elementwise operations", fix=CURE)
        )
    step = Step("op", op, arrays, attributes)
    found = [_inferred(op, [a.at(b) for a in arrays], attributes) for b in PROBES]
    return _placeholders(step, [found[0]], [found[1]])[0]


def _inferred(op: Op, specs: list[Spec], attributes: dict[str, Any]) -> Spec:
    if op.infer is not None:
        return op.infer(*specs, **attributes)  # type: ignore[no-any-return]
    engine, device = current()
    return infer_readable(Recorder(op.name, engine, device), op, specs, attributes)  # type: ignore[no-any-return]


def _placeholders(step: Step, small: list[Spec], large: list[Spec]) -> list[Placeholder]:
    """Results of a step, from its specs at the two probed batch sizes."""
    made = []
    for index, (a, b) in enumerate(zip(small, large, strict=True)):
        shape = []
        for m, n in zip(a.shape, b.shape, strict=True):
            if m != n and (m, n) != PROBES:
                what = f"{_title(step)} mixes the batch with another axis."
                received = f"{a.shape} for a batch of {PROBES[0]}, {b.shape} for one of {PROBES[1]}"
                raise ShapeError(
                    message("graph", what, received=received, fix="keep the first axis as it is.")
                )
            shape.append(m if m == n else UNKNOWN)
        made.append(Placeholder(tuple(shape), a.dtype, step, index))
    return made


def _title(step: Step) -> str:
    return f"layer {step.target.name!r}" if step.kind == "layer" else f"operation {step.target.name!r}"


class Graph(Engine):
    """The engine of placeholders; there is one, `GRAPH`, and each placeholder knows its own past."""

    name = "graph"
    is_recorder = True

    def __init__(self) -> None:
        super().__init__()
        self.kernels = _Emitters()  # type: ignore[assignment]
        self.updates = {}
        self.dtypes = frozenset(dtypes.ALL.values())

    def devices(self) -> tuple[str, ...]:
        """None of its own."""
        return ("cpu",)

    def dtype(self, array: Placeholder) -> DType:
        """The element type of a placeholder."""
        return array.dtype

    def device(self, array: Placeholder) -> str:
        """None of its own."""
        return "cpu"

    def spec(self, array: Placeholder) -> Spec:
        """Shape, with the unknown batch size, and element type."""
        return Spec(array.shape, array.dtype)

    def from_host(self, array: np.ndarray, dtype: DType, device: str, *, copy: bool = True) -> Placeholder:
        """A constant."""
        host = np.array(array, dtype=dtype.to_numpy())
        host.flags.writeable = False
        return Placeholder(host.shape, dtype, Step("constant", host))

    def to_host(self, array: Placeholder) -> np.ndarray:
        """Refused: there are no values yet."""
        what = "a value was read while a model is being drawn; it has none before data comes."
        raise RecordError(message("graph", what, received=array, fix=CURE))

    def lift(self, tensor: Tensor, op: str) -> Tensor:
        """Brings a tensor in as a constant; one that is trained would be cut off, and is refused."""
        if tensor._engine is self:
            return tensor
        if isinstance(tensor._node, Leaf) or getattr(tensor._engine, "is_recorder", False):
            what = "a variable or a tensor of a recording was used while a model is being drawn."
            fix = "put the variable into a layer (a subclass of nn.Module), and use that."
            raise RecordError(message(op, what, received=tensor.spec, fix=fix))
        return Tensor(self.from_host(tensor.numpy(), tensor.dtype, "cpu"), self)

    def add_layer(
        self, layer: Any, inputs: tuple[Any, ...], options: dict[str, Any], training: Any = None
    ) -> Any:
        """Notes a layer's call: its results' shapes come from recording it for two batch sizes.

        Args:
            layer: the module.
            inputs: placeholders, or trees of them.
            options: further arguments of the call; among them there may be placeholders, such as masks.
            training: as in the call; `None` follows the model.

        Returns:
            Placeholders, arranged as the layer's results.
        """
        named = {name: value for name, value in options.items() if _has_placeholder(value)}
        options = {name: value for name, value in options.items() if name not in named}
        leaves, structure = tree.flatten((inputs, named))
        arrays = [self._operand(x, layer.name)._array for x in leaves]
        step = Step(
            "layer",
            layer,
            (arrays, structure),
            options | ({} if training is None else {"training": training}),
        )
        (small, shape), (large, _) = [self._shapes(step, b) for b in PROBES]
        step.structure = shape
        return tree.unflatten(shape, [Tensor(p, self) for p in _placeholders(step, small, large)])

    def _operand(self, x: Any, name: str) -> Tensor:
        if isinstance(x, Tensor):
            return self.lift(x, name)
        if isinstance(x, (int, float, np.ndarray, np.generic)) and not isinstance(x, bool):
            host = np.asarray(x, dtype=np.float32 if isinstance(x, float) else None)
            return Tensor(self.from_host(host, dtypes.as_dtype(host.dtype), "cpu"), self)
        raise ArgumentError(message(name, "a layer takes tensors.", received=type(x).__name__))

    def _shapes(self, step: Step, batch: int) -> tuple[list[Spec], tree.Structure]:
        arrays, structure = step.inputs
        engine, device = current()
        recorder = Recorder(step.target.name, engine, device)
        symbols = [Tensor(recorder.symbol(a.at(batch)), recorder) for a in arrays]
        inputs, named = tree.unflatten(structure, symbols)
        if step.target.path is None:
            step.target.assign_paths(step.target.name)  # for now; the model gives the final one
        token = modes.recorder.set(recorder)
        try:
            out = step.target(*inputs, **named, **step.options)
        finally:
            modes.recorder.reset(token)
        leaves, shape = tree.flatten(out)
        if not leaves or not all(isinstance(o, Tensor) for o in leaves):
            what = f"layer {step.target.name!r} must give tensors."
            raise ArgumentError(message("graph", what, received=type(out).__name__))
        return [o.spec for o in leaves], shape


GRAPH = Graph()


def Input(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """A placeholder for a batch of inputs, from which a model is drawn.

    Args:
        shape: of one sample, without the batch.
        dtype: element type; default float32.
        name: its name, for errors.

    Returns:
        A symbolic tensor, for layers, elementwise operators, and `nn.Model`.

    Raises:
        ArgumentError: a size is not a positive whole number.

    Example:
        >>> from sujeong import nn
        >>> x = nn.Input((28, 28, 1))
        >>> nn.Flatten()(x)
        Tensor(float32[None, 784])
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if any(not isinstance(s, (int, np.integer)) or isinstance(s, bool) or s < 1 for s in sizes):
        fix = "give the shape of one sample, such as (28, 28, 1); the batch is left out."
        raise ArgumentError(
            message("Input", "sizes are positive whole numbers.", received=repr(shape), fix=fix)
        )
    kind = dtypes.float32 if dtype is None else dtypes.as_dtype(dtype)
    return Tensor(Placeholder((UNKNOWN, *map(int, sizes)), kind, Step("input", name or "input")), GRAPH)


def is_placeholder(value: Any) -> bool:
    """Whether a value is a symbolic tensor of a graph."""
    return isinstance(value, Tensor) and value._engine is GRAPH


def _has_placeholder(value: Any) -> bool:
    return any(is_placeholder(leaf) for leaf in tree.leaves(value))
