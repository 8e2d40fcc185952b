// Gradients of convolutions of images with few channels, such as pictures: their taps and channels together are few.
//
//   dw[i, k, f] = sum over o of x[o s + i, k] g[o, f]           as in `direct.h`, with RUN numbers a row of the kernel
//   dx[o s + i, k] = sum over f of g[o, f] w[i, k, f]
//
// Sums for some rows of the kernel stay in registers. The gradient of the images is a product with the weights turned,
// whose runs are then added where they belong.

constexpr int TOGETHER = RUN > 6 ? 1 : 12 / RUN;  // rows of the kernel whose sums with two vectors fit the registers
constexpr int64_t PARTS = 16;                     // of the images, each with sums of its own

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

// Weights turned: [filters][i, k], with `full` numbers a row.
static void turn_weights(const Sizes& z, const T* w, int64_t full, float* to) {
  for (int64_t i = 0; i < z.rows; ++i)
    for (int64_t k = 0; k < RUN; ++k) {
      const T* from = w + i * z.w_down + k / z.channels * z.w_across + k % z.channels * z.w_channel;
      for (int64_t f = 0; f < z.filters; ++f) to[f * full + i * RUN + k] = wide(from[f * z.w_filter]);
    }
}

static void input_gradient(const Sizes& z, const T* g, const T* w, T* dx) {
  const int64_t F = z.filters, K = z.rows * RUN, full = up(K, WIDTH), many = up(z.across, ROWS), wide_ = z.bordered();
  const Memory weights(F * full);
  memset(weights.at, 0, F * full * sizeof(float));
  turn_weights(z, w, full, weights.at);
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

// which 1: g, w -> dx. 2: x, g -> dw, whose filters come first.
extern "C" void kernel(int64_t which, const int64_t* sizes, const T* a, const T* b, const T*, T* made) {
  Sizes z;
  memcpy(&z, sizes, sizeof z);
  if (which == 1) return input_gradient(z, a, b, made);
  weight_gradient(z, a, b, made);
}
