"""What every layer of a model gives for some data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

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
    host = np.asarray(x)
    data = ArrayData(host.astype(np.float32) if host.dtype == np.float64 else host)
    paths = {id(module): path or module.name for path, module in model.named_modules()}
    for name in layers or ():
        if name not in paths.values():
            raise unknown_name("layer", name, paths.values())
    found: dict[str, list[np.ndarray]] = {}
    uses: dict[str, int] = {}

    def watch(module: Module, out: Any) -> None:
        path = paths.get(id(module))
        wanted = path in layers if layers is not None else not any(True for _ in module.children())
        if path is None or not wanted or not isinstance(out, Tensor):
            return
        uses[path] = uses.get(path, 0) + 1
        place = path if uses[path] == 1 else f"{path}#{uses[path]}"
        found.setdefault(place, []).append(np.array(out.numpy()))

    home = next((v._home for v in model.variables), current())
    with using(*home), modes.no_grad(), watching(watch):
        for batch in data.batches(batch_size):
            uses.clear()
            model(from_host(batch.x, dtypes.as_dtype(batch.x.dtype), copy=False), training=False)
    return {path: np.concatenate(parts) for path, parts in found.items()}
