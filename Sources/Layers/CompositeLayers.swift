/// `scale · body(x) + shortcut(x)`, Keras's `Add`; an empty shortcut is x itself.
public struct Residual: Layer {
  /// Which summand Keras's model names first: its order of layers follows, and nothing else.
  public enum Order: Sendable { case shortcutFirst, bodyFirst }

  let name: String
  let scale: Float
  let order: Order
  let body: [any Layer]
  let shortcut: [any Layer]

  /// - Parameters:
  ///   - name: The name of the sum.
  ///   - scale: What the body's result is multiplied by.
  ///   - order: Which summand comes first.
  ///   - body: The layers whose result is added.
  ///   - shortcut: The layers beside them.
  public init(
    _ name: String, scale: Float = 1, order: Order = .shortcutFirst,
    @LayerBuilder body: () -> [any Layer], @LayerBuilder shortcut: () -> [any Layer] = { [] }
  ) {
    (self.name, self.scale, self.order) = (name, scale, order)
    (self.body, self.shortcut) = (body(), shortcut())
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    var values: [Graph.Value] = []
    for layers in order == .bodyFirst ? [body, shortcut] : [shortcut, body] {
      values.append(try layers.append(to: &graph, input: input))
    }
    if scale != 1 {
      let through = order == .bodyFirst ? 0 : 1
      values[through] = try graph.append(
        .rescale(factors: [scale], offsets: [0]), layer: name, inputs: [values[through]])
    }
    return try graph.append(.add, layer: name, inputs: values)
  }
}

/// x times what layers make of it, a number for each channel or for each number: Keras's `Multiply`.
///
/// A squeeze-and-excitation block is one: the layers are a global pooling and two convolutions.
public struct Gate: Layer {
  let name: String
  let layers: [any Layer]

  /// - Parameters:
  ///   - name: The name of the product.
  ///   - layers: The layers that make the factors, `[N, 1, 1, C]` or of the map's shape.
  public init(_ name: String, @LayerBuilder layers: () -> [any Layer]) {
    (self.name, self.layers) = (name, layers())
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let factors = try layers.append(to: &graph, input: input)
    return try graph.append(.multiply, layer: name, inputs: [input, factors])
  }
}

/// Branches that read the same map, their results beside one another, Keras's `Concatenate`.
public struct Concatenate: Layer {
  let name: String
  let branches: [[any Layer]]

  /// - Parameters:
  ///   - name: The name of the result.
  ///   - branches: The layers of each branch, in the order of their channels.
  public init(_ name: String, branches: [[any Layer]]) {
    (self.name, self.branches) = (name, branches)
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    var outputs: [Graph.Value] = []
    for branch in branches { outputs.append(try branch.append(to: &graph, input: input)) }
    return try graph.append(.concatenate, layer: name, inputs: outputs)
  }
}

/// Branches that read the same map and end apart; each is asked for by its last layer's name.
public struct Branches: Layer {
  let branches: [[any Layer]]

  /// - Parameter branches: The layers of each branch; the last one's result is handed on.
  public init(_ branches: [any Layer]...) { self.branches = branches }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    var output = input
    for branch in branches { output = try branch.append(to: &graph, input: input) }
    return output
  }
}

/// A layer without the softmax that it ends with, if it ends with one.
struct Logits: Layer {
  let layer: any Layer

  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let output = try layer.append(to: &graph, input: input)
    return graph[output].operation == .activation(.softmax) ? graph.removeLast() : output
  }
}
