internal import Tensors

/// A type of numbers in PyTorch.
struct TorchScalar: Equatable {
  /// The name of the type's class of storages before `Storage`; none of the newer types have one.
  let storageName: String?
  /// The name under `torch`.
  let name: String
  let byteCount: Int
  /// The type as networks here run on it; nil for all others.
  let elementType: ElementType?

  private init(
    _ storageName: String?, _ name: String, _ byteCount: Int, _ elementType: ElementType? = nil
  ) {
    (self.storageName, self.name) = (storageName, name)
    (self.byteCount, self.elementType) = (byteCount, elementType)
  }

  private static let all = [
    TorchScalar("Float", "float32", 4, .float32), TorchScalar("Double", "float64", 8, .float64),
    TorchScalar("Half", "float16", 2, .float16), TorchScalar("BFloat16", "bfloat16", 2, .bfloat16),
    TorchScalar("Byte", "uint8", 1), TorchScalar("Char", "int8", 1),
    TorchScalar("Short", "int16", 2), TorchScalar("Int", "int32", 4),
    TorchScalar("Long", "int64", 8), TorchScalar("Bool", "bool", 1),
    TorchScalar("ComplexFloat", "complex64", 8), TorchScalar("ComplexDouble", "complex128", 16),
    TorchScalar(nil, "uint16", 2), TorchScalar(nil, "uint32", 4), TorchScalar(nil, "uint64", 8),
    TorchScalar(nil, "float8_e4m3fn", 1), TorchScalar(nil, "float8_e5m2", 1),
    TorchScalar(nil, "float8_e4m3fnuz", 1), TorchScalar(nil, "float8_e5m2fnuz", 1),
    TorchScalar(nil, "float8_e8m0fnu", 1),
  ]

  /// The bytes of a storage without a type of its own.
  static let untyped = TorchScalar("Untyped", "uint8", 1)

  /// The type that a class of storages is made for, `FloatStorage`.
  static func storage(_ name: String) -> TorchScalar? {
    all.first { scalar in scalar.storageName.map { "\($0)Storage" == name } ?? false }
  }

  /// The type of a name, `float32`.
  static func named(_ name: String) -> TorchScalar? { all.first { $0.name == name } }
}
