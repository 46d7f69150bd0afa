/// How good a network was found to be, after an epoch of its run.
public protocol NetworkScore: Hashable, Codable, Sendable {
  /// Epochs done.
  var epoch: Int { get }
  /// Steps done.
  var step: Int { get }

  /// Whether this is the one to keep; without pictures to measure with the later one is.
  func isBetter(than other: Self?) -> Bool
}
