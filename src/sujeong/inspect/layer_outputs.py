"""What every layer of a model gives for some data, and how the loss would change with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import losses
from ..autodiff.functional import stop_gradient
from ..autodiff.reverse import alias, gradients
from ..core import dtypes, modes
from ..core.create import from_host
from ..core.engine import current, using
from ..core.tensor import Tensor
from ..data.arrays import ArrayData
from ..errors import unknown_name
from ..nn.module import Module, watching


def activations(
    model: Module, x: Any, layers: Sequence[str] | None = None, *, batch_size: int = 256
) -> dict[str, np.ndarray]:
    """What the layers of a model give for data, as when it predicts (dropout is off), in order of use.

    Args:
        model: any module.
        x: inputs (n, ...): an array, a tensor or nested lists.
        layers: paths as in `model.summary()`; default every layer that has no layers below it.
        batch_size: samples at a time.

    Returns:
        path -> NumPy array (n, ...), after the layer's activation function. The second use of a shared layer
        stands under `path#2`. A layer that gives several tensors is left out.

    Raises:
        NameUnknownError: the model has no layer of this path; the text gives the nearest spelling.
        DataError: empty data or NaN.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, _), _ = sj.datasets.xor()
        >>> model = nn.Sequential([nn.Dense(8, "relu", name="hidden"), nn.Dense(2)])
        >>> {path: value.shape for path, value in sj.inspect.activations(model, x).items()}
        {'hidden': (4, 8), 'dense': (4, 2)}
        >>> bool(sj.inspect.activations(model, x, ["hidden"])["hidden"].min() >= 0)
        True
    """
    data = ArrayData(_floats(x))
    found: dict[str, list[np.ndarray]] = {}
    with using(*_home(model)), modes.no_grad():
        for batch in data.batches(batch_size):
            seen: dict[str, Tensor] = {}
            with watching(_collector(model, layers, seen)):
                model(_tensor(batch.x), training=False)
            for path, out in seen.items():
                found.setdefault(path, []).append(np.array(out.numpy()))
    return {path: np.concatenate(parts) for path, parts in found.items()}


def layer_gradients(
    model: Module, x: Any, y: Any, loss: Any, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """dL/dh for the output h of every layer, on one batch, as in training: where does the gradient vanish?

    A layer learns from the gradient that reaches its output. If its size falls from layer to layer on the
    way back, the layers near the input learn nothing. The model is not changed.

    Args:
        model: any module.
        x: inputs (n, ...) of one batch.
        y: targets, as the loss takes them.
        loss: a name such as `"softmax_cross_entropy"`, a loss, or a function `(target, prediction)`.
        layers: paths as in `model.summary()`; default every layer that has no layers below it.

    Returns:
        path -> NumPy array of the shape of the layer's output, in order of use; 0 for a layer that the loss
        does not depend on. Shared layers as for `activations`.

    Raises:
        NameUnknownError: no layer of this path, or no loss of this name.
        DataError: empty data or NaN.

    Example:
        >>> import sujeong as sj
        >>> from sujeong import nn
        >>> (x, y), _ = sj.datasets.xor()
        >>> model = nn.Sequential([nn.Dense(8, "sigmoid") for _ in range(6)] + [nn.Dense(2)])
        >>> found = sj.inspect.layer_gradients(model, x, y, "softmax_cross_entropy")
        >>> sizes = [float((g**2).sum() ** 0.5) for g in found.values()]
        >>> sizes[0] < 0.01 * sizes[-1]
        True
    """
    data = ArrayData(_floats(x), _floats(y))
    measure = losses.get(loss)
    seen: dict[str, Tensor] = {}
    with using(*_home(model)):
        inputs = _tensor(data.x)
        inputs = alias(inputs) if inputs.dtype.is_floating else inputs  # layers without weights count too
        if not model.built:
            model.build_for(inputs.spec)
        kept = {v: stop_gradient(v.value) for v in model.variables}
        try:
            with modes.enable_grad(), modes.training_mode(), watching(_collector(model, layers, seen)):
                value = measure(_tensor(data.y), model(inputs, training=True))
        finally:  # moving averages and counters of draws go on in training; here they are put back
            for variable, tensor in kept.items():
                variable.assign(tensor)
        reached = {path: out for path, out in seen.items() if out.requires_grad}
        parts = gradients(value, list(reached.values())) if reached else []
    found = {path: g.numpy() for path, g in zip(reached, parts, strict=True) if g is not None}
    return {path: np.array(found.get(path, np.zeros(out.shape, np.float32))) for path, out in seen.items()}


def _collector(
    model: Module, layers: Sequence[str] | None, seen: dict[str, Tensor]
) -> Callable[[Module, Any], None]:
    """A function for `watching` that keeps the outputs of the chosen layers."""
    paths = {id(module): path or module.name for path, module in model.named_modules()}
    for name in layers or ():
        if name not in paths.values():
            raise unknown_name("layer", name, paths.values())

    def watch(module: Module, out: Any) -> None:
        path = paths.get(id(module))
        wanted = path in layers if layers is not None else not any(True for _ in module.children())
        if path is None or not wanted or not isinstance(out, Tensor):
            return
        uses = 1
        while (f"{path}#{uses}" if uses > 1 else path) in seen:
            uses += 1
        seen[f"{path}#{uses}" if uses > 1 else path] = out

    return watch


def _home(model: Module) -> tuple[Any, ...]:
    """Engine and device of the model."""
    return next((v._home for v in model.variables), current())


def _floats(x: Any) -> Any:
    """Data as an array; float64 becomes float32, the type of the weights."""
    host = np.asarray(x)
    return host.astype(np.float32) if host.dtype == np.float64 else host


def _tensor(host: Any) -> Tensor:
    return from_host(host, dtypes.as_dtype(host.dtype), copy=False)
