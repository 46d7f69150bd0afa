// Arithmetic of our own loops: the same bits on every machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

// A product and a sum that become one instruction round once instead of twice, where there is such
// an instruction. Results must not depend on that.
#pragma clang fp contract(off)

// Compiled for several instruction sets; the machine's best is chosen when the program starts.
#define VECTORISED __attribute__((target_clones("avx512bw", "avx2", "default")))
// Becomes a part of the function that calls it, and so of each of its versions.
#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace onednn {

// bfloat16 is the upper half of a float32.
ALWAYS_INLINE float widen(uint16_t number) {
  uint32_t bits = static_cast<uint32_t>(number) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

ALWAYS_INLINE float widen(float number) { return number; }

template <typename Number>
Number round_to(float number);

template <>
ALWAYS_INLINE float round_to<float>(float number) {
  return number;
}

// To nearest, ties to even; not a number stays one.
template <>
ALWAYS_INLINE uint16_t round_to<uint16_t>(float number) {
  uint32_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  bool is_number = (bits & 0x7fffffff) <= 0x7f800000;
  return static_cast<uint16_t>(is_number ? rounded : (bits >> 16) | 0x40);
}

// eˣ, off by two units in the last place at most; made of operations that vectors have too.
ALWAYS_INLINE float exponential(float x) {
  // Beyond these it is infinite or denormal.
  x = std::min(std::max(x, -87.f), 88.f);
  // x = n · ln 2 + r, ln 2 in two parts so that r is exact; adding 1.5 · 2²³ rounds to a whole number.
  float n = x * 1.44269504f + 0x1.8p23f;
  int32_t bits;
  std::memcpy(&bits, &n, sizeof bits);
  n -= 0x1.8p23f;
  float r = x - n * 0.693359375f;
  r -= n * -2.12194440e-4f;
  // The polynomial of Cephes's expf.
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1;
  uint32_t power_bits = static_cast<uint32_t>(bits - 0x4b400000 + 127) << 23;
  float power;
  std::memcpy(&power, &power_bits, sizeof power);
  return p * power;
}

}  // namespace onednn
