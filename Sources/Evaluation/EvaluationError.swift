/// What keeps detections from being compared with the objects.
public enum EvaluationError: Error, Equatable, Sendable {
  /// As many lists of detections, or of proposals, as images are needed.
  case imageCount(expected: Int, found: Int)
  /// An object or a detection of a class that is not in the list.
  case label(image: String, classes: Int, found: Int)
  /// A detection whose score or box is infinite or not-a-number.
  case notFinite(image: String, detection: Int)
  /// An image whose name is no COCO number.
  case imageNumber(image: String)
  /// As many COCO numbers of classes as there are classes are needed.
  case categoryCount(expected: Int, found: Int)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .imageCount(let expected, let found):
      "detections: the lists do not fit the images, expected \(expected), found \(found); "
        + "give one list an image, an empty one where nothing was found"
    case .label(let image, let classes, let found):
      "image \(image): the label is not in the list of classes, "
        + "expected 0 to \(classes - 1), found \(found); use the classes of this data set"
    case .notFinite(let image, let detection):
      "image \(image): detection \(detection) holds a number that is not finite; "
        + "the network has diverged, take another checkpoint"
    case .imageNumber(let image):
      "image \(image): the name is no COCO number, expected digits, found '\(image)'; "
        + "write VOC's text files for this data set"
    case .categoryCount(let expected, let found):
      "categories: their numbers do not fit the classes, expected \(expected), found \(found); "
        + "give one number a class"
    }
  }
}
