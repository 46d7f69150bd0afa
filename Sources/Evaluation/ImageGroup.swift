internal import Boxes
internal import Datasets

/// The objects and the detections of one class in one image.
struct ImageGroup {
  var objects: [AnnotatedObject] = []
  /// The most certain first; of equal ones the one that was listed first.
  var detections: [DetectedObject] = []

  /// Sorts all objects and detections by class and image.
  ///
  /// - Returns: For each class the images that hold something of it, in their order.
  /// - Throws: ``EvaluationError`` for lists that do not fit the images, labels out of range and
  ///   numbers that are not finite.
  static func byClass(
    of dataset: DetectionDataset, detections: [[DetectedObject]]
  ) throws(EvaluationError) -> [[ImageGroup]] {
    let classes = dataset.classes.count
    guard dataset.images.count == detections.count else {
      throw .imageCount(expected: dataset.images.count, found: detections.count)
    }
    var groups: [[ImageGroup]] = Array(repeating: [], count: classes)
    // The image that the last group of each class belongs to.
    var latest = Array(repeating: -1, count: classes)
    for (index, image) in dataset.images.enumerated() {
      func group(of label: Int) throws(EvaluationError) -> Int {
        guard groups.indices.contains(label) else {
          throw .label(image: image.name, classes: classes, found: label)
        }
        if latest[label] != index {
          latest[label] = index
          groups[label].append(ImageGroup())
        }
        return groups[label].count - 1
      }
      for object in image.objects {
        groups[object.label][try group(of: object.label)].objects.append(object)
      }
      let found = detections[index]
      for place in found.indices where !found[place].isFinite {
        throw .notFinite(image: image.name, detection: place)
      }
      for place in found.descendingOrder(of: \.score) {
        let detection = found[place]
        groups[detection.label][try group(of: detection.label)].detections.append(detection)
      }
    }
    return groups
  }
}

extension DetectedObject {
  /// Whether the score and all edges are finite numbers.
  var isFinite: Bool {
    score.isFinite && box.x1.isFinite && box.y1.isFinite && box.x2.isFinite && box.y2.isFinite
  }
}

extension Array {
  /// The places of the elements, the greatest value first, of equal ones the first first.
  ///
  /// The standard library's sort keeps equal elements in order but does not promise it.
  func descendingOrder(of value: (Element) -> Float) -> [Int] {
    let values = map(value)
    return indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
  }
}
