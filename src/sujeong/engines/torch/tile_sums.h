// Sums of products of tiles, two rows and two columns of them at once, and how numbers are laid out for it.
//
//   z (16 M, 16 N) = sum over k of  a[k] (16 M, 32)  b[k] (32, 16 N)
//
// A tile of a holds 16 rows of 32 numbers; one of b as many, in words of two numbers that follow each other along the
// sum: 16 rows of words, 16 columns.

constexpr int64_t TILE = 256;  // words of a tile

// Rows of 32 sums. Tiles of a follow each other, those of b are `next` words apart; a second row of tiles is `far_a`
// words away, a second column of them `far_b`.
struct Sums {
  alignas(64) float z[4 * TILE];
};

#if defined(HAS_TILES)
template <int M, int N>
INLINE void begin(const Sums* from) {
  if (from) {
    _tile_loadd(0, from->z, 128);
    if (N > 1) _tile_loadd(1, from->z + 16, 128);
    if (M > 1) _tile_loadd(2, from->z + 512, 128);
    if (M > 1 && N > 1) _tile_loadd(3, from->z + 528, 128);
    return;
  }
  _tile_zero(0);
  if (N > 1) _tile_zero(1);
  if (M > 1) _tile_zero(2);
  if (M > 1 && N > 1) _tile_zero(3);
}
template <int M, int N>
INLINE void add(int64_t count, const float* a, int64_t far_a, const float* b, int64_t next, int64_t far_b) {
  for (int64_t k = 0; k < count; ++k, a += TILE, b += next) {
    _tile_loadd(4, a, 64);
    _tile_loadd(6, b, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (N > 1) _tile_loadd(7, b + far_b, 64);
    if (N > 1) _tile_dpbf16ps(1, 4, 7);
    if (M > 1) _tile_loadd(5, a + far_a, 64);
    if (M > 1) _tile_dpbf16ps(2, 5, 6);
    if (M > 1 && N > 1) _tile_dpbf16ps(3, 5, 7);
  }
}
template <int M, int N>
INLINE void end(Sums* to) {
  _tile_stored(0, to->z, 128);
  if (N > 1) _tile_stored(1, to->z + 16, 128);
  if (M > 1) _tile_stored(2, to->z + 512, 128);
  if (M > 1 && N > 1) _tile_stored(3, to->z + 528, 128);
}
#else
constexpr bool TILED = false;
#endif

// The same without units, for processors that lack them.
static void add_plainly(const float* a, const float* b, float* z) {
  bf16 rows[16][32], pairs[16][16][2];
  memcpy(rows, a, sizeof rows), memcpy(pairs, b, sizeof pairs);
  for (int i = 0; i < 16; ++i)
    for (int k = 0; k < 32; ++k)
      for (int j = 0; j < 16; ++j) z[i * 32 + j] += wide(rows[i][k]) * wide(pairs[k / 2][j][k % 2]);
}

// Sums of a task: `walk` calls add(count, a, b) for all that belongs to it.
template <int M, int N, class Walk>
INLINE void sum(bool go_on, int64_t far_a, int64_t next, int64_t far_b, Sums* s, Walk walk) {
#if defined(HAS_TILES)
  if (TILED) {
    __asm__ volatile("" ::: "memory");  // what was written is in memory
    begin<M, N>(go_on ? s : nullptr);
    walk([&](int64_t count, const float* a, const float* b) { add<M, N>(count, a, far_a, b, next, far_b); });
    end<M, N>(s);
    __asm__ volatile("" ::: "memory");
    return;
  }
#endif
  if (!go_on) memset(s->z, 0, sizeof s->z);
  walk([&](int64_t count, const float* a, const float* b) {
    for (int64_t k = 0; k < count; ++k)
      for (int m = 0; m < M; ++m)
        for (int n = 0; n < N; ++n)
          add_plainly(a + k * TILE + m * far_a, b + k * next + n * far_b, s->z + m * 512 + n * 16);
  });
}
template <class Walk>
INLINE void sum(int64_t rows, int64_t columns, bool go_on, int64_t far_a, int64_t next, int64_t far_b, Sums* s, Walk walk) {
  if (rows > 1 && columns > 1) return sum<2, 2>(go_on, far_a, next, far_b, s, walk);
  if (rows > 1) return sum<2, 1>(go_on, far_a, next, far_b, s, walk);
  if (columns > 1) return sum<1, 2>(go_on, far_a, next, far_b, s, walk);
  sum<1, 1>(go_on, far_a, next, far_b, s, walk);
}

// A vector, rounded.
INLINE void round_into(bf16* to, Vec v) {
#if defined(HAS_PAIRS)
  const __m256i half = (__m256i)_mm512_cvtneps_pbh((__m512)v);
  memcpy(to, &half, sizeof half);
#else
  store(to, v);
#endif
}
// 16 numbers of a row of sums, rounded.
INLINE void round_into(bf16* to, const float* z) {
  for (int64_t i = 0; i < 16; i += LANES) round_into(to + i, load(z + i));
}

// Of 16 rows of 16 words, rows become columns.
INLINE void turn(float* words) {
  if constexpr (LANES == 16) {
    Vec square[LANES];
    memcpy(square, words, sizeof square);
    transpose(square);
    memcpy(words, square, sizeof square);
  } else {
    for (int i = 0; i < 16; ++i)
      for (int l = 0; l < i; ++l) std::swap(words[16 * i + l], words[16 * l + i]);
  }
}

// 16 words of two numbers that lie below each other, of rows `down` apart; of `rows` rows, what follows is zero.
INLINE void pairs_of_rows(const bf16* from, int64_t down, int64_t rows, float* to) {
#if defined(HAS_PAIRS)  // what compilers make of the vectors below is twice as long
  const __m256i none = _mm256_setzero_si256();
  const __m256i low = rows > 0 ? _mm256_loadu_si256((const __m256i*)from) : none;
  const __m256i high = rows > 1 ? _mm256_loadu_si256((const __m256i*)(from + down)) : none;
  const __m512i shifted = _mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16);
  _mm512_storeu_si512(to, _mm512_or_si512(_mm512_cvtepu16_epi32(low), shifted));
#else
  for (int64_t part = 0; part < 16; part += LANES) {
    Half low = {}, high = {};
    if (rows > 0) memcpy(&low, from + part, sizeof low);
    if (rows > 1) memcpy(&high, from + down + part, sizeof high);
    store(to + part, (Vec)(__builtin_convertvector(low, Bits) | __builtin_convertvector(high, Bits) << 16));
  }
#endif
}

// A tile of 16 rows of 32 numbers, `step` apart; of `rows` rows, what follows is zero.
INLINE void tile_of_rows(const bf16* from, int64_t step, int64_t rows, float* to) {
  for (int64_t i = 0; i < 16; ++i)
    if (i < rows)
      memcpy(to + 16 * i, from + i * step, 64);
    else
      memset(to + 16 * i, 0, 64);
}

// A tile of 16 pairs of rows of 16 numbers.
INLINE void tile_of_pairs(const bf16* from, int64_t step, int64_t rows, float* to) {
  for (int64_t i = 0; i < 16; ++i) pairs_of_rows(from + 2 * i * step, step, rows - 2 * i, to + 16 * i);
}

// x (images, places, channels), to be summed over images: [16 channels][place][32 images], in words of two images.
// Their rows are pairs of images, or, turned, channels.
template <bool TURNED>
static void lay_sums(const bf16* x, int64_t images, int64_t places, int64_t channels, float* to) {
  const int64_t groups = parts_of(images, 32), parts = channels / 16;
#pragma omp for schedule(static) collapse(2)
  for (int64_t n = 0; n < groups; ++n)
    for (int64_t q = 0; q < places; ++q)
      for (int64_t c = 0; c < parts; ++c) {
        float* words = to + ((c * places + q) * groups + n) * TILE;
        tile_of_pairs(x + (32 * n * places + q) * channels + 16 * c, places * channels, images - 32 * n, words);
        if (TURNED) turn(words);
      }
}
