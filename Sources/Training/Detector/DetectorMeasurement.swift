internal import Boxes
internal import Datasets
internal import Detection

/// What a measurement of a detector has to say, a line of `metrics.jsonl`.
public struct DetectorMeasurement: Hashable, Encodable, Sendable {
  /// Epochs done, counted through all phases.
  public let epoch: Int
  /// Steps done.
  public let step: Int
  public let meanAveragePrecision: Double?
  public let classes: [String: Double] = [:]
  public let recall: [Int: Double] = [:]

  var score: DetectorScore {
    DetectorScore(epoch: epoch, step: step, meanAveragePrecision: meanAveragePrecision, recall: [:])
  }

  init?(
    of detector: Detector, on dataset: DetectionDataset, proposals: ProposalSelection?, epoch: Int,
    step: Int, threadCount: Int, whileWanted isWanted: (Int) throws -> Bool
  ) throws {
    (self.epoch, self.step) = (epoch, step)
    meanAveragePrecision = nil
  }
}
