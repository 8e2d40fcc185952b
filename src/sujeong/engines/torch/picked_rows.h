// Bags of rows: the sum or the mean of each, and the sums that its gradient has in the rows' places.

constexpr int64_t WORTH = 1 << 15;  // numbers from which threads pay

// Of `columns` from `c` on, in P vectors: the sum of a bag's rows.
template <int P>
static void columns(const Bags& bags, int64_t from, int64_t to, float by, const T* x, T* y) {
  Vec sum[P] = {};
  for (int64_t k = from; k < to; ++k) {
    if (bags.ids[k] == bags.pad) continue;
    const T* row = x + bags.place(k) * bags.width;
    for (int i = 0; i < P; ++i) sum[i] += load(row + i * LANES);
  }
  for (int i = 0; i < P; ++i) store(y + i * LANES, sum[i] * by);
}

// y (bags, width) = share * sum of the rows of x (size, width) in each bag.
static void gather(const Bags& bags, const T* x, T* y) {
  const int64_t width = bags.width;
#pragma omp parallel for schedule(static) if (bags.total * width >= WORTH)
  for (int64_t b = 0; b < bags.count; ++b) {
    const int64_t from = bags.begin(b), to = bags.begin(b + 1);
    const float by = bags.share(b);
    T* out = y + b * width;
    int64_t c = 0;
    for (; c + 4 * LANES <= width; c += 4 * LANES) columns<4>(bags, from, to, by, x + c, out + c);
    for (; c + LANES <= width; c += LANES) columns<1>(bags, from, to, by, x + c, out + c);
    float sum[LANES] = {};
    for (int64_t k = from; k < to && c < width; ++k) {
      if (bags.ids[k] == bags.pad) continue;
      for (int64_t i = c; i < width; ++i) sum[i - c] += wide(x[bags.place(k) * width + i]);
    }
    for (int64_t i = c; i < width; ++i) put(out + i, sum[i - c] * by);
  }
}

// y (size, width): zero, then for each id, in order, share * its row of g is added to its row of y. Each thread has
// columns of its own.
static void spread(const Bags& bags, const T* g, T* y) {
  const int64_t width = bags.width, parts = parts_of(width, LANES);
#pragma omp parallel if (bags.total * width >= WORTH)
  {
#pragma omp for schedule(static)
    for (int64_t s = 0; s < bags.size; ++s) memset(y + s * width, 0, width * sizeof(T));
    int64_t self = 0, all = 1;
#if defined(_OPENMP)
    self = omp_get_thread_num(), all = omp_get_num_threads();
#endif
    const int64_t first = std::min(width, parts * self / all * LANES), last = std::min(width, parts * (self + 1) / all * LANES);
    for (int64_t b = 0; b < bags.count; ++b) {
      const float by = bags.share(b);
      const T* read = g + b * bags.row;
      for (int64_t k = bags.begin(b); k < bags.begin(b + 1); ++k, read += bags.next) {
        if (bags.ids[k] == bags.pad) continue;
        T* sum = y + bags.place(k) * width;
#pragma omp simd
        for (int64_t c = first; c < last; ++c) sum[c] += by * read[c];
      }
    }
  }
}

extern "C" void kernel(int64_t back, const int64_t* sizes, const T* x, const I* ids, const int64_t* offsets, T* y,
                       int64_t* refused) {
  const Bags bags(sizes, ids, offsets);
  if (!bags.good())
    *refused = 1;
  else if (back)
    spread(bags, x, y);
  else
    gather(bags, x, y);
}
