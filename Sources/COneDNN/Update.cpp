#include <algorithm>
#include <cmath>

#include "Primitive.hpp"

// A fused multiply-add rounds once where two operations round twice: with it, results would differ
// from machine to machine.
#pragma clang fp contract(off)

namespace {

// 64 KiB of each stream: far more than it costs to hand one out, and small enough that even
// networks of few parameters are shared evenly.
constexpr int64_t chunk_length = 16384;

struct Pass {
  const onednn_update *updates;
  int32_t count;
  double *sums;
  float scale, first_factor, second_factor, epsilon;
  bool nesterov;
  double correction1, correction2;
};

int64_t chunks_of(int64_t count) { return (count + chunk_length - 1) / chunk_length; }

// Calls visit(update, begin, end, chunk) for each of the chunks begin..<end of the whole list.
template <typename Visit>
void for_each_chunk(int64_t begin, int64_t end, const Pass &pass, Visit visit) {
  int64_t first = 0;
  for (int32_t index = 0; index < pass.count && first < end; ++index) {
    const onednn_update &update = pass.updates[index];
    int64_t chunks = chunks_of(update.count);
    int64_t from = std::max(begin, first), to = std::min(end, first + chunks);
    for (int64_t chunk = from; chunk < to; ++chunk) {
      int64_t start = (chunk - first) * chunk_length;
      visit(update, start, std::min(start + chunk_length, update.count), chunk);
    }
    first += chunks;
  }
}

void run(Pass &pass, void (*body)(int64_t, int64_t, void *)) {
  int64_t chunks = 0;
  for (int32_t index = 0; index < pass.count; ++index) {
    chunks += chunks_of(pass.updates[index].count);
  }
  onednn::parallel(chunks, body, &pass);
}

// Eight sums side by side, which the compiler may keep in vectors without changing their order.
double sum_of_squares(const float *values, int64_t count) {
  double lanes[8] = {};
  int64_t index = 0;
  for (; index + 8 <= count; index += 8) {
    for (int lane = 0; lane < 8; ++lane) {
      double value = values[index + lane];
      lanes[lane] += value * value;
    }
  }
  for (int lane = 0; index < count; ++index, ++lane) {
    double value = values[index];
    lanes[lane] += value * value;
  }
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

void square(int64_t begin, int64_t end, void *context) {
  const auto &pass = *static_cast<Pass *>(context);
  for_each_chunk(
      begin, end, pass,
      [&](const onednn_update &update, int64_t start, int64_t stop, int64_t chunk) {
        pass.sums[chunk] =
            update.gradients ? sum_of_squares(update.gradients + start, stop - start) : 0;
      });
}

template <bool has_gradient, bool nesterov>
void momentum_step(
    const onednn_update &update, int64_t start, int64_t stop, float scale, float momentum) {
  float *__restrict values = update.values;
  const float *__restrict gradients = update.gradients;
  float *__restrict velocities = update.first;
  float rate = update.rate, decay = update.decay;
  for (int64_t index = start; index < stop; ++index) {
    float value = values[index];
    float gradient = (has_gradient ? scale * gradients[index] : 0) + decay * value;
    float velocity = momentum * velocities[index] + gradient;
    velocities[index] = velocity;
    values[index] = value - rate * (nesterov ? gradient + momentum * velocity : velocity);
  }
}

template <bool has_gradient>
void plain_step(const onednn_update &update, int64_t start, int64_t stop, float scale) {
  float *__restrict values = update.values;
  const float *__restrict gradients = update.gradients;
  float rate = update.rate, decay = update.decay;
  for (int64_t index = start; index < stop; ++index) {
    float value = values[index];
    float gradient = (has_gradient ? scale * gradients[index] : 0) + decay * value;
    values[index] = value - rate * gradient;
  }
}

void sgd(int64_t begin, int64_t end, void *context) {
  const auto &pass = *static_cast<Pass *>(context);
  for_each_chunk(
      begin, end, pass, [&](const onednn_update &update, int64_t start, int64_t stop, int64_t) {
        float scale = pass.scale, momentum = pass.first_factor;
        if (!update.first) {
          if (update.gradients) plain_step<true>(update, start, stop, scale);
          else plain_step<false>(update, start, stop, scale);
        } else if (pass.nesterov) {
          if (update.gradients) momentum_step<true, true>(update, start, stop, scale, momentum);
          else momentum_step<false, true>(update, start, stop, scale, momentum);
        } else {
          if (update.gradients) momentum_step<true, false>(update, start, stop, scale, momentum);
          else momentum_step<false, false>(update, start, stop, scale, momentum);
        }
      });
}

template <bool has_gradient>
void adam_step(const onednn_update &update, int64_t start, int64_t stop, const Pass &pass) {
  float *__restrict values = update.values;
  const float *__restrict gradients = update.gradients;
  float *__restrict firsts = update.first;
  float *__restrict seconds = update.second;
  float scale = pass.scale, decay = update.decay, epsilon = pass.epsilon;
  float beta2 = pass.second_factor;
  float rest1 = static_cast<float>(1 - static_cast<double>(pass.first_factor));
  float rest2 = static_cast<float>(1 - static_cast<double>(pass.second_factor));
  float rate = static_cast<float>(update.rate / pass.correction1);
  float root = static_cast<float>(std::sqrt(pass.correction2));
  for (int64_t index = start; index < stop; ++index) {
    float value = values[index];
    float gradient = (has_gradient ? scale * gradients[index] : 0) + decay * value;
    float first = firsts[index] + rest1 * (gradient - firsts[index]);
    float second = beta2 * seconds[index] + rest2 * gradient * gradient;
    firsts[index] = first;
    seconds[index] = second;
    // Unlike sqrtf it sets no errno, which would keep the loop from being vectorised.
    float deviation = __builtin_elementwise_sqrt(second) / root + epsilon;
    values[index] = value - rate * first / deviation;
  }
}

void adam(int64_t begin, int64_t end, void *context) {
  const auto &pass = *static_cast<Pass *>(context);
  for_each_chunk(
      begin, end, pass, [&](const onednn_update &update, int64_t start, int64_t stop, int64_t) {
        if (update.gradients) adam_step<true>(update, start, stop, pass);
        else adam_step<false>(update, start, stop, pass);
      });
}

}  // namespace

int64_t onednn_update_chunk_count(int64_t count) { return chunks_of(count); }

void onednn_update_squares(const onednn_update *updates, int32_t count, double *sums) {
  Pass pass{};
  pass.updates = updates;
  pass.count = count;
  pass.sums = sums;
  run(pass, square);
}

void onednn_update_sgd(
    const onednn_update *updates, int32_t count, float scale, float momentum, bool nesterov) {
  Pass pass{};
  pass.updates = updates;
  pass.count = count;
  pass.scale = scale;
  pass.first_factor = momentum;
  pass.nesterov = nesterov;
  run(pass, sgd);
}

void onednn_update_adam(
    const onednn_update *updates, int32_t count, float scale, float beta1, float beta2,
    float epsilon, double correction1, double correction2) {
  Pass pass{};
  pass.updates = updates;
  pass.count = count;
  pass.scale = scale;
  pass.first_factor = beta1;
  pass.second_factor = beta2;
  pass.epsilon = epsilon;
  pass.correction1 = correction1;
  pass.correction2 = correction2;
  run(pass, adam);
}
