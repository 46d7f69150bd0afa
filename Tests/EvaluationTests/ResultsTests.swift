import Boxes
import Datasets
import FoundationEssentials
import Testing

@testable import Evaluation

@Suite struct ResultsTests {
  private let dataset = DetectionDataset(
    classes: ["person", "dog"], images: [.named("000007"), .named("12"), .named("13")])

  private let detections = [
    [
      DetectedObject(box: Box(x1: 0, y1: 4.5, x2: 10.25, y2: 20), label: 1, score: 0.8125),
      DetectedObject(box: Box(x1: 1, y1: 2, x2: 3, y2: 4), label: 0, score: 0.0005),
    ],
    [],
    [DetectedObject(box: Box(x1: -3.5, y1: 0, x2: 639.96, y2: 480), label: 1, score: 1)],
  ]

  @Test("VOC's text counts pixels from 1 and includes the last")
  func vocText() throws {
    // 0.8125 and 10.25 are halves, which printf rounds to the even digit.
    #expect(
      try VOCResults.text(label: 1, images: dataset.images, detections: detections)
        == "000007 0.812 1.0 5.5 10.2 20.0\n13 1.000 -2.5 1.0 640.0 480.0\n")
    #expect(
      try VOCResults.text(label: 0, images: dataset.images, detections: detections)
        == "000007 0.001 2.0 3.0 3.0 4.0\n")
    #expect(try VOCResults.text(label: 2, images: [], detections: []).isEmpty)
    #expect(
      VOCResults.fileName(imageSet: "test", className: "a/b") == "comp4_det_test_a_b.txt")
  }

  @Test("COCO's JSON gives corners and extents, and the caller's numbers of the classes")
  func cocoJSON() throws {
    let text = try COCOResults.json(
      dataset: dataset, detections: detections, categories: [1, 18])
    struct Entry: Decodable, Equatable {
      let image_id: Int
      let category_id: Int
      let bbox: [Float]
      let score: Float
    }
    let entries = try JSONDecoder().decode([Entry].self, from: Data(text.utf8))
    #expect(
      entries == [
        Entry(image_id: 7, category_id: 18, bbox: [0, 4.5, 10.25, 15.5], score: 0.8125),
        Entry(image_id: 7, category_id: 1, bbox: [1, 2, 2, 2], score: 0.0005),
        Entry(image_id: 13, category_id: 18, bbox: [-3.5, 0, 643.46, 480], score: 1),
      ])
    let empty = try COCOResults.json(
      dataset: dataset, detections: [[], [], []], categories: [1, 18])
    #expect(empty == "[]\n")
  }

  @Test("Names that are no numbers, and lists that do not fit, are refused")
  func refusals() {
    var named = dataset
    named.images[0].name = "2007_000032a"
    #expect(throws: EvaluationError.imageNumber(image: "2007_000032a")) {
      try COCOResults.json(dataset: named, detections: detections, categories: [1, 18])
    }
    #expect(throws: EvaluationError.categoryCount(expected: 2, found: 1)) {
      try COCOResults.json(dataset: dataset, detections: detections, categories: [1])
    }
    #expect(throws: EvaluationError.imageCount(expected: 3, found: 1)) {
      try VOCResults.text(label: 0, images: dataset.images, detections: [[]])
    }
    var broken = detections
    broken[0][1].score = .infinity
    #expect(throws: EvaluationError.notFinite(image: "000007", detection: 1)) {
      try COCOResults.json(dataset: dataset, detections: broken, categories: [1, 18])
    }
    broken = detections
    broken[2][0].label = 2
    #expect(throws: EvaluationError.label(image: "13", classes: 2, found: 2)) {
      try COCOResults.json(dataset: dataset, detections: broken, categories: [1, 18])
    }
  }

  @Test(
    "Decimals are those of printf, but a zero has no sign",
    arguments: [
      (0.0, 3, "0.000"), (0.0625, 3, "0.062"), (0.9996, 3, "1.000"), (-0.04, 1, "0.0"),
      (-12.25, 1, "-12.2"), (1234567.891, 2, "1234567.89"), (2.5, 0, "2"), (1e300, 1, "1e+300"),
    ])
  func decimals(value: Double, digits: Int, expected: String) {
    #expect(value.decimals(digits) == expected)
  }

  @Test("Every error says where, what was expected and found and what to do")
  func errors() {
    let errors: [EvaluationError] = [
      .imageCount(expected: 2, found: 1), .label(image: "1", classes: 3, found: 4),
      .notFinite(image: "1", detection: 0), .imageNumber(image: "a"),
      .categoryCount(expected: 2, found: 3),
    ]
    for error in errors {
      #expect(!"\(error)".contains("\n") && "\(error)".contains("; "))
      #expect("\(error)".first?.isLowercase == true && !"\(error)".hasSuffix("."))
    }
  }
}
