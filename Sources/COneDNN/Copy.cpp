#include "Primitive.hpp"

namespace {

size_t cell_size(const onednn_map &map) {
  return static_cast<size_t>(map.channels) * (map.type == ONEDNN_BFLOAT16 ? 2 : 4);
}

struct Window {
  onednn_map source, destination;
  int64_t top, left;
  const char *from;
  char *to;
};

// Rows are counted through the whole batch.
void pad_rows(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Window *>(context);
  size_t cell = cell_size(job.source);
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

void crop_rows(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Window *>(context);
  size_t cell = cell_size(job.source);
  size_t width = static_cast<size_t>(job.destination.width) * cell;
  for (int64_t row = begin; row < end; ++row) {
    int64_t image = row / job.destination.height;
    int64_t source_row =
        image * job.source.height + row % job.destination.height + job.top;
    int64_t source_cell = source_row * job.source.width + job.left;
    std::memcpy(
        job.to + static_cast<size_t>(row) * width,
        job.from + static_cast<size_t>(source_cell) * cell, width);
  }
}

struct Slice {
  size_t source_cell, cell, first;
  const char *from;
  char *to;
};

void slice_cells(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Slice *>(context);
  for (auto cell = static_cast<size_t>(begin); cell < static_cast<size_t>(end); ++cell) {
    std::memcpy(job.to + cell * job.cell, job.from + cell * job.source_cell + job.first, job.cell);
  }
}

}  // namespace

void onednn_zero_pad(
    onednn_map source, onednn_map destination, int64_t top, int64_t left, const void *from,
    void *to) {
  Window job{source, destination, top, left, static_cast<const char *>(from),
             static_cast<char *>(to)};
  onednn::parallel(destination.batch * destination.height, pad_rows, &job);
}

void onednn_crop(
    onednn_map source, onednn_map destination, int64_t top, int64_t left, const void *from,
    void *to) {
  Window job{source, destination, top, left, static_cast<const char *>(from),
             static_cast<char *>(to)};
  onednn::parallel(destination.batch * destination.height, crop_rows, &job);
}

void onednn_slice_channels(
    onednn_map source, onednn_map destination, int64_t first, const void *from, void *to) {
  size_t number = source.type == ONEDNN_BFLOAT16 ? 2 : 4;
  Slice job{cell_size(source), cell_size(destination), static_cast<size_t>(first) * number,
            static_cast<const char *>(from), static_cast<char *>(to)};
  onednn::parallel(source.batch * source.height * source.width, slice_cells, &job);
}
