extension FeatureExtractor {
  /// The same network with finer last maps: what would stride beyond `stride` is dilated instead.
  ///
  /// Each image stage's output, taken every so many cells from the first on as its stride is finer,
  /// equals this network's for any image size and any padding, except after layers that
  /// pool whole maps (squeeze and excitation): those pool all cells. Parameters are the same.
  /// ``regionStages`` and ``classifier`` stay as they are, and ``bridge`` begins by taking those cells,
  /// so that the whole network gives the same classes.
  ///
  /// After section 3.1 of Chen et al., DeepLab: Semantic Image Segmentation with Deep Convolutional Nets,
  /// Atrous Convolution, and Fully Connected CRFs.
  ///
  /// - Parameter stride: Image pixels per cell of the last map: a power of two from 4 to the network's
  ///   own stride, which changes nothing.
  /// - Returns: The dilated network.
  /// - Throws: ``GraphError`` if the network cannot have that stride.
  public func dilated(toStride stride: Int) throws(GraphError) -> any FeatureExtractor {
    guard let own = try featureMaps().last else {
      throw GraphError(
        layer: "input", reason: "a network without image stages has no maps to dilate")
    }
    let strides = sequence(first: 4) { $0 * 2 }.prefix { $0 <= own.stride }
      .filter(own.stride.isMultiple)
    guard strides.contains(stride) else {
      let possible =
        strides.isEmpty
        ? "none: the last map's own stride is \(own.stride)"
        : strides.map(String.init).joined(separator: " or ")
      throw GraphError(
        layer: own.endpoint,
        reason: "the feature stride is not possible, expected \(possible), "
          + "found \(stride)")
    }
    guard stride < own.stride else { return self }
    let dilated = DilatedFeatureExtractor(
      undilated: self, greatestStride: stride, dilation: own.stride / stride)
    // Layers beside one another may have agreed only while they strode.
    let found = try dilated.featureMaps().last?.stride ?? 0
    guard found == stride else {
      throw GraphError(
        layer: own.endpoint,
        reason: "the feature stride is not possible, expected \(found), which its strides divide "
          + "into, found \(stride)")
    }
    return dilated
  }
}

/// A network that dilates where it would stride beyond some pixels.
struct DilatedFeatureExtractor: FeatureExtractor {
  let undilated: any FeatureExtractor
  let greatestStride: Int
  /// How far apart the undilated network's cells lie in the last map.
  let dilation: Int

  var preprocessing: Preprocessing { undilated.preprocessing }
  var regionStages: [Stage] { undilated.regionStages }
  var classifier: Stage { undilated.classifier }
  var regionSide: Int { undilated.regionSide }

  var imageStages: [Stage] {
    undilated.imageStages.map { stage in
      Stage(stage.name) {
        stage.layers.map { Dilated(layer: $0, greatestStride: greatestStride) as any Layer }
      }
    }
  }

  var bridge: Stage {
    let bridge = undilated.bridge
    return Stage(bridge.layers.isEmpty ? "bridge" : bridge.name) {
      MaxPool("undilated_cells", 1, stride: dilation)
      bridge.layers
    }
  }
}

/// A layer that dilates what would make the stride greater than allowed.
private struct Dilated: Layer {
  let layer: any Layer
  let greatestStride: Int

  func append(to graph: inout Graph, input: Graph.Value) throws(GraphError) -> Graph.Value {
    let before = graph.greatestStride
    graph.greatestStride = greatestStride
    defer { graph.greatestStride = before }
    return try layer.append(to: &graph, input: input)
  }
}
