internal import HDF5
internal import Importing
internal import KerasConverter
public import Layers
internal import Safetensors
public import Tensors

/// The forms that weights are written in.
public enum OutputFormat: String, CaseIterable, Sendable {
  /// Keras's HDF5 layout of `save_weights('x.h5')`, which Keras 1 to 3 load by name.
  case legacy = "keras-h5"
  /// The layout of Keras 3's `save_weights('x.weights.h5')`; it holds a network as a whole.
  case keras3 = "keras-weights-h5"
  case safetensors

  /// The form that a file's name asks for: `.weights.h5`, `.safetensors`, or else the legacy layout.
  public init(forFileNamed path: String) {
    self =
      path.hasSuffix(".safetensors")
      ? .safetensors : path.hasSuffix(".weights.h5") ? .keras3 : .legacy
  }

  /// Writes a network's parameters, whole or not at all, and whose implementation they belong to.
  ///
  /// - Parameters:
  ///   - parameters: The tensors by name, `layer/variable`.
  ///   - graph: The network, whose layers that have no parameters in the file are left out.
  ///   - variant: Whose implementation of the network it is.
  ///   - halves: Whether numbers are stored as float16 rather than float32.
  ///   - path: The file's path.
  /// - Throws: The writer's error if the file cannot be written or a number does not fit.
  public func write(
    _ parameters: Parameters, of graph: Graph, variant: Variant, halves: Bool, to path: String
  ) throws {
    let precision: KerasWriter.Precision = halves ? .float16 : .float32
    switch self {
    case .legacy:
      let absent = Set(graph.parameters.filter { parameters[$0.name] == nil }.map(\.layer))
      try KerasWriter(precision: precision, attributes: [("variant", variant.rawValue)]).write(
        parameters, layers: KerasLayerOrder(graph).layers.filter { !absent.contains($0) }, to: path)
    case .keras3:
      try Keras3Writer(precision: precision, attributes: [("variant", variant.rawValue)]).write(
        parameters, of: graph, to: path)
    case .safetensors:
      try SafetensorsWriter(
        precision: halves ? .float16 : .float32, metadata: ["variant": variant.rawValue]
      ).write(parameters, to: path)
    }
  }
}
