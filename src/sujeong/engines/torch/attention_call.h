// How attention is called, whichever way it is computed.
//
// back 0: q, k, v, mask or null -> y, and p unless null. back 1: g, q, k, v, p -> dq, dk, dv.
extern "C" void kernel(int64_t back, const int64_t* sizes, const double* scale, const T* g, const T* q, const T* k,
                       const T* v, const uint8_t* mask, T* p, T* y, T* dq, T* dk, T* dv) {
  Sizes z;
  memcpy(&z, sizes, sizeof z);
  if (back) return backward(z, float(*scale), g, q, k, v, p, dq, dk, dv);
  forward(z, float(*scale), q, k, v, mask, y, p);
}
