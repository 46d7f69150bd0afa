/// How far a run has come: with the parameters and the optimiser's state, all that it goes on from.
public struct RunProgress<Score: NetworkScore>: Hashable, Codable, Sendable {
  /// Steps done.
  public internal(set) var step = 0
  /// Epochs after which the network has been measured.
  public internal(set) var measuredEpochs = 0
  /// The best measurement so far.
  public internal(set) var best: Score?
}
