internal import Layers

/// A unit of MobileNet v2 and what came of it: it widens a narrow map, filters it and narrows it again.
///
/// Its two parts are apart because a stage ends between them.
struct InvertedResidual {
  /// What widens the map; none in a network's first unit.
  let expansion: [any Layer]
  /// What filters the wide map and narrows it.
  let reduction: [any Layer]
  /// The whole unit, with its shortcut.
  let layers: [any Layer]

  /// - Parameters:
  ///   - sum: The name of the sum with what the unit reads; nil if there is no shortcut.
  ///   - order: Which summand comes first.
  ///   - expansion: What widens the map.
  ///   - reduction: What filters the wide map and narrows it.
  init(
    sum: String?, order: Residual.Order = .shortcutFirst,
    @LayerBuilder expansion: () -> [any Layer], @LayerBuilder reduction: () -> [any Layer]
  ) {
    let (expansion, reduction) = (expansion(), reduction())
    (self.expansion, self.reduction) = (expansion, reduction)
    let body = expansion + reduction
    layers = sum.map { name in [Residual(name, order: order) { body }] } ?? body
  }
}

extension Collection where Element == InvertedResidual {
  var layers: [any Layer] { flatMap(\.layers) }

  /// The layers of units of whose first the expansion ended the stage before.
  var rest: [any Layer] { prefix(1).flatMap(\.reduction) + dropFirst().layers }
}
