package import Tensors

extension Tensor {
  /// Whether no float16 or float32 is an infinity or not-a-number.
  ///
  /// Without its sign a float's bits grow with its size, and from infinity on nothing is finite; a
  /// maximum of integers is what processors find fastest.
  package var isFinite: Bool {
    withUnsafeBytes { bytes in
      switch elementType {
      case .float16:
        var greatest: Int16 = 0
        for bits in bytes.bindMemory(to: Int16.self) { greatest = max(greatest, bits & Int16.max) }
        return greatest < 0x7C00
      case .float32:
        var greatest: Int32 = 0
        for bits in bytes.bindMemory(to: Int32.self) { greatest = max(greatest, bits & Int32.max) }
        return greatest < Int32(bitPattern: Float.infinity.bitPattern)
      case .bfloat16, .float64: return converted(to: .float32).isFinite
      }
    }
  }
}
