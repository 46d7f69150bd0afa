public import HDF5
internal import Importing
internal import Tensors

/// A layer of a file, with its tensors described but not read.
public struct KerasLayer: Equatable, Sendable {
  /// The layer's name, or, in a file that names none, where it is in the file.
  public let name: String
  /// The tensors in the file's order: trainable ones before the others.
  public internal(set) var weights: [KerasWeight]
}

/// One tensor of a file, not yet read.
public struct KerasWeight: Equatable, Sendable {
  /// The data set's path in the file, for example `/conv1/conv1/kernel:0`.
  public let path: String
  /// The layer that the tensor belongs to; of a nested model's tensors, the inner layer.
  public let layer: String
  /// The variable's name as Keras 3 has it, for example `kernel`.
  public let variable: String
  /// The tensor's shape and stored type.
  public let dataset: DatasetDescription
  /// Other names that the layer may be known by, most specific first.
  var otherLayers: [String] = []
  /// What `layer` and `variable` were made of, if they are not what the file says.
  var rule: String?
  /// What else the variable may be.
  var otherVariables: [String] = []
  var isNamed = true
  /// The layer's class in Keras's spelling, if the file shows it.
  var layerClass: String?
  /// How the numbers come into the order of today's Keras.
  var layout = TensorLayout.keras
  var readsChannelsFirst = false

  /// The tensor's name among a network's parameters, `layer/variable`.
  public var name: String { "\(layer)/\(variable)" }

  /// Whether these are integers that count something, and no quantised weights.
  var isCount: Bool { dataset.shape.isEmpty && variable == "count" }

  var stored: StoredTensor {
    StoredTensor(
      path: path, layer: layer, variable: variable, otherLayers: otherLayers, rule: rule,
      storedShape: dataset.shape, layout: layout,
      elementType: isCount ? .float32 : dataset.elementType, typeName: dataset.typeName,
      isNamed: isNamed, layerClass: layerClass, otherVariables: otherVariables,
      readsChannelsFirst: readsChannelsFirst)
  }
}
