// Convolutions as plain sums, for images whose work is little: single ones, and those with few channels.
//
//   y[o, f] = sum over i, k of x[o s + i, k] w[i, k, f]     i: rows of the kernel
//                                                           k: numbers that follow each other: columns times channels
//
// A row of the kernel and its channels are one run of an image, so a tap is an offset. Results are vectors of filters f;
// the sums of ROWS places stay in registers. Images are laid out with their borders, as floats, some rows at a time. No
// number of threads changes a bit.

struct Sizes {
  int64_t images, height, width, channels, down, across, filters, rows, run, steps[2], lows[2];
  int64_t w_down, w_across, w_channel, w_filter;
  int64_t bordered() const { return (across - 1) * steps[1] * channels + run; }
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

// Weights as floats, [i, k][filters]: as they lie, or copied.
INLINE bool lie_so(const Sizes& z) {
  const int64_t F = z.filters, C = z.channels;
  return z.w_filter == 1 && z.w_channel == F && z.w_across == C * F && (z.rows == 1 || z.w_down == z.run * F);
}
INLINE const float* as_floats(const Sizes& z, const float* w) { return lie_so(z) ? w : nullptr; }
INLINE const float* as_floats(const Sizes&, const bf16*) { return nullptr; }

// Those of `count` filters from the first of w on: [i, k][count].
static void lay_weights(const Sizes& z, const T* w, int64_t count, float* to) {
  const bool runs = z.w_channel == 1 && z.w_across == z.channels;  // lie together
  for (int64_t i = 0; i < z.rows; ++i, to += z.run * count)
    for (int64_t f = 0; f < count; f += LANES) {
      const T* from = w + i * z.w_down + f * z.w_filter;
      int64_t k = 0;
      for (; runs && k + LANES <= z.run; k += LANES) {
        Vec square[LANES];
        for (int64_t l = 0; l < LANES; ++l) square[l] = load(from + l * z.w_filter + k);
        transpose(square);
        for (int64_t l = 0; l < LANES; ++l) store(to + (k + l) * count + f, square[l]);
      }
      for (; k < z.run; ++k) {
        const T* tap = from + k / z.channels * z.w_across + k % z.channels * z.w_channel;
        if (z.w_filter == 1)
          store(to + k * count + f, load(tap));
        else
          for (int64_t l = 0; l < LANES; ++l) to[k * count + f + l] = wide(tap[l * z.w_filter]);
      }
    }
}

// M places side by side, N vectors of filters; weights are `next` numbers apart from tap to tap.
template <int M, int N>
INLINE void places(const Sizes& z, const float* x, const float* w, int64_t next, const T* bias, T* y) {
  const int64_t apart = z.steps[1] * z.channels, wide_ = z.bordered(), F = z.filters;
  Vec sum[M][N];
  for (int n = 0; n < N; ++n) {
    const Vec begin = bias ? load(bias + n * LANES) : Vec{};
    for (int m = 0; m < M; ++m) sum[m][n] = begin;
  }
  for (int64_t i = 0; i < z.rows; ++i)
    for (int64_t k = 0; k < z.run; ++k) {
      Vec v[N];
      for (int n = 0; n < N; ++n) v[n] = load(w + (i * z.run + k) * next + n * LANES);
#pragma GCC unroll 8
      for (int m = 0; m < M; ++m)
        for (int n = 0; n < N; ++n) sum[m][n] += x[i * wide_ + m * apart + k] * v[n];
    }
  for (int m = 0; m < M; ++m)
    for (int n = 0; n < N; ++n) store(y + m * F + n * LANES, sum[m][n]);
}

template <int N>
static void row(const Sizes& z, const float* x, const float* w, int64_t next, const T* bias, T* y) {
  const int64_t apart = z.steps[1] * z.channels, F = z.filters;
  int64_t o = 0;
  for (; o + ROWS <= z.across; o += ROWS) places<ROWS, N>(z, x + o * apart, w, next, bias, y + o * F);
  if (o < z.across && z.across >= ROWS)  // the last ones again, with those ahead of them
    o = z.across - ROWS, places<ROWS, N>(z, x + o * apart, w, next, bias, y + o * F);
  else
    for (; o < z.across; ++o) places<1, N>(z, x + o * apart, w, next, bias, y + o * F);
}

static void forward(const Sizes& z, const T* x, const T* w, const T* bias, T* y) {
  const int64_t F = z.filters, taps = z.rows * z.run, image = z.height * z.width * z.channels;
  const int64_t threads = threads_here(), bands = parts_of(2 * threads, z.images);
  // Weights that are more than an image are read by one thread each, which lays them out for itself.
  const bool by_filters = F >= WIDTH * threads && taps * F > image;
  const int64_t some = by_filters ? z.down : parts_of(z.down, bands), chunk = by_filters ? WIDTH : F;
  const float* lying = as_floats(z, w);
  const Memory shared(lying || by_filters ? 0 : taps * F);
  if (!lying && !by_filters) lay_weights(z, w, F, shared.at), lying = shared.at;
#pragma omp parallel
  {
    Memory laid(z.tall(some) * z.bordered()), own(lying ? 0 : taps * WIDTH);
#pragma omp for schedule(static) collapse(3)
    for (int64_t n = 0; n < z.images; ++n)
      for (int64_t from = 0; from < z.down; from += some)
        for (int64_t f = 0; f < F; f += chunk) {
          const int64_t count = std::min(some, z.down - from), filters = std::min(chunk, F - f);
          if (!lying) lay_weights(z, w + f * z.w_filter, filters, own.at);
          const float* of_w = lying ? lying + f : own.at;
          const int64_t next = lying ? F : filters;
          lay_image(z, x + n * image, from, count, laid.at);
          for (int64_t r = 0; r < count; ++r) {
            const float* of_x = laid.at + r * z.steps[0] * z.bordered();
            T* of_y = y + (n * z.down + from + r) * z.across * F + f;
            const T* begin = bias ? bias + f : bias;
            int64_t c = 0;
            for (; c + WIDTH <= filters; c += WIDTH)
              row<2>(z, of_x, of_w + c, next, begin ? begin + c : begin, of_y + c);
            if (c < filters) row<1>(z, of_x, of_w + c, next, begin ? begin + c : begin, of_y + c);
          }
        }
  }
}
