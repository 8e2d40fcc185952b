// Vectors, and the block of registers that products of matrices are made of.
//
// Data is T in memory and float in registers. Every sum is taken in order, whatever the number of threads.

#if defined(__AVX512F__)
constexpr int64_t LANES = 16;
constexpr int ROWS = 8;  // with 2 vectors a row, what registers hold
#else
constexpr int64_t LANES = 8;
constexpr int ROWS = 4;
#endif
constexpr int64_t WIDTH = 2 * LANES;  // columns that are made at once

typedef float Vec __attribute__((vector_size(4 * LANES)));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES)));
typedef uint16_t Half __attribute__((vector_size(2 * LANES)));

INLINE Vec load(const float* p) {
  Vec v;
  memcpy(&v, p, sizeof v);
  return v;
}
INLINE Vec load(const bf16* p) {
  Half h;
  memcpy(&h, p, sizeof h);
  return (Vec)(__builtin_convertvector(h, Bits) << 16);
}
INLINE void store(float* p, Vec v) { memcpy(p, &v, sizeof v); }
INLINE void store(bf16* p, Vec v) {
  Bits u = (Bits)v, rounded = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
  Half h = __builtin_convertvector(v == v ? rounded : Bits{} + 0x7fc0, Half);
  memcpy(p, &h, sizeof h);
}

// A vector of the lanes of two, by their numbers. These are known to the compiler: built at run time, they take longer
// than what is done with them.
template <int... PLACES>
INLINE Vec picked(Vec x, Vec y) {
#if defined(__clang__) || __GNUC__ >= 12
  return __builtin_shufflevector(x, y, PLACES...);
#else
  return __builtin_shuffle(x, y, Bits{PLACES...});
#endif
}

typedef std::make_integer_sequence<int, LANES> Lanes;

// LANES vectors as the columns of a square, in log2(LANES) exchanges between vectors that are S apart.
template <int S, int... L>
INLINE void exchange(Vec* a, std::integer_sequence<int, L...>) {
#pragma GCC unroll 16
  for (int i = 0; i < LANES; ++i)
    if (!(i & S)) {
      const Vec x = a[i], y = a[i + S];
      a[i] = picked<(L & S ? int(LANES) + L - S : L)...>(x, y);
      a[i + S] = picked<(L & S ? int(LANES) + L : L + S)...>(x, y);
    }
}
template <int S = 1>
INLINE void transpose(Vec* a) {
  exchange<S>(a, Lanes());
  if constexpr (2 * S < LANES) transpose<2 * S>(a);
}

// The lanes of a vector put together, halves first.
template <int S, class Join, int... L>
INLINE Vec folded(Vec v, Join join, std::integer_sequence<int, L...>) {
  v = join(v, picked<(L + S) % int(LANES)...>(v, v));
  if constexpr (S > 1) return folded<S / 2>(v, join, Lanes());
  return v;
}
template <class Join>
INLINE float of_lanes(Vec v, Join join) {
  return folded<LANES / 2>(v, join, Lanes())[0];
}

// In a lone sum compilers may round the product, too, as chains of multiply-adds are slow on some processors. All numbers
// are to be rounded alike, so they are not told that it is a chain.
#if defined(__x86_64__)
#define NO_CHAIN(v) __asm__("" : "+v"(v))
#else
#define NO_CHAIN(v)
#endif

// m (M rows, N vectors) = a (M, count) b (count, N vectors), or is added to. `along` and `down`: steps in a. `ahead`, if
// any, is what will be read next: `count` lines of it are fetched meanwhile.
template <int N, bool ADD, int M = ROWS>
INLINE void block(int64_t count, const float* a, int64_t along, int64_t down, const float* b, int64_t next, float* m,
                  int64_t step, const float* ahead = nullptr) {
  Vec sum[M][N];
  for (int i = 0; i < M; ++i)
    for (int n = 0; n < N; ++n) sum[i][n] = ADD ? load(m + i * step + n * LANES) : Vec{};
  for (int64_t k = 0; k < count; ++k) {
    Vec v[N];
    for (int n = 0; n < N; ++n) v[n] = load(b + k * next + n * LANES);
    if (ahead) __builtin_prefetch(ahead + k * LANES);
#pragma GCC unroll 8
    for (int i = 0; i < M; ++i)
      for (int n = 0; n < N; ++n) sum[i][n] += a[i * down + k * along] * v[n];
    if (M * N == 1) NO_CHAIN(sum[0][0]);
  }
  for (int i = 0; i < M; ++i)
    for (int n = 0; n < N; ++n) store(m + i * step + n * LANES, sum[i][n]);
}

// Working memory of a thread, kept from call to call: taken from the heap and given back in each, it would leave holes
// between arrays that outlive the call. What is taken last is given back first.
struct Block {
  void* at = nullptr;
  size_t size = 0;
  void resize(size_t bytes) {
    if (at) munmap(at, size);
    at = nullptr, size = 0;
    if (!bytes) return;
    void* found = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED) throw std::bad_alloc();
    at = found, size = bytes;
  }
  ~Block() { resize(0); }
};
constexpr int MOST_BLOCKS = 12;
constexpr size_t MOST_KEPT = 16 << 20;  // bytes of a block; larger ones are given back
static thread_local Block blocks[MOST_BLOCKS];
static thread_local int taken = 0;

struct Memory {
  float* at;
  explicit Memory(int64_t count) {
    Block& block = blocks[taken];
    if (block.size < count * sizeof(float)) block.resize(count * sizeof(float));
    at = static_cast<float*>(block.at), ++taken;
  }
  ~Memory() {
    if (blocks[--taken].size > MOST_KEPT) blocks[taken].resize(0);
  }
  Memory(const Memory&) = delete;
};

INLINE int64_t up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }
INLINE int64_t parts_of(int64_t n, int64_t most) { return (n + most - 1) / most; }
