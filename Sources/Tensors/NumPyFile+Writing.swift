public import Files

extension NumPyFile {
  /// Writes a tensor so that `numpy.load` reads it; bfloat16, which NumPy lacks, as float32.
  ///
  /// The file appears whole or not at all: it is written beside the place, and then renamed.
  ///
  /// - Parameters:
  ///   - tensor: The numbers.
  ///   - path: The file; one that exists is replaced.
  /// - Throws: `FileError` if the file cannot be written.
  public static func write(_ tensor: Tensor, to path: String) throws(FileError) {
    guard tensor.shape.count <= 64 else {
      throw FileError(
        path: path,
        reason: "expected 64 axes at most, as NumPy has, found \(tensor.shape.count); "
          + "reshape the tensor")
    }
    let tensor = tensor.elementType == .bfloat16 ? tensor.converted(to: .float32) : tensor
    try ReplacedFile.write(to: path) { (file) throws(FileError) in
      try file.append(header(of: tensor))
      try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
    }
  }

  /// The signature, version 1.0 and the dictionary, padded to a multiple of 64 bytes.
  private static func header(of tensor: Tensor) -> [UInt8] {
    let typeName =
      switch tensor.elementType {
      case .float16: "<f2"
      case .float32, .bfloat16: "<f4"
      case .float64: "<f8"
      }
    let shape = tensor.shape.map(String.init).joined(separator: ", ")
    let tuple = tensor.shape.count == 1 ? "(\(shape),)" : "(\(shape))"
    var text = Array("{'descr': '\(typeName)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: 63 - (10 + text.count) % 64)
    text.append(UInt8(ascii: "\n"))
    let length = [
      UInt8(truncatingIfNeeded: text.count), UInt8(truncatingIfNeeded: text.count >> 8),
    ]
    return signature + [1, 0] + length + text
  }
}
