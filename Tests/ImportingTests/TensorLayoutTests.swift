import Importing
import Tensors
import Testing

/// Rearranging numbers, against counting every index.
@Suite struct TensorLayoutTests {
  private func tensor(_ shape: [Int], _ elementType: ElementType = .float32) -> Tensor {
    Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map { Float($0 % 2039) })
      .converted(to: elementType)
  }

  /// The indices of a shape in row-major order.
  private func indices(of shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, extent in
      prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
  }

  private func number(of tensor: Tensor, at index: [Int], in floats: [Float]) -> Float {
    floats[zip(tensor.shape, index).reduce(0) { $0 * $1.0 + $1.1 }]
  }

  @Test(
    "Axes change places, in rows shorter and longer than a piece",
    arguments: [
      ([3, 2], [1, 0]), ([70, 33], [1, 0]), ([1, 65], [1, 0]), ([65, 1], [1, 0]), ([5], [0]),
      ([40, 5, 3, 2], [2, 3, 1, 0]), ([33, 1, 3, 3], [2, 3, 0, 1]), ([2, 3, 4], [0, 2, 1]),
      ([2, 3, 40], [1, 0, 2]), ([2, 3, 4], [0, 1, 2]), ([], []), ([4, 0, 3], [2, 1, 0]),
      ([0], [0]), ([2, 3, 2, 3, 35], [4, 1, 3, 0, 2]),
    ])
  func permutations(shape: [Int], axes: [Int]) {
    for type in [ElementType.float32, .float16, .float64] {
      let before = tensor(shape, type)
      let after = TensorLayout([.permute(axes)]).apply(to: before)
      #expect(after.shape == axes.map { shape[$0] } && after.elementType == type)
      let (from, to) = (before.floats, after.floats)
      for index in indices(of: after.shape) {
        var source = index
        for (place, axis) in axes.enumerated() { source[axis] = index[place] }
        #expect(
          number(of: after, at: index, in: to) == number(of: before, at: source, in: from))
      }
    }
  }

  @Test("Axes are turned round, the last one too", arguments: [[0], [1], [2], [0, 2], [0, 1, 2]])
  func flips(axes: [Int]) {
    let before = tensor([3, 2, 37])
    let after = TensorLayout([.flip(axes)]).apply(to: before)
    let (from, to) = (before.floats, after.floats)
    for index in indices(of: before.shape) {
      let source = index.enumerated().map { axis, place in
        axes.contains(axis) ? before.shape[axis] - 1 - place : place
      }
      #expect(number(of: after, at: index, in: to) == number(of: before, at: source, in: from))
    }
  }
}
