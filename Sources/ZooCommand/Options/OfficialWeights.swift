import Downloads
import Layers
import Zoo

/// The weights of a backbone that its publisher offers, in the cache or on their way there.
struct OfficialWeights {
  let card: BackboneCard
  let weights: BackboneCard.Weights

  /// Chooses a card's weights.
  ///
  /// - Parameters:
  ///   - name: The backbone.
  ///   - variant: Whose implementation; nil for whichever the card recommends.
  ///   - alpha: The width multiplier; nil for the paper's own width.
  /// - Throws: `CatalogueError` if there are none.
  init(of name: String, variant: Variant? = nil, alpha: Double? = nil) throws {
    card = try Catalogue.card(named: name)
    weights = try card.weights(variant: variant, alpha: alpha)
  }

  /// Sees to it that the file is there.
  ///
  /// - Parameters:
  ///   - output: Where it is to be; nil for the cache.
  ///   - isStopped: Whether to give up.
  /// - Returns: The file's path.
  /// - Throws: `DownloadError`.
  func file(
    at output: String? = nil, isStopped: () -> Bool = { false }
  ) throws(DownloadError) -> String {
    let cache = try WeightCache()
    var line = DownloadLine(card.name)
    defer { line.clear() }
    guard let output else {
      return try cache.file(
        weights.url, backbone: card.name, checksum: try checksum, report: { line.show($0) },
        isStopped: isStopped)
    }
    try Download(try cache.source(of: weights.url), to: output, checksum: try checksum)
      .run(report: { line.show($0) }, isStopped: isStopped)
    return output
  }

  private var checksum: Checksum? {
    get throws(DownloadError) {
      switch weights.checksum {
      case .md5(let digits): try .md5(digits)
      case .sha256(let digits): try .sha256(digits)
      case nil: nil
      }
    }
  }
}
