// What layers that walk through sequences share: a thread takes its rows of the batch through all steps, so that
// threads never wait for each other.

struct Sizes {
  int64_t steps, batch, features, units, reverse, w_down, w_across, r_down, r_across;
  int64_t step(int64_t n) const { return reverse ? steps - 1 - n : n; }
};

// Rows of a product's left side, zeros at first, each of `depth` numbers and a gap.
struct Rows {
  int64_t down;
  Memory room;
  In* at;
  Rows(int64_t count, int64_t depth)
      : down(apart(depth)), room(parts_of(count * down * sizeof(In), sizeof(float))), at(reinterpret_cast<In*>(room.at)) {
    memset(at, 0, count * down * sizeof(In));
  }
};

// Runs a layer: `piece(n, panels)` packs a part of its weights, `rows(first, count, panels)` takes some rows through.
template <class Layer>
static void run(const Layer& layer) {
  Memory panels(layer.words);
  const int64_t batch = layer.s.batch, part = up(parts_of(batch, omp_get_max_threads()), GROUP);
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (int64_t n = 0; n < layer.pieces; ++n) layer.piece(n, panels.at);
    Tiles tiles;
#pragma omp for schedule(static)
    for (int64_t first = 0; first < batch; first += part)
      layer.rows(first, std::min(part, batch - first), panels.at);
  }
}

// R turned, for the way back: dh = dz R^T, with dz (rows, GATES * units).
template <int GATES>
struct Turned {
  int64_t units, blocks, width, depth, panel;
  explicit Turned(int64_t units)
      : units(units), blocks(parts_of(units, WIDTH)), width(blocks * WIDTH), depth(up(GATES * units, DEPTH)),
        panel(depth / EACH * WIDTH) {}

  void piece(int64_t n, const Sizes& s, const T* r, float* panels) const {  // LANES rows of R as columns
    const int64_t first = n * LANES, filled = std::max<int64_t>(std::min(LANES, units - first), 0);
    float* to = panels + n / 2 * panel + n % 2 * LANES;
    pack(r + first * s.r_down, s.r_across, s.r_down, GATES * units, filled, to, WIDTH);
  }

  void times_all(int64_t count, const Rows& dz, const float* panels, float* dh) const {
    for (int64_t b = 0; b < blocks; ++b)
      times<2>(count, depth, dz.at, dz.down, panels + b * panel, dh + b * WIDTH, width);
  }

  // What flows into the last state, and out of the first.
  void begin(int64_t count, const T* d_last, float* dh) const {
    for (int64_t r = 0; r < count; ++r)
      for (int64_t u = 0; u < units; ++u) dh[r * width + u] = d_last ? wide(d_last[r * units + u]) : 0.f;
  }
  void end(int64_t count, const float* dh, T* d_first) const {
    for (int64_t r = 0; r < count; ++r)
      for (int64_t u = 0; u < units; ++u) put(d_first + r * units + u, dh[r * width + u]);
  }
};
