#include "Numbers.hpp"
#include "Primitive.hpp"

using onednn::KernelLayout;

namespace {

// Outputs that one thread works on at a time: a cache line of float32 numbers, and of most formats.
constexpr int64_t strip = 16;

struct Unpacking {
  const KernelLayout &layout;
  const float *packed;
  onednn_kernel_gradient to;
};

bool is_contiguous(const int64_t *offsets, int64_t count) {
  for (int64_t index = 1; index < count; ++index) {
    if (offsets[index] != offsets[0] + index) return false;
  }
  return true;
}

// Takes a strip of outputs through all rows, so that each scalar product is one thread's, whatever
// their number. Products are added up in double precision: they meet weights of both signs.
VECTORISED void unpack_strips(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Unpacking *>(context);
  const KernelLayout &layout = job.layout;
  for (int64_t index = begin; index < end; ++index) {
    int64_t output = index * strip;
    int64_t width = std::min(strip, layout.outputs() - output);
    const int64_t *outputs = layout.output_offsets.data() + output;
    bool contiguous = width == strip && is_contiguous(outputs, strip);
    float scale[strip];
    double products[strip] = {};
    for (int64_t x = 0; x < width; ++x) scale[x] = job.to.scale ? job.to.scale[output + x] : 1.f;
    for (int64_t row = 0; row < layout.rows(); ++row) {
      float line[strip] = {};
      const float *from = job.packed + layout.row_offsets[static_cast<size_t>(row)];
      if (contiguous) {
        std::memcpy(line, from + outputs[0], sizeof line);
      } else {
        for (int64_t x = 0; x < width; ++x) line[x] = from[outputs[x]];
      }
      int64_t place = row * layout.outputs() + output;
      if (job.to.products) {
        const float *kernel = job.to.kernel + place;
        for (int64_t x = 0; x < width; ++x) {
          products[x] += static_cast<double>(line[x]) * static_cast<double>(kernel[x]);
        }
      }
      if (!job.to.gradient) continue;
      float *gradient = job.to.gradient + place;
      if (job.to.adds) {
        for (int64_t x = 0; x < width; ++x) gradient[x] += line[x] * scale[x];
      } else {
        for (int64_t x = 0; x < width; ++x) gradient[x] = line[x] * scale[x];
      }
    }
    if (job.to.products) {
      for (int64_t x = 0; x < width; ++x) job.to.products[output + x] = products[x];
    }
  }
}

}  // namespace

void onednn_kernel_gradient_unpack(
    const onednn_primitive *primitive, int64_t rows, int64_t outputs, const float *packed,
    onednn_kernel_gradient to) {
  KernelLayout plain;
  if (!primitive) plain = KernelLayout(rows, outputs);
  Unpacking job{primitive ? primitive->gradient_layout : plain, packed, to};
  onednn::parallel((outputs + strip - 1) / strip, unpack_strips, &job);
}
