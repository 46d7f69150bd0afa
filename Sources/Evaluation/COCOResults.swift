public import Boxes
public import Datasets

/// The JSON document in which COCO's own programs expect detections.
public enum COCOResults {
  /// Writes all detections as one array, one object a line.
  ///
  /// Each is `{"image_id", "category_id", "bbox": [x, y, width, height], "score"}`, in the order of
  /// the images and of the lists.
  ///
  /// - Parameters:
  ///   - dataset: The images that were looked at; their names are COCO's numbers, zeros before them
  ///     or not.
  ///   - detections: One list an image.
  ///   - categories: COCO's number of each class.
  /// - Returns: The document, with a line break at its end.
  /// - Throws: ``EvaluationError`` for lists that do not fit the images, names that are no numbers,
  ///   labels out of range, numbers that are not finite, and another count of categories than of
  ///   classes.
  public static func json(
    dataset: DetectionDataset, detections: [[DetectedObject]], categories: [Int]
  ) throws(EvaluationError) -> String {
    guard categories.count == dataset.classes.count else {
      throw .categoryCount(expected: dataset.classes.count, found: categories.count)
    }
    var entries: [String] = []
    try forEachDetection(
      images: dataset.images, detections: detections
    ) { image, detection throws(EvaluationError) in
      guard categories.indices.contains(detection.label) else {
        throw .label(image: image.name, classes: categories.count, found: detection.label)
      }
      guard let number = Int(image.name) else { throw .imageNumber(image: image.name) }
      let box = detection.box
      // Swift's shortest digits of a finite float are a JSON number.
      entries.append(
        "{\"image_id\":\(number),\"category_id\":\(categories[detection.label]),"
          + "\"bbox\":[\(box.x1),\(box.y1),\(box.width),\(box.height)],"
          + "\"score\":\(detection.score)}")
    }
    return entries.isEmpty ? "[]\n" : "[\n" + entries.joined(separator: ",\n") + "\n]\n"
  }
}
