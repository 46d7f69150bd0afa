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

namespace {

int argument_of(onednn_role role, int32_t index) {
  switch (role) {
    case ONEDNN_SOURCE: return index == 0 ? DNNL_ARG_SRC : DNNL_ARG_MULTIPLE_SRC + index;
    case ONEDNN_DESTINATION: return DNNL_ARG_DST;
    case ONEDNN_KERNEL: return DNNL_ARG_WEIGHTS;
    case ONEDNN_BIAS: return DNNL_ARG_BIAS;
    case ONEDNN_SCALE: return DNNL_ARG_SCALE;
    case ONEDNN_SHIFT: return DNNL_ARG_SHIFT;
    case ONEDNN_MEAN: return DNNL_ARG_MEAN;
    case ONEDNN_VARIANCE: return DNNL_ARG_VARIANCE;
    case ONEDNN_WORKSPACE: return DNNL_ARG_WORKSPACE;
    case ONEDNN_SCRATCHPAD: return DNNL_ARG_SCRATCHPAD;
    case ONEDNN_SOURCE_GRADIENT: return DNNL_ARG_DIFF_SRC;
    case ONEDNN_DESTINATION_GRADIENT: return DNNL_ARG_DIFF_DST;
    case ONEDNN_KERNEL_GRADIENT: return DNNL_ARG_DIFF_WEIGHTS;
    case ONEDNN_BIAS_GRADIENT: return DNNL_ARG_DIFF_BIAS;
    case ONEDNN_SCALE_GRADIENT: return DNNL_ARG_DIFF_SCALE;
    case ONEDNN_SHIFT_GRADIENT: return DNNL_ARG_DIFF_SHIFT;
  }
  return 0;
}

}  // namespace

size_t onednn_primitive_size(const onednn_primitive *primitive, onednn_role role) {
  int argument = argument_of(role, 0);
  for (size_t index = 0; index < primitive->arguments.size(); ++index) {
    if (primitive->arguments[index].arg == argument) {
      return primitive->memories[index].get_desc().get_size();
    }
  }
  return 0;
}

void onednn_primitive_bind(
    onednn_primitive *primitive, onednn_role role, int32_t index, const void *bytes) {
  primitive->bind(argument_of(role, index), bytes);
  if (role != ONEDNN_SOURCE) return;
  // The first source of several has another number, and so has the second of two.
  if (index == 0) primitive->bind(DNNL_ARG_MULTIPLE_SRC, bytes);
  if (index == 1) primitive->bind(DNNL_ARG_SRC_1, bytes);
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
