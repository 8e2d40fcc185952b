// Convolution in units for tiles: 16 rows by 16 columns, summed over 32 numbers at a time.
//
//   y[p] (images, O) = sum over taps t of  x[q(p, t)] (images, C)  w[t] (C, O)
//
// Of one place, all images go through the same taps: they are the rows of a tile. So no row is padding, whatever the
// size of the images, and taps that lie outside are left out rather than multiplied by zero. The gradient of the images
// is the same sum, with places and taps seen from the other side. That of the weights sums over images and places:
//
//   dw[t] (O, C) = sum over places p of  g[p]^T (O, images)  x[q(p, t)] (images, C)
//
// What is read is first laid out in tiles, each without gaps: 16 images of 32 channels; for sums over images, 32 images
// of 16 channels, in pairs. Every sum is taken in an order that does not depend on the number of threads.

#include <vector>

constexpr int64_t NEAR = 512 << 10;  // bytes that stay near the processor
constexpr int64_t FEW_TASKS = 8;     // with fewer, the places are split

// Which place of the images meets which place of the results through which tap, along an axis.
struct Axis {
  int64_t in, out, taps, step, apart, low;
  template <class Meet>
  void each(Meet meet) const {
    for (int64_t o = 0; o < out; ++o)
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t i = o * step + t * apart - low;
        if (i >= 0 && i < in) meet(i, o, t);
      }
  }
};
struct Pair {
  int64_t place, other;
};
typedef std::vector<std::vector<Pair>> Pairs;

struct Sizes {
  int64_t images, channels, outputs;
  Axis down, across;
};

// --- laying out ---------------------------------------------------------------------------------------------
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
        Words words;
        if (w.along == 1) {
          for (int64_t l = 0; l < 16; ++l) memcpy(words.at + 16 * l, from + l * w.columns, 64);
          words.turn();
        } else {
          for (int64_t i = 0; i < 16; ++i) {
            if (w.columns == 1)
              pairs_of_rows(from + 2 * i * w.along, w.along, 2, words.at + 16 * i);
            else
              for (int64_t l = 0; l < 16; ++l) {
                const bf16* two = from + 2 * i * w.along + l * w.columns;
                words.at[16 * i + l] = two[0] | uint32_t(two[w.along]) << 16;
              }
          }
        }
        words.put(to + ((n * taps + t) * parts + c) * TILE);
      }
}

// --- forward, and the gradient of the images ----------------------------------------------------------------
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
      sum(groups - n, sets - c, false, group, set, &s, [&](auto add) {
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

// --- the gradient of the weights ----------------------------------------------------------------------------
// dw in the order O, taps, C. The places of the results are taken in pieces, by rows, that stay near; with few channels
// the pieces are shared out in parts, whose sums are added in the end.
static void sum_weights(const Sizes& z, const bf16* x, const bf16* g, bf16* dw, float* room) {
  const int64_t places = z.down.in * z.across.in, results = z.down.out * z.across.out;
  const int64_t taps = z.down.taps * z.across.taps, groups = parts_of(z.images, 32);
  const int64_t ins = z.channels / 16, outs = z.outputs / 16, far_x = places * groups * TILE, far_g = results * groups * TILE;
  const int64_t blocks = parts_of(ins, 2) * parts_of(outs, 2), row = z.across.out * groups * 4 * TILE * 4;
  const int64_t parts = std::min(parts_of(FEW_TASKS, blocks), z.down.out);
  const int64_t pieces = std::min(std::max(parts, z.down.out * row / NEAR), z.down.out);
  float *of_x = room, *of_g = of_x + ins * far_x;
  const int64_t count = z.outputs * taps * z.channels;
  Memory sums(parts > 1 ? parts * count : 0);
  Pairs across(z.across.taps);
  z.across.each([&](int64_t i, int64_t o, int64_t t) { across[t].push_back({i, o}); });
#pragma omp parallel
  {
    lay_sums<false>(x, z.images, places, z.channels, of_x);
    lay_sums<true>(g, z.images, results, z.outputs, of_g);
    Tiles tiles;
    Memory memory(taps * 4 * TILE);
    Sums* own = reinterpret_cast<Sums*>(memory.at);
#pragma omp for schedule(static)
    for (int64_t task = 0; task < blocks * parts; ++task) {
      const int64_t part = task % parts, c = task / parts % parts_of(ins, 2) * 2, o = task / parts / parts_of(ins, 2) * 2;
      const float *a = of_g + o * far_g, *b = of_x + c * far_x;
      const int64_t first = pieces * part / parts, last = pieces * (part + 1) / parts;
      for (int64_t piece = first; piece < last; ++piece)
        for (int64_t t = 0; t < taps; ++t)
          sum(outs - o, ins - c, piece > first, far_g, far_x, &own[t], [&](auto add) {
            const int64_t tap = t / z.across.taps;
            for (int64_t p = z.down.out * piece / pieces; p < z.down.out * (piece + 1) / pieces; ++p) {
              const int64_t q = p * z.down.step + tap * z.down.apart - z.down.low;
              if (q < 0 || q >= z.down.in) continue;
              for (const Pair& j : across[t % z.across.taps])
                add(groups, a + (p * z.across.out + j.other) * groups * TILE, b + (q * z.across.in + j.place) * groups * TILE);
            }
          });
      const int64_t rows = std::min<int64_t>(32, z.outputs - 16 * o), columns = std::min<int64_t>(32, z.channels - 16 * c);
      for (int64_t t = 0; t < taps; ++t)
        for (int64_t i = 0; i < rows; ++i) {
          const int64_t to = ((16 * o + i) * taps + t) * z.channels + 16 * c;
          for (int64_t k = 0; k < columns; k += 16)
            if (parts == 1)
              round_into(dw + to + k, own[t].z + 32 * i + k);
            else
              memcpy(sums.at + part * count + to + k, own[t].z + 32 * i + k, 64);
        }
    }
    if (parts > 1) {
#pragma omp for schedule(static)
      for (int64_t i = 0; i < count; i += 16) {
        float* total = sums.at + i;
        for (int64_t part = 1; part < parts; ++part)
          for (int l = 0; l < 16; ++l) total[l] += sums.at[part * count + i + l];
        round_into(dw + i, total);
      }
    }
  }
}

// which: 0 convolution, 1 gradient of the images (g, w -> dx), 2 gradient of the weights (x, g -> dw). n: images; height,
// width, channels; height, width, channels of results; then for each axis the kernel, the stride, the dilation and the
// padding ahead; steps in the memory of weights: down, across, to the next input channel, to the next output channel.
// room: memory to work in.
extern "C" void kernel(int64_t which, const int64_t* n, const T* x, const T* w, const T* bias, T* y, float* room) {
  const Sizes z = {n[0], n[3], n[6], {n[1], n[4], n[7], n[9], n[11], n[13]}, {n[2], n[5], n[8], n[10], n[12], n[14]}};
  if (which == 2) return sum_weights(z, x, w, y, room);
  const bool back = which == 1;
  Pairs down(back ? z.down.in : z.down.out), across(back ? z.across.in : z.across.out);
  z.down.each([&](int64_t i, int64_t o, int64_t t) { down[back ? i : o].push_back({back ? o : i, t}); });
  z.across.each([&](int64_t i, int64_t o, int64_t t) { across[back ? i : o].push_back({back ? o : i, t}); });
  const int64_t height = back ? n[4] : n[1], width = back ? n[5] : n[2];
  const Weights weights = {w, n[15], n[16], back ? n[18] : n[17], back ? n[17] : n[18]};
  convolve(z.images, back ? z.outputs : z.channels, back ? z.channels : z.outputs, height, width, z.down.taps,
           z.across.taps, down, across, x, weights, bias, y, room);
}
