// y (count, width) = the rows of x (size, width) that ids name, in 16 bits. I: the type of an id.

constexpr int64_t WORTH = 1 << 15;  // numbers from which threads pay
constexpr int64_t AHEAD = 2;        // rows lie anywhere: what is read next is asked for early

extern "C" void kernel(int64_t count, int64_t width, int64_t size, int64_t least, const float* x, const I* ids, bf16* y,
                       int64_t* refused) {
  for (int64_t n = 0; n < count; ++n) *refused |= ids[n] < least || ids[n] >= size;
  if (*refused) return;
  auto row = [=](int64_t n) { return x + (ids[n] < 0 ? ids[n] + size : int64_t(ids[n])) * width; };
#pragma omp parallel for schedule(static) if (count * width >= WORTH)
  for (int64_t n = 0; n < count; ++n) {
    for (int64_t c = 0; n + AHEAD < count && c < width; c += 16) __builtin_prefetch(row(n + AHEAD) + c, 0, 2);
    const float* from = row(n);
    bf16* to = y + n * width;
    int64_t c = 0;
    for (; c + LANES <= width; c += LANES) store(to + c, load(from + c));
    for (; c < width; ++c) put(to + c, from[c]);
  }
}
