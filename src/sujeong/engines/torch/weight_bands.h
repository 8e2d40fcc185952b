// The gradient of a convolution's weights where channels are few: band by band, while what is laid out is near.
//
//   dw[t] (O, C) = sum over bands, rows p of a band, places of p:  g[p]^T (O, 32)  x[q(p, t)] (32, C)
//
// All sums of all taps stay near the processor, so that each row of x and g is laid out once by the thread that uses it
// and never goes back to memory. A product sums over 32 numbers: as many images as there are, up to 32, times places
// that lie side by side. Rows of x have zeros on both sides, so that a tap is nothing but a beginning.
//
// Rows are shared out in a fixed number of PARTS, whose sums are added in the end.

constexpr int64_t BAND = 1 << 18;  // words of a band, which stay near the processor

struct Bands {
  const Sizes& z;
  const bf16 *x, *g;
  int64_t images, beside;  // of one product: images times places beside each other
  int64_t half, chunks, line_x, line_g, ins, outs, rows, slots, blocks, taps;

  Bands(const Sizes& z, const bf16* x, const bf16* g) : z(z), x(x), g(g) {
    images = 32;
    while (images > 2 && images / 2 >= z.images) images /= 2;
    beside = 32 / images, half = images / 2;
    chunks = parts_of(z.across.out, beside);
    line_x = ((chunks * beside - 1) * z.across.step + (z.across.taps - 1) * z.across.apart + 1) * half * 16;
    line_g = chunks * TILE;
    ins = z.channels / 16, outs = z.outputs / 16;
    const int64_t more = (z.down.taps - 1) * z.down.apart + 1;  // rows of x that a row of results meets, and between
    const int64_t fit = BAND - more * ins * line_x, row = z.down.step * ins * line_x + outs * line_g;
    rows = std::min(std::max<int64_t>(fit / row, 1), z.down.out), slots = (rows - 1) * z.down.step + more;
    blocks = parts_of(ins, 2) * parts_of(outs, 2), taps = z.down.taps * z.across.taps;
  }

  int64_t all() const { return parts_of(z.images, images) * z.down.out; }  // rows of results
  int64_t parts() const { return std::min(all(), int64_t(PARTS)); }

  // A row of images: for each 16 channels a line of words of two images, place by place, with zeros on both sides.
  void lay(const bf16* row, int64_t n, int64_t places, int64_t width, int64_t channels, int64_t low, int64_t line,
           int64_t far, float* to) const {
    const int64_t place = half * 16, begin = std::min(low * place, line), end = std::min((low + width) * place, line);
    for (int64_t c = 0; c < channels / 16; ++c) {
      memset(to + c * far, 0, begin * sizeof(float));
      memset(to + c * far + end, 0, (line - end) * sizeof(float));
    }
    for (int64_t i = 0; i < half; ++i) {
      const int64_t image = n * images + 2 * i, apart = places * channels;
      const bf16* from = row + image * apart;
      for (int64_t at = begin + i * 16; at < end; at += place, from += channels)
        for (int64_t c = 0; c < channels; c += 16)
          pairs_of_rows(from + c, apart, z.images - image, to + c / 16 * far + at);
    }
  }
  void lay_x(int64_t n, int64_t q, float* to) const {
    const int64_t width = z.across.in, line = q * width * z.channels;
    lay(x + line, n, z.down.in * width, width, z.channels, z.across.low, line_x, slots * line_x, to);
  }
  void lay_g(int64_t n, int64_t p, float* to) const {
    const int64_t width = z.across.out, line = p * width * z.outputs;
    lay(g + line, n, z.down.out * width, width, z.outputs, 0, line_g, rows * line_g, to);
    for (int64_t o = 0; o < outs; ++o)
      for (int64_t k = 0; k < chunks; ++k) turn(to + (o * rows * chunks + k) * TILE);
  }

  // Rows `first` to `last` of results, those of all images after each other.
  void part(int64_t first, int64_t last, float* of_x, float* of_g, Sums* sums) const {
    int64_t laid = 0, before = -1;  // rows of x of the images `before`
    bool go_on = false;
    for (int64_t row = first; row < last; go_on = true) {
      const int64_t n = row / z.down.out, p = row % z.down.out;
      const int64_t count = std::min(std::min(rows, last - row), z.down.out - p);
      const int64_t begin = p * z.down.step - z.down.low, end = begin + (count - 1) * z.down.step + (z.down.taps - 1) * z.down.apart;
      if (n != before) laid = 0, before = n;
      for (laid = std::max(laid, begin); laid <= std::min(end, z.down.in - 1); ++laid)
        lay_x(n, laid, of_x + laid % slots * line_x);
      for (int64_t k = 0; k < count; ++k) lay_g(n, p + k, of_g + k * line_g);
      const int64_t next = beside > 1 ? TILE : z.across.step * TILE;
      for (int64_t block = 0; block < blocks; ++block) {
        const int64_t c = block % parts_of(ins, 2) * 2, o = block / parts_of(ins, 2) * 2;
        for (int64_t t = 0; t < taps; ++t) {
          const float* beginning = of_x + c * slots * line_x + t % z.across.taps * z.across.apart * half * 16;
          sum(outs - o, ins - c, go_on, rows * line_g, next, slots * line_x, sums + block * taps + t, [&](auto add) {
            for (int64_t k = 0; k < count; ++k) {
              const int64_t q = begin + k * z.down.step + t / z.across.taps * z.down.apart;
              if (q >= 0 && q < z.down.in)
                add(chunks, of_g + o * rows * line_g + k * line_g, beginning + q % slots * line_x);
            }
          });
        }
      }
      row += count;
    }
  }

  // The sums of all parts for 16 inputs of an output, rounded.
  void together(int64_t n, const Sums* sums, int64_t parts, bf16* dw) const {
    const int64_t c = n % ins, t = n / ins % taps, o = n / ins / taps;
    const int64_t block = o / 32 * parts_of(ins, 2) + c / 2, at = o % 32 * 32 + c % 2 * 16;
    alignas(64) float total[16] = {};
    for (int64_t part = 0; part < parts; ++part)
      for (int l = 0; l < 16; ++l) total[l] += sums[(part * blocks + block) * taps + t].z[at + l];
    round_into(dw + (o * taps + t) * z.channels + 16 * c, total);
  }
};

static void sum_weights_in_bands(const Sizes& z, const bf16* x, const bf16* g, bf16* dw, float* room) {
  const Bands bands(z, x, g);
  const int64_t parts = bands.parts(), all = bands.all();
  Sums* sums = reinterpret_cast<Sums*>(room);
#pragma omp parallel
  {
    Memory of_x(bands.ins * bands.slots * bands.line_x), of_g(bands.outs * bands.rows * bands.line_g);
    Tiles tiles;
#pragma omp for schedule(static)
    for (int64_t part = 0; part < parts; ++part)
      bands.part(all * part / parts, all * (part + 1) / parts, of_x.at, of_g.at, sums + part * bands.blocks * bands.taps);
#pragma omp for schedule(static)
    for (int64_t n = 0; n < z.outputs * bands.taps * bands.ins; ++n) bands.together(n, sums, parts, dw);
  }
}
