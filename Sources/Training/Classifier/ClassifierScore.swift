/// How well a network does on pictures that it has not been trained on.
public struct ClassifierScore: NetworkScore {
  public let epoch: Int
  public let step: Int
  /// The share of the pictures whose class comes first; nil if there are none to measure with.
  public let accuracy: Double?
  /// The mean cross-entropy.
  public let loss: Double?

  public func isBetter(than other: ClassifierScore?) -> Bool {
    guard let other, let accuracy, let loss, let otherAccuracy = other.accuracy,
      let otherLoss = other.loss
    else { return true }
    return accuracy == otherAccuracy ? loss < otherLoss : accuracy > otherAccuracy
  }
}
