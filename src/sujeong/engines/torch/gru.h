// The gated recurrent unit over whole sequences, and back through time. Letters as in `recurrent/gru.py`.
//
// For z and r the row (x_t, h) meets W above R; for n both
// products are made apart, as r stands between them.

// The state after a step, for `width` units of a row. q: z, r, a_n and q_n, LANES of each.
INLINE void cell(int64_t width, int64_t units, const float* q, const float* bias, float* state, T* inner, T* h, In* next) {
#pragma omp simd
  for (int64_t u = 0; u < width; ++u) {
    const float z = sigmoid_of(q[u] + bias[u]), r = sigmoid_of(q[LANES + u] + bias[LANES + u]);
    const float within = q[3 * LANES + u] + bias[3 * LANES + u];
    const float n = tanh_of(q[2 * LANES + u] + bias[2 * LANES + u] + r * within), now = n + z * (state[u] - n);
    const T shown = as_data(now);
    inner[u] = as_data(z), inner[units + u] = as_data(r), inner[2 * units + u] = as_data(n);
    inner[3 * units + u] = as_data(within), state[u] = now, h[u] = shown;
    enter(next + u, shown);
  }
}

struct Forward {
  Sizes s;
  const T *x, *h, *w, *r, *bias;
  const bool* mask;
  T *hs, *inner;
  int64_t blocks = parts_of(s.units, LANES), inputs = up(s.features, DEPTH), states = up(s.units, DEPTH);
  int64_t depth = inputs + states, both = depth / EACH * 2 * LANES, panel = 3 * both / 2;  // z beside r; n of x; n of h
  int64_t weights = blocks * panel, pieces = blocks, words = weights + 4 * blocks * LANES;  // behind weights, biases
  int64_t lefts = 2, keeps = s.units;

  void piece(int64_t b, float* panels) const {  // of LANES units
    const int64_t first = b * LANES, U = s.units, width = std::min(LANES, U - first), words = inputs / EACH;
    float* to = panels + b * panel;
    for (int64_t g = 0; g < 3; ++g) {
      const int64_t from = g * U + first, next = g < 2 ? 2 * LANES : LANES;
      float* start = g < 2 ? to + g * LANES : to + both;
      pack(w + from * s.w_across, s.w_down, s.w_across, s.features, width, start, next);
      pack(r + from * s.r_across, s.r_down, s.r_across, U, width, start + words * next, next);
    }
    for (int64_t u = 0; u < LANES; ++u)
      for (int64_t g = 0; g < 4; ++g) {
        const T *b0 = bias + std::min<int64_t>(g, 2) * U + first, *b1 = b0 + 3 * U;
        const float shift = u >= width ? 0.f : g < 2 ? wide(b0[u]) + wide(b1[u]) : wide(g < 3 ? b0[u] : b1[u]);
        panels[weights + (4 * b + g) * LANES + u] = shift;
      }
  }

  // Left sides: of this step, and of the next one. Kept: the state, unrounded.
  void walk(const Stretch& z, In* left, int64_t down, float* memory, const float* panels) const {
    const int64_t U = s.units, F = s.features, first = z.first, count = z.count, all = up(count, GROUP);
    const float* biases = panels + weights;
    Memory q(all * 4 * LANES);
    In* a[2] = {left, left + all * down};
    const T* before = z.from ? hs + (s.step(z.from - 1) * s.batch + first) * U : h + first * U;
    for (int64_t r = 0; r < count && !z.from; ++r)
      for (int64_t u = 0; u < U; ++u)
        memory[r * U + u] = wide(before[r * U + u]), enter(a[0] + r * down + inputs + u, before[r * U + u]);
    for (int64_t n = z.from; n < z.to; ++n) {
      const int64_t t = s.step(n), row = t * s.batch + first;
      In *now = a[n & 1], *next = a[~n & 1] + inputs;
      for (int64_t r = 0; r < count; ++r)
        for (int64_t f = 0; f < F; ++f) enter(now + r * down + f, x[(row + r) * F + f]);
      for (int64_t b = 0; b < blocks; ++b) {
        const int64_t u = b * LANES, width = std::min(LANES, U - u);
        const float *gates = panels + b * panel, *of_x = gates + both, *of_h = of_x + inputs / EACH * LANES;
        times<2>(count, depth, now, down, gates, q.at, 4 * LANES);
        times<1>(count, inputs, now, down, of_x, q.at + 2 * LANES, 4 * LANES);
        times<1>(count, states, now + inputs, down, of_h, q.at + 3 * LANES, 4 * LANES);
        for (int64_t r = 0; r < count; ++r) {
          const float *sums = q.at + r * 4 * LANES, *shift = biases + 4 * u;
          T *y = inner + (row + r) * 4 * U + u, *shown = hs + (row + r) * U + u;
          float* state = memory + r * U + u;
          if (mask && !mask[row + r]) {
            for (int64_t i = 0; i < width; ++i) {
              y[i] = y[U + i] = y[2 * U + i] = y[3 * U + i] = T(0), shown[i] = before[r * U + u + i];
              enter(next + r * down + u + i, shown[i]);
            }
          } else if (width == LANES) {
            cell(LANES, U, sums, shift, state, y, shown, next + r * down + u);
          } else {
            cell(width, U, sums, shift, state, y, shown, next + r * down + u);
          }
        }
      }
      before = hs + row * U;
    }
  }
};

struct Backward {
  Sizes s;
  const T *r, *h, *hs, *inner, *d_hs, *d_last;
  const bool* mask;
  T *d_a, *d_q, *d_h;
  Turned<3> across{s.units};
  int64_t pieces = 2 * across.blocks, words = across.blocks * across.panel, depth = across.depth;
  int64_t lefts = 1, keeps = across.width;

  void piece(int64_t n, float* panels) const { across.piece(n, s, r, panels); }

  // Kept: what flows into the state.
  void walk(const Stretch& z, In* dz, int64_t down, float* flows, const float* panels) const {
    const int64_t U = s.units, first = z.first, count = z.count, width = across.width;
    Memory past_gates(count * width);
    if (!z.from) across.begin(count, d_last ? d_last + first * U : nullptr, flows);
    for (int64_t n = s.steps - 1 - z.from; n >= s.steps - z.to; --n) {
      const int64_t row = s.step(n) * s.batch + first;
      const T* before = n ? hs + (s.step(n - 1) * s.batch + first) * U : h + first * U;
      for (int64_t r = 0; r < count; ++r) {
        float *flow = flows + r * width, *stays = past_gates.at + r * width;
        const T *y = inner + (row + r) * 4 * U, *past = before + r * U;
        T *d = d_a + (row + r) * 3 * U, *e = d_q + (row + r) * 3 * U;
        In* into = dz + r * down;
        for (int64_t u = 0; d_hs && u < U; ++u) flow[u] += wide(d_hs[(row + r) * U + u]);
        if (mask && !mask[row + r]) {
          memset(d, 0, 3 * U * sizeof(T)), memset(e, 0, 3 * U * sizeof(T)), memset(into, 0, 3 * U * sizeof(In));
          memcpy(stays, flow, U * sizeof(float));
          continue;
        }
#pragma omp simd
        for (int64_t u = 0; u < U; ++u) {
          const float z = wide(y[u]), g = wide(y[U + u]), n = wide(y[2 * U + u]), within = wide(y[3 * U + u]);
          const float stay = flow[u] * z, dn = (flow[u] - stay) * (1.f - n * n);
          const T d_z = as_data(flow[u] * (wide(past[u]) - n) * z * (1.f - z));
          const T d_r = as_data(dn * within * g * (1.f - g)), d_within = as_data(dn * g);
          d[u] = d_z, d[U + u] = d_r, d[2 * U + u] = as_data(dn);
          e[u] = d_z, e[U + u] = d_r, e[2 * U + u] = d_within;
          enter(into + u, d_z), enter(into + U + u, d_r), enter(into + 2 * U + u, d_within);
          stays[u] = stay;
        }
      }
      across.times_all(count, dz, down, panels, flows);
      for (int64_t r = 0; r < count; ++r)
        for (int64_t u = 0; u < U; ++u) flows[r * width + u] += past_gates.at[r * width + u];
    }
    if (z.to == s.steps) across.end(count, flows, d_h + first * U);
  }
};

extern "C" void kernel(int64_t back, const int64_t* sizes, void* const* at) {
  Sizes s;
  memcpy(&s, sizes, sizeof s);
  auto data = [&](int n) { return static_cast<T*>(at[n]); };
  auto truths = [&](int n) { return static_cast<const bool*>(at[n]); };
  if (back)
    run(Backward{s, data(0), data(1), data(2), data(3), data(4), data(5), truths(6), data(7), data(8), data(9)});
  else
    run(Forward{s, data(0), data(1), data(2), data(3), data(4), truths(5), data(6), data(7)});
}
