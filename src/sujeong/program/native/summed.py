"""Gradients that are sums of picked rows, added up where an update reads them.

    dW = index_add(g, ids)            W, m, v <- Adam(W, m, v, dW)

dW is as large as the table, though a batch names few of its rows: to write it and to read it takes as long
as the rest of the update. So it is never in memory. The ids are put in order of the pieces that the update
works on; each piece's sums are made in a thread's cache, in the order of the ids, and read from there: the
same bits.
"""

from __future__ import annotations

from math import prod

from ...compiling import bags
from ...core import dtypes
from ..ir import Equation, Symbol

PIECE = 1 << 14
"""Elements of a variable that a thread of an update takes at once, at most."""
MOST = 1 << 31
"""Numbers of a gradient's rows, at most: places are kept in 32 bits."""

TEXT = """
struct Place { int32_t from, row; float by; };

// The ids of all bags by pieces of an update, in order within each.
struct Places {
  int64_t width = 0;
  int shift = 0;
  std::unique_ptr<int64_t[]> ends;
  std::unique_ptr<Place[]> of;

  void sort(const Bags& bags) {
    width = bags.width, shift = 63 - __builtin_clzll(PIECE / width);  // a piece has 2^shift rows
    const int64_t pieces = (bags.size >> shift) + 1;
    ends.reset(new int64_t[pieces + 1]());
    of.reset(new Place[bags.total]);
    for (int64_t k = 0; k < bags.total; ++k) ++ends[(bags.place(k) >> shift) + 1];
    for (int64_t p = 0; p < pieces; ++p) ends[p + 1] += ends[p];  // where each piece begins
    for (int64_t b = 0; b < bags.count; ++b) {
      const float by = bags.share(b);
      int64_t from = b * bags.row;
      for (int64_t k = bags.begin(b); k < bags.begin(b + 1); ++k, from += bags.next) {
        const int64_t row = bags.place(k);
        of[ends[row >> shift]++] = {int32_t(from), int32_t(row), bags.ids[k] == bags.pad ? 0.f : by};
      }
    }
  }

  // to = the sums of the piece from `first` on.
  void sum(int64_t first, int64_t numbers, const float* g, float* to) const {
    const int64_t row = first / width, p = row >> shift;
    memset(to, 0, numbers * sizeof(float));
    for (int64_t n = p ? ends[p - 1] : 0; n < ends[p]; ++n) {
      const Place& place = of[n];
      if (place.by == 0) continue;
      const float *read = g + place.from, by = place.by;
      float* sum = to + (place.row - row) * width;
#pragma omp simd
      for (int64_t c = 0; c < width; ++c) sum[c] += by * read[c];
    }
  }
};
"""
"""What a piece of an update needs beside `bags.h`."""


def text() -> str:
    """The text of both."""
    return f"constexpr int64_t PIECE = {PIECE};\n{bags.text('int64_t')}{TEXT}"


def piece(width: int) -> int:
    """Elements of a piece of sums: whole rows, their number a power of two."""
    return width << ((PIECE // width).bit_length() - 1)


class Summed:
    """A gradient that is made of rows, and of ids that say where each is added.

    Attributes:
        rows: symbol of g.
        ids: symbol of the ids.
        offsets: symbol of where each bag begins; `None` where all hold as many.
        sizes: the whole numbers of `bags.h` up to the steps of g.

    Args:
        e: an equation that `summed` has found to be one.
    """

    def __init__(self, e: Equation) -> None:
        self.rows, self.ids, *rest = e.inputs
        self.offsets: Symbol | None = rest[0] if rest else None
        offsets = None if self.offsets is None else self.offsets.spec
        self.sizes = bags.sizes(
            e.outputs[0].shape,
            self.ids.spec,
            offsets,
            negative=offsets is None,
            average=e.attributes.get("combiner") == "mean",
            pad=e.attributes.get("padding_id"),
        )

    @property
    def inputs(self) -> tuple[Symbol, ...]:
        """What it reads beside its rows."""
        return (self.ids,) if self.offsets is None else (self.ids, self.offsets)


def summed(e: Equation | None) -> Summed | None:
    """An equation's result as sums that an update can make itself.

    Args:
        e: that makes the gradient.

    Returns:
        The sums; `None` where the result is to be made.
    """
    if e is None or e.op.name not in ("index_add", "embedding_bag_gradient"):
        return None
    (out,) = e.outputs
    ids = [s.dtype is dtypes.int64 for s in e.inputs[1:]]
    plain = len(out.shape) == 2 and 0 < out.shape[1] <= PIECE and out.dtype is dtypes.float32 and all(ids)
    if not plain or not prod(e.inputs[1].shape) or prod(e.inputs[0].shape) >= MOST or out.shape[0] >= MOST:
        return None
    if e.op.name == "index_add":
        fits = e.attributes["axis"] == 0 and len(e.inputs[1].shape) in (1, 2)
        return Summed(e) if fits else None
    return Summed(e) if e.attributes["combiner"] != "max" and prod(e.inputs[2].shape) else None
