public import Layers

/// The layers of a network by stage, with their parameters: what a selection chooses from.
public struct NetworkOutline: Sendable {
  /// A layer in its place.
  public struct Layer: Sendable {
    public let name: String
    public let stage: String
    public let parameters: [ParameterSpecification]
    /// Whether the layer normalises with statistics.
    public let isBatchNorm: Bool

    /// How many numbers the layer's parameters hold.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
  }

  /// All layers, also those without parameters, in the order they run.
  public let layers: [Layer]

  /// Lists the layers of stages, one after the other.
  ///
  /// - Parameters:
  ///   - stages: The stages, first to last.
  ///   - shape: The input's shape, `[N, H, W, C]` or `[N, C]`.
  /// - Throws: `GraphError` if the layers do not fit one another.
  public init(_ stages: [Stage], input shape: [Int]) throws(GraphError) {
    let graph = try Graph(stages, input: shape)
    var layers: [Layer] = []
    var known = 0
    var prefix = try Graph(input: shape)
    for stage in stages {
      for layer in stage.layers { _ = try layer.append(to: &prefix, input: prefix.output) }
      let names = prefix.layers
      for name in names[known...] {
        let nodes = graph.nodes.filter { $0.layer == name }
        layers.append(
          Layer(
            name: name, stage: stage.name, parameters: nodes.flatMap(\.parameters),
            isBatchNorm: nodes.contains(where: \.operation.isBatchNorm)))
      }
      known = names.count
    }
    self.layers = layers
  }

  init(layers: [Layer]) { self.layers = layers }

  /// The layers of two networks that train together, for example those of an image and of its regions.
  public static func + (first: NetworkOutline, second: NetworkOutline) -> NetworkOutline {
    NetworkOutline(layers: first.layers + second.layers)
  }

  /// The stages' names, in order.
  public var stages: [String] {
    layers.map(\.stage).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// Every parameter, in the order of the layers.
  public var parameters: [ParameterSpecification] { layers.flatMap(\.parameters) }
}

extension Operation {
  fileprivate var isBatchNorm: Bool {
    if case .batchNorm = self { true } else { false }
  }
}
