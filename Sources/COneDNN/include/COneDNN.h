// A C interface over oneDNN 2.6 to 3.x, which Swift can import.
//
// Here belongs what touches oneDNN's headers or OpenMP, and nothing else does. No C++ exception
// leaves: a function that can fail returns null or false and writes the reason. What to compute,
// in which order and in which memory is decided by the callers in `Engine`.
//
// All maps are plain NHWC; a matrix [rows, columns] is a map of one column, or of 1 × 1 cells.
// Weights are kept in the format that a primitive asks for.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "Update.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct { char message[240]; } onednn_error;

typedef enum { ONEDNN_FLOAT32, ONEDNN_BFLOAT16 } onednn_type;

typedef struct {
  int64_t batch, height, width, channels;
  onednn_type type;
} onednn_map;

typedef struct {
  int64_t height, width;
  int64_t stride;
  int64_t dilation;  // 1 where the cells touch
  int64_t top, left, bottom, right;
} onednn_window;

typedef enum {
  ONEDNN_IDENTITY,
  ONEDNN_RELU,
  ONEDNN_RELU6,
  ONEDNN_SIGMOID,
  ONEDNN_SWISH,         // x · sigmoid(x)
  ONEDNN_HARD_SIGMOID,  // min(max(x + 3, 0), 6) / 6
  ONEDNN_HARD_SWISH,    // x times that
} onednn_activation;

// A compiled primitive and the memory it will run on.
typedef struct onednn_primitive onednn_primitive;

// Convolution with a bias. `adds_to_destination`: the activation is of the result plus what the
// destination held before. `preferred`: the beginning of an implementation's name, which is taken
// if there is one of that name; null for oneDNN's own choice.
onednn_primitive *onednn_convolution_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    bool adds_to_destination, onednn_activation activation, const char *preferred,
    onednn_error *error);

// The gradient of a convolution's source, by that of its destination and the kernel.
onednn_primitive *onednn_convolution_data_gradient_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    const char *preferred, onednn_error *error);

// The gradients of a convolution's kernel and bias, by its source and its destination's gradient.
onednn_primitive *onednn_convolution_kernel_gradient_create(
    onednn_map source, onednn_map destination, onednn_window window, int64_t groups,
    const char *preferred, onednn_error *error);

// Maximum, or the mean of the cells inside the map. In training a maximum leaves in its workspace
// which cell it was.
onednn_primitive *onednn_pool_create(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum, bool training,
    onednn_error *error);

onednn_primitive *onednn_pool_gradient_create(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum,
    onednn_error *error);

// scale[c] · x + shift[c]; only the identity and ReLU can follow.
onednn_primitive *onednn_scale_shift_create(
    onednn_map map, onednn_activation activation, onednn_error *error);

// Normalises with the mean and the variance of the batch, which it also writes.
onednn_primitive *onednn_batch_norm_create(onednn_map map, float epsilon, onednn_error *error);

// The gradients of a batch norm's source, scale and shift. Where the statistics are stored ones they
// are constants; else they depend on the source.
onednn_primitive *onednn_batch_norm_gradient_create(
    onednn_map map, float epsilon, bool stored_statistics, onednn_error *error);

// Not for the hard sigmoid, which oneDNN 2.6 knows only as what follows another operation.
onednn_primitive *onednn_activation_create(
    onednn_map map, onednn_activation activation, onednn_error *error);

// `to` may be where it reads.
void onednn_hard_sigmoid(onednn_map map, const void *from, void *to);

// Softmax over the channels of each cell.
onednn_primitive *onednn_softmax_create(
    onednn_map source, onednn_map destination, onednn_error *error);

onednn_primitive *onednn_add_create(
    onednn_map map, onednn_activation activation, onednn_error *error);

onednn_primitive *onednn_concatenate_create(
    const onednn_map *sources, int32_t count, onednn_map destination, onednn_error *error);

// The same numbers in another type.
onednn_primitive *onednn_convert_create(
    onednn_map source, onednn_map destination, onednn_error *error);

void onednn_primitive_destroy(onednn_primitive *primitive);

// The name of oneDNN's implementation, as DNNL_VERBOSE=1 prints it.
const char *onednn_primitive_implementation(const onednn_primitive *primitive);

// What an operand is to a primitive.
typedef enum {
  ONEDNN_SOURCE,
  ONEDNN_DESTINATION,
  ONEDNN_KERNEL,
  ONEDNN_BIAS,
  ONEDNN_SCALE,
  ONEDNN_SHIFT,
  ONEDNN_MEAN,
  ONEDNN_VARIANCE,
  ONEDNN_WORKSPACE,
  // Working memory that the primitive needs while it runs.
  ONEDNN_SCRATCHPAD,
  ONEDNN_SOURCE_GRADIENT,
  ONEDNN_DESTINATION_GRADIENT,
  ONEDNN_KERNEL_GRADIENT,
  ONEDNN_BIAS_GRADIENT,
  ONEDNN_SCALE_GRADIENT,
  ONEDNN_SHIFT_GRADIENT,
} onednn_role;

// How much memory the operand takes, in bytes; 0 if the primitive has none such.
size_t onednn_primitive_size(const onednn_primitive *primitive, onednn_role role);

// Sets where the operand is. `index` counts sources, and is 0 for all else.
void onednn_primitive_bind(
    onednn_primitive *primitive, onednn_role role, int32_t index, const void *bytes);

// Runs the primitive; every argument must have been bound.
bool onednn_primitive_execute(onednn_primitive *primitive, onednn_error *error);

// A kernel in the format of the primitive that it was packed for.
typedef struct onednn_kernel onednn_kernel;

// Packs a float32 kernel [height, width, in, out], each output channel multiplied by its scale;
// `scale` may be null.
onednn_kernel *onednn_kernel_create(
    const onednn_primitive *primitive, const float *values, const float *scale,
    onednn_error *error);
// Packs other values in the place of those before.
void onednn_kernel_update(onednn_kernel *kernel, const float *values, const float *scale);
void onednn_kernel_destroy(onednn_kernel *kernel);
bool onednn_kernel_fits(const onednn_kernel *kernel, const onednn_primitive *primitive);
const void *onednn_kernel_bytes(const onednn_kernel *kernel);

// Our own code for the gradients of a convolution's kernel and bias, of bfloat16 maps and one group.
// The kernel's is [height, width, in, out]. The machine must have AVX-512 with bfloat16.
size_t onednn_kernel_gradient_workspace_size(
    onednn_map source, onednn_map destination, onednn_window window);
void onednn_kernel_gradient_run(
    onednn_map source, onednn_map destination, onednn_window window, const void *from,
    const void *gradient, float *kernel_gradient, float *bias_gradient, void *workspace);

// What becomes of a kernel's gradient.
typedef struct {
  // Of each output, or null for 1.
  const float *scale;
  // [height, width, in, out]. Gets the gradient times the scale, added to what it holds or instead.
  // Null if not wanted.
  float *gradient;
  bool adds;
  // The kernel itself, [height, width, in, out], and for each output its scalar product with the
  // gradient. Null if not wanted.
  const float *kernel;
  double *products;
} onednn_kernel_gradient;

// Brings the gradient that the primitive left at `packed` into the order of the kernel itself. Without
// a primitive it is in that order already.
void onednn_kernel_gradient_unpack(
    const onednn_primitive *primitive, int64_t rows, int64_t outputs, const float *packed,
    onednn_kernel_gradient to);

// Copies a map into a larger one and fills the frame with zeros.
void onednn_zero_pad(
    onednn_map source, onednn_map destination, int64_t top, int64_t left, const void *from,
    void *to);

// Copies the part of a map that begins at `top` and `left`.
void onednn_crop(
    onednn_map source, onednn_map destination, int64_t top, int64_t left, const void *from,
    void *to);

// Copies the channels of a map from `first` on.
void onednn_slice_channels(
    onednn_map source, onednn_map destination, int64_t first, const void *from, void *to);

// Zeros in place of a share `rate` of the numbers, the others divided by what remains. Which ones is
// decided by the seed and the number's place.
void onednn_dropout(onednn_map map, float rate, uint64_t seed, const void *from, void *to);

// Adds up gradients and takes the sum back through an activation: `result` is what that had given, or,
// of a swish, hard or not, what that had read.
// `to` may be one of the sources.
void onednn_gradient_sum(
    onednn_map map, const void *const *sources, int32_t count, onednn_activation activation,
    onednn_type result_type, const void *result, void *to);

// Takes a gradient back through a softmax over the channels of each cell, by its result.
void onednn_softmax_gradient(
    onednn_map map, const void *gradient, onednn_type result_type, const void *result, void *to);

// scale[c] · x + shift[c], from either type to either; without a shift it is zero. Arithmetic is in
// float32.
void onednn_multiply_add(
    onednn_map source, onednn_map destination, const float *scale, const float *shift,
    const void *from, void *to);

// activation(x · factor + summand). There is a factor for each number, or, `by_channel`, for each
// channel of an image. The summand may be null. Only the identity, ReLU and ReLU6 can follow.
void onednn_multiply(
    onednn_map map, bool by_channel, onednn_activation activation, const void *from,
    const void *factors, const void *summand, void *to);

// The gradient of factors by channel: for each channel of an image the scalar product of what was
// multiplied and the product's gradient.
void onednn_factor_gradient(onednn_map map, const void *from, const void *gradient, void *to);

// x / (bias + alpha · Σ x²)^beta, the sum going over `radius` channels to either side.
typedef struct {
  int64_t radius;
  float bias, alpha, beta;
} onednn_local_response;
void onednn_local_response_norm(
    onednn_map map, onednn_local_response response, const void *from, void *to);
// Its gradient, by what it read.
void onednn_local_response_norm_gradient(
    onednn_map map, onednn_local_response response, const void *from, const void *gradient,
    void *to);

// Our own pooling, for dilated windows, for which oneDNN has no fast code, and for windows that may lie
// outside of the map, which give zero. A maximum leaves in `winners`, unless that is null, which cell
// of the window it was.
void onednn_pool(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum,
    const void *from, void *to, uint16_t *winners);
void onednn_pool_gradient(
    onednn_map source, onednn_map destination, onednn_window window, const void *gradient,
    const uint16_t *winners, void *to);

// The version of the library that runs and of the headers compiled against: 2, 6, 3.
typedef struct { int32_t major, minor, patch; } onednn_version;
onednn_version onednn_library_version(void);
onednn_version onednn_header_version(void);

// The instruction set that oneDNN uses, in its own words: "AVX512_CORE_AMX".
const char *onednn_instruction_set(void);
bool onednn_has_bfloat16(void);
bool onednn_has_amx(void);

// Threads of a parallel region that the calling thread opens, and of primitives it compiles.
int32_t onednn_thread_count(void);
void onednn_set_thread_count(int32_t count);

// Processor time that the calling thread and the workers of its team have used so far, in seconds.
double onednn_team_processor_time(void);

// Makes the calling thread treat denormal numbers as zero. OpenMP's workers inherit it from the
// thread that opens their first parallel region.
void onednn_flush_denormals(void);

#ifdef __cplusplus
}
#endif

#include "RegionPooling.h"
#include "Suppression.h"
