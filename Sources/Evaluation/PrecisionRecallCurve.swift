/// How much is found and how much of that is right, as ever less certain detections are taken.
public struct PrecisionRecallCurve: Hashable, Sendable {
  /// What holds if all detections down to a score are taken.
  public struct Point: Hashable, Sendable {
    /// The part of the objects that has been found, from 0 to 1.
    public let recall: Double
    /// The part of the detections that is right, from 0 to 1.
    public let precision: Double
    /// The score of the last detection taken.
    public let score: Float

    public init(recall: Double, precision: Double, score: Float) {
      (self.recall, self.precision, self.score) = (recall, precision, score)
    }
  }

  /// One point a detection that counts, the most certain first; the recall never falls.
  public let points: [Point]
  /// How many objects there are to be found.
  public let objects: Int

  /// Makes the curve of detections that are right or wrong.
  ///
  /// - Parameters:
  ///   - detections: The most certain first.
  ///   - objects: How many objects there are to be found.
  public init(detections: [(score: Float, isRight: Bool)], objects: Int) {
    self.objects = objects
    guard objects > 0 else {
      points = []
      return
    }
    var right = 0
    points = detections.enumerated().map { index, detection in
      right += detection.isRight ? 1 : 0
      return Point(
        recall: Double(right) / Double(objects), precision: Double(right) / Double(index + 1),
        score: detection.score)
    }
  }

  /// The area under the curve, where each precision is the best of its recall or a higher one.
  ///
  /// VOC's measure since 2010; nil if there are no objects.
  public var averagePrecision: Double? {
    guard objects > 0 else { return nil }
    var (area, best, right) = (0.0, 0.0, points.last?.recall ?? 0)
    for index in points.indices.reversed() {
      best = max(best, points[index].precision)
      let left = index > 0 ? points[index - 1].recall : 0
      area += (right - left) * best
      right = left
    }
    return area
  }

  /// The mean of the best precisions at recalls of at least 0, 0.1, … 1.
  ///
  /// VOC's measure up to 2009; nil if there are no objects. The thresholds are multiples of the
  /// nearest double to 0.1, as in py-faster-rcnn, so that a recall of 3/10 lies below the fourth.
  public var averagePrecision11Point: Double? {
    guard objects > 0 else { return nil }
    var (sum, best, index) = (0.0, 0.0, points.count)
    for step in (0...10).reversed() {
      let threshold = Double(step) * 0.1
      while index > 0, points[index - 1].recall >= threshold {
        index -= 1
        best = max(best, points[index].precision)
      }
      sum += best
    }
    return sum / 11
  }
}
