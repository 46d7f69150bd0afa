// Where a format keeps each number of a kernel.
#pragma once

#include <cstdint>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

namespace onednn {

// A kernel as Keras stores it is a matrix: a row for each [height, width, in], a column for each
// output. In every format of oneDNN the number's place is one offset for its row and one for its
// output, because formats divide each axis for itself.
struct KernelLayout {
  std::vector<int64_t> row_offsets, output_offsets;
  dnnl::memory::data_type type = dnnl::memory::data_type::undef;

  KernelLayout() = default;
  // Of a kernel [outputs, in, height, width] or [groups, outputs, in, height, width].
  explicit KernelLayout(const dnnl::memory::desc &desc);
  // Of a kernel as Keras stores it.
  KernelLayout(int64_t rows, int64_t outputs);

  int64_t rows() const { return static_cast<int64_t>(row_offsets.size()); }
  int64_t outputs() const { return static_cast<int64_t>(output_offsets.size()); }
};

}  // namespace onednn
