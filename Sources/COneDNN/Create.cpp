#include "Primitive.hpp"

using dnnl::algorithm;
using dnnl::memory;
using dnnl::primitive_attr;
using dnnl::prop_kind;
using tag = memory::format_tag;

// oneDNN 3 has no operation descriptors: what went into one comes after the engine instead.
#if DNNL_VERSION_MAJOR < 3
#define DESCRIPTOR(kind, ...) kind::primitive_desc(kind::desc(__VA_ARGS__), attributes, engine())
#else
#define DESCRIPTOR(kind, ...) kind::primitive_desc(engine(), __VA_ARGS__, attributes)
#endif

namespace onednn {
namespace {

memory::data_type type_of(onednn_type type) {
  return type == ONEDNN_BFLOAT16 ? memory::data_type::bf16 : memory::data_type::f32;
}

memory::desc describe(const onednn_map &map) {
  return memory::desc(
      {map.batch, map.channels, map.height, map.width}, type_of(map.type), tag::nhwc);
}

memory::desc describe_matrix(const onednn_map &map) {
  return memory::desc({map.batch * map.height * map.width, map.channels}, type_of(map.type), tag::nc);
}

memory::desc describe_channels(int64_t count) {
  return memory::desc({count}, memory::data_type::f32, tag::x);
}

struct Function {
  algorithm kind;
  float alpha, beta;
};

Function function(onednn_activation activation) {
  switch (activation) {
    case ONEDNN_RELU6: return {algorithm::eltwise_clip, 0.f, 6.f};
    case ONEDNN_SIGMOID: return {algorithm::eltwise_logistic, 0.f, 0.f};
    default: return {algorithm::eltwise_relu, 0.f, 0.f};
  }
}

// Working memory comes from the caller: the library's own would be allocated by primitive.
primitive_attr make_attributes(
    bool adds_to_destination = false, onednn_activation activation = ONEDNN_IDENTITY) {
  primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops after;
  if (adds_to_destination) after.append_sum(1.f);
  if (activation != ONEDNN_IDENTITY) {
    Function f = function(activation);
#if DNNL_VERSION_MAJOR < 3
    after.append_eltwise(1.f, f.kind, f.alpha, f.beta);
#else
    after.append_eltwise(f.kind, f.alpha, f.beta);
#endif
  }
  attributes.set_post_ops(after);
  return attributes;
}

// Takes over the compiled primitive and the working memory it asks for.
template <typename Primitive, typename Descriptor>
std::unique_ptr<onednn_primitive> compiled(const Descriptor &descriptor) {
  auto result = std::make_unique<onednn_primitive>();
  result->primitive = Primitive(descriptor);
  result->implementation = descriptor.impl_info_str();
  result->scratchpad_size = descriptor.scratchpad_desc().get_size();
  result->add_argument(DNNL_ARG_SCRATCHPAD, descriptor.scratchpad_desc());
  return result;
}

// The first implementation whose name begins as asked, from the descriptor's on; that itself if
// there is none.
template <typename Descriptor>
Descriptor implementation(const Descriptor &first, const char *name) {
  Descriptor candidate = first;
  do {
    if (std::strncmp(candidate.impl_info_str(), name, std::strlen(name)) == 0) return candidate;
  } while (candidate.next_impl());
  return first;
}

}  // namespace
}  // namespace onednn

using namespace onednn;

onednn_primitive *onednn_convolution_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    bool adds_to_destination, onednn_activation activation, const char *preferred,
    onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    int64_t inputs = source.channels / groups, outputs = destination.channels;
    memory::dims kernel, plain_strides;
    int64_t column = inputs * outputs, row = window.width * column;
    if (groups == 1) {
      kernel = {outputs, inputs, window.height, window.width};
      plain_strides = {1, outputs, row, column};
    } else {
      kernel = {groups, outputs / groups, inputs, window.height, window.width};
      plain_strides = {outputs / groups, 1, outputs, row, column};
    }
    memory::dims strides = {window.stride, window.stride};
    memory::dims dilations = {window.dilation - 1, window.dilation - 1};
    memory::dims before = {window.top, window.left}, after = {window.bottom, window.right};
    auto attributes = make_attributes(adds_to_destination, activation);
    memory::desc packed(kernel, type_of(source.type), tag::any);
#if DNNL_VERSION_MAJOR < 3
    // Named, because oneDNN 2 reads it again for each further implementation.
    dnnl::convolution_forward::desc operation(
        prop_kind::forward_inference, algorithm::convolution_direct, describe(source), packed,
        describe_channels(outputs), describe(destination), strides, dilations, before, after);
    dnnl::convolution_forward::primitive_desc descriptor(operation, attributes, engine());
#else
    dnnl::convolution_forward::primitive_desc descriptor(
        engine(), prop_kind::forward_inference, algorithm::convolution_direct, describe(source),
        packed, describe_channels(outputs), describe(destination), strides, dilations, before,
        after, attributes);
#endif
    if (preferred) descriptor = implementation(descriptor, preferred);
    auto result = compiled<dnnl::convolution_forward>(descriptor);
    result->kernel = descriptor.weights_desc();
    result->plain_kernel = memory::desc(kernel, memory::data_type::f32, plain_strides);
    result->kernel_outputs = outputs;
    result->add_argument(DNNL_ARG_SRC, descriptor.src_desc());
    result->add_argument(DNNL_ARG_WEIGHTS, descriptor.weights_desc());
    result->add_argument(DNNL_ARG_BIAS, descriptor.bias_desc());
    result->add_argument(DNNL_ARG_DST, descriptor.dst_desc());
    return result.release();
  });
}

onednn_primitive *onednn_pool_create(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum,
    onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto kind = maximum ? algorithm::pooling_max : algorithm::pooling_avg_exclude_padding;
    memory::dims strides = {window.stride, window.stride}, size = {window.height, window.width};
    memory::dims before = {window.top, window.left}, after = {window.bottom, window.right};
    auto attributes = make_attributes();
#if DNNL_VERSION_MAJOR < 3
    auto descriptor = DESCRIPTOR(
        dnnl::pooling_forward, prop_kind::forward_inference, kind, describe(source),
        describe(destination), strides, size, before, after);
#else
    memory::dims dilations = {0, 0};
    auto descriptor = DESCRIPTOR(
        dnnl::pooling_forward, prop_kind::forward_inference, kind, describe(source),
        describe(destination), strides, size, dilations, before, after);
#endif
    auto result = compiled<dnnl::pooling_forward>(descriptor);
    result->add_argument(DNNL_ARG_SRC, descriptor.src_desc());
    result->add_argument(DNNL_ARG_DST, descriptor.dst_desc());
    return result.release();
  });
}

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

onednn_primitive *onednn_activation_create(
    onednn_map map, onednn_activation activation, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    Function f = function(activation);
    auto attributes = make_attributes();
    memory::desc desc = describe(map);
#if DNNL_VERSION_MAJOR < 3
    auto descriptor = DESCRIPTOR(
        dnnl::eltwise_forward, prop_kind::forward_inference, f.kind, desc, f.alpha, f.beta);
#else
    auto descriptor = DESCRIPTOR(
        dnnl::eltwise_forward, prop_kind::forward_inference, f.kind, desc, desc, f.alpha, f.beta);
#endif
    auto result = compiled<dnnl::eltwise_forward>(descriptor);
    result->add_argument(DNNL_ARG_SRC, desc);
    result->add_argument(DNNL_ARG_DST, desc);
    return result.release();
  });
}

onednn_primitive *onednn_softmax_create(
    onednn_map source, onednn_map destination, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto attributes = make_attributes();
#if DNNL_VERSION_MAJOR < 3
    auto descriptor = DESCRIPTOR(
        dnnl::softmax_v2_forward, prop_kind::forward_inference, algorithm::softmax_accurate,
        describe_matrix(source), describe_matrix(destination), 1);
    auto result = compiled<dnnl::softmax_v2_forward>(descriptor);
#else
    auto descriptor = DESCRIPTOR(
        dnnl::softmax_forward, prop_kind::forward_inference, algorithm::softmax_accurate,
        describe_matrix(source), describe_matrix(destination), 1);
    auto result = compiled<dnnl::softmax_forward>(descriptor);
#endif
    result->add_argument(DNNL_ARG_SRC, descriptor.src_desc());
    result->add_argument(DNNL_ARG_DST, descriptor.dst_desc());
    return result.release();
  });
}

onednn_primitive *onednn_add_create(
    onednn_map map, onednn_activation activation, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto attributes = make_attributes(false, activation);
    memory::desc desc = describe(map);
    auto descriptor = DESCRIPTOR(dnnl::binary, algorithm::binary_add, desc, desc, desc);
    auto result = compiled<dnnl::binary>(descriptor);
    result->add_argument(DNNL_ARG_SRC_0, desc);
    result->add_argument(DNNL_ARG_SRC_1, desc);
    result->add_argument(DNNL_ARG_DST, desc);
    return result.release();
  });
}

onednn_primitive *onednn_concatenate_create(
    const onednn_map *sources, int32_t count, onednn_map destination, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    std::vector<memory::desc> descs;
    for (int32_t index = 0; index < count; ++index) descs.push_back(describe(sources[index]));
    auto attributes = make_attributes();
#if DNNL_VERSION_MAJOR < 3
    dnnl::concat::primitive_desc descriptor(
        describe(destination), 1, descs, engine(), attributes);
#else
    dnnl::concat::primitive_desc descriptor(
        engine(), describe(destination), 1, descs, attributes);
#endif
    auto result = compiled<dnnl::concat>(descriptor);
    for (int32_t index = 0; index < count; ++index) {
      result->add_argument(DNNL_ARG_MULTIPLE_SRC + index, descs[static_cast<size_t>(index)]);
    }
    result->add_argument(DNNL_ARG_DST, describe(destination));
    return result.release();
  });
}

onednn_primitive *onednn_convert_create(
    onednn_map source, onednn_map destination, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    dnnl::reorder::primitive_desc descriptor(
        engine(), describe(source), engine(), describe(destination), make_attributes());
    auto result = compiled<dnnl::reorder>(descriptor);
    result->add_argument(DNNL_ARG_SRC, describe(source));
    result->add_argument(DNNL_ARG_DST, describe(destination));
    return result.release();
  });
}
