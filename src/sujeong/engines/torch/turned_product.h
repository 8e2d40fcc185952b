// Product of a turned matrix in units for tiles, as the gradient of a dense layer's weights is.
//
//   y (M, N) = x^T (M, K) g (K, N)        x (K, M) and g (K, N) lie in rows
//
// A thread takes some of the rows or of the columns of y, whichever are more. It lays out what it needs piece by piece
// of K and uses it at once, so that what is laid out never leaves its caches; the library turns whole matrices first.
// Between pieces sums wait in memory. Each is taken in order of K, whatever the number of threads.

constexpr int64_t PIECE = 512;  // numbers of a sum between two waits
constexpr int64_t MOST = 512;   // rows or columns that a thread takes at once
constexpr int64_t EDGE = 32;    // of a block of results

// [columns / 16][count / 32] tiles of rows of a matrix in pairs; turned, they become rows of a tile.
template <bool TURNED>
static void lay(const bf16* from, int64_t step, int64_t count, int64_t columns, int64_t far, float* to) {
  for (int64_t r = 0; r < up(count, 32); r += 2)
    for (int64_t c = 0; c < columns; c += 16)
      pairs_of_rows(from + r * step + c, step, count - r, to + c / 16 * far + r / 32 * TILE + r % 32 / 2 * 16);
  for (int64_t c = 0; TURNED && c < columns / 16; ++c)
    for (int64_t k = 0; k < parts_of(count, 32); ++k) turn(to + c * far + k * TILE);
}

// A part of y: rows `top` to `bottom`, columns `left` to `right`.
struct Part {
  int64_t top, bottom, left, right;
};

static void compute(const Part& p, int64_t K, int64_t N, int64_t x_step, int64_t g_step, const T* x, const T* g, T* y) {
  const int64_t rows = parts_of(p.bottom - p.top, 16), columns = parts_of(p.right - p.left, 16), far = PIECE / 32 * TILE;
  const int64_t across = parts_of(columns, 2);
  Memory of_x(rows * far), of_g(columns * far), memory(parts_of(rows, 2) * across * 4 * TILE);
  Sums* sums = reinterpret_cast<Sums*>(memory.at);
  for (int64_t k = 0; k < K; k += PIECE) {
    const int64_t count = std::min(PIECE, K - k);
    lay<true>(x + k * x_step + p.top, x_step, count, p.bottom - p.top, far, of_x.at);
    lay<false>(g + k * g_step + p.left, g_step, count, p.right - p.left, far, of_g.at);
    for (int64_t c = 0; c < columns; c += 2)
      for (int64_t r = 0; r < rows; r += 2) {
        Sums* s = sums + r / 2 * across + c / 2;
        const float *a = of_x.at + r * far, *b = of_g.at + c * far;
        sum(rows - r, columns - c, k > 0, far, TILE, far, s, [&](auto add) { add(parts_of(count, 32), a, b); });
        if (k + PIECE < K) continue;
        const int64_t row = p.top + 16 * r, column = p.left + 16 * c;
        for (int64_t i = 0; i < std::min(EDGE, p.bottom - row); ++i)
          for (int64_t l = 0; l < std::min(EDGE, p.right - column); l += 16)
            round_into(y + (row + i) * N + column + l, s->z + EDGE * i + l);
      }
  }
}

extern "C" void kernel(int64_t M, int64_t K, int64_t N, int64_t x_step, int64_t g_step, const T* x, const T* g, T* y) {
  const bool split_rows = M > N;
  const int64_t size = std::max(M, N), blocks = parts_of(size, EDGE);
#pragma omp parallel
  {
    Tiles tiles;
    const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
    const int64_t first = blocks * thread / threads * EDGE, last = std::min(blocks * (thread + 1) / threads * EDGE, size);
    for (int64_t from = first; from < last; from += MOST) {
      const int64_t to = std::min(from + MOST, last);
      compute(split_rows ? Part{from, to, 0, N} : Part{0, M, from, to}, K, N, x_step, g_step, x, g, y);
    }
  }
}
