public import Boxes

/// Turns what the box head says of each region into detections.
///
/// Each region is decoded once for each class whose probability is large enough, and within a class
/// boxes that overlap better ones are suppressed. Girshick, *Fast R-CNN*, 2015, section 2.
public struct DetectionSelection: Hashable, Codable, Sendable {
  /// The least probability of a detection.
  public var minimumScore: Float
  /// The largest intersection over union of two detections of a class.
  public var overlap: Float
  /// Detections an image, at most, of all classes together.
  public var count: Int

  public init(minimumScore: Float = 0.05, overlap: Float = 0.5, count: Int = 100) {
    (self.minimumScore, self.overlap, self.count) = (minimumScore, overlap, count)
  }

  /// Selects the detections of an image.
  ///
  /// Boxes without an area, and numbers that are not finite, as those of a diverged network, detect
  /// nothing.
  ///
  /// - Parameters:
  ///   - probabilities: `[regions, classCount + 1]`, the background's first.
  ///   - deltas: `[regions, classCount, 4]`, coded relative to the regions; none for the
  ///     background.
  ///   - regions: In pixels of the network's input.
  ///   - classCount: Classes, the background not included.
  ///   - coding: Of the deltas.
  ///   - width: The image's, in pixels of the network's input, padding not included.
  ///   - height: The image's.
  /// - Returns: In pixels of the network's input, sorted by falling score, of equals the first
  ///   region and its first class first.
  public func callAsFunction(
    probabilities: UnsafeBufferPointer<Float>, deltas: UnsafeBufferPointer<Float>,
    regions: [Box], classCount: Int, coding: BoxCoding = .regions, width: Float, height: Float
  ) -> [DetectedObject] {
    precondition(
      probabilities.count == regions.count * (classCount + 1)
        && deltas.count == regions.count * classCount * 4,
      "expected a probability a region and class or background, and four deltas a region and class")
    var kept: [(place: Int, detection: DetectedObject)] = []
    for label in 0..<classCount {
      let likely = regions.indices.lazy
        .map { $0 * (classCount + 1) + label + 1 }
        .filter { probabilities[$0].isFinite && probabilities[$0] >= minimumScore }
        .map { Int32($0) }
      var candidates: [(place: Int, detection: DetectedObject)] = []
      for place in ScoreOrder.sorted(Array(likely), by: probabilities).lazy.map({ Int($0) }) {
        let region = place / (classCount + 1)
        let numbers = deltas.simd4(at: region * classCount + label)
        let box = coding.decode(numbers, relativeTo: regions[region])
          .clipped(width: width, height: height)
        guard numbers.isFinite && box.isProper else { continue }
        candidates.append(
          (place, DetectedObject(box: box, label: label, score: probabilities[place])))
      }
      // No class has more than `count` among the best `count` of all.
      kept += nonMaximumSuppression(
        candidates.map(\.detection.box), overlap: overlap, limit: count
      ).map { candidates[$0] }
    }
    kept.sort { ($1.detection.score, $0.place) < ($0.detection.score, $1.place) }
    return kept.prefix(count).map(\.detection)
  }
}
