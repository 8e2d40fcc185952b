// Products with a few rows: y (R, N) = x (R, K) w (K, N), or w (N, K) turned.
//
//   y[r][n] = sum over k of x[r][k] w[k][n], added in an order of K alone: a row is rounded as among others.
//
// Each weight is read once and used R times, so the time is that of reading w: forwards, in few streams, by all
// threads. AT_ONCE rows of w are added to the sums at a time, which stay in the nearest cache. In 32 bits a thread takes
// whole rows, a part of K, so that it reads memory from one end to the other; the sums of the parts are added up in
// order. In 16 bits a row is half as long and a number twice the work: a thread takes a wide stretch of columns of all.

constexpr int AT_ONCE = 8;
constexpr int64_t STRETCH = 512;    // columns; four rows of their sums are 8 KiB
constexpr int64_t WIDE = 1024;      // columns, of whole rows
constexpr int64_t PARTS = 4;        // of K
constexpr int64_t LEAST = 1 << 15;  // weights for which threads pay

// WIDTH numbers as two vectors. Of 16 bits the even ones and the odd ones: two numbers lie in each word of 32.
INLINE void both(const float* p, Vec& a, Vec& b) { a = load(p), b = load(p + LANES); }
INLINE void both(const bf16* p, Vec& a, Vec& b) {
  Bits words;
  memcpy(&words, p, sizeof words);
  a = (Vec)(words << 16), b = (Vec)(words & 0xffff0000u);
}
// Where the sum of column c is, of those that were added in pairs of vectors.
INLINE int64_t place(const float*, int64_t c) { return c; }
INLINE int64_t place(const bf16*, int64_t c) { return c / WIDTH * WIDTH + c % 2 * LANES + c % WIDTH / 2; }

// COUNT rows are added to the sums of a stretch, which are `apart` from row to row of x.
template <int R, int COUNT>
INLINE void add_rows(int64_t K, int64_t N, const T* x, const T* w, int64_t width, float* sum, int64_t apart) {
  float u[R][COUNT];
  for (int r = 0; r < R; ++r)
    for (int i = 0; i < COUNT; ++i) u[r][i] = wide(x[r * K + i]);
  int64_t c = 0;
  for (; c + WIDTH <= width; c += WIDTH) {
    Vec s[R][2];
    for (int r = 0; r < R; ++r) s[r][0] = load(sum + r * apart + c), s[r][1] = load(sum + r * apart + c + LANES);
#pragma GCC unroll 8
    for (int i = 0; i < COUNT; ++i) {
      Vec a, b;
      if (sizeof(T) == 2) __builtin_prefetch(w + (i + AT_ONCE) * N + c);
      both(w + i * N + c, a, b);
#pragma GCC unroll 4
      for (int r = 0; r < R; ++r) s[r][0] += u[r][i] * a, s[r][1] += u[r][i] * b;
    }
    for (int r = 0; r < R; ++r) store(sum + r * apart + c, s[r][0]), store(sum + r * apart + c + LANES, s[r][1]);
  }
  for (int i = 0; i < COUNT && c < width; ++i)
    for (int r = 0; r < R; ++r) {
#pragma omp simd
      for (int64_t n = c; n < width; ++n) sum[r * apart + n] += u[r][i] * wide(w[i * N + n]);
    }
}

// A stretch of columns of some rows of w.
template <int R>
INLINE void add_stretch(int64_t first, int64_t last, int64_t K, int64_t N, const T* x, const T* w, int64_t width,
                        float* sum, int64_t apart) {
  for (int r = 0; r < R; ++r) memset(sum + r * apart, 0, width * sizeof(float));
  int64_t k = first;
  for (; k + AT_ONCE <= last; k += AT_ONCE) add_rows<R, AT_ONCE>(K, N, x + k, w + k * N, width, sum, apart);
  for (; k < last; ++k) add_rows<R, 1>(K, N, x + k, w + k * N, width, sum, apart);
}

template <int R>
static void by_columns(int64_t threads, int64_t K, int64_t N, const T* x, const T* w, T* y) {
  const int64_t stretch = up(parts_of(N, threads * parts_of(N, threads * STRETCH)), WIDTH);
#pragma omp parallel for schedule(static) if (threads > 1)
  for (int64_t from = 0; from < N; from += stretch) {
    const int64_t width = std::min(stretch, N - from), paired = width / WIDTH * WIDTH;
    alignas(64) float sum[R * STRETCH];
    add_stretch<R>(0, K, K, N, x, w + from, width, sum, STRETCH);
    for (int r = 0; r < R; ++r)
      for (int64_t c = 0; c < width; ++c) put(y + r * N + from + c, sum[r * STRETCH + (c < paired ? place(w, c) : c)]);
  }
}

template <int R>
static void by_rows(int64_t threads, int64_t K, int64_t N, const T* x, const T* w, T* y) {
  const int64_t each = up(parts_of(K, PARTS), AT_ONCE), parts = parts_of(K, each), apart = up(N, WIDTH) + WIDTH;
  const int64_t wide = std::min(WIDE, up(parts_of(N, parts_of(threads, parts)), WIDTH)), across = parts_of(N, wide);
  const Memory memory(parts * R * apart);
  float* const sums = memory.at;
#pragma omp parallel for schedule(static) if (threads > 1)
  for (int64_t task = 0; task < parts * across; ++task) {
    const int64_t part = task / across, from = task % across * wide;
    const int64_t first = part * each, last = std::min(K, first + each), width = std::min(wide, N - from);
    add_stretch<R>(first, last, K, N, x, w + from, width, sums + part * R * apart + from, apart);
  }
  for (int r = 0; r < R; ++r) {
    float* const total = sums + r * apart;
    for (int64_t part = 1; part < parts; ++part) {
      const float* sum = total + part * R * apart;
#pragma omp simd
      for (int64_t c = 0; c < N; ++c) total[c] += sum[c];
    }
    for (int64_t c = 0; c < N; ++c) put(y + r * N + c, total[c]);
  }
}

template <int R>
static void forward(int64_t K, int64_t N, const T* x, const T* w, T* y) {
  const int64_t threads = K * N >= LEAST ? threads_here() : 1;
  if constexpr (sizeof(T) == 4)
    by_rows<R>(threads, K, N, x, w, y);
  else
    by_columns<R>(threads, K, N, x, w, y);
}

INLINE float total(Vec v) {
  float numbers[LANES], sum = 0;
  store(numbers, v);
#pragma omp simd reduction(+ : sum)
  for (int l = 0; l < LANES; ++l) sum += numbers[l];
  return sum;
}

// WIDTH numbers of each of R rows times as many of COUNT rows; `along` and `down`: steps in them.
template <int R, int COUNT>
INLINE void add_along(const T* x, int64_t along, const T* w, int64_t down, Vec (*s)[COUNT][2]) {
  Vec a[R], b[R];
  for (int r = 0; r < R; ++r) both(x + r * along, a[r], b[r]);
#pragma GCC unroll 4
  for (int n = 0; n < COUNT; ++n) {
    Vec c, d;
    both(w + n * down, c, d);
#pragma GCC unroll 4
    for (int r = 0; r < R; ++r) s[r][n][0] += a[r] * c, s[r][n][1] += b[r] * d;
  }
}

// COUNT results of each row, from as many rows of w. What is left of their ends is filled up with zeros.
template <int R, int COUNT>
static void along_rows(int64_t K, int64_t N, const T* x, const T* w, T* y) {
  Vec s[R][COUNT][2] = {};
  int64_t k = 0;
  for (; k + WIDTH <= K; k += WIDTH) {
#pragma GCC unroll 4
    for (int n = 0; n < COUNT; ++n) {
      __builtin_prefetch(w + (n + COUNT) * K + k);
      if (sizeof(T) > 2) __builtin_prefetch(w + (n + COUNT) * K + k + LANES);
    }
    add_along<R, COUNT>(x + k, K, w + k, K, s);
  }
  if (k < K) {
    T left[R + COUNT][WIDTH] = {};
    for (int r = 0; r < R; ++r) memcpy(left[r], x + r * K + k, (K - k) * sizeof(T));
    for (int n = 0; n < COUNT; ++n) memcpy(left[R + n], w + n * K + k, (K - k) * sizeof(T));
    add_along<R, COUNT>(left[0], WIDTH, left[R], WIDTH, s);
  }
  for (int r = 0; r < R; ++r)
    for (int n = 0; n < COUNT; ++n) put(y + r * N + n, total(s[r][n][0] + s[r][n][1]));
}

template <int R>
static void turned(int64_t K, int64_t N, const T* x, const T* w, T* y) {
  constexpr int COUNT = R == 1 ? 4 : 2;
#pragma omp parallel for schedule(static) if (K * N >= LEAST)
  for (int64_t n = 0; n < N; n += COUNT)
    if (n + COUNT <= N)
      along_rows<R, COUNT>(K, N, x, w + n * K, y + n);
    else
      for (int64_t i = n; i < N; ++i) along_rows<R, 1>(K, N, x, w + i * K, y + i);
}

extern "C" void kernel(int64_t is_turned, int64_t rows, int64_t K, int64_t N, const T* x, const T* w, T* y) {
  switch (rows) {
    case 1: return is_turned ? turned<1>(K, N, x, w, y) : forward<1>(K, N, x, w, y);
    case 2: return is_turned ? turned<2>(K, N, x, w, y) : forward<2>(K, N, x, w, y);
    case 3: return is_turned ? turned<3>(K, N, x, w, y) : forward<3>(K, N, x, w, y);
    default: return is_turned ? turned<4>(K, N, x, w, y) : forward<4>(K, N, x, w, y);
  }
}
