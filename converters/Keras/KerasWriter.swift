public import HDF5
internal import Importing
public import Tensors

/// Writes parameters as Keras's legacy HDF5 layout, which Keras 2 and 3 load by name or by order.
public struct KerasWriter: Sendable {
  /// The type that the numbers are stored in.
  public enum Precision: String, CaseIterable, Sendable {
    case float32
    /// Half the size; Keras widens it again when it loads.
    case float16
  }

  public var precision: Precision
  /// Texts to keep with the weights, as attributes of the root.
  public var attributes: [(name: String, text: String)]

  public init(precision: Precision = .float32, attributes: [(name: String, text: String)] = []) {
    (self.precision, self.attributes) = (precision, attributes)
  }

  /// Writes a file, whole or not at all.
  ///
  /// - Parameters:
  ///   - parameters: The tensors by name, `layer/variable`. Within a layer they are stored in Keras's
  ///     order of variables.
  ///   - layers: The names of the layers in the order to be stored, which is ``KerasLayerOrder`` for a
  ///     file that Keras loads by order; those without parameters may be among them. Layers of
  ///     parameters that are not in the list follow it.
  ///   - path: The file's path.
  ///   - extras: Writes what else the file is to hold, into groups that no layer is named like.
  /// - Throws: `FileError` if the file cannot be written, `HDF5Error` if a number does not fit the precision, and
  ///   what `extras` throws.
  public func write(
    _ parameters: Parameters, layers: [String], to path: String,
    extras: (HDF5Writer) throws -> Void = { _ in }
  ) throws {
    let groups = grouped(parameters, layers: layers)
    try HDF5File.write(to: path) { file in
      try setList("layer_names", of: "/", to: groups.map(\.layer), in: file)
      try file.setAttribute("backend", of: "/", to: "tensorflow")
      try file.setAttribute("keras_version", of: "/", to: Self.kerasVersion)
      for (name, text) in attributes { try file.setAttribute(name, of: "/", to: text) }
      for (layer, tensors) in groups {
        let group = "/\(layer)"
        try file.createGroup(group)
        try setList("weight_names", of: group, to: tensors.map(\.name), in: file)
        for (name, tensor) in tensors {
          try file.write(
            try precision.stored(tensor, name: name, path: path), at: "\(group)/\(name)")
        }
      }
      try extras(file)
    }
  }

  /// The version whose names for tensors are used: `conv1/kernel`, without an output number.
  private static let kerasVersion = "3.15.1"

  /// A list that is too long for one attribute goes, as in Keras, to several: `name0`, `name1`, ….
  private func setList(
    _ name: String, of group: String, to texts: [String], in file: HDF5Writer
  ) throws {
    let limit = HDF5Writer.attributeByteLimit
    func fits(_ part: ArraySlice<String>) -> Bool {
      part.count * (part.map(\.utf8.count).max() ?? 0) <= limit
    }
    var partCount = 1
    while partCount < texts.count, !texts.split(into: partCount).allSatisfy(fits) {
      partCount += 1
    }
    if partCount == 1 { return try file.setAttribute(name, of: group, to: texts) }
    for (index, part) in texts.split(into: partCount).enumerated() {
      try file.setAttribute("\(name)\(index)", of: group, to: Array(part))
    }
  }

  /// The tensors of each layer, in the order that Keras stores them.
  private func grouped(
    _ parameters: Parameters, layers: [String]
  ) -> [(layer: String, tensors: [(name: String, tensor: Tensor)])] {
    var tensors: [String: [(name: String, tensor: Tensor)]] = [:]
    var order = layers
    for layer in layers { tensors[layer] = [] }
    for (name, tensor) in parameters {
      let layer = String(name[..<(name.lastIndex(of: "/") ?? name.endIndex)])
      if tensors[layer] == nil { order.append(layer) }
      tensors[layer, default: []].append((name, tensor))
    }
    return order.map { layer in
      let group = tensors[layer, default: []].enumerated().sorted { first, second in
        let (a, b) = (Self.rank(first.element.name), Self.rank(second.element.name))
        return a == b ? first.offset < second.offset : a < b
      }
      return (layer, group.map(\.element))
    }
  }

  /// The place of a variable among its layer's, trainable ones first.
  private static func rank(_ name: String) -> Int {
    let variable = name.split(separator: "/").last.map(String.init) ?? name
    return variables.firstIndex(of: variable) ?? variables.count
  }

  private static let variables = [
    "kernel", "depthwise_kernel", "pointwise_kernel", "bias", "gamma", "beta", "moving_mean",
    "moving_variance",
  ]
}

extension KerasWriter.Precision {
  /// A tensor as it is to be stored.
  ///
  /// - Parameters:
  ///   - tensor: The numbers.
  ///   - name: The tensor's name, for errors.
  ///   - path: The file's path, for errors.
  /// - Returns: The same numbers in this type.
  /// - Throws: `HDF5Error` if a number does not fit.
  func stored(_ tensor: Tensor, name: String, path: String) throws -> Tensor {
    switch self {
    case .float32: return tensor.converted(to: .float32)
    case .float16:
      let half = tensor.converted(to: .float16)
      guard half.isFinite || !tensor.converted(to: .float32).isFinite else {
        throw HDF5Error(
          file: path, object: name,
          reason: "expected numbers up to 65504 for float16, found larger ones; store float32")
      }
      return half
    }
  }
}

extension [String] {
  /// As many parts, of equal length but for one, the longer ones first.
  fileprivate func split(into partCount: Int) -> [ArraySlice<String>] {
    let (length, longer) = count.quotientAndRemainder(dividingBy: partCount)
    var start = 0
    return (0..<partCount).map { part in
      let end = start + length + (part < longer ? 1 : 0)
      defer { start = end }
      return self[start..<end]
    }
  }
}
