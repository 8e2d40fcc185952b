"""How many large arrays the kernels of recurrent layers make."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402
from torch.utils._pytree import tree_leaves  # noqa: E402

from sujeong.engines.torch.gated import _gru  # noqa: E402

T, N, F, U = 32, 16, 3, 8


class Storages(TorchDispatchMode):
    """Notes the bytes of every array that is made inside."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []  # alive, so that no address is given twice

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        arrays = [leaf for leaf in tree_leaves(out) if isinstance(leaf, torch.Tensor)]
        self.kept += [x for x in arrays if x.layout is torch.strided]  # packed weights show no storage
        return out

    def bytes(self) -> list[int]:
        """The sizes, the largest first."""
        sizes = {x.untyped_storage().data_ptr(): x.untyped_storage().nbytes() for x in self.kept}
        return sorted(sizes.values(), reverse=True)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_gru_makes_its_products_where_the_inner_values_go(dtype: Any) -> None:
    shapes = ((T, N, F), (N, U), (F, 3 * U), (U, 3 * U), (2, 3 * U))
    given = [torch.randn(shape, dtype=dtype) for shape in shapes]
    with Storages() as made:
        hs, _, inner = _gru(*given, reverse=False)
    assert [n for n in made.bytes() if n >= hs.nbytes] == [inner.nbytes, hs.nbytes]
