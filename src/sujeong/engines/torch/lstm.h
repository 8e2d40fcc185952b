// Long short-term memory over whole sequences, and back through time. Letters as in `recurrent/lstm.py`.
//
// The row (x_t, h) meets W above R; the four gates of LANES units lie side by side, and are computed and used before the
// next ones.

// The state after a step, for `width` units of a row; `memory` is what stays inside.
INLINE void cell(int64_t width, int64_t units, const float* z, const float* bias, const float* c, float* memory,
                 T* gates, T* h, In* next) {
#pragma omp simd
  for (int64_t u = 0; u < width; ++u) {
    const float i = sigmoid_of(z[u] + bias[u]), f = sigmoid_of(z[LANES + u] + bias[LANES + u]);
    const float g = tanh_of(z[2 * LANES + u] + bias[2 * LANES + u]);
    const float o = sigmoid_of(z[3 * LANES + u] + bias[3 * LANES + u]);
    const float now = f * c[u] + i * g;
    const T shown = as_data(o * tanh_of(now));
    gates[u] = as_data(i), gates[units + u] = as_data(f), gates[2 * units + u] = as_data(g);
    gates[3 * units + u] = as_data(o), memory[u] = now, h[u] = shown;
    enter(next + u, shown);
  }
}

struct Forward {
  Sizes s;
  const T *x, *h, *w, *r, *bias;
  const float* c;
  const bool* mask;
  T *hs, *gates;
  float* cs;
  int64_t blocks = parts_of(s.units, LANES), inputs = up(s.features, DEPTH), depth = inputs + up(s.units, DEPTH);
  int64_t panel = depth / EACH * 2 * LANES, weights = 2 * blocks * panel;  // behind them, biases
  int64_t pieces = 4 * blocks, words = weights + pieces * LANES, lefts = 2, keeps = 0;

  void piece(int64_t n, float* panels) const {  // gate n % 4 of units n / 4 * LANES on
    const int64_t first = n / 4 * LANES, from = n % 4 * s.units + first, width = std::min(LANES, s.units - first);
    float* to = panels + n / 2 * panel + n % 2 * LANES;
    pack(w + from * s.w_across, s.w_down, s.w_across, s.features, width, to, 2 * LANES);
    pack(r + from * s.r_across, s.r_down, s.r_across, s.units, width, to + inputs / EACH * 2 * LANES, 2 * LANES);
    for (int64_t u = 0; u < LANES; ++u) panels[weights + n * LANES + u] = u < width ? wide(bias[from + u]) : 0.f;
  }

  // Left sides: of this step, and of the next one.
  void walk(const Stretch& z, In* left, int64_t down, float*, const float* panels) const {
    const int64_t U = s.units, F = s.features, first = z.first, count = z.count, all = up(count, GROUP);
    const float* biases = panels + weights;
    Memory sums(all * 4 * LANES);
    In* a[2] = {left, left + all * down};
    const int64_t last = (s.step(z.from - 1) * s.batch + first) * U;
    const T* before = z.from ? hs + last : h + first * U;
    const float* memory = z.from ? cs + last : c + first * U;
    for (int64_t r = 0; r < count && !z.from; ++r)
      for (int64_t u = 0; u < U; ++u) enter(a[0] + r * down + inputs + u, before[r * U + u]);
    for (int64_t n = z.from; n < z.to; ++n) {
      const int64_t t = s.step(n), row = t * s.batch + first;
      In *now = a[n & 1], *next = a[~n & 1] + inputs;
      for (int64_t r = 0; r < count; ++r)
        for (int64_t f = 0; f < F; ++f) enter(now + r * down + f, x[(row + r) * F + f]);
      for (int64_t b = 0; b < blocks; ++b) {
        const int64_t u = b * LANES, width = std::min(LANES, U - u);
        times<2>(count, depth, now, down, panels + 2 * b * panel, sums.at, 4 * LANES);
        times<2>(count, depth, now, down, panels + (2 * b + 1) * panel, sums.at + 2 * LANES, 4 * LANES);
        for (int64_t r = 0; r < count; ++r) {
          const float *gate = sums.at + r * 4 * LANES, *shift = biases + 4 * u, *kept = memory + r * U + u;
          T *y = gates + (row + r) * 4 * U + u, *shown = hs + (row + r) * U + u;
          float* made = cs + (row + r) * U + u;
          if (mask && !mask[row + r]) {
            for (int64_t i = 0; i < width; ++i) {
              y[i] = y[U + i] = y[2 * U + i] = y[3 * U + i] = T(0);
              made[i] = kept[i], shown[i] = before[r * U + u + i];
              enter(next + r * down + u + i, shown[i]);
            }
          } else if (width == LANES) {
            cell(LANES, U, gate, shift, kept, made, y, shown, next + r * down + u);
          } else {
            cell(width, U, gate, shift, kept, made, y, shown, next + r * down + u);
          }
        }
      }
      before = hs + row * U, memory = cs + row * U;
    }
  }
};

struct Backward {
  Sizes s;
  const T *r, *gates, *d_hs, *d_last;
  const float *c, *cs, *d_memory, *d_cs;
  const bool* mask;
  T *d_z, *d_h;
  float* d_c;
  Turned<4> across{s.units};
  int64_t pieces = 2 * across.blocks, words = across.blocks * across.panel, depth = across.depth;
  int64_t lefts = 1, keeps = (mask ? 2 : 1) * across.width;

  void piece(int64_t n, float* panels) const { across.piece(n, s, r, panels); }

  // Kept: what flows into the state, and past a step that is left out.
  void walk(const Stretch& z, In* dz, int64_t down, float* flows, const float* panels) const {
    const int64_t U = s.units, first = z.first, count = z.count, width = across.width;
    float *d_now = d_c + first * U, *held = flows + up(count, GROUP) * width;
    if (!z.from) {
      for (int64_t i = 0; i < count * U; ++i) d_now[i] = d_memory ? d_memory[first * U + i] : 0.f;
      across.begin(count, d_last ? d_last + first * U : nullptr, flows);
    }
    for (int64_t n = s.steps - 1 - z.from; n >= s.steps - z.to; --n) {
      const int64_t row = s.step(n) * s.batch + first;
      const float* before = n ? cs + (s.step(n - 1) * s.batch + first) * U : c + first * U;
      for (int64_t r = 0; r < count; ++r) {
        float *flow = flows + r * width, *dc = d_now + r * U;
        const float *now = cs + (row + r) * U, *past = before + r * U;
        const T* y = gates + (row + r) * 4 * U;
        T* d = d_z + (row + r) * 4 * U;
        In* into = dz + r * down;
        for (int64_t u = 0; d_hs && u < U; ++u) flow[u] += wide(d_hs[(row + r) * U + u]);
        for (int64_t u = 0; d_cs && u < U; ++u) dc[u] += d_cs[(row + r) * U + u];
        if (mask && !mask[row + r]) {
          memset(d, 0, 4 * U * sizeof(T)), memset(into, 0, 4 * U * sizeof(In));
          memcpy(held + r * width, flow, U * sizeof(float));
          continue;
        }
#pragma omp simd
        for (int64_t u = 0; u < U; ++u) {
          const float i = wide(y[u]), f = wide(y[U + u]), g = wide(y[2 * U + u]), o = wide(y[3 * U + u]);
          const float t = tanh_of(now[u]), state = dc[u] + flow[u] * o * (1.f - t * t);
          const T d_i = as_data(state * g * i * (1.f - i)), d_f = as_data(state * past[u] * f * (1.f - f));
          const T d_g = as_data(state * i * (1.f - g * g)), d_o = as_data(flow[u] * t * o * (1.f - o));
          d[u] = d_i, d[U + u] = d_f, d[2 * U + u] = d_g, d[3 * U + u] = d_o;
          enter(into + u, d_i), enter(into + U + u, d_f), enter(into + 2 * U + u, d_g), enter(into + 3 * U + u, d_o);
          dc[u] = state * f;
        }
      }
      across.times_all(count, dz, down, panels, flows);
      for (int64_t r = 0; mask && r < count; ++r)
        if (!mask[row + r]) memcpy(flows + r * width, held + r * width, U * sizeof(float));
    }
    if (z.to == s.steps) across.end(count, flows, d_h + first * U);
  }
};

extern "C" void kernel(int64_t back, const int64_t* sizes, void* const* at) {
  Sizes s;
  memcpy(&s, sizes, sizeof s);
  auto data = [&](int n) { return static_cast<T*>(at[n]); };
  auto floats = [&](int n) { return static_cast<float*>(at[n]); };
  auto truths = [&](int n) { return static_cast<const bool*>(at[n]); };
  if (back)
    run(Backward{s, data(0), data(3), data(4), data(5), floats(1), floats(2), floats(6), floats(7), truths(8), data(9),
                 data(10), floats(11)});
  else
    run(Forward{s, data(0), data(1), data(3), data(4), data(5), floats(2), truths(6), data(7), data(9), floats(8)});
}
