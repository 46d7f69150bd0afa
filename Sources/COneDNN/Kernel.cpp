#include <sys/mman.h>

#include <cstdlib>
#include <new>

#include "Primitive.hpp"

using dnnl::memory;

struct onednn_kernel {
  // Freed after the memory object that points to it.
  std::unique_ptr<void, decltype(&std::free)> bytes{nullptr, std::free};
  memory packed;
};

namespace {

struct Scaling {
  const float *values, *scale;
  float *scaled;
  int64_t outputs;
};

void multiply(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Scaling *>(context);
  for (int64_t row = begin; row < end; ++row) {
    const float *from = job.values + row * job.outputs;
    float *to = job.scaled + row * job.outputs;
    for (int64_t output = 0; output < job.outputs; ++output) to[output] = from[output] * job.scale[output];
  }
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
    const auto &plain = primitive->plain_kernel;
    std::unique_ptr<float[]> scaled;
    if (scale) {
      int64_t count = static_cast<int64_t>(plain.get_size() / sizeof(float));
      scaled.reset(new float[static_cast<size_t>(count)]);
      Scaling job{values, scale, scaled.get(), primitive->kernel_outputs};
      onednn::parallel(count / job.outputs, multiply, &job);
      values = scaled.get();
    }
    memory source(plain, onednn::engine(), const_cast<float *>(values));
    auto kernel = std::make_unique<onednn_kernel>();
    kernel->bytes.reset(allocate(primitive->kernel.get_size()));
    kernel->packed = memory(primitive->kernel, onednn::engine(), kernel->bytes.get());
    dnnl::reorder(source, kernel->packed).execute(onednn::stream(), source, kernel->packed);
    onednn::stream().wait();
    return kernel.release();
  });
}

void onednn_kernel_destroy(onednn_kernel *kernel) { delete kernel; }

bool onednn_kernel_fits(const onednn_kernel *kernel, const onednn_primitive *primitive) {
  return kernel->packed.get_desc() == primitive->kernel;
}

const void *onednn_kernel_bytes(const onednn_kernel *kernel) {
  return kernel->packed.get_data_handle();
}
