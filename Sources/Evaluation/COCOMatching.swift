internal import Boxes
internal import Datasets

/// The overlaps of one class in one image, of which matches are made at each threshold.
struct COCOMatching {
  /// What a detection has been matched with.
  enum Outcome {
    case right, wrong, leftAside
  }

  private let objects: [AnnotatedObject]
  private let objectAreas: [Double]
  /// Of the most certain detections, as many as count.
  let scores: [Float]
  private let detectionAreas: [Double]
  /// One row a detection, one column an object.
  private let overlaps: [Double]

  init(_ group: ImageGroup) {
    objects = group.objects
    let boxes = objects.map { PreciseBox($0.box) }
    objectAreas = zip(objects, boxes).map { object, box in
      object.outlineArea.map { Double($0) } ?? box.area
    }
    let detections = group.detections.prefix(COCOThresholds.detections)
    scores = detections.map(\.score)
    let found = detections.map { PreciseBox($0.box) }
    detectionAreas = found.map(\.area)
    overlaps = found.flatMap { [objects] detection in
      zip(objects, boxes).map { object, box in
        object.isCrowd
          ? detection.intersectionOverOwnArea(with: box)
          : detection.intersectionOverUnion(with: box)
      }
    }
  }

  /// Which objects do not count if only those of some sizes are looked for.
  func isLeftAside(in range: COCOAreaRange) -> [Bool] {
    zip(objects, objectAreas).map { object, area in
      object.isSetAside || !range.squarePixels.contains(area)
    }
  }

  /// Matches each detection, the most certain first, with the object that it overlaps most.
  ///
  /// An object that counts is preferred to any that does not. Of objects that overlap equally the
  /// last is taken, as in pycocotools.
  ///
  /// - Parameters:
  ///   - threshold: The least overlap of a match.
  ///   - isLeftAside: What ``isLeftAside(in:)`` gives.
  ///   - range: A detection without a match counts only if its own size is within.
  /// - Returns: One outcome a detection, the most certain first.
  func outcomes(
    at threshold: Double, isLeftAside: [Bool], range: COCOAreaRange
  ) -> [Outcome] {
    var isTaken = Array(repeating: false, count: objects.count)
    let least = min(threshold, 1 - 1e-10)
    return scores.indices.map { detection in
      let row = detection * objects.count
      func best(leftAside: Bool) -> Int? {
        var best: Int?
        var highest = least
        for index in objects.indices where isLeftAside[index] == leftAside {
          if isTaken[index] && !objects[index].isSetAside { continue }
          if overlaps[row + index] >= highest { (best, highest) = (index, overlaps[row + index]) }
        }
        return best
      }
      if let index = best(leftAside: false) {
        isTaken[index] = true
        return .right
      }
      if let index = best(leftAside: true) {
        isTaken[index] = true
        return .leftAside
      }
      return range.squarePixels.contains(detectionAreas[detection]) ? .wrong : .leftAside
    }
  }
}
