#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

struct Dropping {
  float rate, scale;
  uint64_t seed;
  const void *from;
  void *to;
};

// splitmix64: any two neighbours' numbers have nothing in common.
ALWAYS_INLINE uint64_t scramble(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

template <typename Number>
ALWAYS_INLINE void drop(int64_t begin, int64_t end, const Dropping &job) {
  auto from = static_cast<const Number *>(job.from);
  auto to = static_cast<Number *>(job.to);
  for (int64_t index = begin; index < end; ++index) {
    uint64_t bits = scramble(job.seed + static_cast<uint64_t>(index) * 0x9e3779b97f4a7c15);
    // 24 bits, as many as a float32 holds.
    bool keeps = static_cast<float>(bits >> 40) * 0x1p-24f >= job.rate;
    to[index] = keeps ? onednn::round_to<Number>(onednn::widen(from[index]) * job.scale) : Number(0);
  }
}

void drop_float32(int64_t begin, int64_t end, void *context) {
  drop<float>(begin, end, *static_cast<Dropping *>(context));
}

void drop_bfloat16(int64_t begin, int64_t end, void *context) {
  drop<uint16_t>(begin, end, *static_cast<Dropping *>(context));
}

}  // namespace

void onednn_dropout(onednn_map map, float rate, uint64_t seed, const void *from, void *to) {
  Dropping job{rate, 1 / (1 - rate), seed, from, to};
  onednn::parallel(
      map.batch * map.height * map.width * map.channels,
      map.type == ONEDNN_FLOAT32 ? drop_float32 : drop_bfloat16, &job);
}
