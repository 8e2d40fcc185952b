// The matrices of Winograd's algorithm for tiles of 4 results a side, along one axis: TAPS is 3 or 2.
//
//   y = A^T [ (G w) * (B^T x) ]      x: SIDE = 3 + TAPS inputs      w: TAPS weights      y: 4 results
//
// They come from the points 0, P, -P, Q, (-Q,) infinity; with 3/4 and 3/2 rounding costs less than with 1 and 2.
// Points in pairs +p, -p share sums and differences.

constexpr int SIDE = 3 + TAPS, TILE = 4, PLACES = SIDE * SIDE;
constexpr float P = 0.75f, Q = 1.5f, PP = P * P, QQ = Q * Q;

template <int N>
struct Taps {};

INLINE void input_map(Taps<3>, const Vec* d, Vec* v) {  // B^T: 6 -> 6
  const Vec a = d[4] - QQ * d[2], b = P * (d[3] - QQ * d[1]), c = d[4] - PP * d[2], e = Q * (d[3] - PP * d[1]);
  v[0] = PP * QQ * d[0] - (PP + QQ) * d[2] + d[4];
  v[1] = a + b, v[2] = a - b, v[3] = c + e, v[4] = c - e;
  v[5] = PP * QQ * d[1] - (PP + QQ) * d[3] + d[5];
}
INLINE void output_map(Taps<3>, const Vec* m, Vec* y) {  // A^T: 6 -> 4
  const Vec a = m[1] + m[2], b = P * (m[1] - m[2]), c = m[3] + m[4], e = Q * (m[3] - m[4]);
  y[0] = m[0] + a + c, y[1] = b + e, y[2] = PP * a + QQ * c, y[3] = PP * b + QQ * e + m[5];
}
INLINE void gradient_map(Taps<3>, const Vec* g, Vec* z) {  // A: 4 -> 6
  const Vec a = g[0] + PP * g[2], b = P * (g[1] + PP * g[3]), c = g[0] + QQ * g[2], e = Q * (g[1] + QQ * g[3]);
  z[0] = g[0], z[1] = a + b, z[2] = a - b, z[3] = c + e, z[4] = c - e, z[5] = g[3];
}
constexpr float ZERO_3 = 1 / (PP * QQ), P_3 = 1 / (2 * PP * (PP - QQ)), Q_3 = 1 / (2 * QQ * (QQ - PP));
INLINE void weight_map(Taps<3>, const Vec* w, Vec* u) {  // G: 3 -> 6
  const Vec a = P_3 * (w[0] + PP * w[2]), b = P_3 * P * w[1], c = Q_3 * (w[0] + QQ * w[2]), e = Q_3 * Q * w[1];
  u[0] = ZERO_3 * w[0], u[1] = a + b, u[2] = a - b, u[3] = c + e, u[4] = c - e, u[5] = w[2];
}
INLINE void weight_gradient_map(Taps<3>, const Vec* u, Vec* w) {  // G^T: 6 -> 3
  const Vec a = P_3 * (u[1] + u[2]), c = Q_3 * (u[3] + u[4]);
  w[0] = ZERO_3 * u[0] + a + c;
  w[1] = P_3 * P * (u[1] - u[2]) + Q_3 * Q * (u[3] - u[4]);
  w[2] = PP * a + QQ * c + u[5];
}

INLINE void input_map(Taps<2>, const Vec* d, Vec* v) {  // B^T: 5 -> 5
  const Vec a = d[2] - Q * d[1], b = d[3] - Q * d[2], e = P * a;
  v[0] = b - PP * (d[1] - Q * d[0]);
  v[1] = b + e, v[2] = b - e, v[3] = d[3] - PP * d[1];
  v[4] = d[4] - Q * d[3] - PP * a;
}
INLINE void output_map(Taps<2>, const Vec* m, Vec* y) {  // A^T: 5 -> 4
  const Vec a = m[1] + m[2], b = P * (m[1] - m[2]);
  y[0] = m[0] + a + m[3], y[1] = b + Q * m[3], y[2] = PP * a + QQ * m[3], y[3] = PP * b + QQ * Q * m[3] + m[4];
}
INLINE void gradient_map(Taps<2>, const Vec* g, Vec* z) {  // A: 4 -> 5
  const Vec a = g[0] + PP * g[2], b = P * (g[1] + PP * g[3]);
  z[0] = g[0], z[1] = a + b, z[2] = a - b, z[3] = g[0] + Q * g[1] + QQ * (g[2] + Q * g[3]), z[4] = g[3];
}
constexpr float ZERO_2 = 1 / (PP * Q), PLUS_2 = 1 / (2 * PP * (P - Q)), MINUS_2 = -1 / (2 * PP * (P + Q));
constexpr float Q_2 = 1 / (Q * (QQ - PP));
INLINE void weight_map(Taps<2>, const Vec* w, Vec* u) {  // G: 2 -> 5
  const Vec a = P * w[1];
  u[0] = ZERO_2 * w[0], u[1] = PLUS_2 * (w[0] + a), u[2] = MINUS_2 * (w[0] - a), u[3] = Q_2 * (w[0] + Q * w[1]);
  u[4] = w[1];
}
INLINE void weight_gradient_map(Taps<2>, const Vec* u, Vec* w) {  // G^T: 5 -> 2
  const Vec a = PLUS_2 * u[1], b = MINUS_2 * u[2], c = Q_2 * u[3];
  w[0] = ZERO_2 * u[0] + a + b + c, w[1] = P * (a - b) + Q * c + u[4];
}

// A map along both axes of a tile: FROM x FROM numbers -> TO x TO, each taken and given by its two places.
template <int FROM, int TO, class Map, class Take, class Give>
INLINE void both_ways(Map map, Take take, Give give) {
  Vec half[TO][FROM];
#pragma GCC unroll 6
  for (int j = 0; j < FROM; ++j) {
    Vec d[FROM], r[TO];
    for (int i = 0; i < FROM; ++i) d[i] = take(i, j);
    map(d, r);
    for (int i = 0; i < TO; ++i) half[i][j] = r[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < TO; ++i) {
    Vec r[TO];
    map(half[i], r);
    for (int j = 0; j < TO; ++j) give(i, j, r[j]);
  }
}

INLINE void input(const Vec* d, Vec* v) { input_map(Taps<TAPS>(), d, v); }
INLINE void output(const Vec* m, Vec* y) { output_map(Taps<TAPS>(), m, y); }
INLINE void gradient(const Vec* g, Vec* z) { gradient_map(Taps<TAPS>(), g, z); }
INLINE void weight(const Vec* w, Vec* u) { weight_map(Taps<TAPS>(), w, u); }
INLINE void weight_gradient(const Vec* u, Vec* w) { weight_gradient_map(Taps<TAPS>(), u, w); }
