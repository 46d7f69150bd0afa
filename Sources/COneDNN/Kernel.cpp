#include "Primitive.hpp"

using dnnl::memory;

struct onednn_kernel {
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
    kernel->packed = memory(primitive->kernel, onednn::engine());
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
