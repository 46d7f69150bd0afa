internal import Tensors

/// The type of a tensor's elements, by TensorFlow's number of it (`types.proto`).
struct DataType: Equatable {
  let number: Int

  /// The numbers that a network here runs on.
  var elementType: ElementType? {
    switch number {
    case 1: .float32
    case 2: .float64
    case 14: .bfloat16
    case 19: .float16
    default: nil
    }
  }

  /// TensorFlow's name of the type.
  var name: String {
    if let elementType { return elementType.rawValue }
    return Self.names[number] ?? "type \(number)"
  }

  private static let names = [
    3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64", 9: "int64",
    10: "bool", 11: "qint8", 12: "quint8", 13: "qint32", 15: "qint16", 16: "quint16",
    17: "uint16", 18: "complex128", 20: "resource", 21: "variant", 22: "uint32", 23: "uint64",
    24: "float8_e5m2", 25: "float8_e4m3fn", 29: "int4", 30: "uint4",
  ]
}
