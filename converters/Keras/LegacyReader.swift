internal import HDF5
internal import Importing

/// Reads the names and shapes of the legacy layout: a group for each layer, which lists its tensors.
struct LegacyReader {
  let file: HDF5File
  let content: KerasFile.Content

  /// The group that lists the layers.
  private var root: String { content == .model ? "/model_weights" : "" }

  func read() throws -> KerasContent {
    let version = try text("keras_version")
    let backend = try text("backend")
    let configuration = try configuration()
    let groups = try groups()
    let layers = groups.map(\.layer)
    // TensorFlow numbers the outputs of all its variables, and Theano's have none.
    let isOld = version.map { $0.hasPrefix("1.") || $0.hasPrefix("0.") } ?? true
    let isTheano =
      backend == "theano"
      || (isOld && groups.contains { $0.isFlat && !$0.hasOutputNumbers })
    let arrangement = KernelArrangement(
      layers: layers, mayBeOutputFirst: isOld && (configuration?.isChannelsFirst ?? true),
      isFlipped: isTheano, flattensChannelsFirst: configuration?.flattensChannelsFirst)
    let classes = configuration?.classes ?? [:]
    var found = KerasContent(
      form: "legacy HDF5 layout", content: content,
      layers: layers.map { arrangement.applied(to: $0.with(classes: classes)) }, file: file,
      kerasVersion: version ?? "1", backend: backend ?? (isTheano ? "theano" : nil),
      warnings: arrangement.warnings)
    found.architecture = configuration?.graph
    return found
  }

  /// An optional attribute of one string.
  private func text(_ attribute: String) throws(HDF5Error) -> String? {
    guard try file.hasAttribute(attribute, of: root) else { return nil }
    return try file.strings(attribute, of: root).first
  }

  /// The architecture, which whole models have at the root.
  private func configuration() throws(HDF5Error) -> KerasConfiguration? {
    guard try file.hasAttribute("model_config", of: "/"),
      let text = try file.strings("model_config", of: "/").first
    else { return nil }
    return KerasConfiguration(Array(text.utf8))
  }

  /// A layer, and how its tensors are named.
  private struct Group {
    let layer: KerasLayer
    let isFlat: Bool
    let hasOutputNumbers: Bool
  }

  /// Reads all layers, and the weights that belong to the model itself as one more layer.
  private func groups() throws -> [Group] {
    var names = try list("layer_names", of: root) ?? []
    if let twice = firstRepeated(names) {
      throw damaged(root, "layer_names has '\(twice)' twice")
    }
    let own = "top_level_model_weights"
    if !names.contains(own), try file.exists("\(root)/\(own)") { names.append(own) }
    return try names.map { try group($0) }
  }

  private func group(_ name: String) throws -> Group {
    let group = "\(root)/\(name)"
    guard !name.isEmpty, try file.exists(group) else {
      throw damaged(root, "layer_names has '\(name)', and there is no such group")
    }
    guard let texts = try list("weight_names", of: group) else {
      throw damaged(group, "has no attribute weight_names")
    }
    let naming = WeightNaming(layer: name, names: texts.map { WeightName($0) })
    let weights = try naming.names.map { weight in
      let path = "\(group)/\(weight.text)"
      let result = naming.result(for: weight)
      return KerasWeight(
        path: path, layer: result.layer, variable: result.variable,
        dataset: try file.describe(path), otherLayers: result.otherLayers, rule: result.rule,
        layerClass: weight.variable == "depthwise_kernel" && result.variable == "kernel"
          ? "depthwise_conv2d" : nil)
    }
    if let twice = firstRepeated(weights.map(\.path)) {
      throw damaged(group, "weight_names has '\(twice)' twice")
    }
    return Group(
      layer: KerasLayer(name: name, weights: weights), isFlat: naming.isFlat,
      hasOutputNumbers: naming.names.contains(where: \.hasOutputNumber))
  }

  /// Reads a list of strings, which Keras spreads over `name0`, `name1`, … when it is long.
  private func list(_ name: String, of group: String) throws -> [String]? {
    if try file.hasAttribute(name, of: group) { return try file.strings(name, of: group) }
    var texts: [String]?
    var index = 0
    while try file.hasAttribute("\(name)\(index)", of: group) {
      texts = try (texts ?? []) + file.strings("\(name)\(index)", of: group)
      index += 1
    }
    return texts
  }

  private func firstRepeated(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }

  private func damaged(_ object: String, _ reason: String) -> ImportError {
    .damaged(file: file.path, object: object.isEmpty ? "/" : object, reason: reason)
  }
}

extension KerasLayer {
  /// The layer with the classes that the file's architecture gives.
  fileprivate func with(classes: [String: String]) -> KerasLayer {
    var layer = self
    for index in layer.weights.indices where layer.weights[index].layerClass == nil {
      // A wrapper has the parameters of what it wraps.
      if let known = classes[layer.weights[index].layer], known != "time_distributed" {
        layer.weights[index].layerClass = known
      }
    }
    return layer
  }
}
