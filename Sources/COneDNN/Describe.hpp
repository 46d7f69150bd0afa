// How maps, functions and attributes are said to oneDNN.
#pragma once

#include "Primitive.hpp"

// oneDNN 3 has no operation descriptors: what went into one comes after the engine instead.
#if DNNL_VERSION_MAJOR < 3
#define DESCRIPTOR(kind, ...) kind::primitive_desc(kind::desc(__VA_ARGS__), attributes, engine())
#define BACKWARD_DESCRIPTOR(kind, forward, ...) \
  kind::primitive_desc(kind::desc(__VA_ARGS__), attributes, engine(), forward)
#else
#define DESCRIPTOR(kind, ...) kind::primitive_desc(engine(), __VA_ARGS__, attributes)
#define BACKWARD_DESCRIPTOR(kind, forward, ...) \
  kind::primitive_desc(engine(), __VA_ARGS__, forward, attributes)
#endif

namespace onednn {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::primitive_attr;
using dnnl::prop_kind;
using tag = memory::format_tag;

inline memory::data_type type_of(onednn_type type) {
  return type == ONEDNN_BFLOAT16 ? memory::data_type::bf16 : memory::data_type::f32;
}

inline memory::desc describe(const onednn_map &map) {
  return memory::desc(
      {map.batch, map.channels, map.height, map.width}, type_of(map.type), tag::nhwc);
}

inline memory::desc describe_matrix(const onednn_map &map) {
  return memory::desc({map.batch * map.height * map.width, map.channels}, type_of(map.type), tag::nc);
}

inline memory::desc describe_channels(int64_t count) {
  return memory::desc({count}, memory::data_type::f32, tag::x);
}

struct Function {
  algorithm kind;
  float alpha, beta;
};

// The function that comes last of those that the activation is made of.
inline Function function(onednn_activation activation) {
  switch (activation) {
    case ONEDNN_RELU6: return {algorithm::eltwise_clip, 0.f, 6.f};
    case ONEDNN_SIGMOID: return {algorithm::eltwise_logistic, 0.f, 0.f};
    case ONEDNN_SWISH: return {algorithm::eltwise_swish, 1.f, 0.f};
    case ONEDNN_HARD_SIGMOID: return {algorithm::eltwise_clip, 0.f, 1.f};
    // oneDNN 2 has these numbers built in.
    case ONEDNN_HARD_SWISH: return {algorithm::eltwise_hardswish, 1 / 6.f, 0.5f};
    default: return {algorithm::eltwise_relu, 0.f, 0.f};
  }
}

inline void append(dnnl::post_ops &after, const Function &f) {
#if DNNL_VERSION_MAJOR < 3
  after.append_eltwise(1.f, f.kind, f.alpha, f.beta);
#else
  after.append_eltwise(f.kind, f.alpha, f.beta);
#endif
}

// Working memory comes from the caller: the library's own would be allocated by primitive.
inline primitive_attr make_attributes(
    bool adds_to_destination = false, onednn_activation activation = ONEDNN_IDENTITY) {
  primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops after;
  if (adds_to_destination) after.append_sum(1.f);
  // oneDNN 2.6 has no hard sigmoid, but x / 6 + 1/2 and then the clipping.
  if (activation == ONEDNN_HARD_SIGMOID) append(after, {algorithm::eltwise_linear, 1 / 6.f, 0.5f});
  if (activation != ONEDNN_IDENTITY) append(after, function(activation));
  attributes.set_post_ops(after);
  return attributes;
}

// Takes over the compiled primitive and the working memory it asks for.
template <typename Primitive, typename Descriptor>
std::unique_ptr<onednn_primitive> compiled(const Descriptor &descriptor) {
  auto result = std::make_unique<onednn_primitive>();
  result->primitive = Primitive(descriptor);
  result->implementation = descriptor.impl_info_str();
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

}  // namespace onednn
