// A fixture that cannot be read ends the tests, as it should.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import Boxes
import Datasets
import FoundationEssentials
import Testing

/// A data set, detections and their figures; `make_fixtures.py` tells which program gave them.
struct Fixture: CustomTestStringConvertible {
  let name: String
  let dataset: DetectionDataset
  let detections: [[DetectedObject]]
  let figures: [String: Double]

  var testDescription: String { name }

  static let coco = [
    "many_images", "one_image", "crowds", "empty_images", "equal_scores", "absent_classes",
    "no_detections", "no_objects", "crowded",
  ].map { Fixture("coco_\($0)") }

  static let voc = ["difficult", "equal_scores", "tenths", "absent_classes"].map {
    Fixture("voc_\($0)")
  }

  private init(_ name: String) {
    self.name = name
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = folder.joined(separator: "/") + "/Fixtures/\(name).txt"
    var dataset = DetectionDataset(classes: [], images: [])
    var detections: [[DetectedObject]] = []
    var figures: [String: Double] = [:]
    for line in try! String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let fields = line.split(separator: " ")
      func box(_ first: Int) -> Box {
        let edges = fields[first..<(first + 4)].map { Float($0)! }
        return Box(x1: edges[0], y1: edges[1], x2: edges[2], y2: edges[3])
      }
      switch fields[0] {
      case "classes": dataset.classes = (0..<Int(fields[1])!).map { "class\($0)" }
      case "images":
        dataset.images = (0..<Int(fields[1])!).map { .named("\($0 + 1)") }
        detections = dataset.images.map { _ in [] }
      case "object":
        dataset.images[Int(fields[1])!].objects.append(
          AnnotatedObject(
            label: Int(fields[2])!, box: box(3), isDifficult: fields[7] == "difficult",
            isCrowd: fields[7] == "crowd", outlineArea: Float(fields[8])))
      case "detection":
        detections[Int(fields[1])!].append(
          DetectedObject(box: box(4), label: Int(fields[2])!, score: Float(fields[3])!))
      case "figure": figures[String(fields[1])] = Double(fields[2])!
      default: Issue.record("\(name): \(line)")
      }
    }
    (self.dataset, self.detections, self.figures) = (dataset, detections, figures)
  }

  /// What the fixture says; nil where there are no objects.
  func figure(_ name: String) -> Double? {
    figures[name]! == -1 ? nil : figures[name]!
  }
}

extension AnnotatedImage {
  static func named(_ name: String, objects: [AnnotatedObject] = []) -> AnnotatedImage {
    AnnotatedImage(name: name, path: "\(name).jpg", width: 640, height: 480, objects: objects)
  }
}

extension Box {
  /// A square of that many pixels in a row.
  static func square(_ x: Float, _ y: Float, side: Float) -> Box {
    Box(x1: x, y1: y, x2: x + side, y2: y + side)
  }
}

/// Whether two figures are the same, or both missing.
func agree(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-9) -> Bool {
  switch (a, b) {
  case (nil, nil): true
  case (let a?, let b?): abs(a - b) <= tolerance
  default: false
  }
}
