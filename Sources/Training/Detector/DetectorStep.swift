public import Detection

/// What a step of a detector's run has to say, a line of `metrics.jsonl`.
public struct DetectorStep: Hashable, Encodable, Sendable, RunMetric {
  /// The step's number in the run, from 1.
  public let step: Int
  /// The name of the phase.
  public let phase: String
  /// The losses before their weights; 0 for those that are not part of the phase.
  public let losses: DetectionLosses
  /// The sum of the losses, each times its weight.
  public let loss: Float
  /// The learning rate.
  public let rate: Float
  /// The norm of all gradients together, before it was clipped.
  public let gradientNorm: Float
  /// The step's images by the seconds that it took, with waiting for them.
  public let imagesPerSecond: Double

  var scalars: [(tag: String, value: Float)] {
    DetectionLosses.byName.map { ("train/\($0.key)", losses[keyPath: $0.value]) } + [
      ("train/loss", loss), ("train/rate", rate), ("train/gradient_norm", gradientNorm),
      ("train/images_per_second", Float(imagesPerSecond)),
    ]
  }
}
