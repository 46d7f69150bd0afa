extension Tensor {
  /// The numbers in row-major order, converted to float32 if they are stored otherwise.
  public var floats: [Float] {
    let tensor = converted(to: .float32)
    return tensor.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// The same numbers stored as another type, rounded to nearest even where it is narrower.
  public func converted(to target: ElementType) -> Tensor {
    if target == elementType { return self }
    switch (elementType, target) {
    case (.float16, .float32):
      return map(from: UInt16.self, to: Float.self, target, float(fromHalf:))
    case (.bfloat16, .float32):
      return map(from: UInt16.self, to: Float.self, target) { Float(bitPattern: UInt32($0) << 16) }
    case (.float64, .float32): return map(from: Double.self, to: Float.self, target) { Float($0) }
    case (.float32, .float16): return map(from: Float.self, to: UInt16.self, target, half(from:))
    case (.float32, .bfloat16):
      return map(from: Float.self, to: UInt16.self, target, bfloat16(from:))
    case (.float32, .float64): return map(from: Float.self, to: Double.self, target) { Double($0) }
    // Between the others by way of float32, which holds both halves exactly.
    default: return converted(to: .float32).converted(to: target)
    }
  }

  private func map<Source, Target>(
    from: Source.Type, to: Target.Type, _ type: ElementType, _ convert: (Source) -> Target
  ) -> Tensor {
    withUnsafeBytes { source in
      let source = source.bindMemory(to: Source.self)
      return Tensor(shape: shape, elementType: type) { bytes in
        let target = bytes.bindMemory(to: Target.self)
        for index in source.indices {
          target.initializeElement(at: index, to: convert(source[index]))
        }
      }
    }
  }
}

/// IEEE 754 binary16 to binary32, in integer arithmetic that the compiler can vectorise:
/// Swift's own `Float16` is a library call per number on processors before AVX-512 FP16.
private func float(fromHalf half: UInt16) -> Float {
  let sign = UInt32(half & 0x8000) << 16
  let magnitude = UInt32(half & 0x7FFF)
  // Subnormals, and zero: the fraction counts in units of 2⁻²⁴.
  let small = Float(Int32(magnitude)) * 0x1p-24
  let normal = Float(bitPattern: (magnitude << 13) &+ (112 << 23))
  let special = Float(bitPattern: (magnitude << 13) | 0x7F80_0000)
  let value = magnitude >= 0x7C00 ? special : (magnitude < 0x0400 ? small : normal)
  return Float(bitPattern: value.bitPattern | sign)
}

/// Binary32 to binary16, to nearest even; what is too large becomes infinity.
private func half(from value: Float) -> UInt16 {
  let bits = value.bitPattern
  let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
  let magnitude = bits & 0x7FFF_FFFF
  if magnitude > 0x7F80_0000 { return sign | 0x7E00 }  // not a number
  if magnitude >= 0x477F_F000 { return sign | 0x7C00 }  // 65520 and above round to infinity
  if magnitude < 0x3880_0000 {  // below 2⁻¹⁴: adding ½ shifts the fraction to units of 2⁻²⁴
    let shifted = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
    return sign | UInt16(truncatingIfNeeded: shifted)
  }
  let rounded = magnitude &+ 0x0FFF &+ ((magnitude >> 13) & 1)
  return sign | UInt16(truncatingIfNeeded: (rounded >> 13) &- (112 << 10))
}

/// Binary32 to bfloat16, to nearest even; not-a-number stays one.
private func bfloat16(from value: Float) -> UInt16 {
  let bits = value.bitPattern
  if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
}
