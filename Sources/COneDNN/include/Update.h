// Optimisers' passes over all parameters of a network, in parallel.
//
// The numbers of all parameters are one list, cut into chunks of fixed length that never span two
// parameters, so that no result depends on the number of threads.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  float *values;
  const float *gradients;  // null: zeros
  float *first, *second;   // moments that the method keeps; null where it keeps none
  int64_t count;
  float rate, decay;
} onednn_update;

// How many chunks the numbers of a parameter make.
int64_t onednn_update_chunk_count(int64_t count);

// The sum of the squared gradients of each chunk, in the order of the parameters.
void onednn_update_squares(const onednn_update *updates, int32_t count, double *sums);

// g = scale · gradient + decay · w; v = momentum · v + g; w −= rate · v, or, for Nesterov's method,
// w −= rate · (g + momentum · v). Without `first`: w −= rate · g.
void onednn_update_sgd(
    const onednn_update *updates, int32_t count, float scale, float momentum, bool nesterov);

// m += (1 − beta1) · (g − m); v = beta2 · v + (1 − beta2) · g²;
// w −= rate / correction1 · m / (√v / √correction2 + epsilon).
void onednn_update_adam(
    const onednn_update *updates, int32_t count, float scale, float beta1, float beta2,
    float epsilon, double correction1, double correction2);

#ifdef __cplusplus
}
#endif
