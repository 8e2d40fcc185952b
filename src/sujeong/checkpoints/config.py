"""Objects as plain values, and back, by closed lists only: no name in a file reaches other code.

3, 1.5, "same", true, null, [..]   themselves        {"tuple": [..]}    {"dict": [[key, value], ..]}
{"class": "Dense", "arguments": {..}}                a class of nn's registry, made of its arguments
{"same": 2}                                          the third module of this file once more
{"function": "relu"}                                 an activation, or a function that was registered
{"dtype": "float32"}  {"input": {..}}  {"float": "-inf"}  {"array": {..}}
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import isfinite, prod
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..errors import DataError, SujeongError, message
from ..losses.penalties import Penalty
from ..nn import registry
from ..nn.activations import ACTIVATIONS
from ..nn.arguments import construct
from ..nn.graph import Input, is_placeholder
from ..nn.module import Module

FILE = "config.json"
MOST_NUMBERS = 4096  # of an array among the arguments; larger ones belong into variables
registry.register(Penalty)


class Encoder:
    """Turns objects into plain values; a module that comes twice is written once."""

    def __init__(self) -> None:
        self._modules: list[Module] = []

    def encode(self, value: Any, where: str = "model") -> Any:
        """The plain form of a value.

        Args:
            value: numbers, texts, containers, element types, registered objects and functions.
            where: what it belongs to, for errors.

        Returns:
            What JSON can hold.

        Raises:
            DataError: the value cannot be written down.
        """
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, (np.bool_, np.integer, np.floating)):
            value = value.item()
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return value if isfinite(value) else {"float": str(value)}
        if isinstance(value, list):
            return [self.encode(v, where) for v in value]
        if isinstance(value, tuple):
            return {"tuple": [self.encode(v, where) for v in value]}
        if isinstance(value, dict):
            return {"dict": [[self.encode(k, where), self.encode(v, where)] for k, v in value.items()]}
        if isinstance(value, DType):
            return {"dtype": value.name}
        if isinstance(value, np.ndarray):
            return _array(value, where)
        if is_placeholder(value):
            array = value._array
            described = {
                "shape": list(array.shape[1:]),
                "dtype": array.dtype.name,
                "name": str(array.step.target),
            }
            return {"input": described}
        if isinstance(value, Module):
            return self._module(value)
        if registry.is_registered(type(value)):
            name = type(value).__name__
            return {"class": name, "arguments": self._arguments(value, f"{where}, {name}")}
        if callable(value):
            return {"function": function_name(value, where)}
        what = f"{where} was made with something that cannot be written to a file."
        fix = "give plain values, or register the class: @nn.register."
        raise DataError(message("save", what, received=type(value).__name__, fix=fix))

    def _module(self, module: Module) -> Any:
        for number, known in enumerate(self._modules):
            if known is module:
                return {"same": number}
        self._modules.append(module)
        kind = type(module)
        where = f"layer {module.path or module.name!r} ({kind.__name__})"
        if not registry.is_registered(kind):
            what = f"{where} is of a class that files cannot name."
            fix = f"register it before saving and before loading: @nn.register above class {kind.__name__}."
            raise DataError(message("save", what, fix=fix))
        return {"class": kind.__name__, "arguments": self._arguments(module, where)}

    def _arguments(self, item: Any, where: str) -> dict[str, Any]:
        return {name: self.encode(value, where) for name, value in item.config().items()}


def function_name(function: Callable[..., Any], where: str) -> str:
    """The name under which a file finds a function.

    Args:
        function: an activation, or registered.
        where: what it belongs to, for errors.

    Returns:
        The name.

    Raises:
        DataError: the function is neither.
    """
    name = next((n for n, f in ACTIVATIONS.items() if f is function), None)
    if name is not None:
        return name
    if registry.is_registered(function):
        return function.__name__
    own = getattr(function, "__name__", type(function).__name__)
    what = f"{where} holds the function {own}, which is code and no data."
    fix = "write it as a def, decorate it with @nn.register, and define it again before loading."
    raise DataError(message("save", what, fix=fix))


def _array(value: np.ndarray, where: str) -> Any:
    dtype = dtypes.as_dtype(value.dtype)
    if value.size > MOST_NUMBERS or dtype.kind == "complex":
        what = f"{where} was made with an array that is too large for its description, or complex."
        fix = "keep it in a variable: self.table = self.add_variable(...)."
        raise DataError(message("save", what, received=f"{dtype}{list(value.shape)}", fix=fix))
    numbers = [v if not isinstance(v, float) or isfinite(v) else str(v) for v in value.reshape(-1).tolist()]
    return {"array": {"dtype": dtype.name, "shape": list(value.shape), "numbers": numbers}}


class Decoder:
    """Turns plain values of a file into objects again."""

    def __init__(self) -> None:
        self._modules: list[Any] = []

    def decode(self, data: Any) -> Any:
        """The object of a plain form.

        Args:
            data: as `Encoder` wrote it.

        Returns:
            The object.

        Raises:
            DataError: an unknown form, class, function or argument, or arguments that the class refuses.
        """
        if isinstance(data, list):
            return [self.decode(v) for v in data]
        if not isinstance(data, dict):
            return data
        if set(data) == {"class", "arguments"}:
            return self._object(data["class"], data["arguments"])
        if len(data) != 1:
            raise DataError(message(FILE, "an object of an unknown form.", received=sorted(data)[:5]))
        ((form, inside),) = data.items()
        read = getattr(self, f"_read_{form}", None) if form in FORMS else None
        if read is None:
            raise DataError(
                message(FILE, "an unknown form.", received=repr(form)[:80], expected=", ".join(FORMS))
            )
        try:
            return read(inside)
        except DataError:
            raise
        except (SujeongError, TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise DataError(
                message(FILE, f"a wrong {form!r}.", received=f"{type(error).__name__}: {error}")
            ) from None

    def _object(self, name: Any, arguments: Any) -> Any:
        kind = _looked_up(registry.lookup, name)
        if not isinstance(arguments, dict):
            raise DataError(
                message(FILE, f"the arguments of {name} are no table.", received=type(arguments).__name__)
            )
        place = len(self._modules)
        if issubclass(kind, Module):
            self._modules.append(None)
        ready = {key: self.decode(value) for key, value in arguments.items()}
        try:
            made = kind.from_config(ready) if issubclass(kind, Module) else construct(kind, ready)
        except Exception as error:
            what = f"{name} cannot be made of the arguments in the file."
            raise DataError(message(FILE, what, received=f"{type(error).__name__}: {error}")) from error
        if issubclass(kind, Module):
            self._modules[place] = made
        return made

    def _read_same(self, number: Any) -> Any:
        known = type(number) is int and 0 <= number < len(self._modules)
        if not known or self._modules[number] is None:
            raise DataError(
                message(FILE, "a layer that is not there is named once more.", received=repr(number)[:80])
            )
        return self._modules[number]

    def _read_tuple(self, items: Any) -> Any:
        if not isinstance(items, list):
            raise DataError(message(FILE, "a tuple is written as a list.", received=type(items).__name__))
        return tuple(self.decode(v) for v in items)

    def _read_dict(self, items: Any) -> Any:
        return {self.decode(k): self.decode(v) for k, v in items}

    def _read_float(self, text: Any) -> Any:
        if text not in ("inf", "-inf", "nan"):
            raise DataError(
                message(FILE, "no such number.", received=repr(text)[:80], expected="inf, -inf or nan")
            )
        return float(text)

    def _read_dtype(self, name: Any) -> Any:
        return dtypes.as_dtype(str(name))

    def _read_function(self, name: Any) -> Any:
        if isinstance(name, str) and name in ACTIVATIONS:
            return ACTIVATIONS[name]
        return _looked_up(registry.lookup_function, name)

    def _read_input(self, described: Any) -> Any:
        return Input(described["shape"], str(described["dtype"]), str(described["name"]))

    def _read_array(self, described: Any) -> Any:
        dtype, shape, numbers = dtypes.as_dtype(described["dtype"]), described["shape"], described["numbers"]
        if not isinstance(numbers, list) or prod(shape) != len(numbers) or len(numbers) > MOST_NUMBERS:
            raise DataError(message(FILE, "an array whose shape and numbers do not agree.", received=shape))
        return (
            np.array(numbers, dtype="float64" if dtype.is_floating else None)
            .astype(dtype.to_numpy())
            .reshape(shape)
        )


FORMS = tuple(
    name.removeprefix("_read_") for name, _ in inspect.getmembers(Decoder) if name.startswith("_read_")
)


def _looked_up(find: Callable[[Any], Any], name: Any) -> Any:
    """Looks a name of a file up; an unknown one is a fault of the file, with the nearest spelling."""
    try:
        return find(name)
    except SujeongError as error:
        notes = "\n".join(["", *getattr(error, "__notes__", ())])
        raise DataError(message(FILE, "an unknown name.") + f"\n{error}{notes}") from None
