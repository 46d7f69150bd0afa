#include <algorithm>

#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

// Channels that are summed at a time: what is summed stays in the nearest cache.
constexpr int64_t kBlock = 256;
// Channels of the map that one thread writes at a time: whole cache lines, and few enough that this
// part of a map of usual size stays in the core's own cache while the regions go by.
constexpr int64_t kSlice = 64;
// Sums of a dot product that run side by side.
constexpr int64_t kLanes = 16;

// A kernel for one element type, cloned: clones cannot be templates.
#define FOR_BOTH_TYPES(name, parameters, arguments)                                     \
  VECTORISED void name##_float32 parameters { name<float> arguments; }    \
  VECTORISED void name##_bfloat16 parameters { name<uint16_t> arguments; }

struct Taps {
  const onednn_tap *begin, *end;
};

inline Taps rows_of(const onednn_region_taps &taps, int64_t region, int64_t bin) {
  const int64_t *starts = taps.row_starts + region * taps.height + bin;
  return {taps.row_taps + starts[0], taps.row_taps + starts[1]};
}

inline Taps columns_of(const onednn_region_taps &taps, int64_t region, int64_t bin) {
  const int64_t *starts = taps.column_starts + region * taps.width + bin;
  return {taps.column_taps + starts[0], taps.column_taps + starts[1]};
}

inline int64_t image_size(const onednn_map &map) { return map.height * map.width * map.channels; }

// MARK: Align

struct Align {
  onednn_map map;
  const onednn_region_taps *taps;
  const void *features;
  void *to;
  const float *gradient;
};

template <typename Element>
ALWAYS_INLINE void align_rows(
    int64_t begin, int64_t end, const Align &job) {
  const auto &map = job.map;
  const auto &taps = *job.taps;
  const auto *features = static_cast<const Element *>(job.features);
  auto *to = static_cast<Element *>(job.to);
  for (int64_t row_of_bins = begin; row_of_bins < end; ++row_of_bins) {
    int64_t region = row_of_bins / taps.height;
    const Element *image = features + taps.images[region] * image_size(map);
    Taps rows = rows_of(taps, region, row_of_bins % taps.height);
    for (int64_t bin = 0; bin < taps.width; ++bin) {
      Taps columns = columns_of(taps, region, bin);
      Element *result = to + (row_of_bins * taps.width + bin) * map.channels;
      for (int64_t first = 0; first < map.channels; first += kBlock) {
        int64_t count = std::min(kBlock, map.channels - first);
        float sums[kBlock];
        for (int64_t i = 0; i < count; ++i) sums[i] = 0;
        for (const onednn_tap *row = rows.begin; row != rows.end; ++row) {
          const Element *cells = image + row->cell * map.width * map.channels + first;
          const onednn_tap *column = columns.begin;
          for (; column + 1 < columns.end; column += 2) {
            const Element *__restrict a = cells + column[0].cell * map.channels;
            const Element *__restrict b = cells + column[1].cell * map.channels;
            float weight_a = row->weight * column[0].weight;
            float weight_b = row->weight * column[1].weight;
            for (int64_t i = 0; i < count; ++i) {
              sums[i] += weight_a * onednn::widen(a[i]) + weight_b * onednn::widen(b[i]);
            }
          }
          if (column != columns.end) {
            const Element *__restrict a = cells + column->cell * map.channels;
            float weight = row->weight * column->weight;
            for (int64_t i = 0; i < count; ++i) sums[i] += weight * onednn::widen(a[i]);
          }
        }
        for (int64_t i = 0; i < count; ++i) result[first + i] = onednn::round_to<Element>(sums[i]);
      }
    }
  }
}

FOR_BOTH_TYPES(align_rows, (int64_t begin, int64_t end, const Align &job), (begin, end, job))

void run_align(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<const Align *>(context);
  (job.map.type == ONEDNN_BFLOAT16 ? align_rows_bfloat16 : align_rows_float32)(begin, end, job);
}

inline int64_t slice_count(const onednn_map &map) { return (map.channels + kSlice - 1) / kSlice; }

ALWAYS_INLINE void clear_slice(
    const onednn_map &map, int64_t first, int64_t count, float *to) {
  int64_t cells = map.batch * map.height * map.width;
  for (int64_t cell = 0; cell < cells; ++cell) {
    std::memset(to + cell * map.channels + first, 0, static_cast<size_t>(count) * sizeof(float));
  }
}

// A slice of channels belongs to one thread, which adds all regions to it in their order.
VECTORISED void pull_align_back(int64_t begin, int64_t end, const Align &job) {
  const auto &map = job.map;
  const auto &taps = *job.taps;
  auto *to = static_cast<float *>(job.to);
  for (int64_t slice = begin; slice < end; ++slice) {
    int64_t first = slice * kSlice, count = std::min(kSlice, map.channels - first);
    clear_slice(map, first, count, to);
    for (int64_t row_of_bins = 0; row_of_bins < taps.regions * taps.height; ++row_of_bins) {
      int64_t region = row_of_bins / taps.height;
      float *image = to + taps.images[region] * image_size(map) + first;
      Taps rows = rows_of(taps, region, row_of_bins % taps.height);
      for (int64_t bin = 0; bin < taps.width; ++bin) {
        Taps columns = columns_of(taps, region, bin);
        const float *__restrict gradient =
            job.gradient + (row_of_bins * taps.width + bin) * map.channels + first;
        for (const onednn_tap *row = rows.begin; row != rows.end; ++row) {
          for (const onednn_tap *column = columns.begin; column != columns.end; ++column) {
            float *__restrict cell = image + (row->cell * map.width + column->cell) * map.channels;
            float weight = row->weight * column->weight;
            for (int64_t i = 0; i < count; ++i) cell[i] += weight * gradient[i];
          }
        }
      }
    }
  }
}

void run_align_pullback(int64_t begin, int64_t end, void *context) {
  pull_align_back(begin, end, *static_cast<const Align *>(context));
}

template <typename Element>
ALWAYS_INLINE float dot(
    const Element *__restrict a, const float *__restrict b, int64_t count) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += onednn::widen(a[i + lane]) * b[i + lane];
  }
  for (int64_t lane = 0; i < count; ++i, ++lane) lanes[lane] += onednn::widen(a[i]) * b[i];
  float sum = 0;
  for (float lane : lanes) sum += lane;
  return sum;
}

template <typename Element>
ALWAYS_INLINE void pull_edges_back(
    int64_t begin, int64_t end, const Align &job) {
  const auto &map = job.map;
  const auto &taps = *job.taps;
  const auto *features = static_cast<const Element *>(job.features);
  for (int64_t region = begin; region < end; ++region) {
    const Element *image = features + taps.images[region] * image_size(map);
    double left = 0, upper = 0, right = 0, lower = 0;
    for (int64_t row_bin = 0; row_bin < taps.height; ++row_bin) {
      Taps rows = rows_of(taps, region, row_bin);
      for (int64_t column_bin = 0; column_bin < taps.width; ++column_bin) {
        Taps columns = columns_of(taps, region, column_bin);
        const float *gradient =
            job.gradient +
            ((region * taps.height + row_bin) * taps.width + column_bin) * map.channels;
        for (const onednn_tap *row = rows.begin; row != rows.end; ++row) {
          for (const onednn_tap *column = columns.begin; column != columns.end; ++column) {
            const Element *cell = image + (row->cell * map.width + column->cell) * map.channels;
            double share = dot(cell, gradient, map.channels);
            left += share * row->weight * column->by_first_edge;
            right += share * row->weight * column->by_last_edge;
            upper += share * row->by_first_edge * column->weight;
            lower += share * row->by_last_edge * column->weight;
          }
        }
      }
    }
    float *to = static_cast<float *>(job.to) + region * 4;
    to[0] = static_cast<float>(left), to[1] = static_cast<float>(upper);
    to[2] = static_cast<float>(right), to[3] = static_cast<float>(lower);
  }
}

FOR_BOTH_TYPES(pull_edges_back, (int64_t begin, int64_t end, const Align &job), (begin, end, job))

void run_edges_pullback(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<const Align *>(context);
  (job.map.type == ONEDNN_BFLOAT16 ? pull_edges_back_bfloat16 : pull_edges_back_float32)(
      begin, end, job);
}

// MARK: Maximum

struct Maximum {
  onednn_map map;
  const onednn_region_spans *spans;
  const void *features;
  void *to;
  int32_t *cells;
  const float *gradient;
};

template <typename Element>
ALWAYS_INLINE void maximum_rows(
    int64_t begin, int64_t end, const Maximum &job) {
  const auto &map = job.map;
  const auto &spans = *job.spans;
  const auto *features = static_cast<const Element *>(job.features);
  for (int64_t row_of_bins = begin; row_of_bins < end; ++row_of_bins) {
    const Element *image =
        features + spans.images[row_of_bins / spans.height] * image_size(map);
    onednn_span rows = spans.rows[row_of_bins];
    for (int64_t bin = 0; bin < spans.width; ++bin) {
      onednn_span columns = spans.columns[row_of_bins / spans.height * spans.width + bin];
      bool is_empty = rows.begin >= rows.end || columns.begin >= columns.end;
      int64_t result = (row_of_bins * spans.width + bin) * map.channels;
      int64_t first_cell = rows.begin * map.width + columns.begin;
      for (int64_t first = 0; first < map.channels; first += kBlock) {
        int64_t count = std::min(kBlock, map.channels - first);
        float best[kBlock];
        int32_t cells[kBlock];
        for (int64_t i = 0; i < count; ++i) {
          best[i] = is_empty ? 0 : onednn::widen(image[first_cell * map.channels + first + i]);
          cells[i] = is_empty ? -1 : static_cast<int32_t>(first_cell);
        }
        for (int64_t row = rows.begin; row < rows.end; ++row) {
          for (int64_t column = columns.begin; column < columns.end; ++column) {
            auto cell = static_cast<int32_t>(row * map.width + column);
            const Element *__restrict values = image + cell * map.channels + first;
            for (int64_t i = 0; i < count; ++i) {
              float value = onednn::widen(values[i]);
              // Strictly greater: the first of equals stays.
              bool is_better = value > best[i];
              best[i] = is_better ? value : best[i];
              cells[i] = is_better ? cell : cells[i];
            }
          }
        }
        for (int64_t i = 0; i < count; ++i) {
          static_cast<Element *>(job.to)[result + first + i] = onednn::round_to<Element>(best[i]);
          job.cells[result + first + i] = cells[i];
        }
      }
    }
  }
}

FOR_BOTH_TYPES(maximum_rows, (int64_t begin, int64_t end, const Maximum &job), (begin, end, job))

void run_maximum(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<const Maximum *>(context);
  (job.map.type == ONEDNN_BFLOAT16 ? maximum_rows_bfloat16 : maximum_rows_float32)(
      begin, end, job);
}

void run_maximum_pullback(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<const Maximum *>(context);
  const auto &map = job.map;
  const auto &spans = *job.spans;
  auto *to = static_cast<float *>(job.to);
  int64_t bins = spans.height * spans.width;
  for (int64_t slice = begin; slice < end; ++slice) {
    int64_t first = slice * kSlice, count = std::min(kSlice, map.channels - first);
    clear_slice(map, first, count, to);
    for (int64_t bin = 0; bin < spans.regions * bins; ++bin) {
      float *image = to + spans.images[bin / bins] * image_size(map) + first;
      const float *gradient = job.gradient + bin * map.channels + first;
      const int32_t *cells = job.cells + bin * map.channels + first;
      for (int64_t i = 0; i < count; ++i) {
        if (cells[i] >= 0) image[cells[i] * map.channels + i] += gradient[i];
      }
    }
  }
}

}  // namespace

void onednn_region_align(
    onednn_map map, const onednn_region_taps *taps, const void *features, void *to) {
  Align job{map, taps, features, to, nullptr};
  onednn::parallel(taps->regions * taps->height, run_align, &job);
}

void onednn_region_align_pullback(
    onednn_map map, const onednn_region_taps *taps, const float *gradient, float *to) {
  Align job{map, taps, nullptr, to, gradient};
  onednn::parallel(slice_count(map), run_align_pullback, &job);
}

void onednn_region_align_edges(
    onednn_map map, const onednn_region_taps *taps, const float *gradient, const void *features,
    float *to) {
  Align job{map, taps, features, to, gradient};
  onednn::parallel(taps->regions, run_edges_pullback, &job);
}

void onednn_region_maximum(
    onednn_map map, const onednn_region_spans *spans, const void *features, void *to,
    int32_t *cells) {
  Maximum job{map, spans, features, to, cells, nullptr};
  onednn::parallel(spans->regions * spans->height, run_maximum, &job);
}

void onednn_region_maximum_pullback(
    onednn_map map, const onednn_region_spans *spans, const int32_t *cells, const float *gradient,
    float *to) {
  Maximum job{map, spans, nullptr, to, const_cast<int32_t *>(cells), gradient};
  onednn::parallel(slice_count(map), run_maximum_pullback, &job);
}
