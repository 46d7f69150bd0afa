#include "Describe.hpp"

using namespace onednn;

namespace {

// A convolution's numbers as oneDNN wants them.
struct Geometry {
  memory::dims kernel, strides, dilations, before, after;
  int64_t inputs, outputs;

  Geometry(
      const onednn_map &source, const onednn_map &destination, const onednn_window &window,
      int64_t groups)
      : strides{window.stride, window.stride},
        dilations{window.dilation - 1, window.dilation - 1},
        before{window.top, window.left},
        after{window.bottom, window.right},
        inputs(source.channels / groups),
        outputs(destination.channels) {
    kernel = {outputs / groups, inputs, window.height, window.width};
    if (groups > 1) kernel.insert(kernel.begin(), groups);
  }

  memory::desc packed(memory::data_type type) const {
    return memory::desc(kernel, type, tag::any);
  }
};

dnnl::convolution_forward::primitive_desc forward_descriptor(
    const onednn_map &source, const onednn_map &destination, const Geometry &geometry,
    const primitive_attr &attributes, const char *preferred) {
  auto packed = geometry.packed(type_of(source.type));
#if DNNL_VERSION_MAJOR < 3
  // Named, because oneDNN 2 reads it again for each further implementation.
  dnnl::convolution_forward::desc operation(
      prop_kind::forward_inference, algorithm::convolution_direct, describe(source), packed,
      describe_channels(geometry.outputs), describe(destination), geometry.strides,
      geometry.dilations, geometry.before, geometry.after);
  dnnl::convolution_forward::primitive_desc descriptor(operation, attributes, engine());
#else
  dnnl::convolution_forward::primitive_desc descriptor(
      engine(), prop_kind::forward_inference, algorithm::convolution_direct, describe(source),
      packed, describe_channels(geometry.outputs), describe(destination), geometry.strides,
      geometry.dilations, geometry.before, geometry.after, attributes);
#endif
  return preferred ? implementation(descriptor, preferred) : descriptor;
}

// What a backward pass is told of the forward one; oneDNN reads its shapes, not its formats.
dnnl::convolution_forward::primitive_desc forward_hint(
    onednn_map source, onednn_map destination, const Geometry &geometry) {
  destination.type = source.type;
  return forward_descriptor(source, destination, geometry, make_attributes(), nullptr);
}

}  // namespace

onednn_primitive *onednn_convolution_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    bool adds_to_destination, onednn_activation activation, const char *preferred,
    onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    Geometry geometry(source, destination, window, groups);
    auto descriptor = forward_descriptor(
        source, destination, geometry, make_attributes(adds_to_destination, activation), preferred);
    auto result = compiled<dnnl::convolution_forward>(descriptor);
    result->kernel = descriptor.weights_desc();
    result->add_argument(DNNL_ARG_SRC, descriptor.src_desc());
    result->add_argument(DNNL_ARG_WEIGHTS, descriptor.weights_desc());
    result->add_argument(DNNL_ARG_BIAS, descriptor.bias_desc());
    result->add_argument(DNNL_ARG_DST, descriptor.dst_desc());
    return result.release();
  });
}

onednn_primitive *onednn_convolution_data_gradient_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    const char *preferred, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    Geometry geometry(source, destination, window, groups);
    auto attributes = make_attributes();
    auto hint = forward_hint(source, destination, geometry);
    auto packed = geometry.packed(type_of(source.type));
#if DNNL_VERSION_MAJOR < 3
    dnnl::convolution_backward_data::desc operation(
        algorithm::convolution_direct, describe(source), packed, describe(destination),
        geometry.strides, geometry.dilations, geometry.before, geometry.after);
    dnnl::convolution_backward_data::primitive_desc descriptor(
        operation, attributes, engine(), hint);
#else
    dnnl::convolution_backward_data::primitive_desc descriptor(
        engine(), algorithm::convolution_direct, describe(source), packed, describe(destination),
        geometry.strides, geometry.dilations, geometry.before, geometry.after, hint, attributes);
#endif
    if (preferred) descriptor = implementation(descriptor, preferred);
    auto result = compiled<dnnl::convolution_backward_data>(descriptor);
    result->kernel = descriptor.weights_desc();
    result->add_argument(DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc());
    result->add_argument(DNNL_ARG_WEIGHTS, descriptor.weights_desc());
    result->add_argument(DNNL_ARG_DIFF_SRC, descriptor.diff_src_desc());
    return result.release();
  });
}

onednn_primitive *onednn_convolution_kernel_gradient_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    const char *preferred, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    Geometry geometry(source, destination, window, groups);
    auto attributes = make_attributes();
    auto hint = forward_hint(source, destination, geometry);
    auto packed = geometry.packed(memory::data_type::f32);
    auto bias = describe_channels(geometry.outputs);
#if DNNL_VERSION_MAJOR < 3
    dnnl::convolution_backward_weights::desc operation(
        algorithm::convolution_direct, describe(source), packed, bias, describe(destination),
        geometry.strides, geometry.dilations, geometry.before, geometry.after);
    dnnl::convolution_backward_weights::primitive_desc descriptor(
        operation, attributes, engine(), hint);
#else
    dnnl::convolution_backward_weights::primitive_desc descriptor(
        engine(), algorithm::convolution_direct, describe(source), packed, bias,
        describe(destination), geometry.strides, geometry.dilations, geometry.before,
        geometry.after, hint, attributes);
#endif
    if (preferred) descriptor = implementation(descriptor, preferred);
    auto result = compiled<dnnl::convolution_backward_weights>(descriptor);
    result->kernel = descriptor.diff_weights_desc();
    result->gradient_layout = KernelLayout(result->kernel);
    result->add_argument(DNNL_ARG_SRC, descriptor.src_desc());
    result->add_argument(DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc());
    result->add_argument(DNNL_ARG_DIFF_WEIGHTS, descriptor.diff_weights_desc());
    result->add_argument(DNNL_ARG_DIFF_BIAS, bias);
    return result.release();
  });
}
