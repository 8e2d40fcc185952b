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
  const Vec y = x < -87.f ? Vec{} - 87.f : x, n = (y * 1.44269504f + 12582912.f) - 12582912.f;
  const Vec r = (y - n * 0.693359375f) + n * 2.12194440e-4f;
  Vec p = Vec{} + 1.3933643e-3f;
  p = p * r + 8.3631752e-3f;
  p = p * r + 4.1666467e-2f;
  p = p * r + 1.6666576e-1f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.f;
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
