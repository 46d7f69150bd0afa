/// The layers between two changes of resolution, which is also the unit of freezing.
public struct Stage: Sendable {
  public let name: String
  public let layers: [any Layer]

  public init(_ name: String, @LayerBuilder layers: () -> [any Layer]) {
    self.name = name
    self.layers = layers()
  }

  /// The same layers without the softmax at the end, if there is one: a loss wants what it reads.
  public var logits: Stage {
    Stage(name) {
      layers.dropLast().map { $0 }
      layers.suffix(1).map { Logits(layer: $0) as any Layer }
    }
  }

  /// A stage of no layers: its output is its input.
  public static let empty = Stage("") {}
}
