/// What a step of a run has to say, a line of `metrics.jsonl`.
public struct ClassifierStep: Hashable, Encodable, Sendable, RunMetric {
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

  var scalars: [(tag: String, value: Float)] {
    [
      ("train/loss", loss), ("train/accuracy", Float(accuracy)), ("train/rate", rate),
      ("train/gradient_norm", gradientNorm), ("train/images_per_second", Float(imagesPerSecond)),
    ]
  }
}

/// What a measurement has to say, a line of `metrics.jsonl`.
struct MeasurementLine: RunMetric {
  let epoch: Int
  let step: Int
  let validationAccuracy: Double?
  let validationLoss: Double?

  init(_ score: ClassifierScore) {
    (epoch, step) = (score.epoch, score.step)
    (validationAccuracy, validationLoss) = (score.accuracy, score.loss)
  }

  var scalars: [(tag: String, value: Float)] {
    [("val/accuracy", validationAccuracy), ("val/loss", validationLoss)].compactMap { tag, value in
      value.map { (tag, Float($0)) }
    }
  }
}
