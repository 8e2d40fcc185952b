// Attention with a few queries, as when a text is written word by word: keys and values are read once, as they lie.
//
//   x = scale q K^T over the keys that are seen      p = e^(x - max x) / sum      y = p V
//
// Keys that a query does not see are not looked at; one that sees none weighs nothing. Numbers are float inside,
// whatever they are in memory. A head is the work of one thread, so threads change no bit.

struct Heads {
  int64_t batch, heads, queries, keys, features, values, causal;
};

INLINE float dot(const T* a, const T* b, int64_t size) {
  Vec sums = {};
  int64_t c = 0;
  for (; c + LANES <= size; c += LANES) sums += load(a + c) * load(b + c);
  float numbers[LANES], sum = 0;
  store(numbers, sums);
#pragma omp simd reduction(+ : sum)
  for (int l = 0; l < LANES; ++l) sum += numbers[l];
  for (; c < size; ++c) sum += wide(a[c]) * wide(b[c]);
  return sum;
}

// COUNT vectors of y = p V, from row to row in registers.
template <int COUNT>
INLINE void weighed(int64_t count, const float* p, const int32_t* seen, const T* v, int64_t step, T* y) {
  Vec sums[COUNT] = {};
  for (int64_t i = 0; i < count; ++i)
    for (int n = 0; n < COUNT; ++n) sums[n] += p[i] * load(v + seen[i] * step + n * LANES);
  for (int n = 0; n < COUNT; ++n) store(y + n * LANES, sums[n]);
}

static void softmax(float* x, int64_t count) {
  float top = -INFINITY, sum = 0;
#pragma omp simd reduction(max : top)
  for (int64_t i = 0; i < count; ++i) top = x[i] > top ? x[i] : top;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += x[i] = exp_of(x[i] - top);
  const float by = 1 / sum;
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) x[i] *= by;
}

static void attend(const Heads& z, const Steps& qs, const Steps& ks, const Steps& vs, const Steps& ys,
                   const int64_t* ms, float scale, const T* q, const T* k, const T* v, const uint8_t* mask, T* y,
                   T* p) {
  const int64_t work = z.batch * z.heads * z.queries * z.keys * (z.features + z.values);
#pragma omp parallel for schedule(static) if (work >= 1 << 17)
  for (int64_t task = 0; task < z.batch * z.heads; ++task) {
    const int64_t b = task / z.heads, h = task % z.heads;
    const T *key = of_head(k, ks, b, h), *value = of_head(v, vs, b, h);
    Memory scores(z.keys), places(z.keys);
    float* x = scores.at;
    int32_t* seen = (int32_t*)places.at;
    for (int64_t t = 0; t < z.queries; ++t) {
      const T* query = of_head(q, qs, b, h) + t * qs.row;
      const int64_t most = z.causal ? std::min(z.keys, t + 1) : z.keys;
      int64_t count = 0;
      if (mask) {
        const uint8_t* m = mask + b * ms[0] + h * ms[1] + t * ms[2];
        for (int64_t s = 0; s < most; ++s) seen[count] = int32_t(s), count += m[s * ms[3]] != 0;
      } else {
        for (; count < most; ++count) seen[count] = int32_t(count);
      }
      for (int64_t i = 0; i < count; ++i) x[i] = scale * dot(query, key + seen[i] * ks.row, z.features);
      softmax(x, count);
      T* out = of_head(y, ys, b, h) + t * ys.row;
      int64_t c = 0;
      for (; c + 4 * LANES <= z.values; c += 4 * LANES) weighed<4>(count, x, seen, value + c, vs.row, out + c);
      for (; c + LANES <= z.values; c += LANES) weighed<1>(count, x, seen, value + c, vs.row, out + c);
      for (; c < z.values; ++c) {
        float sum = 0;
        for (int64_t i = 0; i < count; ++i) sum += x[i] * wide(value[seen[i] * vs.row + c]);
        put(out + c, sum);
      }
      if (!p) continue;
      T* row = p + (task * z.queries + t) * z.keys;
      memset(row, 0, z.keys * sizeof(T));
      for (int64_t i = 0; i < count; ++i) put(row + seen[i], x[i]);
    }
  }
}
