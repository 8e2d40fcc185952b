"""A model in a folder: `config.json` says what it is, `weights.safetensors` holds its numbers.

After training, `optimizer.safetensors` holds what the optimiser remembers. Saved by any engine, loaded by any
other. The folder is replaced as a whole (see `atomic`); the description names the checksums of the numbers,
so that halves of two models are never taken for one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..core.spec import Spec
from ..core.variable import Variable
from ..errors import DataError, SujeongError, message
from ..nn.module import Module
from ..nn.parts import fill
from . import safetensors, strict_json
from .atomic import folder_aside, located, write_aside
from .config import Decoder, Encoder

FORMAT, VERSION = "sujeong model", 1
CONFIG, WEIGHTS, OPTIMIZER = "config.json", "weights.safetensors", "optimizer.safetensors"
BLOCK = 1 << 20


def save(model: Module, directory: str | Path) -> None:
    """Saves a model: what it is made of, how it was compiled, and all its numbers.

    If it was trained, the state of the optimiser is saved too: after `load`, `fit` goes on as if nothing had
    happened.

    Args:
        model: the model (as a method: itself); its sizes must be known.
        directory: a folder of its own, made or replaced as a whole; killed at any moment, the save leaves
            the previous model loadable.

    Raises:
        StateError: sizes are not known yet.
        DataError: the folder holds other files, or the model holds code that is not registered.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> model = nn.Sequential([nn.Input((4,)), nn.Dense(3)])
        >>> model.save("model")
        >>> sj.load("model").count_parameters()
        15
    """
    model._need_sizes("name an input: model.build_for((1, 28, 28, 1))")
    described = _description(model)
    hook = getattr(model, "_compile_state", None)
    with folder_aside(directory, (CONFIG, WEIGHTS, OPTIMIZER)) as folder:
        described["weights"] = _write_numbers(folder / WEIGHTS, model.state())
        if hook is not None and (state := hook()):
            described["optimizer"] = _write_numbers(folder / OPTIMIZER, state)
        (folder / CONFIG).write_bytes(_text(described))


def load(directory: str | Path) -> Any:
    """Loads a model that `save` wrote, on the chosen engine and device.

    Args:
        directory: the folder.

    Returns:
        The model, compiled as it was, ready to be trained further: `model.fit(x, y, initial_epoch=...)`.

    Raises:
        DataError: missing, damaged, hostile, of a newer format, or with classes that are not known here.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> nn.Sequential([nn.Input((4,)), nn.Dense(3)]).save("model")
        >>> sj.load("model").layers
        [Dense(units=3)]
    """
    folder = located(directory)
    if not folder.is_dir():
        received = "a file" if folder.exists() else "no such folder"
        fix = "give the folder that model.save wrote; model.load_weights takes a file of numbers."
        what = f"there is no model in {str(directory)!r}."
        raise DataError(message("load", what, received=received, fix=fix))
    described = _read_description(folder / CONFIG)
    values = _read_numbers(folder / WEIGHTS, described["weights"])
    memory = _read_numbers(folder / OPTIMIZER, described["optimizer"]) if "optimizer" in described else None
    model = _built(described)
    restore = getattr(model, "_compile_from", None)
    if described["compile"] is not None and restore is not None:
        _guarded(
            "its compile settings cannot be restored", lambda: restore(described["compile"])
        )  # its precision decides how wide the weights are
    _fill(model.state(), values, WEIGHTS, "model")
    _hold(model, described["held"], described["fixed"])
    if memory is not None:
        _fill(model._compile_state(memory), memory, OPTIMIZER, "optimiser")
    return model


def save_weights(model: Module, path: str | Path) -> None:
    """Saves the numbers of a model alone, in one safetensors file.

    Args:
        model: the model (as a method: itself); its sizes must be known.
        path: the file, replaced in one step.

    Raises:
        StateError: sizes are not known yet.

    Example:
        >>> from sujeong import nn
        >>> model = nn.Sequential([nn.Input((4,)), nn.Dense(3)])
        >>> model.save_weights("weights.safetensors")
        >>> model.load_weights("weights.safetensors")
    """
    model._need_sizes("name an input: model.build_for((1, 28, 28, 1))")
    write_aside(path, safetensors.dumps(_numbers(model.state())))


def load_weights(model: Module, path: str | Path) -> None:
    """Takes the numbers of a model from a file; all of them fit, or none is changed.

    Args:
        model: the model (as a method: itself); its sizes must be known.
        path: a safetensors file with exactly the paths and shapes of `model.state()`.

    Raises:
        StateError: sizes are not known yet.
        DataError: the file is missing, damaged or hostile, or its tensors do not fit.
    """
    model._need_sizes("name an input: model.build_for((1, 28, 28, 1))")
    _fill(model.state(), safetensors.read(path), Path(path).name, "model")


# --- parts --------------------------------------------------------------------------------------------
def _description(model: Module) -> dict[str, Any]:
    hook = getattr(model, "_compile_config", None)
    return {
        "format": FORMAT,
        "version": VERSION,
        "package": getattr(sys.modules[__name__.partition(".")[0]], "__version__", "unknown"),
        "model": Encoder().encode(model),
        "inputs": [_spec_out(spec) for spec in model.input_specs or ()],
        "held": [path for path, module in model.named_modules() if module._hold],
        "fixed": [p for p, v in model.state().items() if v.dtype.is_differentiable and not v.trainable],
        "compile": None if hook is None else hook(),
    }


def _text(described: dict[str, Any]) -> bytes:
    try:
        return strict_json.dumps(described)
    except (TypeError, ValueError) as error:
        what = "the model was compiled with something that cannot be written to a file."
        raise DataError(
            message("save", what, received=error, fix="give names, or registered objects.")
        ) from None


KEYS = {"format", "version", "package", "model", "inputs", "held", "fixed", "compile", "weights"}


def _read_description(path: Path) -> dict[str, Any]:
    with safetensors.open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > strict_json.LARGEST:
            expected = f"at most {strict_json.LARGEST} bytes"
            raise DataError(message(CONFIG, "too large.", received=f"{size} bytes", expected=expected))
        content = file.read()
    described = strict_json.loads(content, CONFIG)
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        received = described.get("format") if isinstance(described, dict) else type(described).__name__
        text = message(
            CONFIG, "this does not describe a model.", received=repr(received)[:80], expected=FORMAT
        )
        raise DataError(text)
    version = described.get("version")
    if version != VERSION or isinstance(version, bool):
        fix = "a newer version of the package may read it: pip install --upgrade sujeong."
        what = "the file has another format version."
        raise DataError(message(CONFIG, what, received=repr(version)[:80], expected=VERSION, fix=fix))
    if odd := sorted((set(described) - {"optimizer"}) ^ KEYS):
        raise DataError(
            message(CONFIG, "parts are missing or unknown.", received=odd[:5], expected=sorted(KEYS))
        )
    if "optimizer" in described and described["compile"] is None:
        raise DataError(message(CONFIG, "an optimiser's state, but no optimiser: 'compile' is empty."))
    for key in ("held", "fixed"):
        if not isinstance(described[key], list) or not all(isinstance(p, str) for p in described[key]):
            raise DataError(message(CONFIG, f"{key!r} must be a list of paths."))
    return described


def _built(described: dict[str, Any]) -> Module:
    model = Decoder().decode(described["model"])
    if not isinstance(model, Module):
        raise DataError(message(CONFIG, "the file holds no model.", received=type(model).__name__))
    if not isinstance(described["inputs"], list):
        raise DataError(message(CONFIG, "'inputs' must be a list."))
    specs = [_spec_in(item) for item in described["inputs"]]
    _guarded("its layers do not fit together", lambda: model.build_for(*specs))
    return model


def _guarded(what: str, run: Any) -> None:
    """Runs a part of loading; whatever goes wrong is a fault of the file."""
    try:
        run()
    except Exception as error:
        notes = "; ".join(getattr(error, "__notes__", ()))
        received = f"{type(error).__name__}: {error}" + (f" ({notes})" if notes else "")
        raise DataError(message(CONFIG, f"{what}.", received=received)) from error


def _spec_out(spec: Any) -> Any:
    if isinstance(spec, tuple):
        return [_spec_out(s) for s in spec]
    if not isinstance(spec, Spec):
        fix = "call the model with tensors only; further settings belong into its constructor."
        raise DataError(
            message("save", "the model was used with an input that is no tensor.", received=spec, fix=fix)
        )
    return {"shape": list(spec.shape), "dtype": spec.dtype.name}


def _spec_in(item: Any) -> Any:
    if isinstance(item, list):
        return tuple(_spec_in(s) for s in item)
    right = isinstance(item, dict) and set(item) == {"shape", "dtype"} and isinstance(item["shape"], list)
    if (
        not right
        or any(type(s) is not int or s < 0 for s in item["shape"])
        or item["dtype"] not in dtypes.ALL
    ):
        raise DataError(message(CONFIG, "an input is not described.", received=repr(item)[:80]))
    return Spec(tuple(item["shape"]), dtypes.ALL[item["dtype"]])


def _numbers(state: dict[str, Variable]) -> dict[str, tuple[np.ndarray, DType]]:
    return {path: (v._value.numpy(), v.dtype) for path, v in state.items()}


def _write_numbers(path: Path, state: dict[str, Variable]) -> dict[str, Any]:
    path.write_bytes(safetensors.dumps(_numbers(state)))
    return _fingerprint(path)


def _read_numbers(path: Path, fingerprint: Any) -> dict[str, tuple[np.ndarray, DType]]:
    values = safetensors.read(path)
    if fingerprint != _fingerprint(path):
        what = f"{path.name} is not the one that {CONFIG} was saved with: damaged, or of another model."
        fix = "save again; model.load_weights(file) takes numbers alone."
        raise DataError(message("load", what, fix=fix))
    return values


def _fingerprint(path: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _fill(
    state: dict[str, Variable], values: dict[str, tuple[np.ndarray, DType]], where: str, owner: str
) -> None:
    """Sets all variables, after names, element types and shapes were compared."""
    for path, (host, dtype) in values.items():
        if path in state and dtype is not state[path].dtype:
            what = f"variable {path!r} has another element type."
            raise DataError(message(where, what, received=dtype, expected=state[path].dtype))
        if path in state and host.shape != state[path].shape:
            what = f"variable {path!r} has another shape."
            raise DataError(message(where, what, received=host.shape, expected=state[path].shape))
    try:
        fill(state, {path: host for path, (host, _) in values.items()})
    except SujeongError as error:
        raise DataError(message(where, f"the tensors are not those of the {owner}.") + f"\n{error}") from None


def _hold(model: Module, held: list[str], fixed: list[str]) -> None:
    """Freezes what was frozen."""
    modules, state = dict(model.named_modules()), model.state()
    unknown = [path for path in held if path not in modules] + [path for path in fixed if path not in state]
    if unknown:
        raise DataError(message(CONFIG, "a frozen part is not there.", received=unknown[:5]))
    for path in held:
        modules[path]._hold = True
        modules[path]._frozen = [v for _, v in modules[path].own_variables() if v.trainable]
    for path, variable in state.items():
        variable.trainable = path not in fixed
