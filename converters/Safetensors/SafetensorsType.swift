internal import Files
internal import Tensors

/// A type of numbers, by the name that the format has for it.
struct SafetensorsType {
  let name: String

  /// The type as networks here run on it; nil for all others.
  var elementType: ElementType? {
    switch name {
    case "F16": .float16
    case "BF16": .bfloat16
    case "F32": .float32
    case "F64": .float64
    default: nil
    }
  }

  /// The type in words.
  var text: String { elementType?.rawValue ?? Self.others[name]?.text ?? name.shortened }

  /// The size of one number in bits; nil for a type that the format did not have when this was
  /// written.
  var bitCount: Int? { elementType.map { 8 * $0.byteCount } ?? Self.others[name]?.bitCount }

  private static let others: [String: (text: String, bitCount: Int)] = [
    "BOOL": ("bool", 8), "U8": ("uint8", 8), "I8": ("int8", 8), "U16": ("uint16", 16),
    "I16": ("int16", 16), "U32": ("uint32", 32), "I32": ("int32", 32), "U64": ("uint64", 64),
    "I64": ("int64", 64), "C64": ("complex64", 64), "F8_E4M3": ("float8 (e4m3)", 8),
    "F8_E5M2": ("float8 (e5m2)", 8), "F8_E8M0": ("float8 (e8m0)", 8), "F4": ("float4", 4),
    "F6_E2M3": ("float6 (e2m3)", 6), "F6_E3M2": ("float6 (e3m2)", 6),
  ]
}
