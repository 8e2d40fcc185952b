"""A tensor without its numbers: shape and element type, all that a shape rule needs."""

from __future__ import annotations

from math import prod

from .dtypes import DType

Shape = tuple[int, ...]


class Spec:
    """Shape and element type of a value that may not exist yet.

    Args:
        shape: sizes along each axis.
        dtype: the element type.

    Attributes:
        shape: as above; so is `dtype`.

    Example:
        >>> import sujeong as sj
        >>> weights = sj.Spec((2, 3), sj.float32)
        >>> weights, weights.size, weights.nbytes
        (float32[2, 3], 6, 24)
    """

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: Shape, dtype: DType) -> None:
        self.shape, self.dtype = shape, dtype

    def __repr__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and self.dtype is other.dtype and self.shape == other.shape

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    @property
    def ndim(self) -> int:
        """Number of axes (the rank)."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the elements."""
        return self.size * self.dtype.itemsize

    def like(self, *, shape: Shape | None = None, dtype: DType | None = None) -> Spec:
        """A spec with one part replaced."""
        return Spec(self.shape if shape is None else shape, self.dtype if dtype is None else dtype)
