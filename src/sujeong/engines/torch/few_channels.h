// Convolutions of images with few channels, such as pictures: their taps and channels together are few.
//
//   y[o, f] = sum over i, k of x[o s + i, k] w[i, k, f]         i: rows of the kernel
//   dw[i, k, f] = sum over o of x[o s + i, k] g[o, f]           k: RUN numbers that follow each other: columns
//   dx[o s + i, k] = sum over f of g[o, f] w[i, k, f]              of the kernel times channels
//
// Results are vectors of filters f, and every sum stays in registers: of ROWS places forward, of some rows of the kernel
// for the gradient of the weights. That of the images is a product with the weights turned, whose runs are then added
// where they belong. Images are laid out with their borders, as floats, one at a time. No number of threads changes a bit.

#include <vector>

constexpr int TOGETHER = RUN > 6 ? 1 : 12 / RUN;  // rows of the kernel whose sums with two vectors fit the registers
constexpr int64_t PARTS = 16;                     // of the images, each with sums of its own

struct Sizes {
  int64_t images, height, width, channels, down, across, filters, rows, steps[2], lows[2];
  int64_t w_down, w_across, w_channel, w_filter;
  int64_t bordered() const { return (across - 1) * steps[1] * channels + RUN; }
  int64_t tall(int64_t some) const { return (some - 1) * steps[0] + rows; }
};

// Some rows of an image with their borders: `count` rows of results from `first` on meet these.
static void lay_image(const Sizes& z, const T* x, int64_t first, int64_t count, float* to) {
  const int64_t wide_ = z.bordered(), C = z.channels, left = z.lows[1] * C;
  const int64_t filled = std::max<int64_t>(0, std::min(z.width * C, wide_ - left));
  for (int64_t r = 0; r < z.tall(count); ++r, to += wide_) {
    const int64_t h = first * z.steps[0] + r - z.lows[0];
    memset(to, 0, wide_ * sizeof(float));
    if (h < 0 || h >= z.height) continue;
    const T* from = x + h * z.width * C;
#pragma omp simd
    for (int64_t k = 0; k < filled; ++k) to[left + k] = wide(from[k]);
  }
}

// Weights as floats: [i, k][filters], or turned [filters][i, k] with `full` numbers a row.
static void lay_weights(const Sizes& z, const T* w, float* to, int64_t by_tap, int64_t by_filter) {
  for (int64_t i = 0; i < z.rows; ++i)
    for (int64_t k = 0; k < RUN; ++k) {
      const T* from = w + i * z.w_down + k / z.channels * z.w_across + k % z.channels * z.w_channel;
      for (int64_t f = 0; f < z.filters; ++f) to[(i * RUN + k) * by_tap + f * by_filter] = wide(from[f * z.w_filter]);
    }
}

// M places side by side, N vectors of filters.
template <int M, int N>
INLINE void places(const Sizes& z, const float* x, const float* w, const T* bias, T* y) {
  const int64_t apart = z.steps[1] * z.channels, wide_ = z.bordered(), F = z.filters;
  Vec sum[M][N];
  for (int n = 0; n < N; ++n) {
    const Vec begin = bias ? load(bias + n * LANES) : Vec{};
    for (int m = 0; m < M; ++m) sum[m][n] = begin;
  }
  for (int64_t i = 0; i < z.rows; ++i)
    for (int64_t k = 0; k < RUN; ++k) {
      Vec v[N];
      for (int n = 0; n < N; ++n) v[n] = load(w + (i * RUN + k) * F + n * LANES);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m)
        for (int n = 0; n < N; ++n) sum[m][n] += x[i * wide_ + m * apart + k] * v[n];
    }
  for (int m = 0; m < M; ++m)
    for (int n = 0; n < N; ++n) store(y + m * F + n * LANES, sum[m][n]);
}

template <int N>
static void row(const Sizes& z, const float* x, const float* w, const T* bias, T* y) {
  const int64_t apart = z.steps[1] * z.channels, F = z.filters;
  int64_t o = 0;
  for (; o + ROWS <= z.across; o += ROWS) places<ROWS, N>(z, x + o * apart, w, bias, y + o * F);
  if (o < z.across && z.across >= ROWS)  // the last ones again, with those ahead of them
    o = z.across - ROWS, places<ROWS, N>(z, x + o * apart, w, bias, y + o * F);
  else
    for (; o < z.across; ++o) places<1, N>(z, x + o * apart, w, bias, y + o * F);
}

static void forward(const Sizes& z, const T* x, const T* w, const T* bias, T* y) {
  const int64_t F = z.filters, bands = parts_of(2 * omp_get_max_threads(), z.images);
  const int64_t some = parts_of(z.down, bands);
  const Memory weights(z.rows * RUN * F);
  lay_weights(z, w, weights.at, F, 1);
#pragma omp parallel
  {
    Memory image(z.tall(some) * z.bordered());
#pragma omp for schedule(static) collapse(2)
    for (int64_t n = 0; n < z.images; ++n)
      for (int64_t from = 0; from < z.down; from += some) {
        const int64_t count = std::min(some, z.down - from);
        lay_image(z, x + n * z.height * z.width * z.channels, from, count, image.at);
        for (int64_t r = 0; r < count; ++r) {
          const float* of_x = image.at + r * z.steps[0] * z.bordered();
          T* of_y = y + (n * z.down + from + r) * z.across * F;
          int64_t f = 0;
          for (; f + WIDTH <= F; f += WIDTH) row<2>(z, of_x, weights.at + f, bias ? bias + f : bias, of_y + f);
          if (f < F) row<1>(z, of_x, weights.at + f, bias ? bias + f : bias, of_y + f);
        }
      }
  }
}

// Sums over a row of results, for I rows of the kernel and N vectors of filters, are added to those of before.
template <int I, int N>
INLINE void gather(const Sizes& z, const float* x, const T* g, float* sums) {
  const int64_t apart = z.steps[1] * z.channels, wide_ = z.bordered(), F = z.filters;
  Vec sum[I * RUN][N];
  for (int k = 0; k < I * RUN; ++k)
    for (int n = 0; n < N; ++n) sum[k][n] = Vec{};
  for (int64_t o = 0; o < z.across; ++o) {
    Vec v[N];
    for (int n = 0; n < N; ++n) v[n] = load(g + o * F + n * LANES);
#pragma GCC unroll 16
    for (int k = 0; k < I * RUN; ++k)
      for (int n = 0; n < N; ++n) sum[k][n] += x[k / RUN * wide_ + o * apart + k % RUN] * v[n];
  }
#pragma GCC unroll 16
  for (int k = 0; k < I * RUN; ++k)
    for (int n = 0; n < N; ++n) {
      float* at = sums + k * F + n * LANES;
      store(at, load(at) + sum[k][n]);
    }
}

template <int N>
static void gather_row(const Sizes& z, const float* x, const T* g, float* sums) {
  int64_t i = 0;
  for (; i + TOGETHER <= z.rows; i += TOGETHER)
    gather<TOGETHER, N>(z, x + i * z.bordered(), g, sums + i * RUN * z.filters);
  for (; i < z.rows; ++i) gather<1, N>(z, x + i * z.bordered(), g, sums + i * RUN * z.filters);
}

static void weight_gradient(const Sizes& z, const T* x, const T* g, T* dw) {
  const int64_t F = z.filters, K = z.rows * RUN, parts = std::min(PARTS, z.images), each = parts_of(z.images, parts);
  const Memory all(parts * K * F);
  memset(all.at, 0, parts * K * F * sizeof(float));
#pragma omp parallel
  {
    Memory image(z.tall(z.down) * z.bordered());
#pragma omp for schedule(static)
    for (int64_t part = 0; part < parts; ++part)
      for (int64_t n = part * each; n < std::min(z.images, (part + 1) * each); ++n) {
        lay_image(z, x + n * z.height * z.width * z.channels, 0, z.down, image.at);
        for (int64_t r = 0; r < z.down; ++r) {
          const float* of_x = image.at + r * z.steps[0] * z.bordered();
          const T* of_g = g + (n * z.down + r) * z.across * F;
          float* sums = all.at + part * K * F;
          int64_t f = 0;
          for (; f + WIDTH <= F; f += WIDTH) gather_row<2>(z, of_x, of_g + f, sums + f);
          if (f < F) gather_row<1>(z, of_x, of_g + f, sums + f);
        }
      }
  }
  for (int64_t f = 0; f < F; ++f)
    for (int64_t k = 0; k < K; ++k) {
      float total = 0;
      for (int64_t part = 0; part < parts; ++part) total += all.at[(part * K + k) * F + f];
      put(dw + f * K + k, total);
    }
}

static void input_gradient(const Sizes& z, const T* g, const T* w, T* dx) {
  const int64_t F = z.filters, K = z.rows * RUN, full = up(K, WIDTH), many = up(z.across, ROWS), wide_ = z.bordered();
  const Memory weights(F * full);
  memset(weights.at, 0, F * full * sizeof(float));
  lay_weights(z, w, weights.at, 1, full);
#pragma omp parallel
  {
    Memory image(z.tall(z.down) * wide_), flow(many * F), made(ROWS * full);
    memset(flow.at, 0, many * F * sizeof(float));
#pragma omp for schedule(static)
    for (int64_t n = 0; n < z.images; ++n) {
      memset(image.at, 0, z.tall(z.down) * wide_ * sizeof(float));
      for (int64_t r = 0; r < z.down; ++r) {
        const T* of_g = g + (n * z.down + r) * z.across * F;
#pragma omp simd
        for (int64_t k = 0; k < z.across * F; ++k) flow.at[k] = wide(of_g[k]);
        for (int64_t o = 0; o < z.across; o += ROWS) {
          for (int64_t k = 0; k < full; k += WIDTH)
            block<2, false>(F, flow.at + o * F, 1, F, weights.at + k, full, made.at + k, full);
          for (int64_t m = 0; m < std::min<int64_t>(ROWS, z.across - o); ++m)
            for (int64_t i = 0; i < z.rows; ++i) {
              float* at = image.at + (r * z.steps[0] + i) * wide_ + (o + m) * z.steps[1] * z.channels;
              const float* from = made.at + m * full + i * RUN;
              for (int k = 0; k < RUN; ++k) at[k] += from[k];
            }
        }
      }
      const int64_t C = z.channels, left = z.lows[1] * C;
      for (int64_t h = 0; h < z.height; ++h) {
        const int64_t r = h + z.lows[0];
        T* to = dx + (n * z.height + h) * z.width * C;
        const int64_t filled = r < z.tall(z.down) ? std::max<int64_t>(0, std::min(z.width * C, wide_ - left)) : 0;
        for (int64_t k = 0; k < filled; ++k) put(to + k, image.at[r * wide_ + left + k]);
        for (int64_t k = filled; k < z.width * C; ++k) put(to + k, 0.f);
      }
    }
  }
}

// which 0: x, w, bias or null -> y. 1: g, w -> dx. 2: x, g -> dw, whose filters come first.
extern "C" void kernel(int64_t which, const int64_t* sizes, const T* a, const T* b, const T* bias, T* made) {
  Sizes z;
  memcpy(&z, sizes, sizeof z);
  if (which == 0) return forward(z, a, b, bias, made);
  if (which == 1) return input_gradient(z, a, b, made);
  weight_gradient(z, a, b, made);
}
