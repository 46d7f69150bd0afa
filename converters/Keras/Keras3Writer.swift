public import HDF5
internal import Importing
public import Layers
public import Tensors

/// Writes parameters as Keras 3's `.weights.h5`, which `load_weights` of the same network reads.
///
/// A layer's group is named after its class, with its number among the layers of the class in the order
/// of `model.layers`; the variables in it are numbered. So the file needs the network itself.
public struct Keras3Writer: Sendable {
  public var precision: KerasWriter.Precision
  /// Texts to keep with the weights, as attributes of the root.
  public var attributes: [(name: String, text: String)]

  public init(
    precision: KerasWriter.Precision = .float32, attributes: [(name: String, text: String)] = []
  ) {
    (self.precision, self.attributes) = (precision, attributes)
  }

  /// Writes a file, whole or not at all.
  ///
  /// - Parameters:
  ///   - parameters: The tensors by name, `layer/variable`: all that the graph has, and no others.
  ///   - graph: The network.
  ///   - path: The file's path; Keras wants it to end with `.weights.h5`.
  ///   - extras: Writes what else the file is to hold, into groups beside `layers`.
  /// - Throws: `FileError` if the file cannot be written, `HDF5Error` if a parameter is not there or a
  ///   number does not fit the precision, and what `extras` throws.
  public func write(
    _ parameters: Parameters, of graph: Graph, to path: String,
    extras: (HDF5Writer) throws -> Void = { _ in }
  ) throws {
    let layers = ImportTarget(graph).layers
    try check(parameters, against: layers, path: path)
    try HDF5File.write(to: path) { file in
      for (name, text) in attributes { try file.setAttribute(name, of: "/", to: text) }
      try file.createGroup("/vars")
      var counts: [String: Int] = [:]
      for layer in layers {
        let layerClass = layer.layerClass ?? "layer"
        let number = counts[layerClass, default: 0]
        counts[layerClass] = number + 1
        let group = "/layers/\(layerClass)" + (number == 0 ? "" : "_\(number)") + "/vars"
        try file.createGroup(group)
        try file.setAttribute("name", of: group, to: layer.name)
        for (index, parameter) in layer.parameters.enumerated() {
          guard let tensor = parameters[parameter.name] else { continue }
          try file.write(
            try precision.stored(tensor, name: parameter.name, path: path), at: "\(group)/\(index)")
        }
      }
      try extras(file)
    }
  }

  /// In this layout a file must be whole: Keras counts the layers.
  private func check(
    _ parameters: Parameters, against layers: [ImportTarget.Layer], path: String
  ) throws(HDF5Error) {
    let specifications = layers.flatMap(\.parameters)
    for specification in specifications {
      guard let tensor = parameters[specification.name] else {
        throw HDF5Error(
          file: path, object: specification.name,
          reason: "is missing, and this layout holds a network as a whole; write the legacy layout")
      }
      precondition(tensor.shape == specification.shape, "\(specification) has \(tensor.shape)")
    }
    let known = Set(specifications.map(\.name))
    for name in parameters.names where !known.contains(name) {
      throw HDF5Error(
        file: path, object: name, reason: "is no parameter of the network that is written")
    }
  }
}
