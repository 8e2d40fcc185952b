// Convolution with kernels of 3x3 by Winograd's algorithm F(4x4, 3x3).
//
//   y = A^T [ (G w G^T) * (B^T x B) ] A      for each tile of 4x4 results, from 6x6 inputs
//
// 36 products take the place of 144. The 36 numbers of a tile keep to themselves, so the sums over channels
// are 36 products of matrices: M[p] (tiles, O) = V[p] (tiles, C) U[p] (C, O). The gradient of the images is a
// convolution with turned weights. That of the weights is the same form read in another direction:
//
//   dw = G^T [ sum over tiles (B^T x B) * (A dy A^T) ] G
//
// The matrices come from six points: 0, 3/4, -3/4, 3/2, -3/2 and infinity, with which rounding costs less than
// with 0, 1, -1, 2, -2. Numbers are float inside, whatever they are in memory, and every sum is taken in an
// order that does not depend on the number of threads.
// A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).

constexpr int PLACES = 36;
constexpr int64_t GROUP = 3 * ROWS;   // tiles between the products and the way back
constexpr int64_t GAP = 16;           // between rows of V, lest they meet in one set of the cache
constexpr int64_t NEAR = 4 << 20;     // bytes of V that stay near the processor
constexpr float P = 0.75f, Q = 1.5f, PP = P * P, QQ = Q * Q;

// The maps along one axis. The points come in pairs +p, -p, so that sums and differences are shared.
INLINE void input_map(const Vec* d, Vec* v) {  // B^T: 6 -> 6
  const Vec a = d[4] - QQ * d[2], b = P * (d[3] - QQ * d[1]), c = d[4] - PP * d[2], e = Q * (d[3] - PP * d[1]);
  v[0] = PP * QQ * d[0] - (PP + QQ) * d[2] + d[4];
  v[1] = a + b, v[2] = a - b, v[3] = c + e, v[4] = c - e;
  v[5] = PP * QQ * d[1] - (PP + QQ) * d[3] + d[5];
}
INLINE void output_map(const Vec* m, Vec* y) {  // A^T: 6 -> 4
  const Vec a = m[1] + m[2], b = P * (m[1] - m[2]), c = m[3] + m[4], e = Q * (m[3] - m[4]);
  y[0] = m[0] + a + c, y[1] = b + e, y[2] = PP * a + QQ * c, y[3] = PP * b + QQ * e + m[5];
}
INLINE void gradient_map(const Vec* g, Vec* z) {  // A: 4 -> 6
  const Vec a = g[0] + PP * g[2], b = P * (g[1] + PP * g[3]), c = g[0] + QQ * g[2], e = Q * (g[1] + QQ * g[3]);
  z[0] = g[0], z[1] = a + b, z[2] = a - b, z[3] = c + e, z[4] = c - e, z[5] = g[3];
}
constexpr float AT_0 = 1 / (PP * QQ), AT_P = 1 / (2 * PP * (PP - QQ)), AT_Q = 1 / (2 * QQ * (QQ - PP));
INLINE void weight_map(const Vec* w, Vec* u) {  // G: 3 -> 6
  const Vec a = AT_P * (w[0] + PP * w[2]), b = AT_P * P * w[1], c = AT_Q * (w[0] + QQ * w[2]), e = AT_Q * Q * w[1];
  u[0] = AT_0 * w[0], u[1] = a + b, u[2] = a - b, u[3] = c + e, u[4] = c - e, u[5] = w[2];
}
INLINE void weight_gradient_map(const Vec* u, Vec* w) {  // G^T: 6 -> 3
  const Vec a = AT_P * (u[1] + u[2]), c = AT_Q * (u[3] + u[4]);
  w[0] = AT_0 * u[0] + a + c;
  w[1] = AT_P * P * (u[1] - u[2]) + AT_Q * Q * (u[3] - u[4]);
  w[2] = PP * a + QQ * c + u[5];
}

// A map along both axes of a tile: FROM x FROM numbers -> TO x TO, each taken and given by its two places.
template <int FROM, int TO, class Map, class Take, class Give>
INLINE void both_ways(Map map, Take take, Give give) {
  Vec half[TO][FROM];
#pragma GCC unroll 6
  for (int j = 0; j < FROM; ++j) {
    Vec d[FROM], r[TO];
    for (int i = 0; i < FROM; ++i) d[i] = take(i, j);
    map(d, r);
    for (int i = 0; i < TO; ++i) half[i][j] = r[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < TO; ++i) {
    Vec r[TO];
    map(half[i], r);
    for (int j = 0; j < TO; ++j) give(i, j, r[j]);
  }
}

// Images (N, height, width, channels), and the tiles of 4x4 results, of which the first begins at -low.
struct Grid {
  int64_t height, width, channels, low_y, low_x, down, across;
  int64_t tiles() const { return down * across; }
  int64_t size() const { return height * width * channels; }
  int64_t top(int64_t tile) const { return tile % tiles() / across * 4 - low_y; }
  int64_t left(int64_t tile) const { return tile % across * 4 - low_x; }
};

// Both maps of SIDE x SIDE elements of a tile, for all channels; what lies outside of the image is zero.
template <int SIDE, class T, class Map>
INLINE void spread(const Grid& g, const T* images, int64_t tile, Map map, float* to, int64_t step) {
  const int64_t top = g.top(tile), left = g.left(tile);
  const T* at = images + tile / g.tiles() * g.size() + (top * g.width + left) * g.channels;
  const bool inside = top >= 0 && left >= 0 && top + SIDE <= g.height && left + SIDE <= g.width;
  for (int64_t c = 0; c < g.channels; c += LANES)
    both_ways<SIDE, 6>(
        map,
        [&](int i, int j) {
          const bool there = inside || (top + i >= 0 && left + j >= 0 && top + i < g.height && left + j < g.width);
          return there ? load(at + (i * g.width + j) * g.channels + c) : Vec{};
        },
        [&](int i, int j, Vec v) { store(to + (6 * i + j) * step + c, v); });
}

// A^T M A of one tile, and the bias, for `count` channels from c on.
template <class T>
static void finish(const Grid& g, const float* m, int64_t step, int64_t tile, int64_t c, int64_t count, const T* bias,
                   T* images) {
  const int64_t top = g.top(tile), left = g.left(tile);
  const int64_t down = g.height - top, across = g.width - left;
  T* at = images + tile / g.tiles() * g.size() + (top * g.width + left) * g.channels + c;
  for (int64_t k = 0; k < count; k += LANES) {
    const Vec b = bias ? load(bias + c + k) : Vec{};
    both_ways<6, 4>(
        output_map, [&](int i, int j) { return load(m + (6 * i + j) * step + k); },
        [&](int i, int j, Vec v) {
          if (i < down && j < across) store(at + (i * g.width + j) * g.channels + k, v + b);
        });
  }
}

// Nine taps, each a matrix of which rows are summed over: where its elements lie.
template <class T>
struct Weights {
  const T* at;
  int64_t tap, row, column;
  bool turned;
  const T* of(int t, int64_t r, int64_t c) const { return at + (turned ? 8 - t : t) * tap + r * row + c * column; }
};

// U of `count` columns from n on: [36][rows][WIDTH].
template <class T>
static void spread_weights(const Weights<T>& w, int64_t rows, int64_t n, int64_t count, float* u) {
  Vec taps[9][LANES];
  for (int64_t k = 0; k < count; k += LANES)
    for (int64_t r = 0; r < rows; r += LANES) {
      for (int t = 0; t < 9; ++t) {
        if (w.column == 1)
          for (int i = 0; i < LANES; ++i) taps[t][i] = load(w.of(t, r + i, n + k));
        else if (w.row == 1) {
          for (int i = 0; i < LANES; ++i) taps[t][i] = load(w.of(t, r, n + k + i));
          transpose(taps[t]);
        } else
          for (int i = 0; i < LANES; ++i)
            for (int c = 0; c < LANES; ++c) taps[t][i][c] = wide(*w.of(t, r + i, n + k + c));
      }
      for (int i = 0; i < LANES; ++i)
        both_ways<3, 6>(
            weight_map, [&](int y, int x) { return taps[3 * y + x][i]; },
            [&](int y, int x, Vec v) { store(u + ((6 * y + x) * rows + r + i) * WIDTH + k, v); });
    }
}

// Tiles are taken in chunks. All threads spread the inputs of a chunk; then each takes columns of results.
template <class T>
static void convolve(const Grid& in, const Grid& out, int64_t images, const T* x, const Weights<T>& w, const T* bias,
                     T* y) {
  const int64_t R = in.channels, K = out.channels, tiles = images * out.tiles(), row = R + GAP;
  const int64_t most = std::max(GROUP, NEAR / (PLACES * 4 * row) / GROUP * GROUP);
  const int64_t chunk = std::min(most, up(tiles, ROWS)), step = chunk * row, columns = parts_of(K, WIDTH);
  int64_t threads = 1;
#if defined(_OPENMP)
  threads = omp_get_max_threads();
#endif
  // Weights are spread by each part anew: no more parts than keep all threads busy, and none too small.
  const int64_t part = std::max(up(parts_of(chunk, parts_of(3 * threads, columns)), ROWS), 2 * GROUP);
  const int64_t parts = parts_of(chunk, part);
  Memory v(PLACES * step);
#pragma omp parallel
  {
    Memory u(PLACES * R * WIDTH), m(PLACES * GROUP * WIDTH);
    for (int64_t first = 0; first < tiles; first += chunk) {
      const int64_t many = std::min(chunk, tiles - first);
#pragma omp for schedule(static)
      for (int64_t t = 0; t < many; ++t) spread<6>(in, x, first + t, input_map, v.at + t * row, step);
#pragma omp for schedule(static)
      for (int64_t task = 0; task < columns * parts; ++task) {
        const int64_t n = task / parts * WIDTH, count = std::min(WIDTH, K - n);
        const int64_t from = task % parts * part, to = std::min(from + part, many);
        if (from < to) spread_weights(w, R, n, count, u.at);
        for (int64_t g = from; g < to; g += GROUP) {
          const int64_t end = std::min(g + GROUP, to);
          for (int p = 0; p < PLACES; ++p) {
            const float* b = u.at + p * R * WIDTH;
            for (int64_t t = g; t < end; t += ROWS) {
              const float* a = v.at + p * step + t * row;
              float* c = m.at + (p * GROUP + t - g) * WIDTH;
              if (count == WIDTH)
                block<2, false>(R, a, 1, row, b, WIDTH, c, WIDTH);
              else
                block<1, false>(R, a, 1, row, b, WIDTH, c, WIDTH);
            }
          }
          for (int64_t t = g; t < end; ++t)
            finish(out, m.at + (t - g) * WIDTH, GROUP * WIDTH, first + t, n, count, bias, y);
        }
      }
    }
  }
}

// Sums over tiles for ROWS of the outputs: u [36][ROWS][C].
template <bool ADD>
static void add_up(int64_t tiles, const float* z, int64_t z_row, int64_t z_step, const float* v, int64_t v_row,
                   int64_t v_step, int64_t C, float* u) {
  for (int p = 0; p < PLACES; ++p)
    for (int64_t c = 0; c < C; c += WIDTH) {
      const float *a = z + p * z_step, *b = v + p * v_step + c;
      float* s = u + p * ROWS * C + c;
      if (C - c >= WIDTH)
        block<2, ADD>(tiles, a, z_row, 1, b, v_row, s, C);
      else
        block<1, ADD>(tiles, a, z_row, 1, b, v_row, s, C);
    }
}

// dw in the order O, 3, 3, C. Where tiles come in more than one chunk, sums are kept between them.
template <class T>
static void weight_gradient(const Grid& in, const Grid& out, int64_t images, const T* x, const T* dy, T* dw) {
  const int64_t C = in.channels, O = out.channels, tiles = images * out.tiles(), size = PLACES * ROWS * C;
  const int64_t v_row = C + GAP, z_row = O + GAP, most = std::max(3 * NEAR / 2, PLACES * 4 * O * C);
  const int64_t chunks = parts_of(tiles, most / (PLACES * 4 * (v_row + z_row))), chunk = parts_of(tiles, chunks);
  const int64_t v_step = chunk * v_row, z_step = chunk * z_row;
  const bool one = chunks == 1;
  Memory v(PLACES * v_step), z(PLACES * z_step), kept(one ? 0 : O / ROWS * size);
#pragma omp parallel
  {
    Memory own(one ? size : 0);
    for (int64_t first = 0; first < tiles; first += chunk) {
      const int64_t many = std::min(chunk, tiles - first);
#pragma omp for schedule(static)
      for (int64_t t = 0; t < many; ++t) {
        spread<6>(in, x, first + t, input_map, v.at + t * v_row, v_step);
        spread<4>(out, dy, first + t, gradient_map, z.at + t * z_row, z_step);
      }
#pragma omp for schedule(static)
      for (int64_t o = 0; o < O; o += ROWS) {
        float* u = one ? own.at : kept.at + o / ROWS * size;
        if (first)
          add_up<true>(many, z.at + o, z_row, z_step, v.at, v_row, v_step, C, u);
        else
          add_up<false>(many, z.at + o, z_row, z_step, v.at, v_row, v_step, C, u);
        if (first + many < tiles) continue;
        for (int i = 0; i < ROWS; ++i)
          for (int64_t c = 0; c < C; c += LANES)
            both_ways<6, 3>(
                weight_gradient_map, [&](int a, int b) { return load(u + ((6 * a + b) * ROWS + i) * C + c); },
                [&](int a, int b, Vec r) { store(dw + (((o + i) * 3 + a) * 3 + b) * C + c, r); });
      }
    }
  }
}

// which: 0 convolution, 1 gradient of the images, 2 gradient of the weights (x, dy -> dw). (down, across): size of
// the results. tap, row, column: where weights lie.
extern "C" void kernel(int64_t which, int64_t images, int64_t height, int64_t width, int64_t channels, int64_t down,
                       int64_t across, int64_t outputs, int64_t low_y, int64_t low_x, int64_t tap, int64_t row,
                       int64_t column, const T* x, const T* w, const T* bias, T* y) {
  const Grid in = {height, width, channels, low_y, low_x, parts_of(down, 4), parts_of(across, 4)};
  const Grid out = {down, across, outputs, 0, 0, in.down, in.across};
  if (which == 2) return weight_gradient(in, out, images, x, w, y);
  convolve(in, out, images, x, Weights<T>{w, tap, row, column, which == 1}, bias, y);
}
