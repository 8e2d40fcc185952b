"""Our weights in the layouts of PyTorch.

| ours                                   | PyTorch                          |
|----------------------------------------|----------------------------------|
| dense kernel (in, out)                 | (out, in)                        |
| dense kernel after Flatten (H W C, out) | (out, C H W)                    |
| kernel (H, W, in, out)                 | (out, in, H, W)                  |
| transposed kernel (H, W, out, in)      | (in, out, H, W)                  |
| everything else                        | the same                         |
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def to_torch(
    names: Sequence[str], arrays: Sequence[np.ndarray], flatten: tuple[int, int, int] | None = None
) -> list[np.ndarray]:
    """Turns the weights of one model.

    Args:
        names: paths of the variables; what is called `kernel` is turned.
        arrays: their values.
        flatten: height, width, channels of the images that are flattened before a dense layer, if any.

    Returns:
        The arrays, contiguous, in the same order.
    """
    turned = []
    for name, array in zip(names, arrays, strict=True):
        if name.rpartition("/")[2] == "kernel" and array.ndim == 4:
            array = array.transpose(3, 2, 0, 1)
        elif name.rpartition("/")[2] == "kernel" and array.ndim == 2:
            if flatten is not None and array.shape[0] == np.prod(flatten):
                array = array.reshape(*flatten, -1).transpose(2, 0, 1, 3).reshape(array.shape)
            array = array.T
        turned.append(np.ascontiguousarray(array))
    return turned
