public import Boxes
public import Datasets

/// Average precision as in PASCAL VOC: at one overlap, by class, the difficult objects left aside.
///
/// It follows py-faster-rcnn's `voc_eval`, but for boxes given by edges instead of whole pixels. In
/// the order of the scores each detection is held against the object of its class that it overlaps
/// most, the first of equal ones. If they overlap by more than the threshold (not by just as much),
/// it is right where the object has not been found before and else wrong; a difficult object makes
/// it count neither way, however often. A COCO crowd counts as difficult. Detections of equal
/// score are taken in the order of the images and then of the list.
public struct VOCEvaluation: Hashable, Sendable {
  /// What was found of one class.
  public struct ClassResult: Hashable, Sendable {
    public let name: String
    public let curve: PrecisionRecallCurve

    /// How many objects there are to be found, without the difficult ones.
    public var objects: Int { curve.objects }

    /// The area under the curve; nil if there are no objects.
    public var averagePrecision: Double? { curve.averagePrecision }

    /// The mean of the precision at 11 recalls; nil if there are no objects.
    public var averagePrecision11Point: Double? { curve.averagePrecision11Point }
  }

  /// In the order of the data set's classes.
  public let classes: [ClassResult]
  /// The overlap that a detection must exceed.
  public let threshold: Double

  /// Compares what was found with what is there.
  ///
  /// - Parameters:
  ///   - dataset: The images with their objects.
  ///   - detections: One list an image, in any order.
  ///   - threshold: The intersection over union that a detection must exceed, from 0 to 1.
  /// - Throws: ``EvaluationError`` for lists that do not fit the images, labels out of range and
  ///   numbers that are not finite.
  public init(
    dataset: DetectionDataset, detections: [[DetectedObject]], threshold: Double = 0.5
  ) throws(EvaluationError) {
    self.threshold = threshold
    let groups = try ImageGroup.byClass(of: dataset, detections: detections)
    classes = zip(dataset.classes, groups).map { name, groups in
      let outcomes = groups.flatMap { $0.outcomes(above: threshold) }
      let objects = groups.reduce(0) { $0 + $1.objects.count { !$0.isSetAside } }
      return ClassResult(
        name: name,
        curve: PrecisionRecallCurve(
          detections: outcomes.descendingOrder(of: \.score).map { outcomes[$0] },
          objects: objects))
    }
  }

  /// The mean over all classes with objects; nil if there are none.
  public var meanAveragePrecision: Double? { classes.compactMap(\.averagePrecision).mean }

  /// The mean by 11 points over all classes with objects; nil if there are none.
  public var meanAveragePrecision11Point: Double? {
    classes.compactMap(\.averagePrecision11Point).mean
  }
}

extension ImageGroup {
  /// The detections that count, and whether they are right.
  fileprivate func outcomes(above threshold: Double) -> [(score: Float, isRight: Bool)] {
    let boxes = objects.map { PreciseBox($0.box) }
    var isFound = Array(repeating: false, count: objects.count)
    return detections.compactMap { detection in
      let box = PreciseBox(detection.box)
      var (best, highest) = (0, -Double.infinity)
      for (index, object) in boxes.enumerated() {
        let overlap = box.intersectionOverUnion(with: object)
        if overlap > highest { (best, highest) = (index, overlap) }
      }
      guard highest > threshold else { return (detection.score, false) }
      if objects[best].isSetAside { return nil }
      defer { isFound[best] = true }
      return (detection.score, !isFound[best])
    }
  }
}

extension AnnotatedObject {
  /// Whether it counts neither if it is found nor if it is not.
  var isSetAside: Bool { isDifficult || isCrowd }
}

extension [Double] {
  /// The mean; nil if there is nothing.
  var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}
