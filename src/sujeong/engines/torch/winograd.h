// Convolution by Winograd's algorithm: kernels of 3x3 in steps of 1, and of 4x4 in steps of 2.
//
//   y = A^T [ (G w G^T) * (B^T x B) ] A      for each tile of 4x4 results
//
// A tile with TAPS = 3 takes 36 products instead of 144. Its places keep to themselves, so that sums over channels
// are products of matrices, one for each place: M[p] (tiles, O) = V[p] (tiles, C) U[p] (C, O). The gradient of the
// images is a convolution with turned weights. That of the weights is the same form in another direction:
//
//   dw = G^T [ sum over tiles (B^T x B) * (A dy A^T) ] G
//
// In steps of 2, every second row and column is an image of its own, a phase, and the weights fall apart in the same
// way: four convolutions of 2x2, whose channels are summed together (25 products instead of 64). The gradient of the
// images is then made phase by phase.
//
// Numbers are float inside, whatever they are in memory, and every sum is taken in an order that does not depend on
// the number of threads. A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).

constexpr int64_t GROUP = 3 * ROWS;  // tiles between the products and the way back
constexpr int64_t GAP = 16;          // between rows of V, lest they meet in one set of the cache
constexpr int64_t NEAR = 4 << 20;    // bytes of V that stay near the processor

// Images (N, height, width, channels) and tiles on them: element i of tile t is in row top + step (4 t + i), as is
// element j of column. The phases that follow each other begin one pixel further.
struct Grid {
  int64_t height, width, channels, step, top, left, down, across;
  int64_t tiles() const { return down * across; }
  int64_t row(int64_t tile) const { return top + step * TILE * (tile % tiles() / across); }
  int64_t column(int64_t tile) const { return left + step * TILE * (tile % across); }
  int64_t image(int64_t tile) const { return tile / tiles() * height * width * channels; }
};

// FROM x FROM elements of a tile through a map, for all channels of all phases; outside of the image all is zero.
template <int FROM, class T, class Map>
INLINE void spread(const Grid& g, int phases, const T* images, int64_t tile, Map map, float* to, int64_t next) {
  for (int phase = 0; phase < phases * phases; ++phase, to += g.channels) {
    const int64_t top = g.row(tile) + phase / phases, left = g.column(tile) + phase % phases, s = g.step;
    const T* at = images + g.image(tile) + (top * g.width + left) * g.channels;
    const int64_t end = s * (FROM - 1);
    const bool inside = top >= 0 && left >= 0 && top + end < g.height && left + end < g.width;
    for (int64_t c = 0; c < g.channels; c += LANES)
      both_ways<FROM, SIDE>(
          map,
          [&](int i, int j) {
            const int64_t y = top + s * i, x = left + s * j;
            const bool there = inside || (y >= 0 && x >= 0 && y < g.height && x < g.width);
            return there ? load(at + (i * g.width + j) * s * g.channels + c) : Vec{};
          },
          [&](int i, int j, Vec v) { store(to + (SIDE * i + j) * next + c, v); });
  }
}

// A^T M A of one tile, and the bias, for `count` channels from c on.
template <class T>
static void finish(const Grid& g, const float* m, int64_t next, int64_t tile, int64_t c, int64_t count, const T* bias,
                   T* images) {
  const int64_t top = g.row(tile), left = g.column(tile), s = g.step;
  T* at = images + g.image(tile) + (top * g.width + left) * g.channels + c;
  for (int64_t k = 0; k < count; k += LANES) {
    const Vec b = bias ? load(bias + c + k) : Vec{};
    both_ways<SIDE, TILE>(
        output, [&](int i, int j) { return load(m + (SIDE * i + j) * next + k); },
        [&](int i, int j, Vec v) {
          if (top + s * i < g.height && left + s * j < g.width)
            store(at + (i * g.width + j) * s * g.channels + k, v + b);
        });
  }
}

// Taps, each a matrix of which rows are summed over: where its elements lie. Rows of one phase follow another's.
template <class T>
struct Weights {
  const T* at;
  int64_t down, across, row, column;  // steps in memory, the first two from one pixel to the next
  int64_t rows;                       // of a phase
  bool turned;
  const T* of(int y, int x, int64_t r, int64_t c) const {
    const int64_t phase = r / rows, i = STEP * (turned ? TAPS - 1 - y : y), j = STEP * (turned ? TAPS - 1 - x : x);
    return at + (i + phase / STEP) * down + (j + phase % STEP) * across + r % rows * row + c * column;
  }
};

// U of `count` columns from n on: [PLACES][rows][WIDTH].
template <class T>
static void spread_weights(const Weights<T>& w, int64_t rows, int64_t n, int64_t count, float* u) {
  Vec taps[TAPS][TAPS][LANES];
  for (int64_t k = 0; k < count; k += LANES)
    for (int64_t r = 0; r < rows; r += LANES) {
      for (int y = 0; y < TAPS; ++y)
        for (int x = 0; x < TAPS; ++x) {
          Vec* square = taps[y][x];
          if (w.column == 1)
            for (int i = 0; i < LANES; ++i) square[i] = load(w.of(y, x, r + i, n + k));
          else if (w.row == 1) {
            for (int i = 0; i < LANES; ++i) square[i] = load(w.of(y, x, r, n + k + i));
            transpose(square);
          } else
            for (int i = 0; i < LANES; ++i)
              for (int c = 0; c < LANES; ++c) square[i][c] = wide(*w.of(y, x, r + i, n + k + c));
        }
      for (int i = 0; i < LANES; ++i)
        both_ways<TAPS, SIDE>(
            weight, [&](int y, int x) { return taps[y][x][i]; },
            [&](int y, int x, Vec v) { store(u + ((SIDE * y + x) * rows + r + i) * WIDTH + k, v); });
    }
}

// Tiles are taken in chunks. All threads spread the inputs of a chunk; then they take columns of results as they come, for
// cores are not equally fast at all times.
template <class T>
static void convolve(const Grid& in, int phases, const Grid& out, int64_t images, const T* x, const Weights<T>& w,
                     const T* bias, T* y) {
  const int64_t R = phases * phases * in.channels, K = out.channels, tiles = images * out.tiles(), row = R + GAP;
  const int64_t most = std::max(GROUP, NEAR / (PLACES * 4 * row) / GROUP * GROUP);
  const int64_t chunk = std::min(most, up(tiles, ROWS)), next = chunk * row, columns = parts_of(K, WIDTH);
  const int64_t threads = threads_here();
  // Weights are spread by each part anew: no more parts than keep all threads busy, and none too small.
  const int64_t part = std::max(up(parts_of(chunk, parts_of(3 * threads, columns)), ROWS), 2 * GROUP);
  const int64_t parts = parts_of(chunk, part);
  Memory v(PLACES * next);
#pragma omp parallel
  {
    Memory u(PLACES * R * WIDTH), m(PLACES * GROUP * WIDTH);
    for (int64_t first = 0; first < tiles; first += chunk) {
      const int64_t many = std::min(chunk, tiles - first);
#pragma omp for schedule(static)
      for (int64_t t = 0; t < many; ++t) spread<SIDE>(in, phases, x, first + t, input, v.at + t * row, next);
#pragma omp for schedule(dynamic)
      for (int64_t task = 0; task < columns * parts; ++task) {
        const int64_t n = task / parts * WIDTH, count = std::min(WIDTH, K - n);
        const int64_t from = task % parts * part, to = std::min(from + part, many);
        if (from < to) spread_weights(w, R, n, count, u.at);
        for (int64_t g = from; g < to; g += GROUP) {
          const int64_t end = std::min(g + GROUP, to);
          for (int p = 0; p < PLACES; ++p) {
            const float* b = u.at + p * R * WIDTH;
            for (int64_t t = g; t < end; t += ROWS) {
              const float* a = v.at + p * next + t * row;
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

// Sums over tiles for ROWS of the outputs: u [PLACES][ROWS][C].
template <bool ADD>
static void add_up(int64_t tiles, const float* z, int64_t z_row, int64_t z_next, const float* v, int64_t v_row,
                   int64_t v_next, int64_t C, float* u) {
  for (int p = 0; p < PLACES; ++p)
    for (int64_t c = 0; c < C; c += WIDTH) {
      const float *a = z + p * z_next, *b = v + p * v_next + c;
      float* s = u + p * ROWS * C + c;
      if (C - c >= WIDTH)
        block<2, ADD>(tiles, a, z_row, 1, b, v_row, s, C);
      else
        block<1, ADD>(tiles, a, z_row, 1, b, v_row, s, C);
    }
}

// dw in the order O, kernel, C. Where tiles come in more than one chunk, sums are kept between them.
template <class T>
static void sum_weights(const Grid& in, const Grid& out, int64_t images, const T* x, const T* dy, T* dw) {
  constexpr int KERNEL = TAPS * STEP;
  const int64_t C = STEP * STEP * in.channels, O = out.channels, tiles = images * out.tiles();
  const int64_t size = PLACES * ROWS * C, v_row = C + GAP, z_row = O + GAP;
  const int64_t most = std::max(3 * NEAR / 2, PLACES * 4 * O * C);
  const int64_t chunks = parts_of(tiles, most / (PLACES * 4 * (v_row + z_row))), chunk = parts_of(tiles, chunks);
  const int64_t v_next = chunk * v_row, z_next = chunk * z_row;
  const bool one = chunks == 1;
  Memory v(PLACES * v_next), z(PLACES * z_next), kept(one ? 0 : O / ROWS * size);
#pragma omp parallel
  {
    Memory own(one ? size : 0);
    for (int64_t first = 0; first < tiles; first += chunk) {
      const int64_t many = std::min(chunk, tiles - first);
#pragma omp for schedule(static)
      for (int64_t t = 0; t < many; ++t) {
        spread<SIDE>(in, STEP, x, first + t, input, v.at + t * v_row, v_next);
        spread<TILE>(out, 1, dy, first + t, gradient, z.at + t * z_row, z_next);
      }
#pragma omp for schedule(dynamic)
      for (int64_t o = 0; o < O; o += ROWS) {
        float* u = one ? own.at : kept.at + o / ROWS * size;
        if (first)
          add_up<true>(many, z.at + o, z_row, z_next, v.at, v_row, v_next, C, u);
        else
          add_up<false>(many, z.at + o, z_row, z_next, v.at, v_row, v_next, C, u);
        if (first + many < tiles) continue;
        for (int i = 0; i < ROWS; ++i)
          for (int64_t c = 0; c < C; c += LANES) {
            const int64_t phase = c / in.channels;
            T* to = dw + (o + i) * KERNEL * KERNEL * in.channels + c % in.channels;
            both_ways<SIDE, TAPS>(
                weight_gradient, [&](int a, int b) { return load(u + ((SIDE * a + b) * ROWS + i) * C + c); },
                [&](int a, int b, Vec r) {
                  const int64_t y = STEP * a + phase / STEP, x = STEP * b + phase % STEP;
                  store(to + (y * KERNEL + x) * in.channels, r);
                });
          }
      }
    }
  }
}

// The gradient of the images, phase by phase: dx in row STEP m + phase - low comes from the taps of this phase.
template <class T>
static void convolve_back(const int64_t* low, int64_t images, int64_t height, int64_t width, int64_t channels,
                          int64_t down, int64_t across, int64_t outputs, const Weights<T>& w, const T* g, T* dx) {
  for (int phase = 0; phase < STEP * STEP; ++phase) {
    const int64_t a = phase / STEP, b = phase % STEP;
    const int64_t m = parts_of(std::max<int64_t>(low[0] - a, 0), STEP), n = parts_of(std::max<int64_t>(low[1] - b, 0), STEP);
    const int64_t top = STEP * m + a - low[0], left = STEP * n + b - low[1];
    const int64_t rows = parts_of(parts_of(height - top, STEP), TILE), columns = parts_of(parts_of(width - left, STEP), TILE);
    const Grid in = {down, across, outputs, 1, m - (TAPS - 1), n - (TAPS - 1), rows, columns};
    const Grid out = {height, width, channels, STEP, top, left, rows, columns};
    Weights<T> of_phase = w;
    of_phase.at += a * w.down + b * w.across;
    if (top < height && left < width) convolve<T>(in, 1, out, images, g, of_phase, nullptr, dx);
  }
}

// which: 0 convolution, 1 gradient of the images (dy, w -> dx), 2 gradient of the weights (x, dy -> dw). sizes: images,
// height, width, channels; height, width, channels of results; padding above and to the left; steps in the memory of
// weights: down, across, to the next input channel, to the next output channel.
extern "C" void kernel(int64_t which, const int64_t* z, const T* x, const T* w, const T* bias, T* y) {
  const int64_t down = parts_of(z[4], TILE), across = parts_of(z[5], TILE);
  const Grid in = {z[1], z[2], z[3], STEP, -z[7], -z[8], down, across};
  const Grid out = {z[4], z[5], z[6], 1, 0, 0, down, across};
  if (which == 0) return convolve(in, STEP, out, z[0], x, Weights<T>{w, z[9], z[10], z[11], z[12], z[3], false}, bias, y);
  if (which == 2) return sum_weights(in, out, z[0], x, w, y);
  const Weights<T> back = {w, z[9], z[10], z[12], z[11], z[6], true};
  convolve_back(z + 7, z[0], z[1], z[2], z[3], z[4], z[5], z[6], back, x, y);
}
