#include <limits>

#include "Numbers.hpp"
#include "Primitive.hpp"

namespace {

// Channels of a cell that are held at a time.
constexpr int64_t channel_block = 64;

struct Pooling {
  onednn_map source, destination;
  onednn_window window;
  const void *from;
  void *to;
  uint16_t *winners;
};

struct Range {
  int64_t begin, end;
};

// The cells of a window that lie inside of a map, along one side; the window's first is at `start`.
ALWAYS_INLINE Range inside(int64_t start, int64_t dilation, int64_t size, int64_t extent) {
  int64_t begin = start < 0 ? (-start + dilation - 1) / dilation : 0;
  int64_t end = start < extent ? (extent - start + dilation - 1) / dilation : 0;
  return {begin, std::max(begin, std::min(size, end))};
}

// Rows of the destination, counted through the whole batch.
template <typename Number, bool maximum>
ALWAYS_INLINE void pool(int64_t begin, int64_t end, const Pooling &job) {
  const onednn_map &source = job.source, &destination = job.destination;
  const onednn_window &window = job.window;
  int64_t channels = source.channels;
  auto from = static_cast<const Number *>(job.from);
  for (int64_t row = begin; row < end; ++row) {
    int64_t image = row / destination.height;
    int64_t top = row % destination.height * window.stride - window.top;
    Range rows = inside(top, window.dilation, window.height, source.height);
    for (int64_t column = 0; column < destination.width; ++column) {
      int64_t left = column * window.stride - window.left;
      Range columns = inside(left, window.dilation, window.width, source.width);
      int64_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
      int64_t cell = (row * destination.width + column) * channels;
      for (int64_t first = 0; first < channels; first += channel_block) {
        int64_t width = std::min(channel_block, channels - first);
        float result[channel_block];
        int32_t winner[channel_block] = {};
        float start = maximum && count > 0 ? -std::numeric_limits<float>::infinity() : 0;
        for (float &number : result) number = start;
        for (int64_t y = rows.begin; y < rows.end; ++y) {
          for (int64_t x = columns.begin; x < columns.end; ++x) {
            int64_t place = (image * source.height + top + y * window.dilation) * source.width +
                            left + x * window.dilation;
            const Number *numbers = from + place * channels + first;
            auto tap = static_cast<int32_t>(y * window.width + x);
            for (int64_t channel = 0; channel < width; ++channel) {
              float number = onednn::widen(numbers[channel]);
              if (maximum) {
                winner[channel] = number > result[channel] ? tap : winner[channel];
                result[channel] = number > result[channel] ? number : result[channel];
              } else {
                result[channel] += number;
              }
            }
          }
        }
        float divisor = !maximum && count > 0 ? static_cast<float>(count) : 1;
        auto to = static_cast<Number *>(job.to) + cell + first;
        for (int64_t channel = 0; channel < width; ++channel) {
          to[channel] = onednn::round_to<Number>(result[channel] / divisor);
        }
        if (!maximum || !job.winners) continue;
        for (int64_t channel = 0; channel < width; ++channel) {
          job.winners[cell + first + channel] = static_cast<uint16_t>(winner[channel]);
        }
      }
    }
  }
}

// Rows of the source. Each of its numbers looks for the windows that it was under: so nothing is added
// to by two threads, and sums are in float32.
template <typename Number, bool maximum>
ALWAYS_INLINE void take_back(int64_t begin, int64_t end, const Pooling &job) {
  const onednn_map &source = job.source, &destination = job.destination;
  const onednn_window &window = job.window;
  int64_t channels = source.channels;
  auto from = static_cast<const Number *>(job.from);
  for (int64_t row = begin; row < end; ++row) {
    int64_t image = row / source.height, source_row = row % source.height;
    for (int64_t column = 0; column < source.width; ++column) {
      for (int64_t first = 0; first < channels; first += channel_block) {
        int64_t width = std::min(channel_block, channels - first);
        float sum[channel_block] = {};
        for (int64_t y = 0; y < window.height; ++y) {
          int64_t top = source_row + window.top - y * window.dilation;
          if (top < 0 || top % window.stride || top / window.stride >= destination.height) continue;
          Range rows =
              inside(source_row - y * window.dilation, window.dilation, window.height,
                     source.height);
          for (int64_t x = 0; x < window.width; ++x) {
            int64_t left = column + window.left - x * window.dilation;
            if (left < 0 || left % window.stride || left / window.stride >= destination.width) {
              continue;
            }
            Range columns =
                inside(column - x * window.dilation, window.dilation, window.width, source.width);
            int64_t place =
                (image * destination.height + top / window.stride) * destination.width +
                left / window.stride;
            const Number *gradient = from + place * channels + first;
            auto tap = static_cast<int32_t>(y * window.width + x);
            auto count = static_cast<float>(
                (rows.end - rows.begin) * (columns.end - columns.begin));
            for (int64_t channel = 0; channel < width; ++channel) {
              float number = onednn::widen(gradient[channel]);
              if (maximum) {
                bool won = job.winners[place * channels + first + channel] == tap;
                sum[channel] += won ? number : 0;
              } else {
                sum[channel] += number / count;
              }
            }
          }
        }
        auto to = static_cast<Number *>(job.to) + (row * source.width + column) * channels + first;
        for (int64_t channel = 0; channel < width; ++channel) {
          to[channel] = onednn::round_to<Number>(sum[channel]);
        }
      }
    }
  }
}

VECTORISED void maximum_float32(int64_t begin, int64_t end, void *context) {
  pool<float, true>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void maximum_bfloat16(int64_t begin, int64_t end, void *context) {
  pool<uint16_t, true>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void mean_float32(int64_t begin, int64_t end, void *context) {
  pool<float, false>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void mean_bfloat16(int64_t begin, int64_t end, void *context) {
  pool<uint16_t, false>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void maximum_gradient_float32(int64_t begin, int64_t end, void *context) {
  take_back<float, true>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void maximum_gradient_bfloat16(int64_t begin, int64_t end, void *context) {
  take_back<uint16_t, true>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void mean_gradient_float32(int64_t begin, int64_t end, void *context) {
  take_back<float, false>(begin, end, *static_cast<Pooling *>(context));
}

VECTORISED void mean_gradient_bfloat16(int64_t begin, int64_t end, void *context) {
  take_back<uint16_t, false>(begin, end, *static_cast<Pooling *>(context));
}

}  // namespace

void onednn_pool(
    onednn_map source, onednn_map destination, onednn_window window, bool maximum,
    const void *from, void *to, uint16_t *winners) {
  Pooling job{source, destination, window, from, to, winners};
  bool is_float = source.type == ONEDNN_FLOAT32;
  auto body = maximum ? (is_float ? maximum_float32 : maximum_bfloat16)
                      : (is_float ? mean_float32 : mean_bfloat16);
  onednn::parallel(destination.batch * destination.height, body, &job);
}

void onednn_pool_gradient(
    onednn_map source, onednn_map destination, onednn_window window, const void *gradient,
    const uint16_t *winners, void *to) {
  Pooling job{source, destination, window, gradient, to, const_cast<uint16_t *>(winners)};
  bool is_float = source.type == ONEDNN_FLOAT32;
  auto body = winners ? (is_float ? maximum_gradient_float32 : maximum_gradient_bfloat16)
                      : (is_float ? mean_gradient_float32 : mean_gradient_bfloat16);
  onednn::parallel(source.batch * source.height, body, &job);
}
