// Attention and its gradient, head by head: what a head needs stays in the cache of the core that computes it.
//
//   P = softmax(scale Q K^T)      Y = P V
//   dV = P^T dY      dP = dY V^T      dS = scale P (dP - sum over S of dP P)      dQ = dS K      dK = dS^T Q
//
// Q, K, V and what is made lie anywhere by heads; only features follow each other. Where a query sees the keys
// up to its own place alone, the others cost nothing. Numbers are float inside, whatever they are in memory.

// Rows as float, one after the other, times a number; `padded` rows in all, and `wide_` numbers in each.
template <class N>
static void copy_rows(const N* from, int64_t step, int64_t rows, int64_t padded, int64_t width, int64_t wide_, float by,
                      float* to) {
  for (int64_t r = 0; r < padded; ++r, to += wide_) {
    int64_t c = 0;
    if (r < rows) {
      for (; c + LANES <= width; c += LANES) store(to + c, load(from + r * step + c) * by);
      for (; c < width; ++c) to[c] = wide(from[r * step + c]) * by;
    }
    for (; c < wide_; ++c) to[c] = 0;
  }
}

// Rows as float: as they lie, or copied.
INLINE const float* as_float(const float* at, int64_t* step, int64_t, int64_t, float*) { return at; }
INLINE const float* as_float(const bf16* at, int64_t* step, int64_t rows, int64_t width, float* to) {
  copy_rows(at, *step, rows, rows, width, width, 1.f, to);
  *step = width;
  return to;
}

// Rows as columns, in panels [rows / WIDTH][width][WIDTH], the last one filled with zeros.
template <class N>
static void turn(const N* from, int64_t step, int64_t rows, int64_t width, float* to) {
  for (int64_t r = 0; r < rows; r += WIDTH, to += width * WIDTH)
    for (int64_t n = 0; n < WIDTH; n += LANES)
      for (int64_t c = 0; c < width; c += LANES) {
        Vec square[LANES];
        for (int64_t i = 0; i < LANES; ++i)
          square[i] = r + n + i < rows ? load(from + (r + n + i) * step + c) : Vec{};
        transpose(square);
        for (int64_t i = 0; i < LANES; ++i) store(to + (c + i) * WIDTH + n, square[i]);
      }
}

// (ROWS, columns) = a (ROWS, width) times panels.
static void with_panels(const float* a, int64_t width, const float* panels, int64_t columns, float* to, int64_t step) {
  for (int64_t n = 0; n < columns; n += WIDTH)
    block<2, false>(width, a, 1, width, panels + n * width, WIDTH, to + n, step);
}

// (ROWS, columns) = a (ROWS, count) times rows.
static void with_rows(int64_t count, const float* a, int64_t along, int64_t down, const float* rows, int64_t next,
                      int64_t columns, float* to) {
  int64_t n = 0;
  for (; n + WIDTH <= columns; n += WIDTH) block<2, false>(count, a, along, down, rows + n, next, to + n, columns);
  if (n < columns) block<1, false>(count, a, along, down, rows + n, next, to + n, columns);
}

template <class N>
static void write_rows(const float* from, int64_t rows, int64_t width, N* to, int64_t step) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < width; c += LANES) store(to + r * step + c, load(from + r * width + c));
}

template <class T>
static void forward(const Sizes& z, float scale, const T* q, const T* k, const T* v, const uint8_t* mask, T* y, T* p) {
  const int64_t D = z.features, E = z.values, S = z.keys, full = up(S, WIDTH);
  const int64_t part = up(parts_of(z.queries, z.parts), ROWS);
#pragma omp parallel
  {
    Memory turned(full * D), rows(sizeof(T) < 4 ? S * E : 0), queries(part * D), scores(ROWS * full), result(ROWS * E);
#pragma omp for schedule(static)
    for (int64_t task = 0; task < z.batch * z.heads * z.parts; ++task) {
      const int64_t head = task / z.parts, b = head / z.heads, h = head % z.heads;
      const int64_t from = task % z.parts * part, to = std::min(from + part, z.queries);
      if (from >= to) continue;
      int64_t next = z.v.row;
      const float* value = as_float(of_head(v, z.v, b, h), &next, S, E, rows.at);
      turn(of_head(k, z.k, b, h), z.k.row, S, D, turned.at);
      copy_rows(of_head(q, z.q, b, h) + from * z.q.row, z.q.row, to - from, part, D, D, scale, queries.at);
      for (int64_t t = from; t < to; t += ROWS) {
        const int64_t count = std::min<int64_t>(ROWS, to - t), all = z.causal ? std::min(S, t + count) : S;
        with_panels(queries.at + (t - from) * D, D, turned.at, all, scores.at, full);
        for (int64_t i = 0; i < count; ++i) {
          const uint8_t* m = mask;
          if (m) m += b * z.mask[0] + h * z.mask[1] + (t + i) * z.mask[2];
          float* x = scores.at + i * full;
          soften(x, z.causal ? std::min(S, t + i + 1) : S, all, m, z.mask[3], [x](int64_t s, Vec v) { store(x + s, v); });
        }
        with_rows(all, scores.at, 1, full, value, next, E, result.at);
        write_rows(result.at, count, E, of_head(y, z.y, b, h) + t * z.y.row, z.y.row);
        for (int64_t i = 0; i < count && p; ++i) {
          T* row = p + (head * z.queries + t + i) * S;
          for (int64_t s = 0; s < all; ++s) put(row + s, scores.at[i * full + s]);
          memset(row + all, 0, (S - all) * sizeof(T));
        }
      }
    }
  }
}

template <class T>
static void backward(const Sizes& z, float scale, const T* g, const T* q, const T* k, const T* v, const T* p, T* dq,
                     T* dk, T* dv) {
  const int64_t D = z.features, E = z.values, S = z.keys, N = z.queries, full = up(S, WIDTH), many = up(N, ROWS);
#pragma omp parallel
  {
    Memory turned(full * E), rows(sizeof(T) < 4 ? S * D : 0), queries(many * D), flow(many * E);
    Memory weights(many * full), scores(many * full), result(ROWS * std::max(D, E));
#pragma omp for schedule(static)
    for (int64_t head = 0; head < z.batch * z.heads; ++head) {
      const int64_t b = head / z.heads, h = head % z.heads;
      int64_t next = z.k.row;
      const float* key = as_float(of_head(k, z.k, b, h), &next, S, D, rows.at);
      turn(of_head(v, z.v, b, h), z.v.row, S, E, turned.at);
      copy_rows(of_head(q, z.q, b, h), z.q.row, N, many, D, D, 1.f, queries.at);
      copy_rows(of_head(g, z.y, b, h), z.y.row, N, many, E, E, 1.f, flow.at);
      copy_rows(p + head * N * S, S, N, many, S, full, 1.f, weights.at);
      for (int64_t t = 0; t < N; t += ROWS) {
        const int64_t all = z.causal ? std::min(S, t + ROWS) : S;
        with_panels(flow.at + t * E, E, turned.at, all, scores.at + t * full, full);
        for (int64_t i = t; i < t + ROWS; ++i) {
          float *x = scores.at + i * full, *w = weights.at + i * full, sum = 0;
#pragma omp simd reduction(+ : sum)
          for (int64_t s = 0; s < all; ++s) sum += x[s] * w[s];
#pragma omp simd
          for (int64_t s = 0; s < full; ++s) x[s] = s < all ? (x[s] - sum) * w[s] * scale : 0;
        }
        with_rows(all, scores.at + t * full, 1, full, key, next, D, result.at);
        write_rows(result.at, std::min<int64_t>(ROWS, N - t), D, of_head(dq, z.dq, b, h) + t * z.dq.row, z.dq.row);
      }
      for (int64_t s = 0; s < S; s += ROWS) {
        const int64_t count = std::min<int64_t>(ROWS, S - s), from = z.causal ? std::min(s, N) : 0;
        const int64_t at = from * full + s;
        with_rows(N - from, weights.at + at, full, 1, flow.at + from * E, E, E, result.at);
        write_rows(result.at, count, E, of_head(dv, z.dv, b, h) + s * z.dv.row, z.dv.row);
        with_rows(N - from, scores.at + at, full, 1, queries.at + from * D, D, D, result.at);
        write_rows(result.at, count, D, of_head(dk, z.dk, b, h) + s * z.dk.row, z.dk.row);
      }
    }
  }
}
