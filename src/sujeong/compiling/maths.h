// What the generated kernels share: number types, and elementary functions that a compiler can vectorise.
//
// Each function is free of branches and of calls, so that a loop over it becomes vector code. The
// polynomials were fitted by least squares at Chebyshev points; errors are relative, in float32.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <sys/mman.h>
#include <thread>
#include <utility>

typedef uint16_t bf16;  // bfloat16 in memory; arithmetic is in float

#define INLINE static inline __attribute__((always_inline))

#if defined(_OPENMP)
#include <omp.h>
INLINE int64_t threads_here() { return omp_get_max_threads(); }
#else
INLINE int64_t threads_here() { return 1; }
#endif

template <class To, class From>
INLINE To bits(From x) {
  To y;
  static_assert(sizeof(To) == sizeof(From), "same size");
  memcpy(&y, &x, sizeof y);
  return y;
}

INLINE float wide(bf16 x) { return bits<float>(uint32_t(x) << 16); }

// To the nearest, ties to even; NaN stays NaN.
INLINE bf16 narrow(float x) {
  uint32_t u = bits<uint32_t>(x);
  uint32_t rounded = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
  return bf16(x != x ? 0x7fc0 : rounded);
}

// Of a number that a bfloat16 holds.
INLINE bf16 cut(float x) { return bf16(bits<uint32_t>(x) >> 16); }

// The same for texts that are written for both.
INLINE float wide(float x) { return x; }
INLINE void put(bf16* at, float x) { *at = narrow(x); }
INLINE void put(float* at, float x) { *at = x; }

// A number of less than 2^-126 as 0. What a running mean keeps of a unit that is dead becomes so small, and stays it for
// ever; processors take many times as long for it as for others.
INLINE float not_tiny(float x) { return fabsf(x) < 1.17549435e-38f ? 0.f : x; }

// Comparisons that let NaN through: where one is NaN, so is the result.
template <class T>
INLINE T greatest(T a, T b) { return (a > b || a != a) ? a : b; }
template <class T>
INLINE T least(T a, T b) { return (a < b || a != a) ? a : b; }
template <class T>
INLINE T sign_of(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x != x ? x : T(0); }

// e^r with |r| <= ln 2 / 2, where x = n ln 2 + r; n is set. V: float, or a vector of them.
template <class V>
INLINE V exp_rest(V x, V& n) {
  n = (x * 1.44269504f + 12582912.f) - 12582912.f;
  V r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  V p = V{} + 1.3933643e-3f;
  p = p * r + 8.3631752e-3f;
  p = p * r + 4.1666467e-2f;
  p = p * r + 1.6666576e-1f;
  p = p * r + 0.5f;
  return p * r * r + r + 1.f;
}

// e^x = 2^n e^r. 2^n in two factors: results below 2^-126 are right, too.
INLINE float exp_of(float x) {
  float n, y = x > 89.f ? 89.f : x < -104.f ? -104.f : x;
  float p = exp_rest(y, n);
  int32_t k = int32_t(n), a = k >> 1, b = k - a;
  p = p * bits<float>((a + 127) << 23) * bits<float>((b + 127) << 23);
  return x != x ? x : p;
}

// The same for a number between -87 and 87, to the bit, with less to look at.
INLINE float exp_near(float x) {
  float n, p = exp_rest(x, n);
  return p * bits<float>((int32_t(n) + 127) << 23);
}

// ln x = e ln 2 + ln(1 + f), 1 + f between sqrt(1/2) and sqrt(2).
INLINE float log_of(float x) {
  bool tiny = x < 1.17549435e-38f;
  float y = tiny ? x * 8388608.f : x;
  uint32_t u = bits<uint32_t>(y) - 0x3f3504f3u;
  int32_t e = int32_t(u) >> 23;
  float f = bits<float>((u & 0x007fffffu) + 0x3f3504f3u) - 1.f;
  float q = 7.1497538e-2f;
  q = q * f - 1.1571201e-1f;
  q = q * f + 1.1661512e-1f;
  q = q * f - 1.2411050e-1f;
  q = q * f + 1.4249937e-1f;
  q = q * f - 1.6668481e-1f;
  q = q * f + 2.0000708e-1f;
  q = q * f - 2.4999990e-1f;
  q = q * f + 3.3333331e-1f;
  float s = f * f, k = float(e) - (tiny ? 23.f : 0.f);
  float y2 = f * s * q - 0.5f * s + k * -2.12194440e-4f;
  float result = (f + y2) + k * 0.693359375f;
  result = x > 0.f ? result : x == 0.f ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  return (x != x || x == std::numeric_limits<float>::infinity()) ? x : result;
}

// Both after W. Kahan: the rounding of 1 + x, and of e^x, is undone by what it did to their inverses.
INLINE float log1p_of(float x) {
  float u = 1.f + x, d = u - 1.f;
  float y = log_of(u) * (x / d);
  return d == 0.f ? x : u == std::numeric_limits<float>::infinity() ? u : x == -1.f ? log_of(u) : y;
}
INLINE float expm1_of(float x) {
  float u = exp_of(x), m = u - 1.f;
  float y = m * (x / log_of(u));
  return u == 1.f ? x : (m == -1.f || u == std::numeric_limits<float>::infinity()) ? m : y;
}

INLINE float sigmoid_of(float x) { return 1.f / (1.f + exp_of(-x)); }

INLINE float tanh_of(float x) {
  float a = fabsf(x), s = x * x;
  float q = -6.1049475e-3f;
  q = q * s + 2.1003641e-2f;
  q = q * s - 5.3852499e-2f;
  q = q * s + 1.3332783e-1f;
  q = q * s - 3.3333328e-1f;
  float near = x * (1.f + s * q);
  float far = 1.f - 2.f / (exp_near(a > 10.f ? 20.f : 2.f * a) + 1.f);
  return a < 0.625f ? near : x != x ? x : copysignf(far, x);
}

INLINE float erf_of(float x) {
  float a = fabsf(x), s = x * x, t = a > 4.f ? 4.f : a;
  float q = 7.8824974e-5f;
  q = q * s - 8.0188550e-4f;
  q = q * s + 5.1893123e-3f;
  q = q * s - 2.6854329e-2f;
  q = q * s + 1.1283597e-1f;
  q = q * s - 3.7612626e-1f;
  q = q * s + 1.1283791f;
  float p = -1.6485927e-5f;
  p = p * t + 3.7103714e-4f;
  p = p * t - 3.8095184e-3f;
  p = p * t + 2.4012590e-2f;
  p = p * t - 1.0631308e-1f;
  p = p * t - 6.3537890e-1f;
  p = p * t - 1.1283833f;
  p = p * t - 8.7933702e-5f;
  float far = 1.f - exp_near(p);
  return x != x ? x : a < 1.f ? x * q : copysignf(a > 4.f ? 1.f : far, x);
}

// Numbers that are computed once a call and not for each element: the library's own functions.
INLINE double exp_of(double x) { return std::exp(x); }
INLINE double log_of(double x) { return std::log(x); }
INLINE double log1p_of(double x) { return std::log1p(x); }
INLINE double expm1_of(double x) { return std::expm1(x); }
INLINE double tanh_of(double x) { return std::tanh(x); }
INLINE double erf_of(double x) { return std::erf(x); }

#pragma omp declare reduction(top : float, double : omp_out = greatest(omp_out, omp_in)) \
    initializer(omp_priv = -INFINITY)
#pragma omp declare reduction(bottom : float, double : omp_out = least(omp_out, omp_in)) \
    initializer(omp_priv = INFINITY)
