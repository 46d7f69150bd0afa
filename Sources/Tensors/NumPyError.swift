/// What keeps a tensor from being read from a NumPy file.
public enum NumPyError: Error, Equatable, Sendable {
  /// The content is no NumPy array, breaks off or contradicts itself.
  case malformed(path: String, reason: String)
  /// The array holds something else than floating-point numbers of 16, 32 or 64 bits.
  case unsupportedType(path: String, found: String)
}

extension NumPyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let path, let reason):
      "\(path): not a NumPy array of numbers: \(reason); save it with numpy.save"
    case .unsupportedType(let path, let found):
      "\(path): numbers of a type that is not read, expected f2, f4 or f8, found \(found); "
        + "save array.astype('float32')"
    }
  }
}
