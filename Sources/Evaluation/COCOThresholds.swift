/// The numbers that COCO's figures are means over.
enum COCOThresholds {
  /// 0.5, 0.55, … 0.95, rounded as NumPy's `linspace(.5, .95, 10)` rounds them.
  ///
  /// Overlaps of exactly 0.6 are common among whole pixels, so the last bit counts.
  static let overlaps: [Double] = {
    let (first, last) = (0.5, 0.95)
    let step = (last - first) / 9
    return (0..<9).map { Double($0) * step + first } + [last]
  }()
  /// The place of 0.5 among the overlaps.
  static let overlap50 = 0
  /// The place of 0.75 among the overlaps.
  static let overlap75 = 5

  /// 0, 0.01, … 1, rounded as NumPy's `linspace(0, 1, 101)` rounds them.
  static let recalls: [Double] = (0..<100).map { Double($0) * 0.01 } + [1]

  /// How many detections of a class count in an image.
  static let detections = 100
}

/// A range of objects' sizes.
enum COCOAreaRange: Int, CaseIterable {
  case all, small, medium, large

  /// Square pixels, both ends included: one that measures 32² exactly is small and medium.
  var squarePixels: ClosedRange<Double> {
    switch self {
    case .all: 0...1e10
    case .small: 0...1024
    case .medium: 1024...9216
    case .large: 9216...1e10
    }
  }
}
