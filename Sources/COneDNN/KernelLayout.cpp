#include "KernelLayout.hpp"

using dnnl::memory;

namespace {

struct Blocking {
  memory::dims extents, strides, sizes, axes;
  memory::data_type type;

  explicit Blocking(const memory::desc &desc) {
#if DNNL_VERSION_MAJOR < 3
    const auto &data = desc.data;
    const auto &format = data.format_desc.blocking;
    extents.assign(data.dims, data.dims + data.ndims);
    strides.assign(format.strides, format.strides + data.ndims);
    sizes.assign(format.inner_blks, format.inner_blks + format.inner_nblks);
    axes.assign(format.inner_idxs, format.inner_idxs + format.inner_nblks);
    type = desc.data_type();
#else
    extents = desc.get_dims();
    strides = desc.get_strides();
    sizes = desc.get_inner_blks();
    axes = desc.get_inner_idxs();
    type = desc.get_data_type();
#endif
  }

  // What each position along an axis adds to a number's offset.
  std::vector<int64_t> offsets(size_t axis) const {
    std::vector<int64_t> result;
    for (int64_t position = 0; position < extents[axis]; ++position) {
      int64_t offset = 0, rest = position, inner = 1;
      for (size_t block = sizes.size(); block-- > 0;) {
        if (axes[block] == static_cast<int64_t>(axis)) {
          offset += rest % sizes[block] * inner;
          rest /= sizes[block];
        }
        inner *= sizes[block];
      }
      result.push_back(offset + rest * strides[axis]);
    }
    return result;
  }
};

// All sums of one number of each list, the last list running fastest.
std::vector<int64_t> sums(const std::vector<int64_t> &slow, const std::vector<int64_t> &fast) {
  std::vector<int64_t> result;
  result.reserve(slow.size() * fast.size());
  for (int64_t first : slow) {
    for (int64_t second : fast) result.push_back(first + second);
  }
  return result;
}

}  // namespace

onednn::KernelLayout::KernelLayout(const memory::desc &desc) {
  Blocking blocking(desc);
  type = blocking.type;
  size_t axis = blocking.extents.size() - 4;
  output_offsets = blocking.offsets(axis);
  if (axis == 1) output_offsets = sums(blocking.offsets(0), output_offsets);
  row_offsets = sums(
      blocking.offsets(axis + 2), sums(blocking.offsets(axis + 3), blocking.offsets(axis + 1)));
}

onednn::KernelLayout::KernelLayout(int64_t rows, int64_t outputs) : type(memory::data_type::f32) {
  for (int64_t row = 0; row < rows; ++row) row_offsets.push_back(row * outputs);
  for (int64_t output = 0; output < outputs; ++output) output_offsets.push_back(output);
}
