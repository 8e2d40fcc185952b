// Attention and its gradient in units for tiles, head by head. Formulas and letters as in `attention.h`.
//
// A matrix is laid out in tiles in one of four ways: its rows, or its rows in pairs, each as they are or turned. So
// they become the left or the right side of a product, or of one with the matrix turned. Scores are float; weights
// and the scores' gradient are rounded before they are multiplied, as every product's sides are. Where a query sees the
// keys up to its own place alone, blocks of 32 by 32 that are not seen cost nothing.

constexpr int64_t EDGE = 32;  // of a block of results

// [rows / 16][width / 32], to the left; turned, the same matrix turned, to the right.
template <bool TURNED>
static void lay_rows(const bf16* from, int64_t step, int64_t rows, int64_t width, float* to) {
  for (int64_t r = 0; r < up(rows, EDGE); r += 16)
    for (int64_t c = 0; c < width; c += 32, to += TILE) {
      tile_of_rows(from + r * step + c, step, rows - r, to);
      if (TURNED) turn(to);
    }
}

// [width / 16][rows / 32], to the right; turned, the matrix turned, to the left. Of column c, `begin(c)` tiles are left out.
template <bool TURNED, class Begin>
static void lay_pairs(const bf16* from, int64_t step, int64_t rows, int64_t width, float* to, Begin begin) {
  const int64_t count = up(rows, EDGE) / 32;
  for (int64_t c = 0; c < width; c += 16, to += count * TILE)
    for (int64_t n = begin(c); n < count; ++n) {
      tile_of_pairs(from + 32 * n * step + c, step, rows - 32 * n, to + n * TILE);
      if (TURNED) turn(to + n * TILE);
    }
}
INLINE int64_t at_once(int64_t) { return 0; }
template <bool TURNED>
static void lay_pairs(const bf16* from, int64_t step, int64_t rows, int64_t width, float* to) {
  lay_pairs<TURNED>(from, step, rows, width, to, at_once);
}

// Blocks of a (rows, 32 count) b (32 count, columns): `take(row, column, sums)` each. A row of tiles of a is `far_a` words
// long, a column of b `far_b`. Of the sum, `begin(row)` tiles are left out.
template <class Begin, class Take>
INLINE void product(int64_t rows, int64_t columns, int64_t count, const float* a, int64_t far_a, const float* b,
                    int64_t far_b, Begin begin, Take take) {
  Sums s;
  for (int64_t r = 0; r < rows / 16; r += 2)
    for (int64_t c = 0; c < columns / 16; c += 2) {
      const int64_t first = begin(16 * r);
      sum(rows / 16 - r, columns / 16 - c, false, far_a, TILE, far_b, &s,
          [&](auto add) { add(count - first, a + r * far_a + first * TILE, b + c * far_b + first * TILE); });
      take(16 * r, 16 * c, s.z);
    }
}

// Of a block of sums, rows that exist, rounded.
static void write_block(const float* z, int64_t rows, int64_t columns, bf16* to, int64_t step) {
  for (int64_t i = 0; i < std::min(rows, EDGE); ++i)
    for (int64_t c = 0; c < std::min(columns, EDGE); c += 16) round_into(to + i * step + c, z + EDGE * i + c);
}

// Of a block of sums, all times a number.
static void keep_block(const float* z, float by, float* to, int64_t step) {
  for (int64_t i = 0; i < EDGE; ++i)
    for (int64_t c = 0; c < EDGE; c += LANES) store(to + i * step + c, load(z + EDGE * i + c) * by);
}

static void forward(const Sizes& z, float scale, const bf16* q, const bf16* k, const bf16* v, const uint8_t* mask, bf16* y,
                    bf16* p) {
  const int64_t D = z.features, E = z.values, S = z.keys, deep = D / 32 * TILE, along = S / 32 * TILE;
  const int64_t part = up(parts_of(z.queries, z.parts), EDGE);
#pragma omp parallel
  {
    Memory keys(S / 16 * deep), values(E / 16 * along), queries(2 * deep), weights(2 * along);
    Memory scores(EDGE * S), rounded(EDGE * S / 2);
    bf16* rows = reinterpret_cast<bf16*>(rounded.at);
    Tiles tiles;
#pragma omp for schedule(static)
    for (int64_t task = 0; task < z.batch * z.heads * z.parts; ++task) {
      const int64_t head = task / z.parts, b = head / z.heads, h = head % z.heads;
      const int64_t from = task % z.parts * part, to = std::min(from + part, z.queries);
      if (from >= to) continue;
      lay_rows<true>(of_head(k, z.k, b, h), z.k.row, S, D, keys.at);
      lay_pairs<false>(of_head(v, z.v, b, h), z.v.row, S, E, values.at);
      for (int64_t t = from; t < to; t += EDGE) {
        const int64_t count = std::min(EDGE, to - t), all = z.causal ? std::min(S, t + EDGE) : S;
        lay_rows<false>(of_head(q, z.q, b, h) + t * z.q.row, z.q.row, count, D, queries.at);
        product(EDGE, all, D / 32, queries.at, deep, keys.at, deep, at_once,
                [&](int64_t, int64_t c, const float* block) { keep_block(block, scale, scores.at + c, S); });
        for (int64_t i = 0; i < count; ++i) {
          float* x = scores.at + i * S;
          const uint8_t* m = mask;
          if (m) m += b * z.mask[0] + h * z.mask[1] + (t + i) * z.mask[2];
          bf16* row = rows + i * S;
          soften(x, z.causal ? std::min(S, t + i + 1) : S, all, m, z.mask[3],
                 [row](int64_t s, Vec v) { round_into(row + s, v); });
          if (!p) continue;
          bf16* kept = p + (head * z.queries + t + i) * S;
          memcpy(kept, rows + i * S, all * sizeof(bf16)), memset(kept + all, 0, (S - all) * sizeof(bf16));
        }
        lay_rows<false>(rows, S, count, all, weights.at);
        bf16* result = of_head(y, z.y, b, h) + t * z.y.row;
        product(EDGE, E, all / 32, weights.at, all / 32 * TILE, values.at, along, at_once,
                [&](int64_t, int64_t c, const float* block) { write_block(block, count, E - c, result + c, z.y.row); });
      }
    }
  }
}

static void backward(const Sizes& z, float scale, const bf16* g, const bf16* q, const bf16* k, const bf16* v, const bf16* p,
                     bf16* dq, bf16* dk, bf16* dv) {
  const int64_t D = z.features, E = z.values, S = z.keys, N = z.queries, many = up(N, EDGE);
  const int64_t deep = E / 32 * TILE, along = S / 32 * TILE, down = many / 32 * TILE;
#pragma omp parallel
  {
    Memory values(S / 16 * deep), keys(D / 16 * along), flow(many / 16 * deep), flow_pairs(E / 16 * down);
    Memory queries(D / 16 * down), weights(S / 16 * down), scores(EDGE * S), rounded(many * S / 2), block_rows(2 * along);
    bf16* ds = reinterpret_cast<bf16*>(rounded.at);
    Tiles tiles;
#pragma omp for schedule(static)
    for (int64_t head = 0; head < z.batch * z.heads; ++head) {
      const int64_t b = head / z.heads, h = head % z.heads;
      const bf16 *gradient = of_head(g, z.y, b, h), *w = p + head * N * S;
      lay_rows<true>(of_head(v, z.v, b, h), z.v.row, S, E, values.at);
      lay_pairs<false>(of_head(k, z.k, b, h), z.k.row, S, D, keys.at);
      lay_rows<false>(gradient, z.y.row, N, E, flow.at);
      lay_pairs<false>(gradient, z.y.row, N, E, flow_pairs.at);
      lay_pairs<false>(of_head(q, z.q, b, h), z.q.row, N, D, queries.at);
      for (int64_t t = 0; t < N; t += EDGE) {
        const int64_t count = std::min(EDGE, N - t), all = z.causal ? std::min(S, t + EDGE) : S;
        product(EDGE, all, E / 32, flow.at + t / 16 * deep, deep, values.at, deep, at_once,
                [&](int64_t, int64_t c, const float* block) { keep_block(block, 1.f, scores.at + c, S); });
        for (int64_t i = 0; i < count; ++i) {
          const float* x = scores.at + i * S;
          const bf16* of_query = w + (t + i) * S;
          Vec sums = {};
          for (int64_t s = 0; s < all; s += LANES) sums += load(x + s) * load(of_query + s);
          const float sum = of_lanes(sums, [](Vec a, Vec b) { return a + b; });
          bf16* row = ds + (t + i) * S;
          for (int64_t s = 0; s < all; s += LANES)
            round_into(row + s, (load(x + s) - sum) * load(of_query + s) * scale);
        }
        lay_rows<false>(ds + t * S, S, count, all, block_rows.at);
        bf16* result = of_head(dq, z.dq, b, h) + t * z.dq.row;
        product(EDGE, D, all / 32, block_rows.at, all / 32 * TILE, keys.at, along, at_once,
                [&](int64_t, int64_t c, const float* block) { write_block(block, count, D - c, result + c, z.dq.row); });
      }
      auto seen = [&](int64_t s) { return z.causal ? std::min(s / 32, many / 32) : 0; };
      auto sums = [&](const bf16* left, const float* right, int64_t columns, bf16* to, int64_t step) {
        lay_pairs<true>(left, S, N, S, weights.at, seen);
        product(S, columns, many / 32, weights.at, down, right, down, seen, [&](int64_t s, int64_t c, const float* block) {
          write_block(block, S - s, columns - c, to + s * step + c, step);
        });
      };
      sums(w, flow_pairs.at, E, of_head(dv, z.dv, b, h), z.dv.row);
      sums(ds, queries.at, D, of_head(dk, z.dk, b, h), z.dk.row);
    }
  }
}
