#include "Describe.hpp"

using namespace onednn;

namespace {

algorithm kind_of(bool maximum) {
  return maximum ? algorithm::pooling_max : algorithm::pooling_avg_exclude_padding;
}

dnnl::pooling_forward::primitive_desc forward_descriptor(
    const onednn_map &source, const onednn_map &destination, const onednn_window &window,
    bool maximum, prop_kind pass) {
  memory::dims strides = {window.stride, window.stride}, size = {window.height, window.width};
  memory::dims before = {window.top, window.left}, after = {window.bottom, window.right};
  auto attributes = make_attributes();
#if DNNL_VERSION_MAJOR < 3
  return DESCRIPTOR(
      dnnl::pooling_forward, pass, kind_of(maximum), describe(source), describe(destination),
      strides, size, before, after);
#else
  memory::dims dilations = {0, 0};
  return DESCRIPTOR(
      dnnl::pooling_forward, pass, kind_of(maximum), describe(source), describe(destination),
      strides, size, dilations, before, after);
#endif
}

}  // namespace

onednn_primitive *onednn_pool_create(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum, bool training,
    onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto descriptor = forward_descriptor(
        source, destination, window, maximum,
        training ? prop_kind::forward_training : prop_kind::forward_inference);
    auto result = compiled<dnnl::pooling_forward>(descriptor);
    result->add_argument(DNNL_ARG_SRC, descriptor.src_desc());
    result->add_argument(DNNL_ARG_DST, descriptor.dst_desc());
    if (training && maximum) {
      result->add_argument(DNNL_ARG_WORKSPACE, descriptor.workspace_desc());
    }
    return result.release();
  });
}

onednn_primitive *onednn_pool_gradient_create(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum,
    onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto hint =
        forward_descriptor(source, destination, window, maximum, prop_kind::forward_training);
    memory::dims strides = {window.stride, window.stride}, size = {window.height, window.width};
    memory::dims before = {window.top, window.left}, after = {window.bottom, window.right};
    auto attributes = make_attributes();
#if DNNL_VERSION_MAJOR < 3
    auto descriptor = BACKWARD_DESCRIPTOR(
        dnnl::pooling_backward, hint, kind_of(maximum), describe(source), describe(destination),
        strides, size, before, after);
#else
    memory::dims dilations = {0, 0};
    auto descriptor = BACKWARD_DESCRIPTOR(
        dnnl::pooling_backward, hint, kind_of(maximum), describe(source), describe(destination),
        strides, size, dilations, before, after);
#endif
    auto result = compiled<dnnl::pooling_backward>(descriptor);
    result->add_argument(DNNL_ARG_DIFF_DST, descriptor.diff_dst_desc());
    result->add_argument(DNNL_ARG_DIFF_SRC, descriptor.diff_src_desc());
    if (maximum) result->add_argument(DNNL_ARG_WORKSPACE, descriptor.workspace_desc());
    return result.release();
  });
}
