// Products of matrices: y (M, N) = x (M, K) w (K, N), each of x and w by rows or by columns.
//
//   y[m][n] = sum over k of x[m][k] w[k][n], added in order of k
//
// A thread takes some rows of y by some columns. Of w it lays WIDTH columns by DEEP of K beside each other, which stay in
// the nearest cache while all its rows pass; x is read as it lies, a number for ROWS sums at a time, or, by columns,
// laid in slices of ROWS first. Neither the number of threads nor that of rows changes a bit.

constexpr int64_t DEEP = 256;   // of K: a panel of w is 32 KiB
constexpr int64_t MOST = 256;   // rows of a task: its part of x stays in the second cache
constexpr int64_t LEAST = 32;   // rows that a panel pays for

struct Lies {
  int64_t down, along;  // numbers from row to row and from column to column; one of them is 1
};

// `width` columns of a panel by `count` of K, filled up with zeros to N vectors.
template <int N>
static void lay_panel(const float* w, Lies z, int64_t count, int64_t width, float* to) {
  constexpr int64_t full = N * LANES;
  if (z.along == 1 && width == full) {
    for (int64_t k = 0; k < count; ++k)
      for (int n = 0; n < N; ++n) store(to + k * full + n * LANES, load(w + k * z.down + n * LANES));
    return;
  }
  for (int64_t from = 0; from < full; from += LANES, w += LANES * z.along) {
    int64_t k = 0;
    if (z.down == 1 && width >= from + LANES)
      for (; k + LANES <= count; k += LANES) {
        Vec square[LANES];
        for (int64_t c = 0; c < LANES; ++c) square[c] = load(w + c * z.along + k);
        transpose(square);
        for (int64_t i = 0; i < LANES; ++i) store(to + (k + i) * full + from, square[i]);
      }
    for (; k < count; ++k)
      for (int64_t c = 0; c < LANES; ++c)
        to[k * full + from + c] = from + c < width ? w[k * z.down + c * z.along] : 0.f;
  }
}

// Slices of ROWS rows [rows / ROWS][DEEP][ROWS] of what lies by columns.
static void lay_slices(const float* x, int64_t along, int64_t rows, int64_t count, float* to) {
  for (int64_t k = 0; k < count; ++k) {
    const float* from = x + k * along;
    float* at = to + k * ROWS;
    int64_t r = 0;
    for (; r + ROWS <= rows; r += ROWS, at += DEEP * ROWS) memcpy(at, from + r, ROWS * sizeof(float));
    for (int64_t i = 0; i < rows - r; ++i) at[i] = from[r + i];
  }
}

template <int N, int M>
INLINE void add(bool more, int64_t count, const float* x, Lies z, const float* panel, float* y, int64_t step) {
  if (more)
    block<N, true, M>(count, x, z.along, z.down, panel, N * LANES, y, step);
  else
    block<N, false, M>(count, x, z.along, z.down, panel, N * LANES, y, step);
}

// A panel times some rows. `slices`: x lies in slices.
template <int N>
static void times(bool more, int64_t rows, int64_t count, const float* x, Lies z, bool slices, const float* panel, float* y,
                  int64_t step) {
  const int64_t next = slices ? DEEP * ROWS : ROWS * z.down;
  if (slices) z = {1, ROWS};
  int64_t r = 0;
  for (; r + ROWS <= rows; r += ROWS, x += next, y += ROWS * step) add<N, ROWS>(more, count, x, z, panel, y, step);
  for (; r < rows; ++r, x += z.down, y += step) add<N, 1>(more, count, x, z, panel, y, step);
}

template <int N>
static void columns(bool more, int64_t rows, int64_t count, int64_t width, const float* x, Lies z, bool slices, const float* w,
                    Lies of_w, float* panel, float* spare, float* y, int64_t step) {
  constexpr int64_t full = N * LANES;
  lay_panel<N>(w, of_w, count, width, panel);
  if (width == full) return times<N>(more, rows, count, x, z, slices, panel, y, step);
  times<N>(false, rows, count, x, z, slices, panel, spare, full);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < width; ++c) y[r * step + c] = spare[r * full + c] + (more ? y[r * step + c] : 0.f);
}

extern "C" void kernel(int64_t M, int64_t K, int64_t N, int64_t x_down, int64_t x_along, int64_t w_down, int64_t w_along,
                       const float* x, const float* w, float* y) {
  const Lies of_x = {x_down, x_along}, of_w = {w_down, w_along};
  const bool slices = x_along != 1;
  const int64_t threads = omp_get_max_threads(), panels = parts_of(N, WIDTH);
  const int64_t each = std::min(MOST, up(std::max(LEAST, parts_of(M, parts_of(2 * threads, panels))), ROWS));
  const int64_t parts = parts_of(M, each);
  const int64_t some = parts_of(panels, parts_of(2 * threads, parts)) * WIDTH, groups = parts_of(N, some);
#pragma omp parallel
  {
    Memory panel(DEEP * WIDTH), spare(each * WIDTH), laid(slices ? DEEP * each : 0);
#pragma omp for schedule(dynamic)
    for (int64_t task = 0; task < parts * groups; ++task) {
      const int64_t r = task / groups * each, n = task % groups * some;
      const int64_t rows = std::min(each, M - r), to = std::min(n + some, N);
      for (int64_t k = 0; k < K; k += DEEP) {
        const int64_t count = std::min(DEEP, K - k);
        const float* from = x + r * x_down + k * x_along;
        if (slices) lay_slices(from, x_along, rows, count, laid.at), from = laid.at;
        for (int64_t c = n; c < to; c += WIDTH) {
          const int64_t width = std::min(WIDTH, to - c);
          (width > LANES ? columns<2> : columns<1>)(k > 0, rows, count, width, from, of_x, slices,
                                                    w + k * w_down + c * w_along, of_w, panel.at, spare.at,
                                                    y + r * N + c, N);
        }
      }
    }
  }
}
