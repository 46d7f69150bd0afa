#include "Describe.hpp"

using namespace onednn;

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

// oneDNN 3 gave the second version of softmax the first one's name.
#if DNNL_VERSION_MAJOR < 3
using softmax_forward = dnnl::softmax_v2_forward;
#else
using softmax_forward = dnnl::softmax_forward;
#endif

onednn_primitive *onednn_softmax_create(
    onednn_map source, onednn_map destination, onednn_error *error) {
  return guarded<onednn_primitive *>(error, nullptr, [&] {
    auto attributes = make_attributes();
    auto descriptor = DESCRIPTOR(
        softmax_forward, prop_kind::forward_inference, algorithm::softmax_accurate,
        describe_matrix(source), describe_matrix(destination), 1);
    auto result = compiled<softmax_forward>(descriptor);
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
