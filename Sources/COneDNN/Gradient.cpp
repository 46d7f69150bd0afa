#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

struct Sum {
  const void *const *sources;
  int32_t count;
  onednn_activation activation;
  const void *result;
  void *to;
};

// What an activation's slope is, by its result; of a swish, hard or not, by what it read.
template <onednn_activation activation>
ALWAYS_INLINE float take_back(float gradient, float result) {
  switch (activation) {
    case ONEDNN_RELU: return result > 0 ? gradient : 0;
    case ONEDNN_RELU6: return result > 0 && result < 6 ? gradient : 0;
    case ONEDNN_SIGMOID: return gradient * (result * (1 - result));
    case ONEDNN_SWISH: {
      float sigmoid = 1 / (1 + onednn::exponential(-result));
      return gradient * (sigmoid * (1 + result * (1 - sigmoid)));
    }
    case ONEDNN_HARD_SIGMOID: return result > 0 && result < 1 ? gradient * (1 / 6.f) : 0;
    case ONEDNN_HARD_SWISH: {
      float slope = result < 3 ? (2 * result + 3) * (1 / 6.f) : 1;
      return result > -3 ? gradient * slope : 0;
    }
    default: return gradient;
  }
}

template <typename Number, typename Result, onednn_activation activation, int count>
ALWAYS_INLINE void add(int64_t begin, int64_t end, const Sum &job) {
  auto first = static_cast<const Number *>(job.sources[0]);
  auto second = static_cast<const Number *>(job.sources[count > 1 ? 1 : 0]);
  auto result = static_cast<const Result *>(job.result);
  auto to = static_cast<Number *>(job.to);
  // `to` may be one of the sources: each number is read before it is written.
#pragma clang loop vectorize(assume_safety)
  for (int64_t index = begin; index < end; ++index) {
    float sum = onednn::widen(first[index]);
    if (count > 1) sum += onednn::widen(second[index]);
    if (activation != ONEDNN_IDENTITY) {
      sum = take_back<activation>(sum, onednn::widen(result[index]));
    }
    to[index] = onednn::round_to<Number>(sum);
  }
}

// More than two sources: few networks have them, so this may be slower.
template <typename Number>
ALWAYS_INLINE void add_many(int64_t begin, int64_t end, const Sum &job) {
  auto to = static_cast<Number *>(job.to);
  for (int64_t index = begin; index < end; ++index) {
    float sum = 0;
    for (int32_t source = 0; source < job.count; ++source) {
      sum += onednn::widen(static_cast<const Number *>(job.sources[source])[index]);
    }
    to[index] = onednn::round_to<Number>(sum);
  }
}

template <typename Number, typename Result, onednn_activation activation>
ALWAYS_INLINE void add(int64_t begin, int64_t end, const Sum &job) {
  if (job.count == 1) return add<Number, Result, activation, 1>(begin, end, job);
  if (job.count == 2) return add<Number, Result, activation, 2>(begin, end, job);
  add_many<Number>(begin, end, job);
  if (activation == ONEDNN_IDENTITY) return;
  const void *sum = job.to;
  add<Number, Result, activation, 1>(begin, end, Sum{&sum, 1, activation, job.result, job.to});
}

template <typename Number, typename Result>
ALWAYS_INLINE void add(int64_t begin, int64_t end, const Sum &job) {
  switch (job.activation) {
    case ONEDNN_RELU: return add<Number, Result, ONEDNN_RELU>(begin, end, job);
    case ONEDNN_RELU6: return add<Number, Result, ONEDNN_RELU6>(begin, end, job);
    case ONEDNN_SIGMOID: return add<Number, Result, ONEDNN_SIGMOID>(begin, end, job);
    case ONEDNN_SWISH: return add<Number, Result, ONEDNN_SWISH>(begin, end, job);
    case ONEDNN_HARD_SIGMOID: return add<Number, Result, ONEDNN_HARD_SIGMOID>(begin, end, job);
    case ONEDNN_HARD_SWISH: return add<Number, Result, ONEDNN_HARD_SWISH>(begin, end, job);
    case ONEDNN_IDENTITY: return add<Number, Result, ONEDNN_IDENTITY>(begin, end, job);
  }
}

VECTORISED void add_float32(int64_t begin, int64_t end, void *context) {
  add<float, float>(begin, end, *static_cast<Sum *>(context));
}

VECTORISED void add_bfloat16(int64_t begin, int64_t end, void *context) {
  add<uint16_t, uint16_t>(begin, end, *static_cast<Sum *>(context));
}

// A network's last step may keep its result in float32 where gradients are bfloat16.
VECTORISED void add_bfloat16_of_float32(int64_t begin, int64_t end, void *context) {
  add<uint16_t, float>(begin, end, *static_cast<Sum *>(context));
}

struct Softmax {
  int64_t channels;
  const void *gradient, *result;
  void *to;
};

template <typename Number, typename Result>
void softmax_cells(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Softmax *>(context);
  for (int64_t cell = begin; cell < end; ++cell) {
    auto gradient = static_cast<const Number *>(job.gradient) + cell * job.channels;
    auto result = static_cast<const Result *>(job.result) + cell * job.channels;
    auto to = static_cast<Number *>(job.to) + cell * job.channels;
    float sum = 0;
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      sum += onednn::widen(gradient[channel]) * onednn::widen(result[channel]);
    }
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      float slope = onednn::widen(result[channel]) * (onednn::widen(gradient[channel]) - sum);
      to[channel] = onednn::round_to<Number>(slope);
    }
  }
}

}  // namespace

void onednn_softmax_gradient(
    onednn_map map, const void *gradient, onednn_type result_type, const void *result, void *to) {
  Softmax job{map.channels, gradient, result, to};
  auto body = map.type == ONEDNN_FLOAT32      ? softmax_cells<float, float>
              : result_type == ONEDNN_FLOAT32 ? softmax_cells<uint16_t, float>
                                              : softmax_cells<uint16_t, uint16_t>;
  onednn::parallel(map.batch * map.height * map.width, body, &job);
}

void onednn_gradient_sum(
    onednn_map map, const void *const *sources, int32_t count, onednn_activation activation,
    onednn_type result_type, const void *result, void *to) {
  Sum job{sources, count, activation, result, to};
  auto body = map.type == ONEDNN_FLOAT32      ? add_float32
              : result_type == ONEDNN_FLOAT32 ? add_bfloat16_of_float32
                                              : add_bfloat16;
  onednn::parallel(map.batch * map.height * map.width * map.channels, body, &job);
}
