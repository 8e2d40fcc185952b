// What ways to compute attention share: its sizes, and the softmax of a query's scores.

struct Sizes {
  int64_t batch, heads, queries, keys, features, values, causal, parts;
  Steps q, k, v, y;           // y: also of dY
  Steps dq, dk, dv;
  int64_t mask[4];            // batch, head, query, key
};

// Softmax of the first `own` scores; those up to `all` become 0. A query that sees nothing weighs nothing. Rows have
// memory up to a multiple of LANES.
static void soften(float* x, int64_t own, int64_t all, const uint8_t* mask, int64_t step) {
  int64_t seen = own;
  const int64_t full = up(own, LANES);  // whole vectors, of which what is not a score vanishes
  if (mask) {
    seen = 0;
    for (int64_t s = 0; s < own; ++s) {
      seen += mask[s * step];
      x[s] = mask[s * step] ? x[s] : -INFINITY;
    }
  }
  if (seen) {
    for (int64_t s = own; s < full; ++s) x[s] = -INFINITY;
    Vec tops = Vec{} - INFINITY, sums = {};
    for (int64_t s = 0; s < full; s += LANES) tops = load(x + s) > tops ? load(x + s) : tops;
    const float top = of_lanes(tops, [](Vec a, Vec b) { return a > b ? a : b; });
#pragma omp simd
    for (int64_t s = 0; s < full; ++s) x[s] = exp_of(x[s] - top);
    for (int64_t s = 0; s < full; s += LANES) sums += load(x + s);
    const float by = 1 / of_lanes(sums, [](Vec a, Vec b) { return a + b; });
    for (int64_t s = 0; s < full; s += LANES) store(x + s, load(x + s) * by);
  }
  for (int64_t s = seen ? own : 0; s < all; ++s) x[s] = 0;
}
