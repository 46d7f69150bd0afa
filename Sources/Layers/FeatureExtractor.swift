/// A backbone network, described so that a detector can be built on it.
///
/// A conforming type is a small value that lists named layers. It holds no weights and runs
/// nothing: an engine does both, from the layers. The whole network, as trained on ImageNet, is
/// ``imageStages``, ``bridge``, ``regionStages`` and ``classifier``, in this order.
public protocol FeatureExtractor: Sendable {
  /// How an image becomes the first layer's input.
  var preprocessing: Preprocessing { get }
  /// The layers that run once for an image, cut where the resolution changes.
  ///
  /// The region proposal network reads the last map.
  var imageStages: [Stage] { get }
  /// The layers that run once for each region pooled from that map.
  var regionStages: [Stage] { get }
  /// The layers that make class probabilities of the last map.
  var classifier: Stage { get }
  /// The layers that only the whole network has, in the place where a detector pools regions.
  var bridge: Stage { get }
  /// Into how many cells along each side a region is pooled for ``regionStages``: 7, unless their
  /// matrices are of another size.
  var regionSide: Int { get }
}

/// What a detector needs to know of a stage's output before any image is seen.
public struct FeatureMap: Equatable, Sendable {
  /// The stage's name.
  public let stage: String
  /// The last layer's name, by which the map can be asked for.
  public let endpoint: String
  /// Image pixels per cell, along each side.
  public let stride: Int
  public let channels: Int

  public init(stage: String, endpoint: String, stride: Int, channels: Int) {
    (self.stage, self.endpoint) = (stage, endpoint)
    (self.stride, self.channels) = (stride, channels)
  }
}

extension FeatureExtractor {
  public var bridge: Stage { .empty }
  public var regionSide: Int { 7 }

  /// The whole network's stages, first to last, without empty ones.
  public var stages: [Stage] {
    (imageStages + [bridge] + regionStages + [classifier]).filter { !$0.layers.isEmpty }
  }

  /// The whole network's stages without the softmax at its end, as a classifier is trained.
  public var logitStages: [Stage] { stages.dropLast() + stages.suffix(1).map(\.logits) }

  /// The shape of one image as the classifier expects it, `[1, H, W, 3]`.
  public var imageShape: [Int] { [1, preprocessing.imageSide, preprocessing.imageSide, 3] }

  /// Every parameter of the whole network, in the order of its layers.
  ///
  /// - Throws: ``GraphError`` if the layers do not fit one another.
  public func parameters() throws(GraphError) -> [ParameterSpecification] {
    try Graph(stages, input: imageShape).parameters
  }

  /// The parameters of the layers that Keras leaves out with `include_top=False`: all after the last
  /// map of more than one cell.
  ///
  /// - Throws: ``GraphError`` if the layers do not fit one another.
  public func topParameters() throws(GraphError) -> [ParameterSpecification] {
    let graph = try Graph(stages, input: imageShape)
    return graph.nodes[(graph.lastMap.index + 1)...].flatMap(\.parameters)
  }

  /// The layer that a network built with `include_top=False` ends with.
  ///
  /// - Throws: ``GraphError`` if the layers do not fit one another.
  public func bodyEndpoint() throws(GraphError) -> String {
    let graph = try Graph(stages, input: imageShape)
    return graph[graph.lastMap].layer
  }

  /// The output of each of ``imageStages``, finest first.
  ///
  /// - Throws: ``GraphError`` if the layers do not fit one another.
  public func featureMaps() throws(GraphError) -> [FeatureMap] {
    var graph = try Graph(input: imageShape)
    var maps: [FeatureMap] = []
    for stage in imageStages {
      let value = try stage.layers.append(to: &graph, input: graph.output)
      let output = graph[value]
      maps.append(
        FeatureMap(
          stage: stage.name, endpoint: output.layer, stride: output.stride,
          channels: output.shape[output.shape.count - 1]))
    }
    return maps
  }
}

extension Graph {
  /// The last value that is a map of more than one cell; gates have vectors of their own before it.
  fileprivate var lastMap: Value {
    let index = nodes.lastIndex { $0.shape.count == 4 && $0.shape[1] * $0.shape[2] > 1 }
    return Value(index: index ?? 0)
  }
}
