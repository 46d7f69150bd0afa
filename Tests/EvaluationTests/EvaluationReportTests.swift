import Boxes
import Datasets
import FoundationEssentials
import Testing

@testable import Evaluation

@Suite struct EvaluationReportTests {
  /// One of two persons found exactly, no dog to be found, a cat missed.
  private func report() throws -> EvaluationReport {
    let person = AnnotatedObject(label: 0, box: .square(0, 0, side: 10))
    let other = AnnotatedObject(label: 0, box: .square(100, 0, side: 10))
    let cat = AnnotatedObject(label: 2, box: .square(200, 0, side: 10))
    let dataset = DetectionDataset(
      classes: ["person", "dog", "cat"], images: [.named("1", objects: [person, other, cat])])
    let detections = [[DetectedObject(box: person.box, label: 0, score: 0.5)]]
    return EvaluationReport(
      voc: try VOCEvaluation(dataset: dataset, detections: detections),
      coco: try COCOEvaluation(dataset: dataset, detections: detections), images: 1,
      secondsPerImage: 0.25)
  }

  @Test("The table has aligned columns, a dash where there is no figure, and the mean below")
  func table() throws {
    // 11 points: six recalls up to 0.5. COCO: 51 of 101 recalls up to 0.5.
    let expected = """
      class   objects   AP50  AP50 11-point     AP
      person        2  0.500          0.545  0.505
      dog           0      -              -      -
      cat           1  0.000          0.000  0.000
      mean          3  0.250          0.273  0.252
      """
    #expect(try report().table == expected)
  }

  @Test("The JSON has every key, and null where there is no figure")
  func json() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: try encoder.encode(try report()), as: UTF8.self)
    #expect(text.hasPrefix(#"{"AP":0.25"#))
    #expect(text.contains(#""dog":{"AP":null,"AP50":null,"AP50_11point":null,"objects":0}"#))
    #expect(text.contains(#""person":{"AP":0.50"#))
    #expect(
      text.hasSuffix(
        #""images":1,"mAP50":0.25,"mAP50_11point":0.2727272727272727,"seconds_per_image":0.25}"#))
  }

  @Test("A report that was read again is the same but for the order of the classes")
  func roundTrip() throws {
    let report = try report()
    let read = try JSONDecoder().decode(
      EvaluationReport.self, from: try JSONEncoder().encode(report))
    #expect(read.classes == report.classes.sorted { $0.name < $1.name })
    #expect(read.meanAveragePrecision50 == report.meanAveragePrecision50)
    #expect(
      read.meanAveragePrecision50By11Points == report.meanAveragePrecision50By11Points)
    #expect(read.averagePrecision == report.averagePrecision)
    #expect(read.images == 1 && read.secondsPerImage == 0.25)
  }
}
