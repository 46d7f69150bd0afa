/// A tensor of a file that is no network's parameter, or not of the network that is read.
public struct IgnoredTensor: Equatable, Sendable {
  /// Why a tensor is left out.
  public enum Reason: String, CaseIterable, Sendable {
    /// A step's number and the like: single numbers, counts, texts.
    case bookkeeping = "bookkeeping"
    /// Momenta and whatever else stands beside a parameter.
    case optimizerState = "an optimiser's state"
    /// The last step's numbers, where the file has their means over many steps.
    case averaged = "whose moving averages are read"
    /// The layers around a backbone: a detector's own, or a segmentation's.
    case outsideBackbone = "outside the backbone"
    /// The second classifier of Inception networks, which only training has.
    case auxiliaryClassifier = "an auxiliary classifier"
    /// The channel means that slim keeps beside the parameters.
    case preprocessing = "the means of the preprocessing"
    /// What the file has elsewhere as it counts: a detector's first stage holds the whole network, and
    /// the second stage, which runs the end of it, holds that end again.
    case duplicate = "that stand for what is read elsewhere"
  }

  /// The tensor's name in the file.
  public let path: String
  public let reason: Reason
}
