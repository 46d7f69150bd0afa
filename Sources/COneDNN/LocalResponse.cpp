#include <cmath>

#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

struct Response {
  int64_t channels;
  onednn_local_response response;
  const void *from, *gradient;
  void *to;
};

// x^-beta of every number. Published networks have 3/4, which is two roots.
ALWAYS_INLINE void raise(float *numbers, int64_t count, float beta) {
  if (beta == 0.75f) {
    for (int64_t index = 0; index < count; ++index) {
      float root = std::sqrt(numbers[index]);
      numbers[index] = 1 / (root * std::sqrt(root));
    }
  } else {
    for (int64_t index = 0; index < count; ++index) {
      numbers[index] = std::pow(numbers[index], -beta);
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

// A cell's numbers with room for the neighbours' sums.
struct Cell {
  std::vector<float> values, padded, divisors, powers;
  int64_t channels, radius;

  // More neighbours than channels are none.
  explicit Cell(const Response &job)
      : channels(job.channels), radius(std::min(job.response.radius, job.channels - 1)) {
    auto count = static_cast<size_t>(channels);
    values.resize(count);
    divisors.resize(count);
    powers.resize(count);
    padded.resize(count + 2 * static_cast<size_t>(radius));
  }

  float *middle() { return padded.data() + radius; }
};

// Leaves the cell's divisors, bias + alpha · Σ x², and their powers.
template <typename Number>
ALWAYS_INLINE void divide(Cell &cell, const Number *from, const onednn_local_response &response) {
  float *middle = cell.middle(), *values = cell.values.data(), *divisors = cell.divisors.data();
  for (int64_t channel = 0; channel < cell.channels; ++channel) {
    float value = onednn::widen(from[channel]);
    values[channel] = value;
    middle[channel] = value * value;
  }
  add_neighbours(cell.padded.data(), cell.channels, cell.radius, divisors);
  float *powers = cell.powers.data();
  for (int64_t channel = 0; channel < cell.channels; ++channel) {
    divisors[channel] = response.bias + response.alpha * divisors[channel];
    powers[channel] = divisors[channel];
  }
  raise(powers, cell.channels, response.beta);
}

template <typename Number>
ALWAYS_INLINE void normalise(int64_t begin, int64_t end, const Response &job) {
  Cell cell(job);
  for (int64_t index = begin; index < end; ++index) {
    divide(cell, static_cast<const Number *>(job.from) + index * job.channels, job.response);
    auto to = static_cast<Number *>(job.to) + index * job.channels;
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      auto place = static_cast<size_t>(channel);
      to[channel] = onednn::round_to<Number>(cell.values[place] * cell.powers[place]);
    }
  }
}

// With D the divisors, ∂L/∂x = g · D^-β − 2αβ · x · Σ g · x · D^(-β-1), the sum over the channels that
// x counts for, which are the ones that count for x.
template <typename Number>
ALWAYS_INLINE void take_back(int64_t begin, int64_t end, const Response &job) {
  Cell cell(job);
  std::vector<float> sums(cell.values.size());
  float factor = 2 * job.response.alpha * job.response.beta;
  for (int64_t index = begin; index < end; ++index) {
    auto gradient = static_cast<const Number *>(job.gradient) + index * job.channels;
    auto to = static_cast<Number *>(job.to) + index * job.channels;
    divide(cell, static_cast<const Number *>(job.from) + index * job.channels, job.response);
    float *middle = cell.middle();
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      auto place = static_cast<size_t>(channel);
      middle[channel] = onednn::widen(gradient[channel]) * cell.values[place] *
                        cell.powers[place] / cell.divisors[place];
    }
    add_neighbours(cell.padded.data(), cell.channels, cell.radius, sums.data());
    for (int64_t channel = 0; channel < job.channels; ++channel) {
      auto place = static_cast<size_t>(channel);
      float result = onednn::widen(gradient[channel]) * cell.powers[place] -
                     factor * cell.values[place] * sums[place];
      to[channel] = onednn::round_to<Number>(result);
    }
  }
}

VECTORISED void normalise_float32(int64_t begin, int64_t end, void *context) {
  normalise<float>(begin, end, *static_cast<Response *>(context));
}

VECTORISED void normalise_bfloat16(int64_t begin, int64_t end, void *context) {
  normalise<uint16_t>(begin, end, *static_cast<Response *>(context));
}

VECTORISED void take_back_float32(int64_t begin, int64_t end, void *context) {
  take_back<float>(begin, end, *static_cast<Response *>(context));
}

VECTORISED void take_back_bfloat16(int64_t begin, int64_t end, void *context) {
  take_back<uint16_t>(begin, end, *static_cast<Response *>(context));
}

}  // namespace

void onednn_local_response_norm(
    onednn_map map, onednn_local_response response, const void *from, void *to) {
  Response job{map.channels, response, from, nullptr, to};
  onednn::parallel(
      map.batch * map.height * map.width,
      map.type == ONEDNN_FLOAT32 ? normalise_float32 : normalise_bfloat16, &job);
}

void onednn_local_response_norm_gradient(
    onednn_map map, onednn_local_response response, const void *from, const void *gradient,
    void *to) {
  Response job{map.channels, response, from, gradient, to};
  onednn::parallel(
      map.batch * map.height * map.width,
      map.type == ONEDNN_FLOAT32 ? take_back_float32 : take_back_bfloat16, &job);
}
