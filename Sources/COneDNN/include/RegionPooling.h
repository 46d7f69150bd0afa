// Pooling of regions of a map into small maps of one size, and its gradients.
//
// Which cells a bin reads, and how much of each, is decided by the callers in `Engine`: a bin's
// rows and columns are chosen apart. Nothing is checked here; every cell named must be in the map.
//
// The results do not depend on the number of threads or on the instruction set: every number is a
// sum in one fixed order, of products that are rounded.
#pragma once

#include "COneDNN.h"

#ifdef __cplusplus
extern "C" {
#endif

// A row or a column that a bin reads.
typedef struct {
  int32_t cell;
  float weight;
  // The weight's derivatives by the region's edges along this axis: the left and the right one, or
  // the upper and the lower one.
  float by_first_edge, by_last_edge;
} onednn_tap;

// The cells that each bin reads: those of its rows that are in its columns too.
typedef struct {
  int64_t regions, height, width;  // bins along each side of a region
  const int64_t *images;           // one a region: which image of the map
  // Bin i of region r reads row_taps[row_starts[r * height + i]] up to the next bin's first.
  const int64_t *row_starts, *column_starts;
  const onednn_tap *row_taps, *column_taps;
} onednn_region_taps;

// Sums of cells times weights: to [regions, height, width, channels], of the map's type.
void onednn_region_align(
    onednn_map map, const onednn_region_taps *taps, const void *features, void *to);

// The gradient of the features: writes all of the map, in float32.
void onednn_region_align_pullback(
    onednn_map map, const onednn_region_taps *taps, const float *gradient, float *to);

// The gradients of each region's edges, [regions, 4]: left, upper, right, lower.
void onednn_region_align_edges(
    onednn_map map, const onednn_region_taps *taps, const float *gradient, const void *features,
    float *to);

typedef struct { int32_t begin, end; } onednn_span;

// The rows and columns that each bin covers; a bin without any is zero.
typedef struct {
  int64_t regions, height, width;
  const int64_t *images;
  const onednn_span *rows, *columns;  // [regions, height] and [regions, width]
} onednn_region_spans;

// The largest number of each bin, and the cell of its image where it was found first; -1 for none.
void onednn_region_maximum(
    onednn_map map, const onednn_region_spans *spans, const void *features, void *to,
    int32_t *cells);

// The gradient of the features: writes all of the map, in float32.
void onednn_region_maximum_pullback(
    onednn_map map, const onednn_region_spans *spans, const int32_t *cells, const float *gradient,
    float *to);

#ifdef __cplusplus
}
#endif
