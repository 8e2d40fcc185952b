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
#undef V
#undef SHUFFLED
#undef LOW
#undef HIGH
#if defined(__AVX512F__)
#define V 16
#elif defined(__AVX__)
#define V 8
#else
#define V 4
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int H = 8;
#else
constexpr int H = 6;  // sums must fit 16 registers
#endif
constexpr int64_t B = 2 * V;
typedef float vec __attribute__((vector_size(V * 4), aligned(4), may_alias));
typedef uint32_t word __attribute__((vector_size(V * 4)));
typedef uint16_t half __attribute__((vector_size(V * 2), aligned(2), may_alias));

static vec load(const float* at) { return *(const vec*)at; }
static vec load(const bf16* at) { return (vec)(__builtin_convertvector(*(const half*)at, word) << 16); }
static void store(float* at, vec x) { *(vec*)at = x; }
static void store(bf16* at, vec x) {  // as `narrow` does
  const word u = (word)x, none = (word)(x != x);
  const word rounded = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
  *(half*)at = __builtin_convertvector((rounded & ~none) | (none & 0x7fc0), half);
}

template <int M, int P>
static void block(int64_t K, const float* x, int64_t xr, int64_t xk, const float* w, int64_t wk, T* y,
                  int64_t N, int64_t width) {
  vec a[M][P] = {};
  for (int64_t k = 0; k < K; ++k) {
    vec b[P];
    for (int p = 0; p < P; ++p) b[p] = *(const vec*)(w + k * wk + p * V);
    for (int m = 0; m < M; ++m) {
      const float u = x[m * xr + k * xk];
      for (int p = 0; p < P; ++p) a[m][p] += u * b[p];
    }
  }
  for (int m = 0; m < M; ++m)
    for (int p = 0; p < P; ++p) {
      const int64_t left = width - p * V;
      if (left >= V)
        store(y + m * N + p * V, a[m][p]);
      else
        for (int64_t c = 0; c < left; ++c) put(y + m * N + p * V + c, a[m][p][c]);
    }
}

template <int P>
static void panel(int64_t R, int64_t K, const float* x, int64_t xr, int64_t xk, const float* w, int64_t wk,
                  T* y, int64_t N, int64_t width) {
  int64_t r = 0;
  for (; r + H <= R; r += H) block<H, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width);
  if (R - r >= 4) block<4, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width), r += 4;
  if (R - r >= 2) block<2, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width), r += 2;
  if (R - r >= 1) block<1, P>(K, x + r * xr, xr, xk, w, wk, y + r * N, N, width);
}

#if defined(__clang__)
#define SHUFFLED(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLED(a, b, ...) __builtin_shuffle(a, b, (word){__VA_ARGS__})
#endif
#if V == 16
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif V == 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#endif

// V rows of V numbers as columns: rows i and i + V / 2 are laid between each other, log2(V) times.
static void flipped(const T* from, int64_t stride, float* to, int64_t wk) {
  vec a[V], b[V];
  for (int i = 0; i < V; ++i) a[i] = load(from + i * stride);
  for (int round = 1; round < V; round *= 2) {
    for (int i = 0, j = V / 2; j < V; ++i, ++j)
      b[2 * i] = SHUFFLED(a[i], a[j], LOW), b[2 * i + 1] = SHUFFLED(a[i], a[j], HIGH);
    for (int i = 0; i < V; ++i) a[i] = b[i];
  }
  for (int i = 0; i < V; ++i) *(vec*)(to + i * wk) = a[i];
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
  for (; c + V <= width; c += V) {
    int64_t k = 0;
    for (; k + V <= K; k += V) flipped(w + c * K + k, K, to + k * wk + c, wk);
    for (; k < K; ++k)
      for (int64_t i = c; i < c + V; ++i) to[k * wk + i] = wide(w[i * K + k]);
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
  const float* rows = widened(x, R * K, room + K * B);
  const int64_t xr = x_turned ? 1 : K, xk = x_turned ? R : 1;
  for (int64_t n = 0; n < N; n += B) {
    const int64_t width = std::min<int64_t>(B, N - n), padded = width <= V ? V : B;
    const float* columns = as_it_lies(w + n);
    int64_t wk = N;
    if (w_turned || width < padded || !columns) {
      wk = padded;
      gathered(K, N, w_turned, w_turned ? w + n * K : w + n, width, wk, room);
      columns = room;
    }
    if (padded == V)
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
