/// The choices that make one network of a catalogue's backbone, besides its number of classes.
///
/// They are kept with trained weights, which are worth nothing without them.
public struct BackboneConfiguration: Hashable, Codable, Sendable {
  /// The width multiplier; nil for the paper's own width.
  public var alpha: Double?
  /// Whose implementation of the paper.
  public var variant: Variant
  /// Image pixels per cell of the map that regions are pooled from, if it is to be finer than the
  /// paper's; what would stride beyond it is dilated instead.
  public var featureStride: Int?

  public init(alpha: Double? = nil, variant: Variant = .keras, featureStride: Int? = nil) {
    (self.alpha, self.variant, self.featureStride) = (alpha, variant, featureStride)
  }
}
