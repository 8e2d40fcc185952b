// What ways to compute attention share: its sizes, and the softmax of a query's scores.

struct Sizes {
  int64_t batch, heads, queries, keys, features, values, causal, parts;
  Steps q, k, v, y;           // y: also of dY
  Steps dq, dk, dv;
  int64_t mask[4];            // batch, head, query, key
};

typedef int32_t Ints __attribute__((vector_size(4 * LANES)));

// e^x of numbers that are not above 0, as `exp_near`; below -87 it is 0.
INLINE Vec exp_below(Vec x) {
  Vec n;
  const Vec p = exp_rest(x < -87.f ? Vec{} - 87.f : x, n);
  const Ints exponent = (__builtin_convertvector(n, Ints) + 127) << 23;
  return x < -87.f ? Vec{} : p * (Vec)exponent;
}

// Softmax of the first `own` scores; those up to `all` become 0. A query that sees nothing weighs nothing. Rows have
// memory up to a multiple of LANES. What comes of a vector is given to `take(place, vector)`.
template <class Take>
INLINE void soften(float* x, int64_t own, int64_t all, const uint8_t* mask, int64_t step, Take take) {
  int64_t seen = own;
  const int64_t full = up(own, LANES);  // whole vectors, of which what is not a score vanishes
  if (mask) {
    seen = 0;
    for (int64_t s = 0; s < own; ++s) {
      seen += mask[s * step];
      x[s] = mask[s * step] ? x[s] : -INFINITY;
    }
  }
  int64_t s = 0;
  if (seen) {
    for (int64_t s = own; s < full; ++s) x[s] = -INFINITY;
    Vec tops = Vec{} - INFINITY, sums = {};
    for (int64_t s = 0; s < full; s += LANES) tops = load(x + s) > tops ? load(x + s) : tops;
    const float top = of_lanes(tops, [](Vec a, Vec b) { return a > b ? a : b; });
    for (int64_t s = 0; s < full; s += LANES) {
      const Vec e = exp_below(load(x + s) - top);
      store(x + s, e), sums += e;
    }
    const float by = 1 / of_lanes(sums, [](Vec a, Vec b) { return a + b; });
    for (; s < full; s += LANES) take(s, load(x + s) * by);
  }
  for (; s < all; s += LANES) take(s, Vec{});
}
