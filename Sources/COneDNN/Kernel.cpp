#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "Numbers.hpp"
#include "Primitive.hpp"

using dnnl::memory;
using onednn::KernelLayout;

struct onednn_kernel {
  // Freed after the memory object that points to it.
  std::unique_ptr<void, decltype(&std::free)> bytes{nullptr, std::free};
  memory packed;
  KernelLayout layout;
};

namespace {

// A square of a kernel at a time, so that what is read and what is written both stay in the cache,
// whichever of the two runs across.
constexpr int64_t side = 16;

struct Packing {
  const KernelLayout &layout;
  const float *values, *scale;
  void *packed;

  int64_t squares_across() const { return (layout.outputs() + side - 1) / side; }
  int64_t squares() const { return (layout.rows() + side - 1) / side * squares_across(); }
};

// The orders that matter, which are written in whole lines: bfloat16 comes in pairs of rows for the
// forward pass and in pairs of outputs for the backward one, float32 in rows.
enum class Order { row_pairs, output_pairs, rows, other };

// Whether offsets grow by `first`, then by `second`, and so on in turns.
bool alternate(const int64_t *offsets, int64_t first, int64_t second) {
  for (int64_t index = 1; index < side; ++index) {
    if (offsets[index] - offsets[index - 1] != (index % 2 ? first : second)) return false;
  }
  return true;
}

Order order_of(const int64_t *rows, const int64_t *outputs, bool is_half) {
  if (is_half && alternate(outputs, 2, 2) && alternate(rows, 1, rows[2] - rows[1])) {
    return Order::row_pairs;
  }
  if (is_half && alternate(rows, 2, 2) && alternate(outputs, 1, outputs[2] - outputs[1])) {
    return Order::output_pairs;
  }
  return alternate(outputs, 1, 1) ? Order::rows : Order::other;
}

// A square of numbers in their rows.
template <typename Number>
using Square = Number[side][side];

template <typename Number>
ALWAYS_INLINE void write_row_pairs(const Square<Number> &square, const int64_t *rows, Number *to) {
  for (int64_t y = 0; y < side; y += 2) {
    uint32_t pairs[side];
    for (int64_t x = 0; x < side; ++x) {
      pairs[x] = static_cast<uint32_t>(square[y][x]) |
                 static_cast<uint32_t>(square[y + 1][x]) << 16;
    }
    std::memcpy(to + rows[y] - rows[0], pairs, sizeof pairs);
  }
}

template <typename Number>
ALWAYS_INLINE void write_output_pairs(
    const Square<Number> &square, const int64_t *outputs, Number *to) {
  for (int64_t x = 0; x < side; x += 2) {
    uint32_t pairs[side];
    for (int64_t y = 0; y < side; ++y) std::memcpy(&pairs[y], &square[y][x], sizeof pairs[y]);
    std::memcpy(to + outputs[x] - outputs[0], pairs, sizeof pairs);
  }
}

template <typename Number>
ALWAYS_INLINE void write_rows(const Square<Number> &square, const int64_t *rows, Number *to) {
  for (int64_t y = 0; y < side; ++y) {
    std::memcpy(to + rows[y] - rows[0], square[y], sizeof square[y]);
  }
}

// Of the squares at the edges, and of orders that are rare.
template <typename Number>
void write_singly(
    const Packing &job, int64_t row, int64_t output, int64_t height, int64_t width) {
  const KernelLayout &layout = job.layout;
  for (int64_t y = row; y < row + height; ++y) {
    const float *from = job.values + y * layout.outputs();
    Number *to = static_cast<Number *>(job.packed) + layout.row_offsets[static_cast<size_t>(y)];
    for (int64_t x = output; x < output + width; ++x) {
      float scaled = job.scale ? from[x] * job.scale[x] : from[x];
      to[layout.output_offsets[static_cast<size_t>(x)]] = onednn::round_to<Number>(scaled);
    }
  }
}

template <typename Number>
ALWAYS_INLINE void pack_squares(int64_t begin, int64_t end, const Packing &job) {
  const KernelLayout &layout = job.layout;
  for (int64_t square = begin; square < end; ++square) {
    int64_t row = square / job.squares_across() * side;
    int64_t output = square % job.squares_across() * side;
    int64_t height = std::min(side, layout.rows() - row);
    int64_t width = std::min(side, layout.outputs() - output);
    const int64_t *rows = layout.row_offsets.data() + row;
    const int64_t *outputs = layout.output_offsets.data() + output;
    bool is_whole = height == side && width == side;
    Order order = is_whole ? order_of(rows, outputs, sizeof(Number) == 2) : Order::other;
    if (order == Order::other) {
      write_singly<Number>(job, row, output, height, width);
      continue;
    }
    float scale[side];
    for (int64_t x = 0; x < side; ++x) scale[x] = job.scale ? job.scale[output + x] : 1;
    Square<Number> rounded;
    for (int64_t y = 0; y < side; ++y) {
      const float *from = job.values + (row + y) * layout.outputs() + output;
      // Sixteen rows in turn are more than the processor foresees.
      __builtin_prefetch(from + 8 * side);
      for (int64_t x = 0; x < side; ++x) {
        rounded[y][x] = onednn::round_to<Number>(from[x] * scale[x]);
      }
    }
    Number *to = static_cast<Number *>(job.packed) + rows[0] + outputs[0];
    switch (order) {
      case Order::row_pairs: write_row_pairs(rounded, rows, to); break;
      case Order::output_pairs: write_output_pairs(rounded, outputs, to); break;
      default: write_rows(rounded, rows, to);
    }
  }
}

VECTORISED void pack_float32(int64_t begin, int64_t end, void *context) {
  pack_squares<float>(begin, end, *static_cast<Packing *>(context));
}

VECTORISED void pack_bfloat16(int64_t begin, int64_t end, void *context) {
  pack_squares<uint16_t>(begin, end, *static_cast<Packing *>(context));
}

void pack(onednn_kernel &kernel, const float *values, const float *scale) {
  Packing job{kernel.layout, values, scale, kernel.bytes.get()};
  bool is_float = kernel.layout.type == memory::data_type::f32;
  onednn::parallel(job.squares(), is_float ? pack_float32 : pack_bfloat16, &job);
}

// Memory in large pages where the system has them: kernels are read from end to end at every run.
void *allocate(size_t size) {
  constexpr size_t large_page = size_t{1} << 21;
  size_t alignment = size < large_page ? 64 : large_page;
  void *bytes = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (!bytes) throw std::bad_alloc();
  if (alignment == large_page) madvise(bytes, size / large_page * large_page, MADV_HUGEPAGE);
  return bytes;
}

}  // namespace

onednn_kernel *onednn_kernel_create(
    const onednn_primitive *primitive, const float *values, const float *scale,
    onednn_error *error) {
  return onednn::guarded<onednn_kernel *>(error, nullptr, [&] {
    auto kernel = std::make_unique<onednn_kernel>();
    size_t size = primitive->kernel.get_size();
    kernel->bytes.reset(allocate(size));
    // Formats round channels up to whole blocks; what is beyond the kernel's own stays zero.
    std::memset(kernel->bytes.get(), 0, size);
    kernel->packed = memory(primitive->kernel, onednn::engine(), kernel->bytes.get());
    kernel->layout = KernelLayout(primitive->kernel);
    pack(*kernel, values, scale);
    return kernel.release();
  });
}

void onednn_kernel_update(onednn_kernel *kernel, const float *values, const float *scale) {
  pack(*kernel, values, scale);
}

void onednn_kernel_destroy(onednn_kernel *kernel) { delete kernel; }

bool onednn_kernel_fits(const onednn_kernel *kernel, const onednn_primitive *primitive) {
  return kernel->packed.get_desc() == primitive->kernel;
}

const void *onednn_kernel_bytes(const onednn_kernel *kernel) {
  return kernel->packed.get_data_handle();
}
