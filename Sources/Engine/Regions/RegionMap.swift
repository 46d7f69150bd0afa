internal import COneDNN
internal import Tensors

/// The shape and type of the map that regions are pooled from, checked.
struct RegionMap {
  let shape: [Int]
  let type: ElementType

  /// - Precondition: `[N, H, W, C]` of at least one cell, float32 or bfloat16, with every region on
  ///   one of its images.
  init(_ shape: [Int], _ type: ElementType = .float32, images: some Sequence<Int>) {
    precondition(shape.count == 4, "expected features [N, H, W, C], found \(shape)")
    precondition(
      shape[1] > 0 && shape[2] > 0 && shape[1] <= Int(Int32.max) / shape[2],
      "features have at least one cell and fewer than 2³¹: \(shape)")
    precondition(
      type == .float32 || type == .bfloat16, "features are float32 or bfloat16, found \(type)")
    for image in images {
      precondition(
        (0..<shape[0]).contains(image), "a region is on image \(image) of a batch of \(shape[0])")
    }
    (self.shape, self.type) = (shape, type)
  }

  var height: Int { shape[1] }
  var width: Int { shape[2] }
  var channels: Int { shape[3] }

  var description: onednn_map {
    onednn_map(
      batch: Int64(shape[0]), height: Int64(height), width: Int64(width),
      channels: Int64(channels), type: type == .bfloat16 ? ONEDNN_BFLOAT16 : ONEDNN_FLOAT32)
  }

  /// - Precondition: The gradient is float32, of the shape that was pooled.
  func check(_ gradient: Tensor, regions: Int, _ height: Int, _ width: Int) {
    precondition(
      gradient.shape == [regions, height, width, channels] && gradient.elementType == .float32,
      "expected a gradient float32 \([regions, height, width, channels]), "
        + "found \(gradient.elementType) \(gradient.shape)")
  }
}

extension ComputeThread {
  /// Runs `work` on the compute thread, whose parallel loops get the number of threads of its turn.
  func runInParallel(_ work: () -> Void) {
    run {
      onednn_set_thread_count(Int32(threads.count))
      observing(work)
    }
  }
}
