// Bags: rows of a table that ids name, some rows a bag. Bag b has the ids from begin(b) to begin(b + 1).
//
// An id from `least` on counts, one below zero from the end of the table; any other outside is refused. The id `pad`
// stands for no row. I: the type of an id.

constexpr int64_t NO_PAD = std::numeric_limits<int64_t>::min();

struct Bags {
  int64_t count, each, total;          // bags; ids of a bag where all have as many; ids
  int64_t size, width;                 // of the table
  int64_t least, pad, average;         // average: a bag's rows count by their number
  int64_t row, next;                   // of a gradient, a row an id: steps from bag to bag, and from id to id
  const I* ids;
  const int64_t* offsets;              // or null

  Bags(const int64_t* sizes, const I* ids, const int64_t* offsets) : ids(ids), offsets(offsets) {
    memcpy(&count, sizes, 10 * sizeof(int64_t));
  }
  int64_t begin(int64_t b) const { return b == count ? total : offsets ? offsets[b] : b * each; }
  int64_t place(int64_t k) const { return ids[k] < 0 ? ids[k] + size : int64_t(ids[k]); }

  // What each row of a bag counts.
  float share(int64_t b) const {
    if (!average) return 1;
    const int64_t from = begin(b), to = begin(b + 1);
    int64_t rows = to - from;
    for (int64_t k = from; k < to && pad != NO_PAD; ++k) rows -= ids[k] == pad;
    return 1.f / std::max<int64_t>(1, rows);
  }

  bool good() const {
    bool wrong = false;
    for (int64_t k = 0; k < total; ++k) wrong |= ids[k] < least || ids[k] >= size;
    if (offsets) wrong |= offsets[0] != 0 || offsets[count - 1] > total;
    for (int64_t b = 1; b < count && offsets; ++b) wrong |= offsets[b] < offsets[b - 1];
    return !wrong;
  }
};
