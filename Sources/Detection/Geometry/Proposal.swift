public import Boxes

/// Where the region proposal network expects an object of any class.
public struct Proposal: Hashable, Sendable {
  /// In pixels of the network's input, within the image.
  public var box: Box
  /// The logarithm of the odds that an object is there.
  public var logit: Float

  public init(box: Box, logit: Float) {
    (self.box, self.logit) = (box, logit)
  }
}
