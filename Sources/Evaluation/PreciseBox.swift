internal import Boxes

/// A box in double precision, in which the peers compare overlaps with thresholds.
///
/// In single precision two boxes that share exactly 0.7 of their area may fall on either side.
struct PreciseBox {
  let x1, y1, x2, y2: Double

  init(_ box: Box) {
    (x1, y1, x2, y2) = (Double(box.x1), Double(box.y1), Double(box.x2), Double(box.y2))
  }

  var area: Double { max(x2 - x1, 0) * max(y2 - y1, 0) }

  func intersection(with other: PreciseBox) -> Double {
    let width = min(x2, other.x2) - max(x1, other.x1)
    let height = min(y2, other.y2) - max(y1, other.y1)
    return max(width, 0) * max(height, 0)
  }

  func intersectionOverUnion(with other: PreciseBox) -> Double {
    let shared = intersection(with: other)
    return shared > 0 ? shared / (area + other.area - shared) : 0
  }

  /// The part of this box that lies within a crowd's.
  func intersectionOverOwnArea(with crowd: PreciseBox) -> Double {
    let shared = intersection(with: crowd)
    return shared > 0 ? shared / area : 0
  }
}
