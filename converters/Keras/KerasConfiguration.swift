internal import FoundationEssentials
internal import Importing

/// What a file says of its model's architecture, as far as its weights need it.
///
/// It is the `model_config` of a whole model, or the `config.json` of a `.keras` archive.
struct KerasConfiguration {
  /// A layer of a model, or a model as a layer.
  struct Layer {
    let name: String
    /// The class as Python names it, `BatchNormalization`.
    let className: String
    /// The layers of a model, in the order of `model.layers`.
    let layers: [Layer]
    /// What a wrapper, `TimeDistributed`, applies.
    let wrapped: [Layer]
    fileprivate let dataFormat: String?
    /// The layers that it reads, in its order.
    fileprivate let reads: [String]

    /// Whether this layer reads maps of channels × height × width.
    fileprivate var isChannelsFirst: Bool { ["channels_first", "th"].contains(dataFormat) }

    /// This layer and all in it.
    fileprivate var all: [Layer] { [self] + (layers + wrapped).flatMap(\.all) }
  }

  /// The model itself.
  let model: Layer

  /// Reads a configuration; nil if the text is not one, as of a model without any.
  init?(_ json: some Collection<UInt8>) {
    guard let coded = try? JSONDecoder().decode(CodedLayer.self, from: Data(json)) else {
      return nil
    }
    model = Layer(coded)
  }

  /// Whether the model's maps are channels × height × width.
  var isChannelsFirst: Bool { model.all.contains { $0.isChannelsFirst } }

  /// Whether such maps are flattened as they are: a later `Flatten`, which knows of them, puts the
  /// channels last before.
  var flattensChannelsFirst: Bool {
    isChannelsFirst && !model.all.contains { $0.className == "Flatten" && $0.isChannelsFirst }
  }

  /// Which layer reads which; nil of models within models.
  var graph: LayerGraph? {
    guard !model.layers.isEmpty, model.layers.allSatisfy(\.layers.isEmpty) else { return nil }
    let isChain = model.layers.allSatisfy(\.reads.isEmpty)
    return LayerGraph(
      model.layers.enumerated().map { index, layer in
        LayerGraph.Layer(
          layer.name,
          reads: !isChain ? layer.reads : index == 0 ? [] : [model.layers[index - 1].name],
          isOrdered: ["Concatenate", "Merge"].contains(layer.className))
      })
  }

  /// The class of each layer by its name, in Keras's spelling of files: `batch_normalization`.
  var classes: [String: String] {
    Dictionary(
      model.all.map { ($0.name, snakeCase($0.className)) }, uniquingKeysWith: { first, _ in first })
  }

  /// The layers by the groups that Keras 3 stores them in, `layers/conv2d_1`, in the model's order.
  ///
  /// A group is named after the layer's class, with the layer's number among those of its class in
  /// the model's list. A wrapper's group holds the group `layer`.
  var groups: [(path: String, layer: Layer)] { groups(of: model, at: "") }

  private func groups(of layer: Layer, at path: String) -> [(path: String, layer: Layer)] {
    var counts: [String: Int] = [:]
    var found: [(path: String, layer: Layer)] = []
    for inner in layer.layers {
      let name = snakeCase(inner.className)
      let number = counts[name, default: 0]
      counts[name] = number + 1
      let group = "\(path)layers/\(name)" + (number == 0 ? "" : "_\(number)")
      found.append((group, inner))
      found += groups(of: inner, at: group + "/")
      for wrapped in inner.wrapped { found.append(("\(group)/layer", wrapped)) }
    }
    return found
  }
}

extension KerasConfiguration.Layer {
  fileprivate init(_ coded: CodedLayer) {
    className = coded.class_name ?? ""
    name = coded.config?.name ?? coded.name ?? ""
    layers = (coded.config?.layers ?? []).map { Self($0) }
    wrapped = (coded.config?.layer ?? []).map { Self($0) }
    dataFormat = coded.config?.format
    reads = coded.inbound
  }
}

/// A class as Keras 3 spells it in files: `PReLU` is `p_re_lu`, `Conv2D` is `conv2d`.
func snakeCase(_ name: String) -> String {
  func isUpper(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte }
  func isLower(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte }
  func continues(_ byte: UInt8) -> Bool { isLower(byte) || 0x30...0x39 ~= byte }
  let underscore = UInt8(ascii: "_")
  let bytes = Array(name.utf8)
  // First before each capital that begins a word of several letters, as Keras's expression finds them.
  var words: [UInt8] = []
  var index = 0
  while index < bytes.count {
    words.append(bytes[index])
    index += 1
    guard index + 1 < bytes.count, isUpper(bytes[index]), continues(bytes[index + 1]) else {
      continue
    }
    let end = bytes[(index + 1)...].firstIndex { !continues($0) } ?? bytes.count
    words += [underscore] + bytes[index..<end]
    index = end
  }
  // Then between a small letter and a capital.
  var spelt: [UInt8] = []
  for byte in words {
    if isUpper(byte), let last = spelt.last, isLower(last) { spelt.append(underscore) }
    spelt.append(byte)
  }
  return String(decoding: spelt, as: UTF8.self).lowercased()
}

// The names are the file's.
private struct CodedLayer: Decodable {
  let class_name: String?
  let name: String?
  let config: CodedConfiguration?
  let inbound: [String]

  private enum Key: String, CodingKey { case class_name, name, config, inbound_nodes }

  init(from decoder: any Decoder) throws {
    try decoder.refuseDepth()
    let container = try decoder.container(keyedBy: Key.self)
    class_name = try? container.decode(String.self, forKey: .class_name)
    name = try? container.decode(String.self, forKey: .name)
    config = try? container.decode(CodedConfiguration.self, forKey: .config)
    inbound = (try? container.decode(CodedTensors.self, forKey: .inbound_nodes))?.layers ?? []
  }
}

private struct CodedConfiguration: Decodable {
  let name: String?
  let format: String?
  let layers: [CodedLayer]
  let layer: [CodedLayer]

  private enum Key: String, CodingKey { case name, layers, layer, data_format, dim_ordering }

  init(from decoder: any Decoder) throws {
    // Keras 1 and early Keras 2 list a Sequential's layers as the configuration itself.
    if let list = try? decoder.singleValueContainer().decode([CodedLayer].self) {
      (name, format, layers, layer) = (nil, nil, list, [])
      return
    }
    let container = try decoder.container(keyedBy: Key.self)
    name = try? container.decode(String.self, forKey: .name)
    format =
      (try? container.decode(String.self, forKey: .data_format))
      ?? (try? container.decode(String.self, forKey: .dim_ordering))
    layers = (try? container.decode([CodedLayer].self, forKey: .layers)) ?? []
    layer = (try? container.decode(CodedLayer.self, forKey: .layer)).map { [$0] } ?? []
  }
}

/// The layers of the tensors that a layer reads.
///
/// Keras 1 and 2 list them as `["name", 0, 0, {}]`, Keras 3 has `["name", 0, 0]` deep inside.
private struct CodedTensors: Decodable {
  let layers: [String]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    try decoder.refuseDepth()
    if var list = try? decoder.unkeyedContainer() {
      if let name = try? list.decode(String.self), (try? list.decode(Int.self)) != nil {
        layers = [name]
        return
      }
      var found: [String] = []
      var items = try decoder.unkeyedContainer()
      while !items.isAtEnd { found += try items.decode(CodedTensors.self).layers }
      layers = found
    } else if let members = try? decoder.container(keyedBy: Key.self) {
      layers = try members.allKeys.sorted { $0.stringValue < $1.stringValue }.flatMap { key in
        try members.decode(CodedTensors.self, forKey: key).layers
      }
    } else {
      layers = []
    }
  }
}

extension Decoder {
  /// Throws where forged text is nested deeper than any model: the time to decode it grows with the cube
  /// of the depth.
  fileprivate func refuseDepth() throws {
    guard codingPath.count < 64 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "nested too deeply"))
    }
  }
}
