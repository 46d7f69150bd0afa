#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

struct Response {
  int64_t channels;
  onednn_local_response response;
  const void *from, *gradient;
  void *to;
  // Works on cells with room for `scratch_count` numbers.
  void (*body)(int64_t begin, int64_t end, const Response &job, float *scratch);

  // More neighbours than channels are none.
  int64_t radius() const { return std::min(response.radius, channels - 1); }
  int64_t scratch_count() const { return 5 * channels + 2 * radius(); }
};

// Memory is allocated out here: what is compiled for several instruction sets calls no templates.
void run(int64_t begin, int64_t end, void *context) {
  const auto &job = *static_cast<Response *>(context);
  std::vector<float> scratch(static_cast<size_t>(job.scratch_count()));
  job.body(begin, end, job, scratch.data());
}

// x^-beta of every number. Published networks have 3/4, which is two roots. The roots are the
// processor's own: the library's, which report errors, are no operation on vectors.
ALWAYS_INLINE void raise(float *numbers, int64_t count, float beta) {
  if (beta == 0.75f) {
    for (int64_t index = 0; index < count; ++index) {
      float root = __builtin_elementwise_sqrt(numbers[index]);
      numbers[index] = 1 / (root * __builtin_elementwise_sqrt(root));
    }
  } else {
    for (int64_t index = 0; index < count; ++index) {
      numbers[index] = __builtin_powf(numbers[index], -beta);
    }
  }
}

// Sums over `radius` numbers to either side. `padded` has as many zeros around its `count` numbers.
ALWAYS_INLINE void add_neighbours(
    const float *padded, int64_t count, int64_t radius, float *sums) {
  for (int64_t index = 0; index < count; ++index) sums[index] = padded[index];
  for (int64_t offset = 1; offset <= 2 * radius; ++offset) {
    for (int64_t index = 0; index < count; ++index) sums[index] += padded[index + offset];
  }
}

// A cell's numbers, their neighbours' sums and the like, in memory that begins as zeros.
struct Cell {
  float *values, *divisors, *powers, *sums, *padded, *middle;
};

ALWAYS_INLINE Cell divide_up(float *scratch, const Response &job) {
  int64_t count = job.channels;
  float *padded = scratch + 4 * count;
  return {scratch, scratch + count, scratch + 2 * count, scratch + 3 * count, padded,
          padded + job.radius()};
}

// Leaves the cell's divisors, bias + alpha · Σ x², and their powers.
template <typename Number>
ALWAYS_INLINE void divide(const Cell &cell, const Number *from, const Response &job) {
  for (int64_t channel = 0; channel < job.channels; ++channel) {
    float value = onednn::widen(from[channel]);
    cell.values[channel] = value;
    cell.middle[channel] = value * value;
  }
  add_neighbours(cell.padded, job.channels, job.radius(), cell.divisors);
  for (int64_t channel = 0; channel < job.channels; ++channel) {
    float divisor = job.response.bias + job.response.alpha * cell.divisors[channel];
    cell.divisors[channel] = divisor;
    cell.powers[channel] = divisor;
  }
  raise(cell.powers, job.channels, job.response.beta);
}

template <typename Number>
ALWAYS_INLINE void normalise(int64_t begin, int64_t end, const Response &job, float *scratch) {
  Cell cell = divide_up(scratch, job);
  for (int64_t index = begin; index < end; ++index) {
    divide(cell, static_cast<const Number *>(job.from) + index * job.channels, job);
    auto to = static_cast<Number *>(job.to) + index * job.channels;
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      to[channel] = onednn::round_to<Number>(cell.values[channel] * cell.powers[channel]);
    }
  }
}

// With D the divisors, ∂L/∂x = g · D^-β − 2αβ · x · Σ g · x · D^(-β-1), the sum over the channels that
// x counts for, which are the ones that count for x.
template <typename Number>
ALWAYS_INLINE void take_back(int64_t begin, int64_t end, const Response &job, float *scratch) {
  Cell cell = divide_up(scratch, job);
  float factor = 2 * job.response.alpha * job.response.beta;
  for (int64_t index = begin; index < end; ++index) {
    auto gradient = static_cast<const Number *>(job.gradient) + index * job.channels;
    auto to = static_cast<Number *>(job.to) + index * job.channels;
    divide(cell, static_cast<const Number *>(job.from) + index * job.channels, job);
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      cell.middle[channel] = onednn::widen(gradient[channel]) * cell.values[channel] *
                             cell.powers[channel] / cell.divisors[channel];
    }
    add_neighbours(cell.padded, job.channels, job.radius(), cell.sums);
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      float result = onednn::widen(gradient[channel]) * cell.powers[channel] -
                     factor * cell.values[channel] * cell.sums[channel];
      to[channel] = onednn::round_to<Number>(result);
    }
  }
}

VECTORISED void normalise_float32(
    int64_t begin, int64_t end, const Response &job, float *scratch) {
  normalise<float>(begin, end, job, scratch);
}

VECTORISED void normalise_bfloat16(
    int64_t begin, int64_t end, const Response &job, float *scratch) {
  normalise<uint16_t>(begin, end, job, scratch);
}

VECTORISED void take_back_float32(
    int64_t begin, int64_t end, const Response &job, float *scratch) {
  take_back<float>(begin, end, job, scratch);
}

VECTORISED void take_back_bfloat16(
    int64_t begin, int64_t end, const Response &job, float *scratch) {
  take_back<uint16_t>(begin, end, job, scratch);
}

}  // namespace

void onednn_local_response_norm(
    onednn_map map, onednn_local_response response, const void *from, void *to) {
  Response job{map.channels, response, from, nullptr, to,
               map.type == ONEDNN_FLOAT32 ? normalise_float32 : normalise_bfloat16};
  onednn::parallel(map.batch * map.height * map.width, run, &job);
}

void onednn_local_response_norm_gradient(
    onednn_map map, onednn_local_response response, const void *from, const void *gradient,
    void *to) {
  Response job{map.channels, response, from, gradient, to,
               map.type == ONEDNN_FLOAT32 ? take_back_float32 : take_back_bfloat16};
  onednn::parallel(map.batch * map.height * map.width, run, &job);
}
