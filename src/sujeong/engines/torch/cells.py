"""Compiled steps of the gated recurrent layers: all that stands between two products, in one pass.

    LSTM   z (N, 4U)               ->  i f g o, c' = f c + i g, h' = o tanh c'
    GRU    a (N, 3U), q (N, 3U)    ->  z r n, h' = n + z (h - n)

They are used where they were built before (`sj.precompile`), the data are float32 on the CPU and no mask
stops rows; else the step is a dozen calls (`recurrent.py`, `gated.py`), which are their readable form. The
loops that call them are in `stepping.py`.
"""

from __future__ import annotations

_LSTM = """
extern "C" void kernel(int64_t rows, int64_t units, const float* z, const float* c, float* gates, float* cs,
                       float* hs, float* next, int64_t stride) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const float* x = z + r * 4 * units;
    float* y = gates + r * 4 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const float i = sigmoid_of(x[u]), f = sigmoid_of(x[units + u]);
      const float g = tanh_of(x[2 * units + u]), o = sigmoid_of(x[3 * units + u]);
      const float n = f * c[r * units + u] + i * g;
      y[u] = i, y[units + u] = f, y[2 * units + u] = g, y[3 * units + u] = o;
      cs[r * units + u] = n;
      hs[r * units + u] = o * tanh_of(n);
    }
    if (next) memcpy(next + r * stride, hs + r * units, units * sizeof(float));
  }
}
"""

_LSTM_GRADIENT = """
extern "C" void kernel(int64_t rows, int64_t units, const float* dh, const float* dhs, const float* dcs,
                       float* dc, const float* gates, const float* cs, const float* c, float* dz) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const float* y = gates + r * 4 * units;
    float* d = dz + r * 4 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const int64_t at = r * units + u;
      const float i = y[u], f = y[units + u], g = y[2 * units + u], o = y[3 * units + u];
      const float flow = dh[at] + (dhs ? dhs[at] : 0.f), t = tanh_of(cs[at]);
      const float s = dc[at] + (dcs ? dcs[at] : 0.f) + flow * o * (1.f - t * t);
      d[u] = s * g * i * (1.f - i);
      d[units + u] = s * c[at] * f * (1.f - f);
      d[2 * units + u] = s * i * (1.f - g * g);
      d[3 * units + u] = flow * t * o * (1.f - o);
      dc[at] = s * f;
    }
  }
}
"""

_GRU = """
extern "C" void kernel(int64_t rows, int64_t units, const float* a, const float* q, const float* h,
                       float* inner, float* hs) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const float *x = a + r * 3 * units, *y = q + r * 3 * units;
    float* k = inner + r * 4 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const float z = sigmoid_of(x[u] + y[u]), e = sigmoid_of(x[units + u] + y[units + u]);
      const float inside = y[2 * units + u], n = tanh_of(x[2 * units + u] + e * inside);
      k[u] = z, k[units + u] = e, k[2 * units + u] = n, k[3 * units + u] = inside;
      hs[r * units + u] = n + z * (h[r * units + u] - n);
    }
  }
}
"""

_GRU_GRADIENT = """
extern "C" void kernel(int64_t rows, int64_t units, const float* dh, const float* dhs, const float* inner,
                       const float* h, float* da, float* dq, float* kept) {
  #pragma omp parallel for schedule(static) if (rows * units >= 4096)
  for (int64_t r = 0; r < rows; ++r) {
    const float* k = inner + r * 4 * units;
    float *x = da + r * 3 * units, *y = dq + r * 3 * units;
    #pragma omp simd
    for (int64_t u = 0; u < units; ++u) {
      const int64_t at = r * units + u;
      const float z = k[u], e = k[units + u], n = k[2 * units + u], inside = k[3 * units + u];
      const float flow = dh[at] + (dhs ? dhs[at] : 0.f), stays = flow * z;
      const float dn = (flow - stays) * (1.f - n * n);
      const float dz = flow * (h[at] - n) * z * (1.f - z), de = dn * inside * e * (1.f - e);
      x[u] = dz, x[units + u] = de, x[2 * units + u] = dn;
      y[u] = dz, y[units + u] = de, y[2 * units + u] = dn * e;
      kept[at] = stays;
    }
  }
}
"""

COMPILED: dict[str, tuple[str, ...]] = {
    "lstm": (_LSTM,),
    "lstm_gradient": (_LSTM_GRADIENT,),
    "gru": (_GRU,),
    "gru_gradient": (_GRU_GRADIENT,),
}
"""Operation -> the texts of the kernels that it uses where they were built."""
