import Boxes
import Datasets

extension SeededGenerator {
  /// A number of `steps` from the first on, each `step` apart.
  mutating func number(from first: Float, steps: Int, step: Float = 1) -> Float {
    first + Float(index(below: steps)) * step
  }

  /// Boxes with edges on whole numbers, so that many overlap by the same share; some are empty,
  /// reversed or outside of a picture of 32 × 32.
  mutating func boxes(_ count: Int) -> [Box] {
    (0..<count).map { _ in
      let (x, y) = (number(from: -6, steps: 36), number(from: -6, steps: 36))
      return Box(
        x1: x, y1: y, x2: x + number(from: -1, steps: 16), y2: y + number(from: -1, steps: 16))
    }
  }
}

extension Box {
  /// The edges, for comparing.
  var edges: [Float] { [x1, y1, x2, y2] }

  init(_ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float) {
    self.init(x1: x1, y1: y1, x2: x2, y2: y2)
  }
}

/// Keeps boxes as the definition says, by the boxes' own arithmetic.
func plainSuppression(_ boxes: [Box], overlap: Float, limit: Int) -> [Int] {
  var kept: [Int] = []
  for index in boxes.indices where kept.count < limit {
    if kept.allSatisfy({ boxes[$0].intersectionOverUnion(with: boxes[index]) <= overlap }) {
      kept.append(index)
    }
  }
  return kept
}
