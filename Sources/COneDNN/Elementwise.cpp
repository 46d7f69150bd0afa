#include "Describe.hpp"
#include "Numbers.hpp"

using namespace onednn;

namespace {

struct HardSigmoid {
  const void *from;
  void *to;
};

template <typename Number>
ALWAYS_INLINE void hard_sigmoid(int64_t begin, int64_t end, const HardSigmoid &job) {
  auto from = static_cast<const Number *>(job.from);
  auto to = static_cast<Number *>(job.to);
  // `to` may be `from`: each number is read before it is written.
#pragma clang loop vectorize(assume_safety)
  for (int64_t index = begin; index < end; ++index) {
    float sum = widen(from[index]) + 3;
    to[index] = round_to<Number>(std::min(std::max(sum, 0.f), 6.f) * (1 / 6.f));
  }
}

VECTORISED void hard_sigmoid_float32(int64_t begin, int64_t end, void *context) {
  hard_sigmoid<float>(begin, end, *static_cast<HardSigmoid *>(context));
}

VECTORISED void hard_sigmoid_bfloat16(int64_t begin, int64_t end, void *context) {
  hard_sigmoid<uint16_t>(begin, end, *static_cast<HardSigmoid *>(context));
}

}  // namespace

void onednn_hard_sigmoid(onednn_map map, const void *from, void *to) {
  HardSigmoid job{from, to};
  parallel(
      map.batch * map.height * map.width * map.channels,
      map.type == ONEDNN_FLOAT32 ? hard_sigmoid_float32 : hard_sigmoid_bfloat16, &job);
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
