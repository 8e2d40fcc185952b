// The greatest number of each window, channel by channel, with where it lay; and a gradient handed to these places.
//
//   y[n, o, c] = max over j of x[n, o s + j, c]        i[n, o, c] = the place of the first that is as great
//   dx[n, q, c] = g[n, o, c] where q = i[n, o, c], else 0          for windows that do not overlap
//
// What is not a number is greater than all that is. Channels are taken a vector at a time; every element of dx is
// written once. With BYTES, i is which element of the window it is.

struct Sizes {
  int64_t images, height, width, channels, down, across, window[2], steps[2];
};

typedef int32_t Ints __attribute__((vector_size(4 * LANES)));
typedef std::conditional<BYTES, uint8_t, int64_t>::type Place;
typedef Place Places __attribute__((vector_size(sizeof(Place) * LANES)));

// The number of an element: of the window, or of the image.
INLINE int32_t number(const Sizes& z, int64_t i, int64_t j, int64_t q) { return BYTES ? i * z.window[1] + j : q; }

static void forward(const Sizes& z, const T* x, T* y, Place* places) {
  const int64_t C = z.channels;
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < z.images * z.down; ++row) {
    const T* image = x + row / z.down * z.height * z.width * C;
    for (int64_t o = 0; o < z.across; ++o) {
      const int64_t top = row % z.down * z.steps[0], left = o * z.steps[1], at = (row * z.across + o) * C;
      for (int64_t c = 0; c < C; c += LANES) {
        Vec best = load(image + (top * z.width + left) * C + c);
        Ints place = Ints{} + number(z, 0, 0, top * z.width + left);
        for (int64_t i = 0; i < z.window[0]; ++i)
          for (int64_t j = 0; j < z.window[1]; ++j) {
            const int64_t q = (top + i) * z.width + left + j;
            const Vec v = load(image + q * C + c);
            const Ints greater = (v > best) | (v != v);
            best = greater ? v : best;
            place = greater ? Ints{} + number(z, i, j, q) : place;
          }
        store(y + at + c, best);
        const Places found = __builtin_convertvector(place, Places);
        memcpy(places + at + c, &found, sizeof found);
      }
    }
  }
}

static void backward(const Sizes& z, const T* g, const Place* places, T* dx) {
  const int64_t C = z.channels, below = z.height - z.down * z.steps[0], beside = z.width - z.across * z.steps[1];
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < z.images * z.down; ++row) {
    const int64_t top = row % z.down * z.steps[0];
    T* image = dx + row / z.down * z.height * z.width * C;
    for (int64_t o = 0; o < z.across; ++o) {
      const int64_t left = o * z.steps[1], at = (row * z.across + o) * C;
      for (int64_t c = 0; c < C; c += LANES) {
        Places found;
        memcpy(&found, places + at + c, sizeof found);
        const Ints place = __builtin_convertvector(found, Ints);
        const Vec v = load(g + at + c);
        for (int64_t i = 0; i < z.steps[0]; ++i)
          for (int64_t j = 0; j < z.steps[1]; ++j) {
            const int64_t q = (top + i) * z.width + left + j;
            store(image + q * C + c, place == number(z, i, j, q) ? v : Vec{});
          }
      }
    }
    // Places that no window reaches: on the right, and below the last row of windows.
    for (int64_t i = 0; i < z.steps[0]; ++i)
      memset(image + ((top + i + 1) * z.width - beside) * C, 0, beside * C * sizeof(T));
    if (row % z.down == z.down - 1) memset(image + (z.height - below) * z.width * C, 0, below * z.width * C * sizeof(T));
  }
}

// back 0: x -> y, places. back 1: g (in y), places -> dx (in x).
extern "C" void kernel(int64_t back, const int64_t* sizes, T* x, T* y, Place* places) {
  Sizes z;
  memcpy(&z, sizes, sizeof z);
  if (back) return backward(z, y, places, x);
  forward(z, x, y, places);
}
