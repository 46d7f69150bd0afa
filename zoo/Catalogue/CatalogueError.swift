public import Layers

/// A backbone that the catalogue cannot give.
public enum CatalogueError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownBackbone(String, nearest: [String], known: [String])
  /// `allowed` is nil if the backbone has one width only.
  case widthMultiplier(Double, backbone: String, allowed: ClosedRange<Double>?)
  case variant(Variant, backbone: String, allowed: [Variant])
  /// `reason` says which strides there are.
  case featureStride(backbone: String, reason: String)
  /// Nobody has published such weights; `known` says of which there are any.
  case noWeights(backbone: String, variant: Variant?, alpha: Double?, known: [String])

  public var description: String {
    switch self {
    case .unknownBackbone(let name, let nearest, let known):
      "backbone \(name): there is no such backbone; the nearest names are "
        + "\(nearest.joined(separator: ", ")); all are \(known.joined(separator: ", "))"
    case .widthMultiplier(let alpha, let backbone, nil):
      "backbone \(backbone): has no width multiplier, found \(alpha); leave it out"
    case .widthMultiplier(let alpha, let backbone, let allowed?):
      "backbone \(backbone): the width multiplier is out of range, expected "
        + "\(allowed.lowerBound) to \(allowed.upperBound), found \(alpha)"
    case .featureStride(let backbone, let reason): "backbone \(backbone): \(reason)"
    case .variant(let variant, let backbone, let allowed):
      "backbone \(backbone): is not built as \(variant.rawValue) has it, expected "
        + "\(allowed.map(\.rawValue).joined(separator: " or ")); use weights that were trained in it"
    case .noWeights(let backbone, _, _, []):
      "backbone \(backbone): there are no weights of it to download; train it, or pass a file"
    case .noWeights(let backbone, let variant, let alpha, let known):
      "backbone \(backbone): there are no such weights to download, expected "
        + "\(known.joined(separator: " or ")), found "
        + ([variant?.rawValue, alpha.map { "alpha \($0)" }].compactMap { $0 }
          .joined(separator: ", "))
    }
  }
}
