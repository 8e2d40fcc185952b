// Which places of images and results a convolution brings together.

#include <vector>

// Along an axis: place i of the images meets place o of the results through tap t.
struct Axis {
  int64_t in, out, taps, step, apart, low;
  template <class Meet>
  void each(Meet meet) const {
    for (int64_t o = 0; o < out; ++o)
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t i = o * step + t * apart - low;
        if (i >= 0 && i < in) meet(i, o, t);
      }
  }
};
struct Pair {
  int64_t place, other;
};
typedef std::vector<std::vector<Pair>> Pairs;

struct Sizes {
  int64_t images, channels, outputs;
  Axis down, across;
};
