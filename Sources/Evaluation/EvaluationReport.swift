/// What an evaluation found, in the form that machines read.
///
/// As JSON it is `{"mAP50", "mAP50_11point", "AP", "classes": {NAME: {"AP50", "AP50_11point", "AP",
/// "objects"}}, "images", "seconds_per_image"}`. A figure that there are no objects for is null.
public struct EvaluationReport: Hashable, Sendable {
  /// What was found of one class.
  public struct ClassReport: Hashable, Sendable {
    public let name: String
    /// VOC's average precision at an overlap of 0.5, by the area under the curve.
    public let averagePrecision50: Double?
    /// The same by 11 points of recall.
    public let averagePrecision50By11Points: Double?
    /// COCO's average precision, the mean over the overlaps 0.5 to 0.95.
    public let averagePrecision: Double?
    /// How many objects there are to be found, without the difficult ones.
    public let objects: Int
  }

  /// The mean over the classes of VOC's average precision at an overlap of 0.5.
  public let meanAveragePrecision50: Double?
  /// The same by 11 points of recall.
  public let meanAveragePrecision50By11Points: Double?
  /// COCO's average precision, the mean over the classes and the overlaps 0.5 to 0.95.
  public let averagePrecision: Double?
  /// In the order of the data set's classes; a decoded report has them by their names' order.
  public let classes: [ClassReport]
  /// How many images were looked at.
  public let images: Int
  /// The mean time from an image to its detections.
  public let secondsPerImage: Double

  /// Puts VOC's and COCO's figures of the same detections together.
  ///
  /// - Precondition: Both are of the same classes.
  public init(
    voc: VOCEvaluation, coco: COCOEvaluation, images: Int, secondsPerImage: Double
  ) {
    precondition(voc.classes.map(\.name) == coco.classes.map(\.name), "the same classes")
    meanAveragePrecision50 = voc.meanAveragePrecision
    meanAveragePrecision50By11Points = voc.meanAveragePrecision11Point
    averagePrecision = coco.averagePrecision
    classes = zip(voc.classes, coco.classes).map { voc, coco in
      ClassReport(
        name: voc.name, averagePrecision50: voc.averagePrecision,
        averagePrecision50By11Points: voc.averagePrecision11Point,
        averagePrecision: coco.averagePrecision, objects: voc.objects)
    }
    (self.images, self.secondsPerImage) = (images, secondsPerImage)
  }
}

extension EvaluationReport: Codable {
  private enum Key: String, CodingKey {
    case meanAveragePrecision50 = "mAP50"
    case meanAveragePrecision50By11Points = "mAP50_11point"
    case averagePrecision = "AP"
    case classes, images
    case secondsPerImage = "seconds_per_image"
  }

  private enum ClassKey: String, CodingKey {
    case averagePrecision50 = "AP50"
    case averagePrecision50By11Points = "AP50_11point"
    case averagePrecision = "AP"
    case objects
  }

  private struct NameKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the classes in their order, which an encoder may change.
  public func encode(to encoder: any Encoder) throws {
    var report = encoder.container(keyedBy: Key.self)
    // Written also if nil, as null: whoever reads it finds every key.
    try report.encode(meanAveragePrecision50, forKey: .meanAveragePrecision50)
    try report.encode(meanAveragePrecision50By11Points, forKey: .meanAveragePrecision50By11Points)
    try report.encode(averagePrecision, forKey: .averagePrecision)
    var names = report.nestedContainer(keyedBy: NameKey.self, forKey: .classes)
    for entry in classes {
      var container = names.nestedContainer(
        keyedBy: ClassKey.self, forKey: NameKey(stringValue: entry.name))
      try container.encode(entry.averagePrecision50, forKey: .averagePrecision50)
      try container.encode(
        entry.averagePrecision50By11Points, forKey: .averagePrecision50By11Points)
      try container.encode(entry.averagePrecision, forKey: .averagePrecision)
      try container.encode(entry.objects, forKey: .objects)
    }
    try report.encode(images, forKey: .images)
    try report.encode(secondsPerImage, forKey: .secondsPerImage)
  }

  /// Reads the classes by their names' order: JSON's objects have none.
  public init(from decoder: any Decoder) throws {
    let report = try decoder.container(keyedBy: Key.self)
    meanAveragePrecision50 = try report.decode(Double?.self, forKey: .meanAveragePrecision50)
    meanAveragePrecision50By11Points = try report.decode(
      Double?.self, forKey: .meanAveragePrecision50By11Points)
    averagePrecision = try report.decode(Double?.self, forKey: .averagePrecision)
    let names = try report.nestedContainer(keyedBy: NameKey.self, forKey: .classes)
    classes = try names.allKeys.sorted { $0.stringValue < $1.stringValue }.map { name in
      let container = try names.nestedContainer(keyedBy: ClassKey.self, forKey: name)
      return ClassReport(
        name: name.stringValue,
        averagePrecision50: try container.decode(Double?.self, forKey: .averagePrecision50),
        averagePrecision50By11Points: try container.decode(
          Double?.self, forKey: .averagePrecision50By11Points),
        averagePrecision: try container.decode(Double?.self, forKey: .averagePrecision),
        objects: try container.decode(Int.self, forKey: .objects))
    }
    images = try report.decode(Int.self, forKey: .images)
    secondsPerImage = try report.decode(Double.self, forKey: .secondsPerImage)
  }
}
