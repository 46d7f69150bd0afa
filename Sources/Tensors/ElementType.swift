/// How one number of a tensor is stored, little-endian.
public enum ElementType: String, CaseIterable, Codable, Sendable {
  case float16
  /// The upper half of a float32: 8 bits of exponent, 7 of fraction.
  case bfloat16
  case float32
  case float64

  /// The size of one number, in bytes.
  public var byteCount: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }
}
