// Where heads lie in an array: anywhere, as long as the features of a place follow each other.

// Steps between examples, heads and rows of an array; its features follow each other.
struct Steps {
  int64_t batch, head, row;
};

template <class N>
INLINE N* of_head(N* at, const Steps& s, int64_t b, int64_t h) { return at + b * s.batch + h * s.head; }
