#include "Primitive.hpp"

namespace {

struct Padding {
  onednn_map source, destination;
  int64_t top, left;
  const char *from;
  char *to;
};

// Rows are counted through the whole batch.
void pad_rows(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Padding *>(context);
  size_t cell = static_cast<size_t>(job.source.channels) *
                (job.source.type == ONEDNN_BFLOAT16 ? 2 : 4);
  size_t filled = static_cast<size_t>(job.source.width) * cell;
  size_t before = static_cast<size_t>(job.left) * cell;
  size_t whole = static_cast<size_t>(job.destination.width) * cell;
  for (int64_t row = begin; row < end; ++row) {
    char *to = job.to + static_cast<size_t>(row) * whole;
    int64_t image = row / job.destination.height;
    int64_t source_row = row % job.destination.height - job.top;
    if (source_row < 0 || source_row >= job.source.height) {
      std::memset(to, 0, whole);
      continue;
    }
    const char *from =
        job.from + static_cast<size_t>(image * job.source.height + source_row) * filled;
    std::memset(to, 0, before);
    std::memcpy(to + before, from, filled);
    std::memset(to + before + filled, 0, whole - before - filled);
  }
}

}  // namespace

void onednn_zero_pad(
    onednn_map source, onednn_map destination, int64_t top, int64_t left, const void *from,
    void *to) {
  Padding job{source, destination, top, left, static_cast<const char *>(from),
              static_cast<char *>(to)};
  onednn::parallel(destination.batch * destination.height, pad_rows, &job);
}
