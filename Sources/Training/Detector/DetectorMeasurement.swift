internal import Boxes
internal import Datasets
internal import Detection
internal import Evaluation

/// What a measurement of a detector has to say, a line of `metrics.jsonl`.
public struct DetectorMeasurement: Hashable, Encodable, Sendable, RunMetric {
  /// A class with its average precision of all points at an overlap of 0.5; nil without objects.
  public struct ClassPrecision: Hashable, Encodable, Sendable {
    public let name: String
    public let averagePrecision: Double?
  }

  /// The share of objects that some of an image's first proposals overlap by half.
  public struct Recall: Hashable, Encodable, Sendable {
    public let proposals: Int
    public let recall: Double?
  }

  /// Epochs done, counted through all phases.
  public let epoch: Int
  /// Steps done.
  public let step: Int
  /// The mean of the classes; nil where proposals alone are measured.
  public let meanAveragePrecision: Double?
  public let classes: [ClassPrecision]
  /// Empty where detections are measured.
  public let recall: [Recall]

  /// What the best is chosen by.
  var score: DetectorScore {
    DetectorScore(
      epoch: epoch, step: step, meanAveragePrecision: meanAveragePrecision,
      proposalRecall: recall.first { $0.proposals == Self.decidingCount }?.recall)
  }

  private static let decidingCount = 300

  var scalars: [(tag: String, value: Float)] {
    let precisions =
      classes.map { ("val/AP50/\($0.name)", $0.averagePrecision) }
      + [("val/mAP50", meanAveragePrecision)]
    let recalls = recall.map { ("val/recall@\($0.proposals)", $0.recall) }
    return (precisions + recalls).compactMap { tag, value in value.map { (tag, Float($0)) } }
  }

  /// Measures a detector; nil if given up.
  ///
  /// - Parameters:
  ///   - detector: The network as it is.
  ///   - dataset: The images to measure with.
  ///   - proposals: How many to propose, where proposals alone are measured; else nil.
  ///   - epoch: Epochs done.
  ///   - step: Steps done.
  ///   - threadCount: How many images are decoded at a time.
  ///   - isWanted: Called with the number of images done; false gives up.
  /// - Throws: `ImageError` if an image cannot be read; what `isWanted` throws.
  init?(
    of detector: Detector, on dataset: DetectionDataset, proposals: ProposalSelection?, epoch: Int,
    step: Int, threadCount: Int, whileWanted isWanted: (Int) throws -> Bool
  ) throws {
    let canvases = detector.architecture.canvases(
      of: dataset.images.map(\.path), threadCount: threadCount)
    var detections: [[DetectedObject]] = []
    var boxes: [[Box]] = []
    var done = 0
    while try isWanted(done), let canvas = try canvases.next() {
      if let proposals {
        boxes.append(try detector.proposals(on: canvas, selecting: proposals))
      } else {
        detections.append(try detector.detect(on: canvas))
      }
      done += 1
    }
    guard done == dataset.images.count else { return nil }
    (self.epoch, self.step) = (epoch, step)
    if proposals != nil {
      recall = try ProposalRecall(images: dataset.images, proposals: boxes).entries.map {
        Recall(proposals: $0.proposals, recall: $0.recall)
      }
      (meanAveragePrecision, classes) = (nil, [])
    } else {
      let evaluation = try VOCEvaluation(dataset: dataset, detections: detections)
      meanAveragePrecision = evaluation.meanAveragePrecision
      classes = evaluation.classes.map {
        ClassPrecision(name: $0.name, averagePrecision: $0.averagePrecision)
      }
      recall = []
    }
  }
}
