public import Layers

/// A backbone that the catalogue cannot give.
public enum CatalogueError: Error, Equatable, Sendable, CustomStringConvertible {
  case unknownBackbone(String, nearest: [String], known: [String])
  /// `allowed` is nil if the backbone has one width only.
  case widthMultiplier(Double, backbone: String, allowed: ClosedRange<Double>?)
  case variant(Variant, backbone: String, allowed: [Variant])
  /// `reason` says which strides there are.
  case featureStride(backbone: String, reason: String)

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
    }
  }
}
