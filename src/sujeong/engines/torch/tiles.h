// What the processor has for products of numbers in 16 bits: of pairs, and units for tiles of 16 rows of 64 bytes.

#if defined(__AVX512BF16__) && defined(__AVX512F__)
#include <immintrin.h>
#define HAS_PAIRS 1
constexpr bool PAIRS = sizeof(T) == 2;
#else
constexpr bool PAIRS = false;
#endif
#if defined(HAS_PAIRS) && defined(__AMX_BF16__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#define HAS_TILES 1
#endif

#if defined(HAS_TILES)
// Linux lets a process use the tiles after it has asked.
static const bool TILED = PAIRS && syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* tiles */) == 0;
#endif

// Tiles are set up for as long as this lives.
struct Tiles {
#if defined(HAS_TILES)
  Tiles() {
    if (!TILED) return;
    struct {
      uint8_t palette = 1, start = 0, unused[14] = {};
      uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } shape;
    __asm__ volatile("" ::"r"(&shape) : "memory");
    _tile_loadconfig(&shape);
  }
  ~Tiles() {
    if (TILED) _tile_release();
  }
#endif
};
