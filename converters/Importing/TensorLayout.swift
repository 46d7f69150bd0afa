public import Tensors

/// How a file's order of a tensor's numbers becomes Keras's, step by step.
public struct TensorLayout: Hashable, Sendable {
  /// One rearrangement.
  public enum Step: Hashable, Sendable {
    /// Axis k of the result is axis `axes[k]` of what was before.
    case permute([Int])
    /// The numbers along these axes in the opposite order.
    case flip([Int])
    /// Other extents for the same numbers in the same order.
    case reshape([Int])
  }

  public let steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }

  /// As it is: maps `[N, H, W, C]`, kernels `[height, width, in, out]`, matrices `[in, out]`.
  public static let keras = TensorLayout([])

  /// The extents that a tensor has after the last step; those of a tensor of another rank than the
  /// steps are made for stay as they are.
  public func shape(of stored: [Int]) -> [Int] {
    steps.reduce(stored) { shape, step in
      switch step {
      case .permute(let axes):
        axes.sorted() == Array(shape.indices) ? axes.map { shape[$0] } : shape
      case .flip: shape
      case .reshape(let extents):
        extents.reduce(1, *) == shape.reduce(1, *) ? extents : shape
      }
    }
  }

  /// Brings a tensor's numbers into Keras's order.
  ///
  /// - Parameter tensor: The tensor as the file has it.
  /// - Returns: The same numbers, in the shape that ``shape(of:)`` gives.
  public func apply(to tensor: Tensor) -> Tensor {
    steps.reduce(tensor) { tensor, step in
      switch step {
      case .permute(let axes):
        axes.sorted() == Array(tensor.shape.indices) ? tensor.permuted(axes) : tensor
      case .flip(let axes): tensor.flipped(axes)
      case .reshape(let extents):
        extents.reduce(1, *) == tensor.count ? tensor.reshaped(to: extents) : tensor
      }
    }
  }
}

extension Tensor {
  /// The same numbers with axis k being what was axis `axes[k]`.
  fileprivate func permuted(_ axes: [Int]) -> Tensor {
    let strides = self.strides
    return gathered(shape: axes.map { shape[$0] }, strides: axes.map { strides[$0] }, first: 0)
  }

  /// The same numbers, in the opposite order along some axes.
  fileprivate func flipped(_ axes: [Int]) -> Tensor {
    var strides = self.strides
    var first = 0
    for axis in axes where shape.indices.contains(axis) && shape[axis] > 0 {
      first += (shape[axis] - 1) * strides[axis]
      strides[axis].negate()
    }
    return gathered(shape: shape, strides: strides, first: first)
  }

  /// How many numbers lie between neighbours along each axis.
  private var strides: [Int] {
    var strides = shape
    var stride = 1
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride *= shape[axis]
    }
    return strides
  }

  /// A tensor whose number at an index is found here at the index's product with `strides`.
  private func gathered(shape: [Int], strides: [Int], first: Int) -> Tensor {
    switch elementType.byteCount {
    case 2: gathered(UInt16.self, shape: shape, strides: strides, first: first)
    case 4: gathered(UInt32.self, shape: shape, strides: strides, first: first)
    default: gathered(UInt64.self, shape: shape, strides: strides, first: first)
    }
  }

  private func gathered<Bits: FixedWidthInteger>(
    _: Bits.Type, shape: [Int], strides: [Int], first: Int
  ) -> Tensor {
    withUnsafeBytes { source in
      let source = source.bindMemory(to: Bits.self)
      return Tensor(shape: shape, elementType: elementType) { bytes in
        let target = bytes.bindMemory(to: Bits.self)
        guard !target.isEmpty else { return }
        let (length, step) = (shape.last ?? 1, strides.last ?? 1)
        let axes = OuterAxes(shape: shape, strides: strides)
        // Rows are cut into pieces of a few cache lines, and the pieces at one place of all rows come
        // one after another: so both sides go through memory in runs, however far apart the
        // neighbours in a row lie in the source.
        let width = step == 1 ? length : 32
        for start in stride(from: 0, to: length, by: width) {
          let columns = start..<min(start + width, length)
          axes.forEach { sourceRow, targetRow in
            let sourceRow = first + sourceRow
            for column in columns {
              target.initializeElement(
                at: targetRow + column, to: source[sourceRow + column * step])
            }
          }
        }
      }
    }
  }
}

/// All axes but the last of a tensor being rearranged, as ways through both orders.
private struct OuterAxes {
  private struct Axis {
    let extent: Int
    let sourceStride: Int
    let targetStride: Int
  }

  /// The axis along which the source is nearest to itself comes last.
  private let axes: [Axis]

  init(shape: [Int], strides: [Int]) {
    var axes: [Axis] = []
    var targetStride = shape.last ?? 1
    for (extent, sourceStride) in zip(shape, strides).dropLast().reversed() {
      axes.append(Axis(extent: extent, sourceStride: sourceStride, targetStride: targetStride))
      targetStride *= extent
    }
    self.axes = axes.filter { $0.extent != 1 }.sorted {
      abs($0.sourceStride) > abs($1.sourceStride)
    }
  }

  /// Calls `body` with the place of each row, in the source and in the target.
  ///
  /// - Precondition: No extent is zero.
  func forEach(_ body: (Int, Int) -> Void) {
    guard let inner = axes.last else { return body(0, 0) }
    let outer = axes.dropLast()
    var index = [Int](repeating: 0, count: outer.count)
    var (source, target) = (0, 0)
    while true {
      for step in 0..<inner.extent {
        body(source + step * inner.sourceStride, target + step * inner.targetStride)
      }
      // To the next run: count up the other axes like the digits of a number.
      var place = outer.count - 1
      while place >= 0 {
        let axis = outer[place]
        index[place] += 1
        source += axis.sourceStride
        target += axis.targetStride
        if index[place] < axis.extent { break }
        source -= axis.sourceStride * axis.extent
        target -= axis.targetStride * axis.extent
        index[place] = 0
        place -= 1
      }
      if place < 0 { return }
    }
  }
}
