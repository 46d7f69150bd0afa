public import Files
internal import Importing
public import Tensors

/// Writes parameters as a safetensors file, under their names here, `layer/variable`.
public struct SafetensorsWriter: Sendable {
  /// The type that the numbers are stored in.
  public enum Precision: String, CaseIterable, Sendable {
    case float32
    /// Half the size.
    case float16
  }

  public var precision: Precision
  /// Texts to keep with the weights.
  public var metadata: [String: String]

  public init(precision: Precision = .float32, metadata: [String: String] = [:]) {
    (self.precision, self.metadata) = (precision, metadata)
  }

  /// Writes a file, whole or not at all; the same content gives the same bytes.
  ///
  /// - Parameters:
  ///   - parameters: The tensors by name; they are stored in their order.
  ///   - path: The file's path; a file that is there is replaced.
  /// - Throws: `FileError` if the file cannot be written or a number does not fit the precision.
  public func write(_ parameters: Parameters, to path: String) throws(FileError) {
    let header = try header(of: parameters, path: path)
    try ReplacedFile.write(to: path) { (file) throws(FileError) in
      try file.append(header)
      for (name, tensor) in parameters {
        let tensor = try stored(tensor, name: name, path: path)
        try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
      }
    }
  }

  /// The length of the header and the header, padded so that the numbers begin at a multiple of 8.
  private func header(of parameters: Parameters, path: String) throws(FileError) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    let (type, size) = precision == .float32 ? ("F32", 4) : ("F16", 2)
    for (name, tensor) in parameters {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.count * size
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(type)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    guard text.count <= SafetensorsHeader.maximumByteCount else {
      throw FileError(
        path: path,
        reason: "expected names and texts of at most \(SafetensorsHeader.maximumByteCount) bytes, "
          + "found \(text.count); leave out texts")
    }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  private func stored(
    _ tensor: Tensor, name: String, path: String
  ) throws(FileError) -> Tensor {
    switch precision {
    case .float32: return tensor.converted(to: .float32)
    case .float16:
      let half = tensor.converted(to: .float16)
      guard half.isFinite || !tensor.converted(to: .float32).isFinite else {
        throw FileError(
          path: path,
          reason: "expected numbers up to 65504 in \(name) for float16, found larger ones; "
            + "store float32")
      }
      return half
    }
  }

  /// A text as JSON has it.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "\u{0}"..<"\u{20}":
        let code = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
