public import HDF5

/// A layer of a file, with its tensors described but not read.
public struct KerasLayer: Equatable, Sendable {
  /// The layer's name in the file's own list.
  public let name: String
  /// The tensors in the file's order: trainable ones before the others.
  public let weights: [KerasWeight]
  /// Whether the tensors' names are Keras 1's, without a `/`.
  let isFlat: Bool
  /// Whether a tensor's name ends with TensorFlow's output number, `:0`.
  let hasOutputNumbers: Bool
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
  let otherLayers: [String]
  /// What `layer` and `variable` were made of, if they are not what the file says.
  let rule: String?

  /// The tensor's name among a network's parameters, `layer/variable`.
  public var name: String { "\(layer)/\(variable)" }

  /// The names to look for among a network's parameters, most specific first.
  var candidates: [String] { [name] + otherLayers.map { "\($0)/\(variable)" } }
}
