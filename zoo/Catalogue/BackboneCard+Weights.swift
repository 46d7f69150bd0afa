public import Layers

extension BackboneCard {
  /// Chooses weights that can be downloaded.
  ///
  /// - Parameters:
  ///   - variant: Whose implementation; nil for whichever the card recommends.
  ///   - alpha: The width multiplier; nil for the paper's own width, which 1 is too.
  /// - Returns: The first of ``weights`` that fits.
  /// - Throws: ``CatalogueError/noWeights(backbone:variant:alpha:known:)`` with those there are.
  public func weights(
    variant: Variant? = nil, alpha: Double? = nil
  ) throws(CatalogueError) -> Weights {
    let fitting = weights.first { weights in
      (variant == nil || weights.variant == variant) && (weights.alpha ?? 1) == (alpha ?? 1)
    }
    if let fitting { return fitting }
    throw .noWeights(
      backbone: name, variant: variant, alpha: alpha, known: weights.map(\.configurationText))
  }
}

extension BackboneCard.Weights {
  /// What tells them from the others of their card, for example `keras, alpha 0.5`.
  fileprivate var configurationText: String {
    variant.rawValue + (alpha.map { ", alpha \($0)" } ?? "")
  }
}
