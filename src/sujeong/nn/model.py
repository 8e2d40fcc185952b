"""Models: drawn as a graph from inputs to outputs, or written as a class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import dtypes, tree
from ..core.dispatch import apply
from ..core.op import OPS
from ..core.tensor import Tensor, as_tensor
from ..errors import ArgumentError, ShapeError, message
from ..ops._build import cast
from .graph import ELEMENTWISE, GRAPH, UNKNOWN, Input, Placeholder, Step, is_placeholder
from .module import Module
from .parts import numbered

Key = tuple[int, int]


class Model(Module):
    """A model: drawn from placeholders, or the base of a class with a method `call`.

    Drawn: layers are called on `nn.Input`s, and the model is what leads from inputs to outputs. Layers may
    be shared; paths may part and meet again by `+`, `nn.Add` or `nn.Concatenate`. Several inputs or outputs
    are given as lists.

    Written: `class MyModel(nn.Model)` with the layers as attributes and the computation in `call`.

    Args:
        inputs: a placeholder or a list of them.
        outputs: a placeholder, or a list, tuple or dict of them.
        name: its name.

    Raises:
        ArgumentError: not placeholders, an output that needs an input which is not listed, or an input that
            leads nowhere.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> x = nn.Input((4,))
        >>> h = nn.Dense(4, activation="tanh")(x)
        >>> model = nn.Model(x, nn.Dense(2)(h + x))
        >>> model(sj.ones((5, 4))).shape
        (5, 2)
    """

    tensors_only = False

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None) -> None:
        super().__init__(name)
        self._drawn: list[Step] | None = None
        if inputs is None and outputs is None:
            return
        found, _ = tree.flatten(inputs)
        self.inputs = tuple(found)
        self.outputs = outputs
        leaves, self._arrangement = tree.flatten(outputs)
        for kind, values in (("inputs", found), ("outputs", leaves)):
            if not values or not all(is_placeholder(v) for v in values):
                received = ", ".join(type(v).__name__ for v in values) or "nothing"
                fix = "x = nn.Input((28, 28, 1)); y = nn.Flatten()(x); nn.Model(x, y)."
                raise ArgumentError(
                    message("Model", f"{kind} must be placeholders.", received=received, fix=fix)
                )
        self._entries = [_key(x) for x in found]
        self._exits = [_key(y) for y in leaves]
        self._drawn = _steps_between(self.inputs, leaves)
        self.built = True
        self.input_specs = tuple(x._array.at(1) for x in found)
        self.output_spec = _spec_of(self._arrangement, leaves)
        self.assign_paths("")

    def _is_model(self) -> bool:
        return True

    @property
    def layers(self) -> list[Module]:
        """The layers directly below, in the order of their use, or of their definition in a class."""
        return [child for _, child in self.children()]

    def children(self) -> Iterator[tuple[str, Module]]:
        """The layers: of a graph by kind, numbered within it; of a class by attribute."""
        if self.__dict__.get("_drawn") is None:
            yield from super().children()
            return
        yield from numbered(step.target for step in self._drawn or () if step.kind == "layer")

    def call(self, *inputs: Any) -> Any:
        """Runs the graph; a class overrides this."""
        if self._drawn is None:
            return super().call(*inputs)
        given = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], (list, tuple)) else inputs
        values = self._fed([as_tensor(x, self.name) for x in given])
        home = next(iter(values.values()))
        for step in self._drawn:
            if step.kind == "constant":
                dtype = dtypes.as_dtype(step.target.dtype)
                array = home._engine.from_host(step.target, dtype, home.device)
                values[step.serial, 0] = Tensor(array, home._engine)
            elif step.kind == "op":
                values[step.serial, 0] = _run(step, [values[a.step.serial, a.index] for a in step.inputs])
            else:
                arrays, structure = step.inputs
                placed = [values[a.step.serial, a.index] for a in arrays]
                arguments, named = tree.unflatten(structure, placed)
                out = step.target(*arguments, **named, **step.options)
                for index, leaf in enumerate(tree.leaves(out)):
                    values[step.serial, index] = leaf
        return tree.unflatten(self._arrangement, [values[key] for key in self._exits])

    def _fed(self, given: list[Tensor]) -> dict[Key, Tensor]:
        """The inputs by placeholder, their number and shapes checked."""
        if len(given) != len(self.inputs):
            what = f"the model takes {len(self.inputs)} inputs."
            raise ArgumentError(
                message(self.name, what, received=len(given), expected=_declared(self.inputs))
            )
        for x, declared in zip(given, self.inputs, strict=True):
            shape = declared._array.shape
            if len(x.shape) != len(shape) or any(
                a not in (b, UNKNOWN) for a, b in zip(shape, x.shape, strict=True)
            ):
                what = f"input {_title(declared)!r} has another shape."
                fix = "the batch comes first: x[None] makes a batch of one." if x.shape == shape[1:] else None
                raise ShapeError(message(self.name, what, received=x.shape, expected=str(shape), fix=fix))
        return dict(zip(self._entries, given, strict=True))

    # --- as data --------------------------------------------------------------------------------------
    def config(self) -> dict[str, Any]:
        """The graph as plain values and layers; values are numbered, inputs first."""
        if self._drawn is None or type(self) is not Model:
            return super().config()
        numbers = {key: i for i, key in enumerate(self._entries)}
        steps: list[dict[str, Any]] = []

        def ref(array: Placeholder) -> int:
            return numbers[array.step.serial, array.index]

        for step in self._drawn:
            count = 1
            if step.kind == "constant":
                steps.append({"constant": step.target})
            elif step.kind == "op":
                inputs = [ref(a) for a in step.inputs]
                steps.append({"op": step.target.name, "inputs": inputs, "options": step.options})
            else:
                arrays, structure = step.inputs
                inputs, named = tree.unflatten(structure, [ref(a) for a in arrays])
                noted = {"layer": step.target, "inputs": inputs, "options": step.options}
                steps.append(noted | ({"named": named} if named else {}))
                count = step.structure.count
            for index in range(count):
                numbers[step.serial, index] = len(numbers)
        described = [
            {"name": _title(x), "shape": list(x._array.shape[1:]), "dtype": x._array.dtype}
            for x in self.inputs
        ]
        outputs = tree.unflatten(self._arrangement, [numbers[key] for key in self._exits])
        return {
            "name": self.name if self._named else None,
            "inputs": described,
            "steps": steps,
            "outputs": outputs,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Module:
        """Draws the graph again; a class of one's own is made of its arguments."""
        if cls is not Model or "steps" not in config:
            return super().from_config(config)
        values: list[Any] = [Input(**described) for described in config["inputs"]]
        inputs = list(values)

        def look(number: Any) -> Tensor:
            if type(number) is not int or not 0 <= number < len(values):
                raise ArgumentError(
                    message("Model", "a step uses a value that is not there.", received=number)
                )
            return values[number]  # type: ignore[no-any-return]

        for step in config["steps"]:
            if "constant" in step:
                host = np.asarray(step["constant"])
                values.append(Tensor(GRAPH.from_host(host, dtypes.as_dtype(host.dtype), "cpu"), GRAPH))
                continue
            arguments = tree.map(look, step["inputs"])
            if "op" in step:
                if step["op"] not in ELEMENTWISE:
                    raise ArgumentError(message("Model", "no elementwise operation.", received=step["op"]))
                out = apply(OPS[step["op"]], *arguments, **step["options"])
            else:
                named = tree.map(look, step.get("named", {}))
                out = step["layer"](*arguments, **named, **step["options"])
            values += tree.leaves(out)
        return cls(inputs, tree.map(look, config["outputs"]), config["name"])

    def __repr__(self) -> str:
        if self._drawn is None or type(self) is not Model:
            return super().__repr__()
        leaves = ", ".join(str(y._array) for y in tree.leaves(self.outputs))
        return f"Model({_declared(self.inputs)} -> {leaves}, {len(self.layers)} layers)"


def _key(x: Tensor) -> Key:
    return x._array.step.serial, x._array.index


def _title(x: Tensor) -> str:
    """An input's name; a placeholder inside another graph has none."""
    return str(x._array.step.target) if x._array.step.kind == "input" else "input"


def _declared(inputs: tuple[Tensor, ...]) -> str:
    return ", ".join(f"{_title(x)}: {x._array}" for x in inputs)


def _spec_of(structure: tree.Structure, leaves: list[Tensor]) -> Any:
    """The specs of the outputs for a batch of one, as a tuple where there are several."""
    specs = [y._array.at(1) for y in leaves]
    return specs[0] if structure.kind is None else tuple(specs)


def _run(step: Step, values: list[Tensor]) -> Tensor:
    """An elementwise operation; where data comes in another element type, constants follow it."""
    first = 1 if step.target.name == "where" else 0
    joined = [
        v for v, a in zip(values[first:], step.inputs[first:], strict=True) if a.step.kind != "constant"
    ]
    if joined:
        dtype = joined[0].dtype
        for v in joined[1:]:
            dtype = dtypes.result_type(dtype, v.dtype)
        values = values[:first] + [cast(v, dtype) for v in values[first:]]
    return apply(step.target, *values, **step.options)  # type: ignore[no-any-return]


def _steps_between(inputs: tuple[Tensor, ...], outputs: list[Tensor]) -> list[Step]:
    """The steps that lead from the inputs to the outputs, in the order in which they were drawn."""
    entries = {_key(x) for x in inputs}
    found: dict[int, Step] = {}
    reached: set[Key] = set()
    stack = [y._array for y in outputs]
    while stack:
        array = stack.pop()
        step = array.step
        if (step.serial, array.index) in entries:
            reached.add((step.serial, array.index))
            continue
        if step.kind == "input":
            fix = "list it among the inputs of the model."
            what = f"an output needs the input {step.target!r}, which is not listed."
            raise ArgumentError(message("Model", what, received=array, fix=fix))
        if step.serial not in found:
            found[step.serial] = step
            stack += step.inputs[0] if step.kind == "layer" else step.inputs
    for x in inputs:
        if _key(x) not in reached:
            what = f"input {_title(x)!r} leads to no output."
            raise ArgumentError(message("Model", what, received=x._array, fix="leave it out, or use it."))
    return sorted(found.values(), key=lambda s: s.serial)
