// Rows that indices name: their means, and sums of rows in the places that indices name.
//
// An index from -size on counts from the end; any other outside is refused. I: the type of an index.

constexpr int64_t WORTH = 1 << 15;  // numbers from which threads pay

INLINE int64_t inside(int64_t at, int64_t size) { return at < 0 ? at + size : at; }

static bool all_inside(int64_t count, const I* at, int64_t size) {
  bool wrong = false;
  for (int64_t n = 0; n < count; ++n) wrong |= at[n] < -size || at[n] >= size;
  return !wrong;
}

// y (rows, width) = mean over `count` rows of x (size, width), for each row of `at` (rows, count).
static void means(int64_t rows, int64_t count, int64_t width, int64_t size, const T* x, const I* at, T* y) {
  const float by = 1.f / count;
#pragma omp parallel for schedule(static) if (rows * count * width >= WORTH)
  for (int64_t r = 0; r < rows; ++r) {
    const I* picked = at + r * count;
    int64_t c = 0;
    for (; c + 2 * WIDTH <= width; c += 2 * WIDTH) {
      Vec sum[4] = {};
      for (int64_t k = 0; k < count; ++k) {
        const T* row = x + inside(picked[k], size) * width + c;
        for (int i = 0; i < 4; ++i) sum[i] += load(row + i * LANES);
      }
      for (int i = 0; i < 4; ++i) store(y + r * width + c + i * LANES, sum[i] * by);
    }
    for (; c < width; ++c) {
      float sum = 0;
      for (int64_t k = 0; k < count; ++k) sum += wide(x[inside(picked[k], size) * width + c]);
      put(y + r * width + c, sum * by);
    }
  }
}

// y (size, width): zero, then row (r, k) of g is added to row at[r, k]. Each thread has columns of its own, so that
// sums are taken in order. row, next: steps of g from one r, and one k, to the next.
static void sums(int64_t rows, int64_t count, int64_t width, int64_t size, const T* g, int64_t row, int64_t next,
                 const I* at, T* y) {
  const int64_t parts = parts_of(width, LANES);
#pragma omp parallel if (rows * count * width >= WORTH)
  {
#pragma omp for schedule(static)
    for (int64_t s = 0; s < size; ++s) memset(y + s * width, 0, width * sizeof(T));
    int64_t self = 0, all = 1;
#if defined(_OPENMP)
    self = omp_get_thread_num(), all = omp_get_num_threads();
#endif
    const int64_t from = std::min(width, parts * self / all * LANES), to = std::min(width, parts * (self + 1) / all * LANES);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t k = 0; k < count; ++k) {
        const T* read = g + r * row + k * next;
        T* sum = y + inside(at[r * count + k], size) * width;
#pragma omp simd
        for (int64_t c = from; c < to; ++c) sum[c] += read[c];
      }
  }
}

extern "C" void kernel(int64_t adds, int64_t rows, int64_t count, int64_t width, int64_t size, int64_t row, int64_t next,
                       const T* x, const I* at, T* y, int64_t* refused) {
  if (!all_inside(rows * count, at, size))
    *refused = 1;
  else if (adds)
    sums(rows, count, width, size, x, row, next, at, y);
  else
    means(rows, count, width, size, x, at, y);
}
