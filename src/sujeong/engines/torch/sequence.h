// What layers that walk through sequences have in common: how threads share them, and the way back through the weights
// of states.

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

// Some rows of the batch, and the steps that they are taken through.
struct Stretch {
  int64_t first, count, from, to;
};

// Of a stretch. With fewer rows, tiles would read weights too often.
constexpr int64_t MOST_ROWS = PAIRS ? 32 : 16, MOST_STEPS = 8;

// Runs a layer: `piece(n, panels)` packs a part of its weights; `walk(stretch, left, down, kept, panels)` takes rows
// through steps, with `lefts` rows of a product's left side and `keeps` numbers for each, which stay from one stretch to
// the next; both have memory up to a multiple of GROUP rows.
//
// Rows know nothing of each other, so threads share them. Cores are not equally fast at all times: where there are more
// groups of rows than threads, these take stretches as they come, those of all groups before the next ones.
template <class Layer>
static void run(const Layer& layer) {
  const int64_t batch = layer.s.batch, steps = layer.s.steps, threads = threads_here();
  const int64_t rows = std::min(up(parts_of(batch, (PAIRS ? 1 : 2) * threads), GROUP), MOST_ROWS);
  const int64_t groups = parts_of(batch, rows);
  const int64_t some = groups > threads ? MOST_STEPS : steps;
  Memory panels(layer.words), kept(groups * rows * layer.keeps);
  Rows left(layer.lefts * groups * rows, layer.depth);
  std::unique_ptr<std::atomic<int64_t>[]> done(new std::atomic<int64_t>[groups]());  // steps, of each group
#pragma omp parallel
  {
#pragma omp for schedule(static)
    for (int64_t n = 0; n < layer.pieces; ++n) layer.piece(n, panels.at);
    Tiles tiles;
#pragma omp for schedule(monotonic : dynamic)
    for (int64_t task = 0; task < groups * parts_of(steps, some); ++task) {
      const int64_t n = task % groups, from = task / groups * some, first = n * rows;
      while (done[n].load(std::memory_order_acquire) < from) std::this_thread::yield();
      layer.walk(Stretch{first, std::min(rows, batch - first), from, std::min(from + some, steps)},
                 left.at + layer.lefts * first * left.down, left.down, kept.at + first * layer.keeps, panels.at);
      done[n].store(from + some, std::memory_order_release);
    }
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

  void times_all(int64_t count, const In* dz, int64_t down, const float* panels, float* dh) const {
    for (int64_t b = 0; b < blocks; ++b) times<2>(count, depth, dz, down, panels + b * panel, dh + b * WIDTH, width);
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
