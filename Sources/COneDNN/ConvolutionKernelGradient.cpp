// The gradient of a convolution's kernel in bfloat16, on AVX-512 without tiles.
//
// For each row of the kernel it is a matrix product: [kernel width × in, cells]ᵀ of the source times
// [cells, out] of the destination's gradient, summed over the cells of all rows. Vectors multiply
// pairs of bfloat16 numbers, here those of two neighbouring cells. oneDNN's own code spends a third
// of its time on bringing these together; here it is done once for each row of a map, for all
// rows of the kernel and all outputs. The result has the order of the kernel itself.
//
// Each thread has a rectangle of the result to itself and packs what that reads, though others may
// pack the same: what another core has just written takes longer to fetch than to pack. So every
// number is summed by one thread in one order, however many there are.

#include <immintrin.h>

#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

// A tile of the result is 8 rows of two vectors: 16 sums, enough to hide what a product takes, and
// ten loads for sixteen products.
constexpr int64_t tile_rows = 8, lanes = 16, tile_columns = 2 * lanes;
// Pairs of cells that a tile sums before it is added to the result: so many pairs of a tile's
// columns and rows stay in the first cache.
constexpr int64_t chunk_pairs = 256;

constexpr int64_t divide_up(int64_t number, int64_t by) { return (number + by - 1) / by; }

struct Geometry {
  int64_t batch, height, width, inputs;          // of the source
  int64_t rows, columns, outputs;                // of the destination, an image
  int64_t kernel_height, kernel_width, stride, dilation, top, left;
  int64_t source_cells, destination_cells;  // of the whole batch

  Geometry(const onednn_map &source, const onednn_map &destination, const onednn_window &window)
      : batch(source.batch),
        height(source.height),
        width(source.width),
        inputs(source.channels),
        rows(destination.height),
        columns(destination.width),
        outputs(destination.channels),
        kernel_height(window.height),
        kernel_width(window.width),
        stride(window.stride),
        dilation(window.dilation),
        top(window.top),
        left(window.left),
        source_cells(source.batch * source.height * source.width),
        destination_cells(destination.batch * destination.height * destination.width) {
    bool is_pointwise = kernel_height == 1 && kernel_width == 1 && stride == 1 && top == 0 &&
                        left == 0 && window.bottom == 0 && window.right == 0;
    if (is_pointwise) {
      // No cell has neighbours: rows may be as long as suits, the last may be shorter. It has at
      // least a cell, for there are fewer rows than cells in one.
      batch = 1;
      height = rows = divide_up(destination_cells, 2 * chunk_pairs);
      width = columns = 2 * divide_up(destination_cells, 2 * rows);
    }
  }

  int64_t pairs() const { return divide_up(columns, 2); }
  int64_t kernel_row() const { return kernel_width * inputs; }
  int64_t row_tiles() const { return divide_up(kernel_row(), tile_rows); }
  int64_t column_tiles() const { return divide_up(outputs, tile_columns); }
  int64_t chunk_rows() const {
    return std::min(batch * rows, std::max<int64_t>(1, chunk_pairs / pairs()));
  }
  // The most rows of the source that a chunk reads.
  int64_t chunk_source_rows() const { return chunk_rows() * kernel_height; }
  // Tiles begin at cache lines, and lie one further apart than they must: at a distance of some power
  // of two, lines that are written in turn would share their places in the cache.
  int64_t source_tile_size() const { return (divide_up(pairs() * tile_rows, lanes) + 1) * lanes; }
  int64_t gradient_tile_size() const { return chunk_rows() * pairs() * tile_columns + lanes; }
};

// A chunk of destination rows, and the source rows that it reads.
struct Chunk {
  int64_t first, count;
  // Source rows, counted through the batch, that were not packed for the chunk before.
  struct Packing {
    int64_t row, place;
  };
  std::vector<Packing> packings;
  // For each destination row and each row of the kernel where the packed source row is, or -1 outside
  // the map.
  std::vector<int64_t> places;
};

struct Range {
  int64_t begin, end;

  int64_t count() const { return end - begin; }
};

// How the tiles of the result are shared out: in a grid of rectangles, one for each thread.
struct Grid {
  int64_t down = 1, across = 1;

  Grid(const Geometry &geometry, int64_t threads) {
    double least = 0;
    for (int64_t count = 1; count <= threads; ++count) {
      if (threads % count != 0) continue;
      int64_t rows = divide_up(geometry.row_tiles(), count);
      int64_t columns = divide_up(geometry.column_tiles(), threads / count);
      // Vectors multiplied, and vectors packed, which take about as long.
      auto cost = static_cast<double>(
          rows * columns * geometry.kernel_height * tile_rows + rows + columns * 2);
      if (least == 0 || cost < least) {
        least = cost;
        down = count;
        across = threads / count;
      }
    }
  }

  static Range share(int64_t count, int64_t part, int64_t parts) {
    return {count * part / parts, count * (part + 1) / parts};
  }
  Range rows(const Geometry &geometry, int64_t thread) const {
    return share(geometry.row_tiles(), thread % down, down);
  }
  Range columns(const Geometry &geometry, int64_t thread) const {
    return share(geometry.column_tiles(), thread / down, across);
  }
  // Packed numbers of one thread.
  int64_t packed_size(const Geometry &geometry) const {
    return divide_up(geometry.row_tiles(), down) * geometry.source_tile_size() *
               geometry.chunk_source_rows() +
           divide_up(geometry.column_tiles(), across) * geometry.gradient_tile_size();
  }
};

struct Job {
  Geometry geometry;
  Grid grid;
  const uint16_t *source, *gradient;
  float *kernel_gradient, *bias_gradient;
  uint32_t *workspace;
  // A cell outside the map.
  std::vector<uint16_t> zeros;
  std::vector<Chunk> chunks;
};

std::vector<Chunk> divide(const Geometry &geometry) {
  std::vector<Chunk> chunks;
  // The source row at each place, and the last chunk that read it.
  struct Place {
    int64_t row = -1, chunk = -1;
  };
  std::vector<Place> packed(static_cast<size_t>(geometry.chunk_source_rows()));
  int64_t all = geometry.batch * geometry.rows;
  for (int64_t first = 0; first < all; first += geometry.chunk_rows()) {
    Chunk chunk{first, std::min(geometry.chunk_rows(), all - first), {}, {}};
    auto number = static_cast<int64_t>(chunks.size());
    auto source_row = [&](int64_t row, int64_t tap) -> int64_t {
      int64_t y = row % geometry.rows * geometry.stride + tap * geometry.dilation - geometry.top;
      if (y < 0 || y >= geometry.height) return -1;
      return row / geometry.rows * geometry.height + y;
    };
    auto find = [&](int64_t row) {
      return std::find_if(
          packed.begin(), packed.end(), [&](const Place &place) { return place.row == row; });
    };
    // First what is there already, so that nothing takes its place.
    for (int64_t row = first; row < first + chunk.count; ++row) {
      for (int64_t tap = 0; tap < geometry.kernel_height; ++tap) {
        int64_t wanted = source_row(row, tap);
        if (auto found = find(wanted); wanted >= 0 && found != packed.end()) found->chunk = number;
      }
    }
    for (int64_t row = first; row < first + chunk.count; ++row) {
      for (int64_t tap = 0; tap < geometry.kernel_height; ++tap) {
        int64_t wanted = source_row(row, tap);
        if (wanted < 0) {
          chunk.places.push_back(-1);
          continue;
        }
        auto found = find(wanted);
        if (found == packed.end()) {
          found = std::find_if(packed.begin(), packed.end(), [&](const Place &place) {
            return place.chunk < number;
          });
          *found = {wanted, number};
          chunk.packings.push_back({wanted, found - packed.begin()});
        }
        chunk.places.push_back(found - packed.begin());
      }
    }
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

// Numbers of two cells side by side: the first's in the lower halves.
AVX512 ALWAYS_INLINE __m512i interleave(const uint16_t *first, const uint16_t *second) {
  auto load = [](const uint16_t *from) AVX512 {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(from)));
  };
  return _mm512_or_si512(load(first), _mm512_slli_epi32(load(second), 16));
}

ALWAYS_INLINE uint32_t interleave(uint16_t first, uint16_t second) {
  return first | static_cast<uint32_t>(second) << 16;
}

// Packs some tiles of a row of the source: [tile][pair][number of the tile].
AVX512 void pack_source_row(const Job &job, int64_t row, Range tiles, uint32_t *to) {
  const Geometry &g = job.geometry;
  int64_t pairs = g.pairs(), tile_size = g.source_tile_size();
  const uint16_t *cells = job.source + row * g.width * g.inputs;
  int64_t width = std::min(g.width, g.source_cells - row * g.width);
  auto cell = [&](int64_t x) {
    return x < 0 || x >= width ? job.zeros.data() : cells + x * g.inputs;
  };
  int64_t begin = tiles.begin * tile_rows, end = tiles.end * tile_rows;
  for (int64_t tap = 0; tap < g.kernel_width; ++tap) {
    int64_t offset = tap * g.dilation - g.left;
    // The tap's numbers begin here; `base` counts from the first of the tiles.
    int64_t base = tap * g.inputs - begin;
    int64_t first_channel = std::max<int64_t>(0, -base);
    int64_t last_channel = std::min(g.inputs, end - tap * g.inputs);
    bool is_aligned = (base + first_channel) % tile_rows == 0;
    for (int64_t pair = 0; pair < pairs; ++pair) {
      const uint16_t *first = cell(2 * pair * g.stride + offset);
      // The last pair may have one cell only. Its zero gradient must not meet an infinite number.
      const uint16_t *second = 2 * pair + 1 < g.columns
                                   ? cell((2 * pair + 1) * g.stride + offset)
                                   : job.zeros.data();
      uint32_t *line = to + pair * tile_rows;
      int64_t channel = first_channel;
      for (; is_aligned && channel + lanes <= last_channel; channel += lanes) {
        __m512i both = interleave(first + channel, second + channel);
        uint32_t *place = line + (base + channel) / tile_rows * tile_size;
        _mm256_storeu_si256(reinterpret_cast<__m256i *>(place), _mm512_castsi512_si256(both));
        _mm256_storeu_si256(
            reinterpret_cast<__m256i *>(place + tile_size), _mm512_extracti64x4_epi64(both, 1));
      }
      for (; channel < last_channel; ++channel) {
        int64_t number = base + channel;
        line[number / tile_rows * tile_size + number % tile_rows] =
            interleave(first[channel], second[channel]);
      }
    }
  }
  // Beyond the kernel's row: multiplied, and left out when the tile is added to the result.
  for (int64_t number = g.kernel_row() - begin; number < end - begin; ++number) {
    uint32_t *place = to + number / tile_rows * tile_size + number % tile_rows;
    for (int64_t pair = 0; pair < pairs; ++pair) place[pair * tile_rows] = 0;
  }
}

// Packs some tiles of a row of the destination's gradient: [tile][row of the chunk][pair][number of
// the tile].
AVX512 void pack_gradient_row(const Job &job, int64_t row, Range tiles, uint32_t *to) {
  const Geometry &g = job.geometry;
  int64_t pairs = g.pairs(), tile_size = g.gradient_tile_size();
  int64_t begin = tiles.begin * tile_columns;
  const uint16_t *cells = job.gradient + row * g.columns * g.outputs + begin;
  int64_t width = std::min(g.columns, g.destination_cells - row * g.columns);
  int64_t count = std::min(tiles.end * tile_columns, g.outputs) - begin;
  auto cell = [&](int64_t x) { return x < width ? cells + x * g.outputs : job.zeros.data(); };
  for (int64_t pair = 0; pair < pairs; ++pair) {
    const uint16_t *first = cell(2 * pair), *second = cell(2 * pair + 1);
    uint32_t *line = to + pair * tile_columns;
    int64_t channel = 0;
    for (; channel + lanes <= count; channel += lanes) {
      _mm512_storeu_si512(
          line + channel / tile_columns * tile_size + channel % tile_columns,
          interleave(first + channel, second + channel));
    }
    for (; channel < tiles.count() * tile_columns; ++channel) {
      line[channel / tile_columns * tile_size + channel % tile_columns] =
          channel < count ? interleave(first[channel], second[channel]) : 0;
    }
  }
}

AVX512 ALWAYS_INLINE __m512bh numbers(const uint32_t *from) {
  return reinterpret_cast<__m512bh>(_mm512_loadu_si512(from));
}

// Adds a vector of sums to the result, or puts it there.
AVX512 ALWAYS_INLINE void store(float *to, __m512 sum, int64_t count, bool adds) {
  auto mask = static_cast<__mmask16>(count >= lanes ? 0xffff : count > 0 ? (1 << count) - 1 : 0);
  if (adds) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, to));
  _mm512_mask_storeu_ps(to, mask, sum);
}

// Adds to one tile of the result what a chunk contributes.
//
// `source` and `gradient` are the packed tiles; the source's lie `source_row_size` apart.
AVX512 void add_tile(
    const Job &job, const Chunk &chunk, int64_t tap, int64_t row_tile, int64_t column_tile,
    const uint32_t *packed_source, int64_t source_row_size, const uint32_t *packed_gradient) {
  const Geometry &g = job.geometry;
  int64_t pairs = g.pairs();
  __m512 sums[tile_rows][2];
  for (auto &row : sums) row[0] = row[1] = _mm512_setzero_ps();
  for (int64_t row = 0; row < chunk.count; ++row) {
    int64_t place = chunk.places[static_cast<size_t>(row * g.kernel_height + tap)];
    if (place < 0) continue;
    const uint32_t *source = packed_source + place * source_row_size;
    const uint32_t *gradient = packed_gradient + row * pairs * tile_columns;
    int64_t pair = pairs;
    // There is at least one pair. A loop that might not run at all made the compiler copy the sums.
    do {
      __m512bh left = numbers(gradient), right = numbers(gradient + lanes);
#pragma clang loop unroll(full)
      for (int64_t index = 0; index < tile_rows; ++index) {
        auto number = reinterpret_cast<__m512bh>(
            _mm512_set1_epi32(static_cast<int32_t>(source[index])));
        sums[index][0] = _mm512_dpbf16_ps(sums[index][0], number, left);
        sums[index][1] = _mm512_dpbf16_ps(sums[index][1], number, right);
      }
      source += tile_rows;
      gradient += tile_columns;
    } while (--pair > 0);
  }
  int64_t column = column_tile * tile_columns, width = g.outputs - column;
  for (int64_t index = 0; index < tile_rows; ++index) {
    int64_t row = row_tile * tile_rows + index;
    if (row >= g.kernel_row()) break;
    float *to = job.kernel_gradient + (tap * g.kernel_row() + row) * g.outputs + column;
    store(to, sums[index][0], width, chunk.first > 0);
    if (width > lanes) store(to + lanes, sums[index][1], width - lanes, chunk.first > 0);
  }
}

AVX512 void add_bias(
    const Job &job, const Chunk &chunk, int64_t column_tile, const uint32_t *gradient) {
  const Geometry &g = job.geometry;
  int64_t pairs = chunk.count * g.pairs();
  // One and one, in bfloat16.
  auto ones = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3f803f80));
  __m512 left = _mm512_setzero_ps(), right = left;
  for (int64_t pair = 0; pair < pairs; ++pair, gradient += tile_columns) {
    left = _mm512_dpbf16_ps(left, ones, numbers(gradient));
    right = _mm512_dpbf16_ps(right, ones, numbers(gradient + lanes));
  }
  int64_t column = column_tile * tile_columns, width = g.outputs - column;
  store(job.bias_gradient + column, left, width, chunk.first > 0);
  if (width > lanes) {
    store(job.bias_gradient + column + lanes, right, width - lanes, chunk.first > 0);
  }
}

void run_share(int64_t thread, int64_t threads, void *context) {
  const auto &job = *static_cast<Job *>(context);
  const Geometry &g = job.geometry;
  // The system may have given fewer threads than asked for.
  for (int64_t part = thread; part < job.grid.down * job.grid.across; part += threads) {
    Range rows = job.grid.rows(g, part), columns = job.grid.columns(g, part);
    int64_t source_row_size = rows.count() * g.source_tile_size();
    uint32_t *source = job.workspace + part * job.grid.packed_size(g);
    uint32_t *gradient = source + g.chunk_source_rows() * source_row_size;
    for (const Chunk &chunk : job.chunks) {
      for (auto [row, place] : chunk.packings) {
        pack_source_row(job, row, rows, source + place * source_row_size);
      }
      for (int64_t row = 0; row < chunk.count; ++row) {
        pack_gradient_row(
            job, chunk.first + row, columns, gradient + row * g.pairs() * tile_columns);
      }
      for (int64_t column = columns.begin; column < columns.end; ++column) {
        const uint32_t *right = gradient + (column - columns.begin) * g.gradient_tile_size();
        for (int64_t tap = 0; tap < g.kernel_height; ++tap) {
          for (int64_t row = rows.begin; row < rows.end; ++row) {
            const uint32_t *left = source + (row - rows.begin) * g.source_tile_size();
            add_tile(job, chunk, tap, row, column, left, source_row_size, right);
          }
        }
        if (rows.begin == 0 && rows.count() > 0) add_bias(job, chunk, column, right);
      }
    }
  }
}

}  // namespace

size_t onednn_kernel_gradient_workspace_size(
    onednn_map source, onednn_map destination, onednn_window window) {
  Geometry geometry(source, destination, window);
  int64_t threads = onednn_thread_count();
  auto count = static_cast<size_t>(threads * Grid(geometry, threads).packed_size(geometry));
  return count * sizeof(uint32_t);
}

void onednn_kernel_gradient_run(
    onednn_map source, onednn_map destination, onednn_window window, const void *from,
    const void *gradient, float *kernel_gradient, float *bias_gradient, void *workspace) {
  Geometry geometry(source, destination, window);
  Job job{
      geometry,
      Grid(geometry, onednn_thread_count()),
      static_cast<const uint16_t *>(from),
      static_cast<const uint16_t *>(gradient),
      kernel_gradient,
      bias_gradient,
      static_cast<uint32_t *>(workspace),
      std::vector<uint16_t>(static_cast<size_t>(std::max(geometry.inputs, geometry.outputs))),
      divide(geometry)};
  onednn::parallel_team(run_share, &job);
}
