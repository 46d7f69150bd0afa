public import Boxes
public import Datasets

/// The text files in which VOC's own programs expect detections, one file a class.
public enum VOCResults {
  /// Names a class's file, as `comp4_det_test_aeroplane.txt`.
  ///
  /// - Parameters:
  ///   - imageSet: The name of the split, such as `test`.
  ///   - className: A slash in it becomes an underscore.
  /// - Returns: The name, without a folder.
  public static func fileName(imageSet: String, className: String) -> String {
    let name = "comp4_det_\(imageSet)_\(className).txt"
    return String(name.map { $0 == "/" ? "_" : $0 })
  }

  /// Writes the detections of one class.
  ///
  /// A line holds the image's name, the score with three decimals, and with one decimal the first
  /// and the last pixel from left to right and from top to bottom, of which the first of the image
  /// has the number 1. Lines are in the order of the images and of the lists.
  ///
  /// - Parameters:
  ///   - label: The class.
  ///   - images: The images that were looked at.
  ///   - detections: One list an image, of any classes.
  /// - Returns: The lines, each with a line break; nothing if there are no detections.
  /// - Throws: ``EvaluationError`` for lists that do not fit the images and numbers that are not
  ///   finite.
  public static func text(
    label: Int, images: [AnnotatedImage], detections: [[DetectedObject]]
  ) throws(EvaluationError) -> String {
    var text = ""
    try forEachDetection(images: images, detections: detections) { image, detection in
      guard detection.label == label else { return }
      let box = PreciseBox(detection.box)
      let edges = [box.x1 + 1, box.y1 + 1, box.x2, box.y2].map { $0.decimals(1) }
      text += "\(image.name) \(Double(detection.score).decimals(3)) "
      text += edges.joined(separator: " ") + "\n"
    }
    return text
  }
}

/// Visits the detections in the order of the images and of the lists.
///
/// - Throws: ``EvaluationError`` for lists that do not fit the images and numbers that are not
///   finite.
func forEachDetection(
  images: [AnnotatedImage], detections: [[DetectedObject]],
  body: (AnnotatedImage, DetectedObject) throws(EvaluationError) -> Void
) throws(EvaluationError) {
  guard images.count == detections.count else {
    throw .imageCount(expected: images.count, found: detections.count)
  }
  for (image, detections) in zip(images, detections) {
    for (place, detection) in detections.enumerated() {
      guard detection.isFinite else { throw .notFinite(image: image.name, detection: place) }
      try body(image, detection)
    }
  }
}
