#include "Numbers.hpp"
#include "Primitive.hpp"

using onednn::KernelLayout;

namespace {

// Parts of the rows, each of which one thread takes: always as many, so that the scalar products do
// not depend on the number of threads.
constexpr int64_t parts = 16;

struct Unpacking {
  const KernelLayout &layout;
  const float *packed;
  onednn_kernel_gradient to;
  // Of each part, for each output.
  std::vector<double> products;
};

// Outputs that lie side by side: all of them, a block, or one by one.
int64_t run_length(const KernelLayout &layout) {
  constexpr int64_t block = 16;
  const auto &offsets = layout.output_offsets;
  bool is_plain = true, is_blocked = layout.outputs() % block == 0;
  for (size_t index = 1; index < offsets.size(); ++index) {
    bool follows = offsets[index] == offsets[index - 1] + 1;
    is_plain = is_plain && follows;
    is_blocked = is_blocked && (follows || index % block == 0);
  }
  return is_plain ? layout.outputs() : is_blocked ? block : 1;
}

ALWAYS_INLINE void unpack_run(
    const float *__restrict from, const onednn_kernel_gradient &to, int64_t place, int64_t output,
    int64_t count, double *__restrict products) {
  if (products) {
    const float *__restrict kernel = to.kernel + place;
    // In double precision: gradients meet weights of both signs.
    for (int64_t x = 0; x < count; ++x) {
      products[x] += static_cast<double>(from[x]) * static_cast<double>(kernel[x]);
    }
  }
  if (!to.gradient) return;
  float *__restrict gradient = to.gradient + place;
  const float *__restrict scale = to.scale ? to.scale + output : nullptr;
  if (to.adds && scale) {
    for (int64_t x = 0; x < count; ++x) gradient[x] += from[x] * scale[x];
  } else if (to.adds) {
    for (int64_t x = 0; x < count; ++x) gradient[x] += from[x];
  } else if (scale) {
    for (int64_t x = 0; x < count; ++x) gradient[x] = from[x] * scale[x];
  } else {
    for (int64_t x = 0; x < count; ++x) gradient[x] = from[x];
  }
}

VECTORISED void unpack_parts(int64_t begin, int64_t end, void *context) {
  auto &job = *static_cast<Unpacking *>(context);
  const KernelLayout &layout = job.layout;
  int64_t run = run_length(layout), outputs = layout.outputs();
  for (int64_t part = begin; part < end; ++part) {
    double *products = job.to.products ? job.products.data() + part * outputs : nullptr;
    int64_t last = layout.rows() * (part + 1) / parts;
    for (int64_t row = layout.rows() * part / parts; row < last; ++row) {
      const float *from = job.packed + layout.row_offsets[static_cast<size_t>(row)];
      for (int64_t output = 0; output < outputs; output += run) {
        unpack_run(
            from + layout.output_offsets[static_cast<size_t>(output)], job.to,
            row * outputs + output, output, run, products ? products + output : nullptr);
      }
    }
  }
}

}  // namespace

void onednn_kernel_gradient_unpack(
    const onednn_primitive *primitive, int64_t rows, int64_t outputs, const float *packed,
    onednn_kernel_gradient to) {
  KernelLayout plain;
  if (!primitive) plain = KernelLayout(rows, outputs);
  Unpacking job{primitive ? primitive->gradient_layout : plain, packed, to, {}};
  if (to.products) job.products.resize(static_cast<size_t>(parts * outputs));
  onednn::parallel(parts, unpack_parts, &job);
  if (!to.products) return;
  for (int64_t output = 0; output < outputs; ++output) {
    to.products[output] = 0;
    for (int64_t part = 0; part < parts; ++part) {
      to.products[output] += job.products[static_cast<size_t>(part * outputs + output)];
    }
  }
}
