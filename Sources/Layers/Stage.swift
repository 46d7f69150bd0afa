/// The layers between two changes of resolution, which is also the unit of freezing.
public struct Stage: Sendable {
  public let name: String
  public let layers: [any Layer]

  public init(_ name: String, @LayerBuilder layers: () -> [any Layer]) {
    self.name = name
    self.layers = layers()
  }

  /// A stage of no layers: its output is its input.
  public static let empty = Stage("") {}
}
