// Products of rows with a matrix that is packed once and used at every step of a sequence.
//
//   z (rows, columns) = a (rows, K) w (K, columns)
//
// Packed, w lies in panels of one or two vectors of columns, [K][N vectors]. In 16 bits, where the processor multiplies
// pairs of such numbers, a word holds two of them that follow each other along K; where it has units for tiles of 16
// rows by 16 columns, these take the same words. Elsewhere numbers are widened to float. A result is added up in order
// of K, so that neither the number of rows nor that of threads changes a bit.

#include <type_traits>

typedef std::conditional<PAIRS, bf16, float>::type In;  // a number of a
constexpr int64_t EACH = PAIRS ? 2 : 1;                 // numbers in a word
constexpr int64_t DEPTH = PAIRS ? 32 : 1;               // K is filled up with zeros to a multiple of it,
constexpr int64_t GROUP = PAIRS ? 16 : ROWS;            // and rows in memory to one of this

INLINE T as_data(float x) {
  T y;
  put(&y, x);
  return y;
}
INLINE void enter(float* at, float x) { *at = x; }
INLINE void enter(float* at, bf16 x) { *at = wide(x); }
INLINE void enter(bf16* at, bf16 x) { *at = x; }

// Numbers from one row of a to the next: K, and a line of the cache, so that rows do not fall on the same ones.
INLINE int64_t apart(int64_t depth) { return depth + 64 / sizeof(In); }

// --- packing ------------------------------------------------------------------------------------------------
// Words from LANES columns of a row of w (and the row below), or from along one column.
INLINE Vec across_columns(const T* w, int64_t down) {
#if defined(HAS_PAIRS)
  if constexpr (PAIRS) {
    Half low, high;
    memcpy(&low, w, sizeof low), memcpy(&high, w + down, sizeof high);
    return (Vec)(__builtin_convertvector(low, Bits) | (__builtin_convertvector(high, Bits) << 16));
  }
#endif
  return load(w);
}
INLINE Vec along_column(const T* w) {
  if constexpr (!PAIRS) return load(w);
  Vec v;
  memcpy(&v, w, sizeof v);
  return v;
}
INLINE float word(const T* w, int64_t down, int64_t count) {
  if constexpr (!PAIRS) return count > 0 ? wide(*w) : 0.f;
  uint32_t low = 0, high = 0;
  if (count > 0) memcpy(&low, w, sizeof(T));
  if (count > 1) memcpy(&high, w + down, sizeof(T));
  return bits<float>(low | high << 16);
}

// One vector of columns, `width` of them filled, each with K numbers `down` apart; words are `next` apart.
static void pack(const T* w, int64_t down, int64_t across, int64_t K, int64_t width, float* to, int64_t next) {
  const int64_t words = up(K, DEPTH) / EACH;
  int64_t k = 0;
  if (width == LANES && across == 1)
    for (; (k + 1) * EACH <= K; ++k) store(to + k * next, across_columns(w + k * EACH * down, down));
  else if (width == LANES && down == 1)
    for (; (k + LANES) * EACH <= K; k += LANES) {
      Vec square[LANES];
      for (int64_t c = 0; c < LANES; ++c) square[c] = along_column(w + c * across + k * EACH);
      transpose(square);
      for (int64_t i = 0; i < LANES; ++i) store(to + (k + i) * next, square[i]);
    }
  for (; k < words; ++k)
    for (int64_t c = 0; c < LANES; ++c)
      to[k * next + c] = c < width ? word(w + k * EACH * down + c * across, down, K - k * EACH) : 0.f;
}

// --- multiplying --------------------------------------------------------------------------------------------
#if defined(HAS_PAIRS)
template <int M, int N>
INLINE void paired(int64_t words, const bf16* a, int64_t down, const float* panel, float* z, int64_t step) {
  __m512 sum[M][N];
  for (int m = 0; m < M; ++m)
    for (int n = 0; n < N; ++n) sum[m][n] = _mm512_setzero_ps();
  for (int64_t k = 0; k < words; ++k) {
    __m512bh w[N];
    for (int n = 0; n < N; ++n) w[n] = (__m512bh)_mm512_loadu_ps(panel + (k * N + n) * LANES);
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m) {
      int32_t two;
      memcpy(&two, a + m * down + 2 * k, sizeof two);
      const __m512bh v = (__m512bh)_mm512_set1_epi32(two);
      for (int n = 0; n < N; ++n) sum[m][n] = _mm512_dpbf16_ps(sum[m][n], v, w[n]);
    }
  }
  for (int m = 0; m < M; ++m)
    for (int n = 0; n < N; ++n) _mm512_storeu_ps(z + m * step + n * LANES, sum[m][n]);
}
#endif

#if defined(HAS_TILES)
template <int M, int N>  // 16 rows M times, a vector of columns N times
INLINE void tiled(int64_t words, const bf16* a, int64_t down, const float* panel, float* z, int64_t step) {
  __asm__ volatile("" ::: "memory");  // what lies in a is in memory
  _tile_zero(0);
  if (N > 1) _tile_zero(1);
  if (M > 1) _tile_zero(2);
  if (M > 1 && N > 1) _tile_zero(3);
  for (int64_t k = 0; k < words; k += 16) {
    _tile_loadd(4, a + 2 * k, down * 2);
    _tile_loadd(6, panel + k * N * LANES, N * 64);
    _tile_dpbf16ps(0, 4, 6);
    if (N > 1) _tile_loadd(7, panel + k * N * LANES + LANES, N * 64);
    if (N > 1) _tile_dpbf16ps(1, 4, 7);
    if (M > 1) _tile_loadd(5, a + 16 * down + 2 * k, down * 2);
    if (M > 1) _tile_dpbf16ps(2, 5, 6);
    if (M > 1 && N > 1) _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, z, step * 4);
  if (N > 1) _tile_stored(1, z + LANES, step * 4);
  if (M > 1) _tile_stored(2, z + 16 * step, step * 4);
  if (M > 1 && N > 1) _tile_stored(3, z + 16 * step + LANES, step * 4);
}
#endif

constexpr int64_t MOST_DEPTH = 128;  // of floats: a panel's part that stays in the nearest cache, beside the next one

template <int M, int N>
INLINE void some_rows(int64_t depth, const In* a, int64_t down, const float* panel, float* z, int64_t step,
                      const float* ahead = nullptr) {
#if defined(HAS_PAIRS)
  if constexpr (PAIRS) return paired<M, N>(depth / 2, a, down, panel, z, step);
#endif
  if constexpr (!PAIRS) block<N, true, M>(depth, a, 1, down, panel, N * LANES, z, step, ahead);
}

// z (rows, N vectors) = a (rows, depth) times a panel. Both have memory up to a multiple of GROUP rows, which tiles use.
template <int N>
static void times(int64_t rows, int64_t depth, const In* a, int64_t down, const float* panel, float* z, int64_t step) {
#if defined(HAS_TILES)
  if constexpr (PAIRS)
    if (TILED) {
      int64_t r = 0;
      for (; r + 16 < rows; r += 32) tiled<2, N>(depth / 2, a + r * down, down, panel, z + r * step, step);
      if (r < rows) tiled<1, N>(depth / 2, a + r * down, down, panel, z + r * step, step);
      return;
    }
#endif
  if (!PAIRS)
    for (int64_t r = 0; r < rows; ++r)
      for (int n = 0; n < N; ++n) store(z + r * step + n * LANES, Vec{});
  for (int64_t k = 0, part = PAIRS ? depth : MOST_DEPTH; k < depth; k += part) {
    const int64_t some = std::min(part, depth - k);
    const float* from = panel + k / EACH * N * LANES;
    const float* next = from + some / EACH * N * LANES;  // N blocks of rows fetch it, a part each
    int64_t r = 0;
    for (; r + ROWS <= rows; r += ROWS)
      some_rows<ROWS, N>(some, a + r * down + k, down, from, z + r * step, step, next + r / ROWS % N * some * LANES);
    for (; r + 4 <= rows; r += 4) some_rows<4, N>(some, a + r * down + k, down, from, z + r * step, step);
    for (; r < rows; ++r) some_rows<1, N>(some, a + r * down + k, down, from, z + r * step, step);
  }
}
