import Boxes
import Datasets
import Testing

@testable import Evaluation

@Suite struct COCOEvaluationTests {
  @Test("The figures are those of pycocotools", arguments: Fixture.coco)
  func agreesWithPycocotools(_ fixture: Fixture) throws {
    let result = try COCOEvaluation(dataset: fixture.dataset, detections: fixture.detections)
    let figures = [
      "AP": result.averagePrecision, "AP50": result.averagePrecision50,
      "AP75": result.averagePrecision75, "APs": result.averagePrecisionSmall,
      "APm": result.averagePrecisionMedium, "APl": result.averagePrecisionLarge,
      "AR1": result.averageRecall1, "AR10": result.averageRecall10,
      "AR100": result.averageRecall100, "ARs": result.averageRecallSmall,
      "ARm": result.averageRecallMedium, "ARl": result.averageRecallLarge,
    ]
    for (name, value) in figures {
      #expect(agree(value, fixture.figure(name)), "\(name)")
    }
    #expect(result.classes.map(\.name) == fixture.dataset.classes)
    for entry in result.classes {
      #expect(agree(entry.averagePrecision, fixture.figure("\(entry.name).AP")))
      #expect(agree(entry.averagePrecision50, fixture.figure("\(entry.name).AP50")))
    }
  }

  @Test("The order of a list without equal scores does not matter")
  func orderOfDetections() throws {
    let dataset = DetectionDataset(
      classes: ["a"],
      images: [.named("1", objects: [.init(label: 0, box: .square(0, 0, side: 40))])])
    let detections = (0..<20).map {
      DetectedObject(
        box: .square(Float($0), 0, side: 40), label: 0, score: Float(($0 * 7 + 3) % 20) / 20)
    }
    let one = try COCOEvaluation(dataset: dataset, detections: [detections])
    let other = try COCOEvaluation(dataset: dataset, detections: [detections.reversed()])
    #expect(one == other)
    #expect(one.averagePrecision != 0)
  }

  @Test("Any number of detections of a difficult object do not count")
  func difficultObjects() throws {
    let difficult = Box.square(0, 0, side: 40)
    let plain = Box.square(200, 200, side: 40)
    let dataset = DetectionDataset(
      classes: ["a"],
      images: [
        .named(
          "1",
          objects: [
            .init(label: 0, box: difficult, isDifficult: true), .init(label: 0, box: plain),
          ])
      ])
    let found = [difficult, difficult, plain].enumerated().map { index, box in
      DetectedObject(box: box, label: 0, score: 1 - Float(index) / 4)
    }
    let result = try COCOEvaluation(dataset: dataset, detections: [found])
    #expect(agree(result.averagePrecision, 1))
    #expect(result.classes[0].objects == 1)
  }

  @Test("One object found at an overlap of 0.6 is right at three of ten thresholds")
  func derivedByHand() throws {
    // 60 of 100 columns: the overlap is 0.6 exactly, which 0.5, 0.55 and 0.6 let pass.
    let dataset = DetectionDataset(
      classes: ["a"],
      images: [
        .named(
          "1", objects: [.init(label: 0, box: Box(x1: 0, y1: 0, x2: 100, y2: 100))])
      ])
    let found = DetectedObject(box: Box(x1: 0, y1: 0, x2: 60, y2: 100), label: 0, score: 0.5)
    let result = try COCOEvaluation(dataset: dataset, detections: [[found]])
    #expect(agree(result.averagePrecision50, 1))
    #expect(agree(result.averagePrecision75, 0))
    // NumPy's third threshold is 0.6 to the last bit, so 0.6 passes it.
    #expect(COCOThresholds.overlaps[2] == 0.6)
    #expect(agree(result.averagePrecision, 0.3))
    #expect(agree(result.averageRecall1, 0.3))
    // A square of 100 pixels a side is large.
    #expect(agree(result.averagePrecisionLarge, 0.3))
    #expect(result.averagePrecisionMedium == nil && result.averagePrecisionSmall == nil)
  }
}
