/// One named step of a network: hyperparameters, no weights.
///
/// A layer says what it computes by appending operations to a graph. Names are Keras's own, so
/// that a checkpoint's parameters are found by name.
public protocol Layer: Sendable {
  /// Appends the layer's operations.
  ///
  /// - Parameters:
  ///   - graph: The network so far.
  ///   - input: What the layer reads.
  /// - Returns: What the layer hands on.
  /// - Throws: ``GraphError`` if the input does not fit.
  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value
}

extension [any Layer] {
  /// Appends all layers, each reading the one before.
  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    var value = input
    for layer in self {
      value = try layer.append(to: &graph, input: value)
      graph.completeLayers()
    }
    return value
  }
}

/// Lets a stage list its layers one below the other.
@resultBuilder public enum LayerBuilder {
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first: [any Layer]) -> [any Layer] { first }
  public static func buildEither(second: [any Layer]) -> [any Layer] { second }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
