"""Products of small matrices as stages of a chain: y (R, N) = x (R, K) w (K, N), in float32 or bfloat16.

A call of the library costs more than such a product. Eight rows (six where registers are few) by two vectors
of columns are computed at a time in registers, each number added up over K in order: neither the number of
rows nor anything beside the numbers themselves changes a bit. Columns of w are copied together first where
they do not lie so: w turned, in 16 bits, or fewer than a vector.
"""

from __future__ import annotations

from math import prod

from ...core import dtypes
from ..ir import Equation
from .stages import Stage

MOST_WORK = 1 << 20
"""Multiplications up to which a product is small: beyond, the library's threads and its units for 16 bits
are faster."""
_TYPES = {dtypes.float32: "float", dtypes.bfloat16: "bf16"}
_COLUMNS = 32
"""Columns at a time with the longest vectors."""

_TEXT = """
constexpr int H = LANES == 16 ? 8 : 6;  // sums must fit the registers

template <int M, int P>
static void sums(int64_t K, const float* x, int64_t xr, int64_t xk, const float* w, int64_t wk, T* y,
                 int64_t N, int64_t width) {
  float sum[M][P * LANES];
  block<P, false, M>(K, x, xk, xr, w, wk, sum[0], P * LANES);
  for (int m = 0; m < M; ++m)
    for (int p = 0; p < P; ++p) {
      const int64_t at = p * LANES;
      if (width - at >= LANES)
        store(y + m * N + at, load(sum[m] + at));
      else
        for (int64_t c = at; c < width; ++c) put(y + m * N + c, sum[m][c]);
    }
}

template <int P>
static void panel(int64_t R, int64_t K, const float* x, int64_t xr, int64_t xk, const float* w, int64_t wk,
                  T* y, int64_t N, int64_t width) {
  int64_t r = 0;
  for (; r + H <= R; r += H) sums<H, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width);
  if (R - r >= 4) sums<4, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width), r += 4;
  if (R - r >= 2) sums<2, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width), r += 2;
  if (R - r >= 1) sums<1, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width);
}

// LANES rows of as many numbers as columns.
static void flipped(const T* from, int64_t stride, float* to, int64_t wk) {
  Vec a[LANES];
  for (int i = 0; i < LANES; ++i) a[i] = load(from + i * stride);
  transpose(a);
  for (int i = 0; i < LANES; ++i) store(to + i * wk, a[i]);
}

static void gathered(int64_t K, int64_t N, bool turned, const T* w, int64_t width, int64_t wk, float* to) {
  for (int64_t k = 0; k < K && width < wk; ++k)
    for (int64_t c = width; c < wk; ++c) to[k * wk + c] = 0;
  if (!turned) {
    for (int64_t k = 0; k < K; ++k)
      for (int64_t c = 0; c < width; ++c) to[k * wk + c] = wide(w[k * N + c]);
    return;
  }
  int64_t c = 0;
  for (; c + LANES <= width; c += LANES) {
    int64_t k = 0;
    for (; k + LANES <= K; k += LANES) flipped(w + c * K + k, K, to + k * wk + c, wk);
    for (; k < K; ++k)
      for (int64_t i = c; i < c + LANES; ++i) to[k * wk + i] = wide(w[i * K + k]);
  }
  for (; c < width; ++c)
    for (int64_t k = 0; k < K; ++k) to[k * wk + c] = wide(w[c * K + k]);
}

static const float* widened(const float* x, int64_t, float*) { return x; }
static const float* widened(const bf16* x, int64_t size, float* to) {
  for (int64_t i = 0; i < size; ++i) to[i] = wide(x[i]);
  return to;
}
static const float* as_it_lies(const float* w) { return w; }
static const float* as_it_lies(const bf16*) { return nullptr; }

static void stage(int64_t R, int64_t K, int64_t N, int64_t x_turned, int64_t w_turned, const double*,
                  const T* x, const T* w, T* y, float* room) {
  const float* rows = widened(x, R * K, room + K * WIDTH);
  const int64_t xr = x_turned ? 1 : K, xk = x_turned ? R : 1;
  for (int64_t n = 0; n < N; n += WIDTH) {
    const int64_t width = std::min<int64_t>(WIDTH, N - n), padded = width <= LANES ? LANES : WIDTH;
    const float* columns = as_it_lies(w + n);
    int64_t wk = N;
    if (w_turned || width < padded || !columns) {
      wk = padded;
      gathered(K, N, w_turned, w_turned ? w + n * K : w + n, width, wk, room);
      columns = room;
    }
    if (padded == LANES)
      panel<1>(R, K, rows, xr, xk, columns, wk, y + n, N, width);
    else
      panel<2>(R, K, rows, xr, xk, columns, wk, y + n, N, width);
  }
}
"""


def product(e: Equation, turned: tuple[bool, ...]) -> Stage | None:
    """A product of two matrices, or of many rows with one, as a stage.

    Args:
        e: a `matmul`.
        turned: for each input, whether its last two axes lie the other way round in memory.

    Returns:
        The stage; `None` where the library is to compute it.
    """
    x, w = e.inputs
    kind = _TYPES.get(x.dtype)
    if kind is None or w.dtype is not x.dtype or len(w.shape) != 2 or len(x.shape) < 2:
        return None
    rows, (k, n) = prod(x.shape[:-1]), w.shape
    if rows * k * n > MOST_WORK or (turned[0] and len(x.shape) > 2):
        return None
    room = 4 * k * (_COLUMNS + (rows if x.dtype is dtypes.bfloat16 else 0))
    sizes = (rows, k, n, int(turned[0]), int(turned[1]))
    return Stage(f"typedef {kind} T;\n{_TEXT}", e.inputs, e.outputs, sizes, room=room, turns={0: 3, 1: 4})
