import Boxes
import Datasets
import Testing

@testable import Evaluation

@Suite struct VOCEvaluationTests {
  @Test("The figures are those of a plain voc_eval", arguments: Fixture.voc)
  func agreesWithReference(_ fixture: Fixture) throws {
    let result = try VOCEvaluation(dataset: fixture.dataset, detections: fixture.detections)
    #expect(agree(result.meanAveragePrecision, fixture.figure("area")))
    #expect(agree(result.meanAveragePrecision11Point, fixture.figure("11point")))
    for entry in result.classes {
      #expect(agree(entry.averagePrecision, fixture.figure("\(entry.name).area")))
      #expect(agree(entry.averagePrecision11Point, fixture.figure("\(entry.name).11point")))
    }
  }

  /// Two objects of class 0 in the first image, one of class 1 in the second.
  private let dataset = DetectionDataset(
    classes: ["a", "b", "c"],
    images: [
      .named(
        "1",
        objects: [
          .init(label: 0, box: .square(0, 0, side: 10)),
          .init(label: 0, box: .square(100, 0, side: 10)),
        ]),
      .named("2", objects: [.init(label: 1, box: .square(0, 0, side: 10))]),
    ])

  private func detection(
    _ box: Box, label: Int = 0, score: Float
  ) -> DetectedObject {
    DetectedObject(box: box, label: label, score: score)
  }

  @Test("A second detection of an object is wrong, and a class without objects has no figure")
  func duplicates() throws {
    let first = dataset.images[0].objects[0].box
    let second = dataset.images[0].objects[1].box
    // Right, wrong (again), right: precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.
    let result = try VOCEvaluation(
      dataset: dataset,
      detections: [
        [
          detection(second, score: 0.25), detection(first, score: 1),
          detection(first, score: 0.5),
        ],
        [detection(first, label: 2, score: 1)],
      ])
    #expect(
      result.classes[0].curve.points == [
        .init(recall: 0.5, precision: 1, score: 1),
        .init(recall: 0.5, precision: 0.5, score: 0.5),
        .init(recall: 1, precision: 2.0 / 3, score: 0.25),
      ])
    #expect(agree(result.classes[0].averagePrecision, 0.5 + 0.5 * 2 / 3))
    // Recalls 0, 0.1, … 0.5 have 1, the five above have 2/3.
    #expect(agree(result.classes[0].averagePrecision11Point, (6 + 5 * 2.0 / 3) / 11))
    #expect(result.classes[1].averagePrecision == 0)
    #expect(result.classes[2].averagePrecision == nil)
    #expect(result.classes[2].averagePrecision11Point == nil)
    #expect(agree(result.meanAveragePrecision, (0.5 + 1.0 / 3) / 2))
    #expect(result.classes.map(\.objects) == [2, 1, 0])
  }

  @Test("An overlap of just the threshold is not enough")
  func strictThreshold() throws {
    let half = Box(x1: 0, y1: 0, x2: 10, y2: 5)
    let result = try VOCEvaluation(
      dataset: dataset, detections: [[], [detection(half, label: 1, score: 1)]])
    #expect(result.classes[1].averagePrecision == 0)
    let lower = try VOCEvaluation(
      dataset: dataset, detections: [[], [detection(half, label: 1, score: 1)]], threshold: 0.49)
    #expect(lower.classes[1].averagePrecision == 1)
  }

  @Test("The object that overlaps most decides, though another is still free")
  func highestOverlapDecides() throws {
    let near = Box(x1: 0, y1: 0, x2: 10, y2: 10)
    let next = Box(x1: 0, y1: 0, x2: 10, y2: 12)
    let dataset = DetectionDataset(
      classes: ["a"],
      images: [.named("1", objects: [.init(label: 0, box: near), .init(label: 0, box: next)])])
    let result = try VOCEvaluation(
      dataset: dataset, detections: [[detection(near, score: 1), detection(near, score: 0.5)]])
    #expect(result.classes[0].curve.points.map(\.recall) == [0.5, 0.5])
  }

  @Test("A difficult object and a crowd count neither way, however often they are found")
  func difficultObjects() throws {
    var dataset = dataset
    dataset.images[0].objects[0].isDifficult = true
    dataset.images[0].objects[1].isCrowd = true
    let found = dataset.images[0].objects.flatMap {
      [detection($0.box, score: 1), detection($0.box, score: 0.5)]
    }
    let result = try VOCEvaluation(dataset: dataset, detections: [found, []])
    #expect(result.classes[0].objects == 0)
    #expect(result.classes[0].averagePrecision == nil)
    dataset.images[1].objects[0].label = 0
    let more = try VOCEvaluation(dataset: dataset, detections: [found, []])
    #expect(more.classes[0].curve.points.isEmpty)
    #expect(more.classes[0].averagePrecision == 0)
  }

  @Test("Of equal scores the first image's detection comes first, then the first of the list")
  func equalScores() throws {
    let box = Box.square(0, 0, side: 10)
    let elsewhere = Box.square(50, 50, side: 10)
    var dataset = dataset
    dataset.images[1].objects[0].label = 0
    let result = try VOCEvaluation(
      dataset: dataset,
      detections: [
        [detection(elsewhere, score: 0.5), detection(box, score: 0.5)],
        [detection(box, score: 0.5)],
      ])
    #expect(result.classes[0].curve.points.map(\.recall) == [0, 1.0 / 3, 2.0 / 3])
  }

  @Test("Without classes or images there is no figure")
  func nothing() throws {
    let result = try VOCEvaluation(
      dataset: DetectionDataset(classes: [], images: []), detections: [])
    #expect(result.meanAveragePrecision == nil)
    #expect(result.classes.isEmpty)
  }

  @Test("Lists that do not fit, labels out of range and numbers that are not finite are refused")
  func refusals() {
    let box = Box.square(0, 0, side: 10)
    func refusal(_ detections: [[DetectedObject]]) -> EvaluationError? {
      #expect(throws: EvaluationError.self) {
        try VOCEvaluation(dataset: dataset, detections: detections)
      }
    }
    #expect(refusal([[]]) == .imageCount(expected: 2, found: 1))
    #expect(
      refusal([[], [detection(box, label: 3, score: 1)]])
        == .label(image: "2", classes: 3, found: 3))
    #expect(
      refusal([[detection(box, score: 1), detection(box, score: .nan)], []])
        == .notFinite(image: "1", detection: 1))
    #expect(
      refusal([[detection(.square(.infinity, 0, side: 1), score: 1)], []])
        == .notFinite(image: "1", detection: 0))
  }
}
