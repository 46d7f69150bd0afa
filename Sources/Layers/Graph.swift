/// A network at one input shape: operations in the order they run, every shape known.
///
/// Layers append operations; an engine reads them. A graph is a value and holds no numbers.
public struct Graph: Sendable {
  /// The output of one of a graph's nodes.
  public struct Value: Hashable, Sendable {
    public let index: Int
  }

  /// An operation in its place.
  public struct Node: Sendable {
    /// The layer that the operation belongs to, as its checkpoint names it.
    public let layer: String
    public let operation: Operation
    public let inputs: [Value]
    /// The output's shape, `[N, H, W, C]` or `[N, C]`.
    public let shape: [Int]
    /// Image pixels per cell of the output, along each side.
    public let stride: Int
    /// How far apart cells lie that were neighbours if every layer strode; 1 unless a stride was
    /// left out.
    public let dilation: Int
    /// The parameters that the operation reads, in checkpoint order.
    public let parameters: [ParameterSpecification]
  }

  public private(set) var nodes: [Node] = []
  private var outputs: [String: Value] = [:]
  /// Layers whose output comes before this one are complete: no operation of theirs may follow.
  private var firstOpenValue = 1
  /// The stride that maps may have, image pixels per cell; nil for whatever the layers say.
  ///
  /// Layers that would stride beyond it do not, and the windows after them are dilated instead.
  var greatestStride: Int?

  /// Makes a graph that only has an input, of shape `[N, H, W, C]` or `[N, C]`.
  ///
  /// - Throws: ``GraphError`` if the shape has another rank, an extent below one, or more than 2³²
  ///   numbers.
  public init(input shape: [Int]) throws(GraphError) {
    guard [2, 4].contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw GraphError(
        layer: "input", reason: "expected a shape [N, H, W, C] or [N, C], found \(shape)")
    }
    // Far beyond any memory, and so far below Int.max that no product of extents overflows.
    guard shape.allSatisfy({ $0 <= 1 << 32 }), shape.reduce(1.0, { $0 * Double($1) }) <= 0x1p32
    else {
      throw GraphError(
        layer: "input", reason: "expected at most 2³² numbers, found \(shape); use a smaller image")
    }
    nodes.append(
      Node(
        layer: "input", operation: .input, inputs: [], shape: shape, stride: 1, dilation: 1,
        parameters: []))
    outputs["input"] = input
  }

  /// Makes the graph of `stages`, one after the other.
  ///
  /// - Parameters:
  ///   - stages: The stages, first to last.
  ///   - shape: The input's shape, `[N, H, W, C]` or `[N, C]`.
  ///   - endpoints: Layers whose output is wanted: what comes after the last of them is left out.
  ///     Empty for the whole network.
  /// - Throws: ``GraphError`` if a layer does not fit its input, or no layer has an endpoint's name.
  public init(
    _ stages: [Stage], input shape: [Int], endpoints: [String] = []
  ) throws(GraphError) {
    try self.init(input: shape)
    var pending = Set(endpoints)
    var value = input
    for layer in stages.flatMap(\.layers) {
      value = try layer.append(to: &self, input: value)
      completeLayers()
      pending = pending.filter { outputs[$0] == nil }
      if !endpoints.isEmpty && pending.isEmpty { break }
    }
    for endpoint in endpoints where pending.contains(endpoint) {
      throw GraphError.unknownLayer(endpoint, known: layers)
    }
  }

  /// The graph's input.
  public var input: Value { Value(index: 0) }

  /// The output of the last operation.
  public var output: Value { Value(index: nodes.count - 1) }

  /// The names of the layers, in the order they run.
  public var layers: [String] {
    nodes.dropFirst().map(\.layer).reduce(into: []) { names, name in
      if names.last != name { names.append(name) }
    }
  }

  /// Every parameter, in the order of the layers.
  public var parameters: [ParameterSpecification] { nodes.flatMap(\.parameters) }

  public subscript(value: Value) -> Node { nodes[value.index] }

  /// What the layer of that name hands on, or nil if there is none.
  public func output(of layer: String) -> Value? { outputs[layer] }

  /// Lists the values that the endpoints are computed from, in the order they are computed.
  ///
  /// - Parameter endpoints: The values wanted.
  /// - Returns: Those values and all that come before them.
  public func values(neededFor endpoints: [Value]) -> [Value] {
    var needed = Set<Value>()
    var pending = endpoints
    while let value = pending.popLast() {
      if needed.insert(value).inserted { pending += self[value].inputs }
    }
    return needed.sorted { $0.index < $1.index }
  }

  /// Lists the parameters that the endpoints are computed from.
  ///
  /// - Parameter endpoints: Names of layers; names of no layer are passed over.
  /// - Returns: The parameters, in the order of the layers.
  public func parameters(neededFor endpoints: [String]) -> [ParameterSpecification] {
    values(neededFor: endpoints.compactMap { output(of: $0) }).flatMap { self[$0].parameters }
  }

  /// Appends an operation.
  ///
  /// - Parameters:
  ///   - operation: What to compute.
  ///   - layer: The name of the layer it belongs to. A layer may append several operations, each
  ///     reading the one before.
  ///   - inputs: What it reads.
  ///   - kernel: What the layer calls the operation's kernel, if it has several or another.
  /// - Returns: Its output.
  /// - Throws: ``GraphError`` if the inputs do not fit the operation, or another layer has the name.
  /// - Precondition: The inputs are values of this graph.
  public mutating func append(
    _ operation: Operation, layer: String, inputs: [Value], kernel: String = "kernel"
  ) throws(GraphError) -> Value {
    if let earlier = outputs[layer] {
      guard earlier.index >= firstOpenValue, inputs.contains(earlier) else {
        throw GraphError(layer: layer, reason: "two layers have this name; rename one")
      }
    }
    let shapes = inputs.map { self[$0].shape }
    let stride = inputs.map { self[$0].stride }.max() ?? 1
    let dilation = inputs.map { self.dilation(of: $0) }.max() ?? 1
    let kept = keptStride(of: operation.stride, stride: stride, dilation: dilation)
    let leftOut = kept == operation.stride ? 1 : operation.stride / kept
    let operation = operation.dilated(by: dilation, stride: kept)
    do {
      nodes.append(
        Node(
          layer: layer, operation: operation, inputs: inputs,
          shape: try operation.outputShape(of: shapes), stride: stride * kept,
          dilation: dilation * leftOut,
          parameters: operation.parameters(of: layer, inputs: shapes, kernel: kernel)))
    } catch {
      throw GraphError(layer: layer, reason: error.description)
    }
    outputs[layer] = output
    return output
  }

  /// Takes the last operation back.
  ///
  /// - Precondition: It has one input, and nothing reads it.
  /// - Returns: What it read.
  mutating func removeLast() -> Value {
    let node = nodes.removeLast()
    precondition(node.inputs.count == 1, "an operation of several inputs leaves no one output")
    outputs[node.layer] = node.inputs.first { self[$0].layer == node.layer }
    return node.inputs[0]
  }

  /// Notes that every layer so far has appended all its operations.
  mutating func completeLayers() { firstOpenValue = nodes.count }
}

/// A layer that cannot be put where it stands.
public struct GraphError: Error, Equatable, Sendable, CustomStringConvertible {
  public let layer: String
  public let reason: String

  public var description: String { "layer \(layer): \(reason)" }

  static func unknownLayer(_ name: String, known: [String]) -> GraphError {
    let near = known.nearest(to: name).joined(separator: ", ")
    return GraphError(layer: name, reason: "there is no such layer; the nearest names are \(near)")
  }
}
