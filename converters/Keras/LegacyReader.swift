internal import HDF5
internal import Importing

/// Reads the names and shapes of the legacy layout.
struct LegacyReader {
  let file: HDF5File
  let content: KerasFile.Content

  /// The group that lists the layers.
  private var root: String { content == .model ? "/model_weights" : "" }

  /// An optional attribute of one string.
  func text(_ attribute: String) throws(HDF5Error) -> String? {
    guard try file.hasAttribute(attribute, of: root) else { return nil }
    return try file.strings(attribute, of: root).first
  }

  /// Reads all layers, and the weights that belong to the model itself as one more layer.
  func layers() throws -> [KerasLayer] {
    var names = try list("layer_names", of: root) ?? []
    if let twice = firstRepeated(names) {
      throw damaged(root, "layer_names has '\(twice)' twice")
    }
    let own = "top_level_model_weights"
    if !names.contains(own), try file.exists("\(root)/\(own)") { names.append(own) }
    return try names.map { try layer($0) }
  }

  private func layer(_ name: String) throws -> KerasLayer {
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
        dataset: try file.describe(path), otherLayers: result.otherLayers, rule: result.rule)
    }
    if let twice = firstRepeated(weights.map(\.path)) {
      throw damaged(group, "weight_names has '\(twice)' twice")
    }
    return KerasLayer(
      name: name, weights: weights, isFlat: naming.isFlat,
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
