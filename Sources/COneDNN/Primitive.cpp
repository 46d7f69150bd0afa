#include "Primitive.hpp"

using dnnl::memory;

dnnl::engine &onednn::engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream &onednn::stream() {
  thread_local dnnl::stream stream(onednn::engine());
  return stream;
}

void onednn_primitive::add_argument(int argument, const memory::desc &desc) {
  memories.emplace_back(desc, onednn::engine(), static_cast<void *>(DNNL_MEMORY_NONE));
  arguments.push_back({argument, memories.back().get()});
}

void onednn_primitive::bind(int argument, const void *bytes) {
  for (size_t index = 0; index < arguments.size(); ++index) {
    if (arguments[index].arg == argument) {
      memories[index].set_data_handle(const_cast<void *>(bytes));
    }
  }
}

void onednn_primitive_destroy(onednn_primitive *primitive) { delete primitive; }

const char *onednn_primitive_implementation(const onednn_primitive *primitive) {
  return primitive->implementation.c_str();
}

size_t onednn_primitive_scratchpad_size(const onednn_primitive *primitive) {
  return primitive->scratchpad_size;
}

void onednn_primitive_bind_source(onednn_primitive *primitive, int32_t index, const void *bytes) {
  // A single source and the first of two have the same number; only concatenation counts others.
  primitive->bind(DNNL_ARG_MULTIPLE_SRC + index, bytes);
  if (index == 0) primitive->bind(DNNL_ARG_SRC_0, bytes);
  if (index == 1) primitive->bind(DNNL_ARG_SRC_1, bytes);
}

void onednn_primitive_bind_destination(onednn_primitive *primitive, void *bytes) {
  primitive->bind(DNNL_ARG_DST, bytes);
}

void onednn_primitive_bind_scratchpad(onednn_primitive *primitive, void *bytes) {
  primitive->bind(DNNL_ARG_SCRATCHPAD, bytes);
}

void onednn_primitive_bind_weights(
    onednn_primitive *primitive, const void *first, const void *second) {
  primitive->bind(DNNL_ARG_WEIGHTS, first);
  primitive->bind(DNNL_ARG_BIAS, second);
  primitive->bind(DNNL_ARG_SCALE, first);
  primitive->bind(DNNL_ARG_SHIFT, second);
}

bool onednn_primitive_execute(onednn_primitive *primitive, onednn_error *error) {
  return onednn::guarded(error, false, [&] {
    // The C++ interface would build a map of the arguments, and allocate, at every call.
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(
            primitive->primitive.get(), onednn::stream().get(),
            static_cast<int>(primitive->arguments.size()), primitive->arguments.data()),
        "could not run a primitive");
    return true;
  });
}
