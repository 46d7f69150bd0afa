#include "include/Suppression.h"

#include "Numbers.hpp"

namespace {

// Kept boxes that one is compared with before asking whether any of them suppresses it.
constexpr int64_t kBlock = 32;

ALWAYS_INLINE int64_t padded(int64_t count) { return (count + kBlock - 1) / kBlock * kBlock; }

struct Rectangle {
  float x1, y1, x2, y2, area;
};

// The kept boxes, edge by edge. Those not yet filled are zeros, which overlap nothing.
struct Kept {
  float *__restrict x1, *__restrict y1, *__restrict x2, *__restrict y2, *__restrict area;
};

ALWAYS_INLINE float above_zero(float number) { return number > 0 ? number : 0; }
ALWAYS_INLINE float lesser(float a, float b) { return a < b ? a : b; }
ALWAYS_INLINE float greater(float a, float b) { return a > b ? a : b; }

ALWAYS_INLINE float shared_area(const Rectangle &box, const Kept &kept, int64_t i) {
  float width = above_zero(lesser(box.x2, kept.x2[i]) - greater(box.x1, kept.x1[i]));
  float height = above_zero(lesser(box.y2, kept.y2[i]) - greater(box.y1, kept.y1[i]));
  return width * height;
}

ALWAYS_INLINE bool is_suppressed(
    const Rectangle &box, const Kept &kept, int64_t count, float overlap) {
  // Division is slow: products tell which blocks may hold a suppressor, a little too many, and
  // the quotient, which the definition names, decides there.
  float bound = overlap * (1 - 1e-5f);
  for (int64_t first = 0; first < count; first += kBlock) {
    int32_t may_be = 0;
    for (int64_t i = first; i < first + kBlock; ++i) {
      float shared = shared_area(box, kept, i);
      may_be |= shared > bound * (box.area + kept.area[i] - shared);
    }
    if (!may_be) continue;
    for (int64_t i = first; i < first + kBlock; ++i) {
      float shared = shared_area(box, kept, i);
      if (shared > 0 && shared / (box.area + kept.area[i] - shared) > overlap) return true;
    }
  }
  return false;
}

VECTORISED int64_t suppress(
    const float *boxes, int64_t count, float overlap, int64_t limit, const Kept &kept,
    int64_t *indices) {
  int64_t found = 0;
  for (int64_t index = 0; index < count && found < limit; ++index) {
    const float *edges = boxes + index * 4;
    Rectangle box = {edges[0], edges[1], edges[2], edges[3], 0};
    box.area = above_zero(box.x2 - box.x1) * above_zero(box.y2 - box.y1);
    // An edge that is not a number leaves an area of zero: nothing is shared with such a box.
    if (!(box.area > 0)) {
      indices[found++] = index;
      continue;
    }
    if (is_suppressed(box, kept, found, overlap)) continue;
    kept.x1[found] = box.x1, kept.y1[found] = box.y1;
    kept.x2[found] = box.x2, kept.y2[found] = box.y2;
    kept.area[found] = box.area;
    indices[found++] = index;
  }
  return found;
}

}  // namespace

int64_t onednn_suppression_workspace_size(int64_t limit) { return 5 * padded(limit); }

int64_t onednn_suppress(
    const float *boxes, int64_t count, float overlap, int64_t limit, float *workspace,
    int64_t *kept) {
  int64_t size = padded(limit);
  Kept lists = {
      workspace, workspace + size, workspace + 2 * size, workspace + 3 * size,
      workspace + 4 * size};
  return suppress(boxes, count, overlap, limit, lists, kept);
}
