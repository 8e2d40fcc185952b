// Convolution in units for tiles: 16 rows by 16 columns, summed over 32 numbers at a time.
//
//   y[p] (images, O) = sum over taps t of  x[q(p, t)] (images, C)  w[t] (C, O)
//
// Of one place, all images go through the same taps: they are the rows of a tile. So no row is padding, whatever the
// size of the images, and taps that lie outside are left out rather than multiplied by zero. The gradient of the images
// is the same sum, with places and taps seen from the other side; those of the weights have files of their own.
//
// What is read is first laid out in tiles, each without gaps: 16 images of 32 channels. Every sum is taken in an order
// that does not depend on the number of threads.

// Rows are images: [16 images][place][32 channels] of 16 rows.
static void lay_rows(const bf16* x, int64_t images, int64_t places, int64_t channels, float* to) {
  const int64_t groups = parts_of(images, 16), parts = channels / 32;
#pragma omp for schedule(static) collapse(2)
  for (int64_t n = 0; n < groups; ++n)
    for (int64_t q = 0; q < places; ++q)
      for (int64_t i = 0; i < 16; ++i) {
        const bool there = 16 * n + i < images;
        const bf16* from = x + ((16 * n + i) * places + q) * channels;
        float* at = to + (n * places + q) * parts * TILE + 16 * i;
        for (int64_t c = 0; c < parts; ++c)
          if (there)
            memcpy(at + c * TILE, from + 32 * c, 64);
          else
            memset(at + c * TILE, 0, 64);
      }
}

// Weights as they lie in memory: steps down, across, along what is summed over, along the columns of results.
struct Weights {
  const bf16* at;
  int64_t down, across, along, columns;
};

// [16 columns][tap][32 numbers of the sum], in words of two.
static void lay_weights(const Weights& w, int64_t down, int64_t across, int64_t depth, int64_t columns, float* to) {
  const int64_t parts = depth / 32, taps = down * across;
#pragma omp for schedule(static) collapse(2)
  for (int64_t n = 0; n < columns / 16; ++n)
    for (int64_t t = 0; t < taps; ++t)
      for (int64_t c = 0; c < parts; ++c) {
        const bf16* from = w.at + t / across * w.down + t % across * w.across + 16 * n * w.columns + 32 * c * w.along;
        float* words = to + ((n * taps + t) * parts + c) * TILE;
        if (w.along == 1) {
          tile_of_rows(from, w.columns, 16, words);
          turn(words);
        } else if (w.columns == 1) {
          tile_of_pairs(from, w.along, 32, words);
        } else {
          for (int64_t i = 0; i < 16; ++i)
            for (int64_t l = 0; l < 16; ++l) {
              const bf16* two = from + 2 * i * w.along + l * w.columns;
              words[16 * i + l] = bits<float>(two[0] | uint32_t(two[w.along]) << 16);
            }
        }
      }
}

// For each place of the results, the places of x that it meets: `down` and `across`, with taps.
static void convolve(int64_t images, int64_t depth, int64_t columns, int64_t height, int64_t width, int64_t taps_down,
                     int64_t taps_across, const Pairs& down, const Pairs& across, const bf16* x, const Weights& w,
                     const bf16* bias, bf16* y, float* room) {
  const int64_t places = height * width, results = down.size() * across.size(), taps = taps_down * taps_across;
  const int64_t parts = depth / 32, groups = parts_of(images, 16), sets = columns / 16;
  const int64_t group = places * parts * TILE, set = taps * parts * TILE;
  float *of_x = room, *of_w = room + groups * group;
  const int64_t group_pairs = parts_of(groups, 2), tasks = parts_of(sets, 2) * group_pairs * results;
#pragma omp parallel
  {
    lay_rows(x, images, places, depth, of_x);
    lay_weights(w, taps_down, taps_across, depth, columns, of_w);
    Tiles tiles;
    Sums s;
#pragma omp for schedule(static)
    for (int64_t task = 0; task < tasks; ++task) {
      const int64_t p = task % results, n = task / results % group_pairs * 2, c = task / results / group_pairs * 2;
      const float *a = of_x + n * group, *b = of_w + c * set;
      sum(groups - n, sets - c, false, group, TILE, set, &s, [&](auto add) {
        for (const Pair& i : down[p / across.size()])
          for (const Pair& j : across[p % across.size()])
            add(parts, a + (i.place * width + j.place) * parts * TILE, b + (i.other * taps_across + j.other) * parts * TILE);
      });
      const int64_t rows = std::min<int64_t>(32, images - 16 * n), some = std::min<int64_t>(2, sets - c);
      for (int64_t k = 0; k < some; ++k) {
        float* z = s.z + 16 * k;
        bf16* to = y + (16 * n * results + p) * columns + 16 * (c + k);
        for (int64_t i = 0; i < rows; ++i, z += 32, to += results * columns) {
          if (bias)
            for (int l = 0; l < 16; ++l) z[l] += wide(bias[16 * (c + k) + l]);
          round_into(to, z);
        }
      }
    }
  }
}

// which: 0 convolution, 1 gradient of the images (g, w -> dx), 2 gradient of the weights (x, g -> dw). n: images;
// height, width, channels; height, width, channels of results; then for each axis the kernel, the stride, the dilation
// and the padding ahead; whether the gradient of the weights is taken in bands; steps in the memory of weights: down,
// across, to the next input channel, to the next output channel. room: memory to work in.
extern "C" void kernel(int64_t which, const int64_t* n, const T* x, const T* w, const T* bias, T* y, float* room) {
  const Sizes z = {n[0], n[3], n[6], {n[1], n[4], n[7], n[9], n[11], n[13]}, {n[2], n[5], n[8], n[10], n[12], n[14]}};
  if (which == 2) return (n[15] ? sum_weights_in_bands : sum_weights)(z, x, w, y, room);
  const bool back = which == 1;
  Pairs down(back ? z.down.in : z.down.out), across(back ? z.across.in : z.across.out);
  z.down.each([&](int64_t i, int64_t o, int64_t t) { down[back ? i : o].push_back({back ? o : i, t}); });
  z.across.each([&](int64_t i, int64_t o, int64_t t) { across[back ? i : o].push_back({back ? o : i, t}); });
  const int64_t height = back ? n[4] : n[1], width = back ? n[5] : n[2];
  const Weights weights = {w, n[16], n[17], back ? n[19] : n[18], back ? n[18] : n[19]};
  convolve(z.images, back ? z.outputs : z.channels, back ? z.channels : z.outputs, height, width, z.down.taps,
           z.across.taps, down, across, x, weights, bias, y, room);
}
