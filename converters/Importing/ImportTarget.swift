public import Layers

/// The layers of a network that a file's tensors are wanted for.
///
/// Made of a graph it knows the class and the order of the layers, so that files without names, or
/// with others, can be matched. Made of names alone it takes a file only by its names.
public struct ImportTarget: Sendable {
  /// A layer with parameters.
  package struct Layer: Sendable {
    package let name: String
    /// The class in Keras's spelling, `conv2d`; nil if it is not known.
    package let layerClass: String?
    /// The parameters in Keras's order of variables.
    package var parameters: [ParameterSpecification]
    /// How many parts a convolution's channels are in.
    var groups = 1
    /// The height, width and channels of the map that a matrix reads flattened.
    var flattened: [Int]?
  }

  /// The parameters that must be in the file.
  public let needed: [ParameterSpecification]
  /// All layers with parameters, in the order of `model.layers` if they come of a graph.
  package let layers: [Layer]
  let graph: Graph?

  /// Describes the layers of a graph.
  ///
  /// - Parameters:
  ///   - graph: The whole network. Its layers that need not be in the file count for the order.
  ///   - needed: The parameters that must be in the file; nil for all.
  public init(_ graph: Graph, needed: [ParameterSpecification]? = nil) {
    let needed = needed ?? graph.parameters
    var layers: [String: Layer] = [:]
    for node in graph.nodes where !node.parameters.isEmpty {
      layers[node.layer] = Self.merged(layers[node.layer], node, of: graph)
    }
    let ordered = KerasLayerOrder(graph).layers.compactMap { layers[$0] }
    // What is needed besides, the layers of another part, is found by name.
    let others = Self.layers(of: needed.filter { layers[$0.layer] == nil })
    (self.needed, self.layers, self.graph) = (needed, ordered + others, graph)
  }

  /// Describes parameters of which nothing but the names and shapes is known.
  ///
  /// - Parameters:
  ///   - needed: The parameters that must be in the file.
  ///   - known: All that the network has.
  public init(needed: [ParameterSpecification], known: [ParameterSpecification]) {
    let names = Set(needed.map(\.name))
    layers = Self.layers(of: needed + known.filter { !names.contains($0.name) })
    (self.needed, graph) = (needed, nil)
  }

  private static func layers(of parameters: [ParameterSpecification]) -> [Layer] {
    var order: [String] = []
    var layers: [String: Layer] = [:]
    for parameter in parameters {
      if layers[parameter.layer] == nil { order.append(parameter.layer) }
      layers[
        parameter.layer,
        default: Layer(name: parameter.layer, layerClass: nil, parameters: [])
      ].parameters.append(parameter)
    }
    return order.compactMap { layers[$0] }
  }

  /// A layer with one more of its operations.
  private static func merged(_ layer: Layer?, _ node: Graph.Node, of graph: Graph) -> Layer {
    var layerClass: String?
    var groups = 1
    var flattened: [Int]?
    switch node.operation {
    case .convolution(_, _, let count, _): (layerClass, groups) = ("conv2d", count)
    case .depthwiseConvolution: layerClass = "depthwise_conv2d"
    case .dense: (layerClass, flattened) = ("dense", map(flattenedBefore: node, of: graph))
    case .batchNorm: layerClass = "batch_normalization"
    case .normalize: layerClass = "normalization"
    default: break
    }
    if let layer {
      // A convolution of each channel with one across them.
      return Layer(
        name: node.layer, layerClass: "separable_conv2d",
        parameters: layer.parameters + node.parameters)
    }
    return Layer(
      name: node.layer, layerClass: layerClass, parameters: node.parameters, groups: groups,
      flattened: flattened)
  }

  /// The extents of the map that a vector was flattened from, if it was.
  private static func map(flattenedBefore node: Graph.Node, of graph: Graph) -> [Int]? {
    var node = node
    while let input = node.inputs.first {
      node = graph[input]
      switch node.operation {
      case .flatten: return node.inputs.first.map { Array(graph[$0].shape.dropFirst()) }
      case .dropout, .activation, .batchNorm: continue
      default: return nil
      }
    }
    return nil
  }
}
