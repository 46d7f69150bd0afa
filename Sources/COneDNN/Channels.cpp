#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

struct MultiplyAdd {
  int64_t channels;
  const float *scale, *shift;
  const void *from;
  void *to;
};

// Few channels would leave most of a vector empty: then as many cells as this at a time.
constexpr int64_t cells_together = 16;
constexpr int64_t few_channels = 16;

template <typename Source, typename Result>
ALWAYS_INLINE void multiply_add(
    int64_t count, const float *scale, const float *shift, const Source *from, Result *to) {
  for (int64_t index = 0; index < count; ++index) {
    float sum = onednn::widen(from[index]) * scale[index] + (shift ? shift[index] : 0.f);
    to[index] = onednn::round_to<Result>(sum);
  }
}

template <typename Source, typename Result>
ALWAYS_INLINE void multiply_add(int64_t begin, int64_t end, const MultiplyAdd &job) {
  int64_t channels = job.channels;
  auto from = static_cast<const Source *>(job.from) + begin * channels;
  auto to = static_cast<Result *>(job.to) + begin * channels;
  int64_t cell = begin;
  if (channels <= few_channels) {
    float scale[few_channels * cells_together], shift[few_channels * cells_together];
    for (int64_t index = 0; index < channels * cells_together; ++index) {
      scale[index] = job.scale[index % channels];
      shift[index] = job.shift ? job.shift[index % channels] : 0;
    }
    for (; cell + cells_together <= end; cell += cells_together) {
      multiply_add(channels * cells_together, scale, shift, from, to);
      from += channels * cells_together;
      to += channels * cells_together;
    }
  }
  for (; cell < end; ++cell, from += channels, to += channels) {
    multiply_add(channels, job.scale, job.shift, from, to);
  }
}

VECTORISED void multiply_add_float32(int64_t begin, int64_t end, void *context) {
  multiply_add<float, float>(begin, end, *static_cast<MultiplyAdd *>(context));
}

VECTORISED void multiply_add_bfloat16(int64_t begin, int64_t end, void *context) {
  multiply_add<uint16_t, uint16_t>(begin, end, *static_cast<MultiplyAdd *>(context));
}

VECTORISED void multiply_add_rounding(int64_t begin, int64_t end, void *context) {
  multiply_add<float, uint16_t>(begin, end, *static_cast<MultiplyAdd *>(context));
}

VECTORISED void multiply_add_widening(int64_t begin, int64_t end, void *context) {
  multiply_add<uint16_t, float>(begin, end, *static_cast<MultiplyAdd *>(context));
}

struct Product {
  // Numbers that are multiplied one after another: a cell's, or all of a share.
  int64_t cells, channels;
  onednn_activation activation;
  const void *from, *factors, *summand;
  void *to;
};

template <typename Number, onednn_activation activation, bool adds>
ALWAYS_INLINE void multiply(
    int64_t count, const Number *from, const Number *factors, const Number *summand, Number *to) {
#pragma clang loop vectorize(assume_safety)
  for (int64_t index = 0; index < count; ++index) {
    float result = onednn::widen(from[index]) * onednn::widen(factors[index]);
    if (adds) result += onednn::widen(summand[index]);
    if (activation != ONEDNN_IDENTITY) result = std::max(result, 0.f);
    if (activation == ONEDNN_RELU6) result = std::min(result, 6.f);
    to[index] = onednn::round_to<Number>(result);
  }
}

// `job.cells` cells share their factors; with none, each number has one of its own.
template <typename Number, onednn_activation activation, bool adds>
ALWAYS_INLINE void multiply(int64_t begin, int64_t end, const Product &job) {
  auto from = static_cast<const Number *>(job.from);
  auto factors = static_cast<const Number *>(job.factors);
  auto summand = static_cast<const Number *>(job.summand);
  auto to = static_cast<Number *>(job.to);
  if (job.cells == 0) {
    multiply<Number, activation, adds>(
        end - begin, from + begin, factors + begin, adds ? summand + begin : nullptr, to + begin);
    return;
  }
  for (int64_t cell = begin; cell < end; ++cell) {
    int64_t start = cell * job.channels;
    multiply<Number, activation, adds>(
        job.channels, from + start, factors + cell / job.cells * job.channels,
        adds ? summand + start : nullptr, to + start);
  }
}

template <typename Number, onednn_activation activation>
ALWAYS_INLINE void multiply(int64_t begin, int64_t end, const Product &job) {
  if (job.summand) return multiply<Number, activation, true>(begin, end, job);
  multiply<Number, activation, false>(begin, end, job);
}

template <typename Number>
ALWAYS_INLINE void multiply(int64_t begin, int64_t end, const Product &job) {
  switch (job.activation) {
    case ONEDNN_RELU: return multiply<Number, ONEDNN_RELU>(begin, end, job);
    case ONEDNN_RELU6: return multiply<Number, ONEDNN_RELU6>(begin, end, job);
    default: return multiply<Number, ONEDNN_IDENTITY>(begin, end, job);
  }
}

VECTORISED void multiply_float32(int64_t begin, int64_t end, void *context) {
  multiply<float>(begin, end, *static_cast<Product *>(context));
}

VECTORISED void multiply_bfloat16(int64_t begin, int64_t end, void *context) {
  multiply<uint16_t>(begin, end, *static_cast<Product *>(context));
}

// Channels whose sums one thread forms together.
constexpr int64_t channel_block = 32;

struct FactorGradient {
  onednn_map map;
  int64_t blocks;
  const void *from, *gradient;
  void *to;
};

// A row's products are added up before rows are, so that long sums lose few digits. The order is the
// same however many threads there are.
template <typename Number>
ALWAYS_INLINE void add_products(int64_t begin, int64_t end, const FactorGradient &job) {
  int64_t channels = job.map.channels, width = job.map.width, height = job.map.height;
  for (int64_t index = begin; index < end; ++index) {
    int64_t image = index / job.blocks, first = index % job.blocks * channel_block;
    int64_t count = std::min(channel_block, channels - first);
    float total[channel_block] = {};
    for (int64_t row = 0; row < height; ++row) {
      float sum[channel_block] = {};
      for (int64_t column = 0; column < width; ++column) {
        int64_t start = ((image * height + row) * width + column) * channels + first;
        auto from = static_cast<const Number *>(job.from) + start;
        auto gradient = static_cast<const Number *>(job.gradient) + start;
        if (count == channel_block) {
          for (int64_t channel = 0; channel < channel_block; ++channel) {
            sum[channel] += onednn::widen(from[channel]) * onednn::widen(gradient[channel]);
          }
        } else {
          for (int64_t channel = 0; channel < count; ++channel) {
            sum[channel] += onednn::widen(from[channel]) * onednn::widen(gradient[channel]);
          }
        }
      }
      for (int64_t channel = 0; channel < channel_block; ++channel) total[channel] += sum[channel];
    }
    auto to = static_cast<Number *>(job.to) + image * channels + first;
    for (int64_t channel = 0; channel < count; ++channel) {
      to[channel] = onednn::round_to<Number>(total[channel]);
    }
  }
}

VECTORISED void add_products_float32(int64_t begin, int64_t end, void *context) {
  add_products<float>(begin, end, *static_cast<FactorGradient *>(context));
}

VECTORISED void add_products_bfloat16(int64_t begin, int64_t end, void *context) {
  add_products<uint16_t>(begin, end, *static_cast<FactorGradient *>(context));
}

}  // namespace

void onednn_multiply_add(
    onednn_map source, onednn_map destination, const float *scale, const float *shift,
    const void *from, void *to) {
  MultiplyAdd job{source.channels, scale, shift, from, to};
  bool is_wide = destination.type == ONEDNN_FLOAT32;
  auto body = source.type == ONEDNN_FLOAT32
                  ? (is_wide ? multiply_add_float32 : multiply_add_rounding)
                  : (is_wide ? multiply_add_widening : multiply_add_bfloat16);
  onednn::parallel(source.batch * source.height * source.width, body, &job);
}

void onednn_multiply(
    onednn_map map, bool by_channel, onednn_activation activation, const void *from,
    const void *factors, const void *summand, void *to) {
  int64_t cells = map.height * map.width;
  Product job{by_channel ? cells : 0, map.channels, activation, from, factors, summand, to};
  onednn::parallel(
      map.batch * cells * (by_channel ? 1 : map.channels),
      map.type == ONEDNN_FLOAT32 ? multiply_float32 : multiply_bfloat16, &job);
}

void onednn_factor_gradient(onednn_map map, const void *from, const void *gradient, void *to) {
  int64_t blocks = (map.channels + channel_block - 1) / channel_block;
  FactorGradient job{map, blocks, from, gradient, to};
  onednn::parallel(
      map.batch * blocks,
      map.type == ONEDNN_FLOAT32 ? add_products_float32 : add_products_bfloat16, &job);
}
