/// How well a network does on pictures that it has not been trained on.
public struct ClassifierScore: Hashable, Codable, Sendable {
  /// Epochs done.
  public let epoch: Int
  /// Steps done.
  public let step: Int
  /// The share of the pictures whose class comes first; nil if there are none to measure with.
  public let accuracy: Double?
  /// The mean cross-entropy.
  public let loss: Double?

  /// Whether this is the one to keep; without pictures to measure with the later one is.
  func isBetter(than other: ClassifierScore?) -> Bool {
    guard let other, let accuracy, let loss, let otherAccuracy = other.accuracy,
      let otherLoss = other.loss
    else { return true }
    return accuracy == otherAccuracy ? loss < otherLoss : accuracy > otherAccuracy
  }
}
