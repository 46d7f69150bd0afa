/// What a step of a run has to say, a line of `metrics.jsonl`.
public struct ClassifierStep: Hashable, Encodable, Sendable {
  /// The step's number, from 1.
  public let step: Int
  /// The mean cross-entropy of the batch, before the step.
  public let loss: Float
  /// The share of the batch's pictures whose class came first.
  public let accuracy: Double
  /// The learning rate.
  public let rate: Float
  /// The norm of all gradients together, before it was clipped.
  public let gradientNorm: Float
  /// The batch's pictures by the seconds that the step took, with waiting for them.
  public let imagesPerSecond: Double
}

/// What a measurement has to say, a line of `metrics.jsonl`.
struct MeasurementLine: Encodable {
  let epoch: Int
  let step: Int
  let validationAccuracy: Double?
  let validationLoss: Double?

  init(_ score: ClassifierScore) {
    (epoch, step) = (score.epoch, score.step)
    (validationAccuracy, validationLoss) = (score.accuracy, score.loss)
  }
}
