public import Boxes
public import Datasets

/// COCO's twelve figures for boxes, equal to those of pycocotools.
///
/// Average precision is the mean over the overlaps 0.5, 0.55, … 0.95, the recalls 0, 0.01, … 1 and
/// the classes; detections of equal score are taken in the order of the images and then of the
/// list. Images must be in the order of their numbers to agree there with pycocotools, which sorts
/// them. A crowd is matched by the part of a detection that lies in it, any number of times, and
/// then neither counts. VOC's difficult objects, which COCO does not have, are left aside likewise,
/// but overlap as other objects do.
///
/// A figure is nil where there are no objects to be found, for which pycocotools writes -1.
public struct COCOEvaluation: Hashable, Sendable {
  /// The mean over all overlaps, up to 100 detections an image and class.
  public let averagePrecision: Double?
  /// The average precision at an overlap of 0.5.
  public let averagePrecision50: Double?
  /// The average precision at an overlap of 0.75.
  public let averagePrecision75: Double?
  /// The average precision for objects of up to 32² square pixels.
  public let averagePrecisionSmall: Double?
  /// The average precision for objects of 32² to 96² square pixels.
  public let averagePrecisionMedium: Double?
  /// The average precision for objects of 96² square pixels or more.
  public let averagePrecisionLarge: Double?
  /// The mean of the recalls with one detection an image and class.
  public let averageRecall1: Double?
  /// The mean of the recalls with ten detections an image and class.
  public let averageRecall10: Double?
  /// The mean of the recalls with a hundred detections an image and class.
  public let averageRecall100: Double?
  /// The average recall for objects of up to 32² square pixels.
  public let averageRecallSmall: Double?
  /// The average recall for objects of 32² to 96² square pixels.
  public let averageRecallMedium: Double?
  /// The average recall for objects of 96² square pixels or more.
  public let averageRecallLarge: Double?
  /// In the order of the data set's classes.
  public let classes: [ClassResult]

  /// What was found of one class, of any size.
  public struct ClassResult: Hashable, Sendable {
    public let name: String
    /// How many objects there are to be found, without the crowds.
    public let objects: Int
    /// The mean over all overlaps; nil if there are no objects.
    public let averagePrecision: Double?
    /// The average precision at an overlap of 0.5; nil if there are no objects.
    public let averagePrecision50: Double?
  }

  /// Compares what was found with what is there.
  ///
  /// - Parameters:
  ///   - dataset: The images with their objects.
  ///   - detections: One list an image, in any order; of each class the 100 most certain count.
  /// - Throws: ``EvaluationError`` for lists that do not fit the images, labels out of range and
  ///   numbers that are not finite.
  public init(
    dataset: DetectionDataset, detections: [[DetectedObject]]
  ) throws(EvaluationError) {
    let groups = try ImageGroup.byClass(of: dataset, detections: detections)
    let scores = groups.map(COCOClassScores.init)
    /// The mean of a number of each class that has one.
    func mean(_ value: (COCOClassScores) -> Double?) -> Double? {
      scores.compactMap(value).mean
    }
    averagePrecision = mean { $0[.all].averagePrecision }
    averagePrecision50 = mean { $0[.all].precisions?[COCOThresholds.overlap50] }
    averagePrecision75 = mean { $0[.all].precisions?[COCOThresholds.overlap75] }
    averagePrecisionSmall = mean { $0[.small].averagePrecision }
    averagePrecisionMedium = mean { $0[.medium].averagePrecision }
    averagePrecisionLarge = mean { $0[.large].averagePrecision }
    averageRecall1 = mean { $0[.all].averageRecall1 }
    averageRecall10 = mean { $0[.all].averageRecall10 }
    averageRecall100 = mean { $0[.all].averageRecall100 }
    averageRecallSmall = mean { $0[.small].averageRecall100 }
    averageRecallMedium = mean { $0[.medium].averageRecall100 }
    averageRecallLarge = mean { $0[.large].averageRecall100 }
    classes = zip(dataset.classes, scores).map { name, scores in
      ClassResult(
        name: name, objects: scores[.all].objects,
        averagePrecision: scores[.all].averagePrecision,
        averagePrecision50: scores[.all].precisions?[COCOThresholds.overlap50])
    }
  }
}
