"""Products with a few rows, compiled: y (R, N) = x (R, K) w (K, N), R at most 4.

With so few rows each weight is read once and used R times, so that the time is that of reading w. Columns
are taken 64 at a time, each block by one thread from first row of w to last: memory is read forwards, and
threads change no bit. The library prepares for many rows, and reads slower.
w may also lie the other way round (N, K), as shared embeddings do; then each result is a sum along a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import torch

from ...core.native import NativeForm
from ...core.spec import Spec
from ._texts import NAMES

MOST_ROWS = 4
FEWEST_WEIGHTS = 4096  # below, the call itself is what takes time

_TEXT = """
template <int R>
static void forward(int64_t K, int64_t N, const T* x, const T* w, T* y) {
  constexpr int64_t B = 64;
  const int64_t blocks = (N + B - 1) / B;
  #pragma omp parallel for schedule(static) if (K * N >= 32768)
  for (int64_t b = 0; b < blocks; ++b) {
    const int64_t n = b * B, width = std::min(B, N - n);
    alignas(64) float even[R][B] = {}, odd[R][B] = {};
    int64_t k = 0;
    for (; k + 1 < K; k += 2) {
      const T *p = w + k * N + n, *q = p + N;
      for (int r = 0; r < R; ++r) {
        const float u = wide(x[r * K + k]), v = wide(x[r * K + k + 1]);
        if (width == B) {
          #pragma omp simd
          for (int c = 0; c < B; ++c) even[r][c] += u * wide(p[c]), odd[r][c] += v * wide(q[c]);
        } else {
          #pragma omp simd
          for (int c = 0; c < width; ++c) even[r][c] += u * wide(p[c]), odd[r][c] += v * wide(q[c]);
        }
      }
    }
    for (; k < K; ++k)
      for (int r = 0; r < R; ++r)
        for (int c = 0; c < width; ++c) even[r][c] += wide(x[r * K + k]) * wide(w[k * N + n + c]);
    for (int r = 0; r < R; ++r)
      for (int c = 0; c < width; ++c) put(y + r * N + n + c, even[r][c] + odd[r][c]);
  }
}

template <int R>
static void turned(int64_t K, int64_t N, const T* x, const T* w, T* y) {
  #pragma omp parallel for schedule(static) if (K * N >= 32768)
  for (int64_t n = 0; n < N; ++n) {
    const T* p = w + n * K;
    for (int r = 0; r < R; ++r) {
      float sum = 0;
      #pragma omp simd reduction(+ : sum)
      for (int64_t k = 0; k < K; ++k) sum += wide(x[r * K + k]) * wide(p[k]);
      put(y + r * N + n, sum);
    }
  }
}

extern "C" void kernel(int64_t is_turned, int64_t rows, int64_t K, int64_t N, const T* x, const T* w, T* y) {
  switch (rows) {
    case 1: return is_turned ? turned<1>(K, N, x, w, y) : forward<1>(K, N, x, w, y);
    case 2: return is_turned ? turned<2>(K, N, x, w, y) : forward<2>(K, N, x, w, y);
    case 3: return is_turned ? turned<3>(K, N, x, w, y) : forward<3>(K, N, x, w, y);
    default: return is_turned ? turned<4>(K, N, x, w, y) : forward<4>(K, N, x, w, y);
  }
}
"""
TEXTS = {dtype: f"typedef {name} T;\n{_TEXT}" for dtype, name in NAMES.items()}


def _text(_: Mapping[str, Any], x: Spec, w: Spec) -> str | None:
    """The text for a product of these specs; `None` where it is not for this kernel."""
    if w.ndim != 2 or x.ndim < 2 or w.size < FEWEST_WEIGHTS or not 0 < prod(x.shape[:-1]) <= MOST_ROWS:
        return None
    return TEXTS.get(x.dtype)


def _bound(function: Any, _: Mapping[str, Any], x: Spec, w: Spec) -> Callable[[Any, Any], Any]:
    """The product as a function of two tensors."""
    rows, (k, n) = prod(x.shape[:-1]), w.shape
    shape = (*x.shape[:-1], n)
    empty, plain, turned = torch.empty, (n, 1), (1, k)

    def product(a: Any, b: Any) -> Any:
        strides = b.stride()
        if strides != plain and strides != turned:
            b, strides = b.contiguous(), plain
        if not a.is_contiguous():
            a = a.contiguous()
        y = empty(shape, dtype=a.dtype)
        function(strides != plain, rows, k, n, a.data_ptr(), b.data_ptr(), y.data_ptr())
        return y

    return product


def _sizes(x: Spec, w: Spec) -> tuple[int, ...]:
    """What the function takes ahead of the arrays, for w in C order."""
    return 0, prod(x.shape[:-1]), *w.shape


COMPILED = {"matmul": NativeForm(_text, _bound, _sizes, {1: 0})}
