// The gradient of a convolution's weights in units for tiles, block by block of these.
//
//   dw[t] (O, C) = sum over places p of  g[p]^T (O, images)  x[q(p, t)] (images, C)
//
// x and g are laid out once, 32 images of 16 channels in a tile, and then read by every block of 32 outputs and 32
// channels, for each tap. Every sum is taken in an order that does not depend on the number of threads.

constexpr int64_t NEAR = 512 << 10;  // bytes that stay near the processor
constexpr int64_t FEW_TASKS = 8;     // with fewer, the places are split

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
          sum(outs - o, ins - c, piece > first, far_g, TILE, far_x, &own[t], [&](auto add) {
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
