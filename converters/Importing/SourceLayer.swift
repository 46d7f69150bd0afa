internal import Layers

/// The tensors of one layer of a file.
struct SourceLayer {
  let name: String
  /// Other names that it may be known by, most specific first.
  let otherNames: [String]
  let isNamed: Bool
  private(set) var tensors: [StoredTensor] = []

  /// Gathers a file's tensors by their layers, which stay in the file's order.
  ///
  /// Those of one layer need not follow one another: of a model inside a model Keras lists all that
  /// is trained first.
  static func layers(of tensors: [StoredTensor]) -> [SourceLayer] {
    var layers: [SourceLayer] = []
    var places: [String: Int] = [:]
    for tensor in tensors {
      let key = ([tensor.layer] + tensor.otherLayers).joined(separator: "\n")
      if let place = places[key], !layers[place].holds(tensor) {
        layers[place].tensors.append(tensor)
      } else {
        places[key] = layers.count
        layers.append(
          SourceLayer(
            name: tensor.layer, otherNames: tensor.otherLayers, isNamed: tensor.isNamed,
            tensors: [tensor]))
      }
    }
    return layers
  }

  /// Whether there is a tensor of that name already: then this is another layer of the same name.
  private func holds(_ tensor: StoredTensor) -> Bool {
    tensors.contains { $0.variable == tensor.variable }
  }

  /// The name that Keras made up, if it did.
  var automaticName: AutomaticName? { isNamed ? AutomaticName(name) : nil }

  /// The class that the file says, or that the name or the variables show.
  var layerClass: String? {
    if let known = tensors.lazy.compactMap(\.layerClass).first { return known }
    if let automatic = automaticName { return automatic.layerClass }
    let variables = Set(tensors.map(\.variable))
    if variables.contains("pointwise_kernel") { return "separable_conv2d" }
    if variables.contains("depthwise_kernel") { return "depthwise_conv2d" }
    if variables.contains("moving_mean") { return "batch_normalization" }
    guard let kernel = tensors.first(where: { $0.variable == "kernel" })?.shape else { return nil }
    switch kernel.count {
    case 2: return "dense"
    // One kernel for each channel: a convolution to a single channel is of one cell in all networks.
    case 4: return kernel[3] == 1 && kernel[0] > 1 ? "depthwise_conv2d" : "conv2d"
    default: return nil
    }
  }

  /// Finds each of a layer's parameters among the tensors.
  ///
  /// - Parameter parameters: What the layer of the network has.
  /// - Returns: The tensors by the parameters' variables, and those that none takes.
  func assignment(
    to parameters: [ParameterSpecification]
  ) -> (byVariable: [String: StoredTensor], unused: [StoredTensor]) {
    var byVariable: [String: StoredTensor] = [:]
    let variables = Set(parameters.map(\.variable))
    let unused = tensors.filter { tensor in
      let names = [tensor.variable] + tensor.otherVariables
      let free = names.first { variables.contains($0) && byVariable[$0] == nil }
      if let free { byVariable[free] = tensor }
      return free == nil
    }
    return (byVariable, unused)
  }
}
