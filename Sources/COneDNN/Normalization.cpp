#include "Describe.hpp"

using namespace onednn;

onednn_primitive *onednn_scale_shift_create(
    onednn_map map, onednn_activation activation, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    using flags = dnnl::normalization_flags;
    auto flag = flags::use_global_stats | flags::use_scale | flags::use_shift;
    auto attributes = make_attributes(false, activation);
    memory::desc desc = describe(map);
#if DNNL_VERSION_MAJOR < 3
    auto descriptor = DESCRIPTOR(
        dnnl::batch_normalization_forward, prop_kind::forward_inference, desc, 0.f, flag);
#else
    auto descriptor = DESCRIPTOR(
        dnnl::batch_normalization_forward, prop_kind::forward_inference, desc, desc, 0.f, flag);
#endif
    auto result = compiled<dnnl::batch_normalization_forward>(descriptor);
    result->add_argument(DNNL_ARG_SRC, desc);
    result->add_argument(DNNL_ARG_DST, desc);
    result->add_argument(DNNL_ARG_SCALE, describe_channels(map.channels));
    result->add_argument(DNNL_ARG_SHIFT, describe_channels(map.channels));
    // Scale and shift already hold the statistics: the primitive's own are mean 0, variance 1.
    for (auto [argument, value] : {std::pair{DNNL_ARG_MEAN, 0.f}, {DNNL_ARG_VARIANCE, 1.f}}) {
      memory statistics(describe_channels(map.channels), engine());
      auto values = static_cast<float *>(statistics.get_data_handle());
      for (int64_t channel = 0; channel < map.channels; ++channel) values[channel] = value;
      result->memories.push_back(statistics);
      result->arguments.push_back({argument, statistics.get()});
    }
    return result.release();
  });
}

namespace {

const auto scale_and_shift =
    dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift;

dnnl::batch_normalization_forward::primitive_desc forward_descriptor(
    const onednn_map &map, float epsilon, dnnl::normalization_flags flags) {
  auto attributes = make_attributes();
  memory::desc desc = describe(map);
#if DNNL_VERSION_MAJOR < 3
  return DESCRIPTOR(
      dnnl::batch_normalization_forward, prop_kind::forward_training, desc, epsilon, flags);
#else
  return DESCRIPTOR(
      dnnl::batch_normalization_forward, prop_kind::forward_training, desc, desc, epsilon, flags);
#endif
}

void add_statistics(onednn_primitive &primitive, int64_t channels) {
  for (int argument : {DNNL_ARG_MEAN, DNNL_ARG_VARIANCE}) {
    primitive.add_argument(argument, describe_channels(channels));
  }
}

}  // namespace

onednn_primitive *onednn_batch_norm_create(onednn_map map, float epsilon, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto result = compiled<dnnl::batch_normalization_forward>(
        forward_descriptor(map, epsilon, scale_and_shift));
    result->add_argument(DNNL_ARG_SRC, describe(map));
    result->add_argument(DNNL_ARG_DST, describe(map));
    result->add_argument(DNNL_ARG_SCALE, describe_channels(map.channels));
    result->add_argument(DNNL_ARG_SHIFT, describe_channels(map.channels));
    add_statistics(*result, map.channels);
    return result.release();
  });
}

onednn_primitive *onednn_batch_norm_gradient_create(
    onednn_map map, float epsilon, bool stored_statistics, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto flags = scale_and_shift;
    if (stored_statistics) flags = flags | dnnl::normalization_flags::use_global_stats;
    auto hint = forward_descriptor(map, epsilon, flags);
    auto attributes = make_attributes();
    memory::desc desc = describe(map);
#if DNNL_VERSION_MAJOR < 3
    auto descriptor = BACKWARD_DESCRIPTOR(
        dnnl::batch_normalization_backward, hint, prop_kind::backward, desc, desc, epsilon, flags);
#else
    auto descriptor = BACKWARD_DESCRIPTOR(
        dnnl::batch_normalization_backward, hint, prop_kind::backward, desc, desc, desc, epsilon,
        flags);
#endif
    auto result = compiled<dnnl::batch_normalization_backward>(descriptor);
    result->add_argument(DNNL_ARG_SRC, desc);
    result->add_argument(DNNL_ARG_DIFF_DST, desc);
    result->add_argument(DNNL_ARG_DIFF_SRC, desc);
    result->add_argument(DNNL_ARG_SCALE, describe_channels(map.channels));
#if DNNL_VERSION_MAJOR < 3
    // Not needed for anything, but oneDNN 2 counts its inputs.
    result->add_argument(DNNL_ARG_SHIFT, describe_channels(map.channels));
#endif
    result->add_argument(DNNL_ARG_DIFF_SCALE, describe_channels(map.channels));
    result->add_argument(DNNL_ARG_DIFF_SHIFT, describe_channels(map.channels));
    add_statistics(*result, map.channels);
    return result.release();
  });
}
