"""Compiled steps of the gated recurrent layers: all that stands between two products, in one pass.

    LSTM   z (N, 4U)               ->  i f g o, c' = f c + i g, h' = o tanh c'
    GRU    a (N, 3U), q (N, 3U)    ->  z r n over a, h' = n + z (h - n)

T is the element type of the data: float32, or bfloat16 with the memory c of an LSTM, and the state that a GRU
carries from step to step, in float32. They are used where they were built before (`sj.precompile`), on the
CPU, where no mask stops rows; else the step is a dozen calls (`recurrent.py`, `gated.py`), their readable
form. The loops that call them are in `stepping.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ...core.native import NativeForm
from ...core.spec import Spec
from ._texts import NAMES

_LSTM = """
extern "C" void kernel(int64_t rows, int64_t units, const T* z, const float* c, T* gates, float* cs, T* hs,
                       T* next, int64_t stride) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const T* x = z + r * 4 * units;
    T* y = gates + r * 4 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const float i = sigmoid_of(wide(x[u])), f = sigmoid_of(wide(x[units + u]));
      const float g = tanh_of(wide(x[2 * units + u])), o = sigmoid_of(wide(x[3 * units + u]));
      const float n = f * c[r * units + u] + i * g;
      put(y + u, i), put(y + units + u, f), put(y + 2 * units + u, g), put(y + 3 * units + u, o);
      cs[r * units + u] = n;
      put(hs + r * units + u, o * tanh_of(n));
    }
    if (next) memcpy(next + r * stride, hs + r * units, units * sizeof(T));
  }
}
"""

_LSTM_GRADIENT = """
extern "C" void kernel(int64_t rows, int64_t units, const T* dh, const T* dhs, const float* dcs, float* dc,
                       const T* gates, const float* cs, const float* c, T* dz) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const T* y = gates + r * 4 * units;
    T* d = dz + r * 4 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const int64_t at = r * units + u;
      const float i = wide(y[u]), f = wide(y[units + u]), g = wide(y[2 * units + u]);
      const float o = wide(y[3 * units + u]);
      const float flow = wide(dh[at]) + (dhs ? wide(dhs[at]) : 0.f), t = tanh_of(cs[at]);
      const float s = dc[at] + (dcs ? dcs[at] : 0.f) + flow * o * (1.f - t * t);
      put(d + u, s * g * i * (1.f - i));
      put(d + units + u, s * c[at] * f * (1.f - f));
      put(d + 2 * units + u, s * i * (1.f - g * g));
      put(d + 3 * units + u, flow * t * o * (1.f - o));
      dc[at] = s * f;
    }
  }
}
"""

_GRU = """
extern "C" void kernel(int64_t rows, int64_t units, const T* q, const float* h, T* inner, T* hs,
                       float* state) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const T* y = q + r * 3 * units;
    T* k = inner + r * 4 * units;  // holds a; each element is read before it is written
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const float z = sigmoid_of(wide(k[u]) + wide(y[u]));
      const float e = sigmoid_of(wide(k[units + u]) + wide(y[units + u])), inside = wide(y[2 * units + u]);
      const float n = tanh_of(wide(k[2 * units + u]) + e * inside), s = n + z * (h[r * units + u] - n);
      put(k + u, z), put(k + units + u, e), put(k + 2 * units + u, n), put(k + 3 * units + u, inside);
      put(hs + r * units + u, s);
      if (sizeof(T) < sizeof(float)) state[r * units + u] = s;
    }
  }
}
"""

_GRU_GRADIENT = """
extern "C" void kernel(int64_t rows, int64_t units, const float* dh, const T* dhs, const T* inner, const T* h,
                       T* da, T* dq, float* kept) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const T* k = inner + r * 4 * units;
    T *x = da + r * 3 * units, *y = dq + r * 3 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const int64_t at = r * units + u;
      const float z = wide(k[u]), e = wide(k[units + u]), n = wide(k[2 * units + u]);
      const float inside = wide(k[3 * units + u]);
      const float flow = dh[at] + (dhs ? wide(dhs[at]) : 0.f), stays = flow * z;
      const float dn = (flow - stays) * (1.f - n * n);
      const float dz = flow * (wide(h[at]) - n) * z * (1.f - z), de = dn * inside * e * (1.f - e);
      put(x + u, dz), put(x + units + u, de), put(x + 2 * units + u, dn);
      put(y + u, dz), put(y + units + u, de), put(y + 2 * units + u, dn * e);
      kept[at] = stays;
    }
  }
}
"""

_TEXTS = {"lstm": _LSTM, "lstm_gradient": _LSTM_GRADIENT, "gru": _GRU, "gru_gradient": _GRU_GRADIENT}

TEXTS = {
    op: {dtype: f"typedef {name} T;\n{text}" for dtype, name in NAMES.items()} for op, text in _TEXTS.items()
}
"""Operation -> element type of its first input -> text."""


def _text(_: Mapping[str, Any], first: Spec, *__: Spec, op: str) -> str | None:
    return TEXTS[op].get(first.dtype)


COMPILED = {op: NativeForm(partial(_text, op=op)) for op in TEXTS}
