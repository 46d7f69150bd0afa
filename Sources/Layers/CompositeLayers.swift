/// `body(x) + shortcut(x)`, Keras's `Add`; an empty shortcut is x itself.
public struct Residual: Layer {
  let name: String
  let body: [any Layer]
  let shortcut: [any Layer]

  /// - Parameters:
  ///   - name: The name of the sum.
  ///   - body: The layers whose result is added.
  ///   - shortcut: The layers beside them.
  public init(
    _ name: String, @LayerBuilder body: () -> [any Layer],
    @LayerBuilder shortcut: () -> [any Layer] = { [] }
  ) {
    (self.name, self.body, self.shortcut) = (name, body(), shortcut())
  }

  public func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let beside = try shortcut.append(to: &graph, input: input)
    let through = try body.append(to: &graph, input: input)
    return try graph.append(.add, layer: name, inputs: [beside, through])
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
