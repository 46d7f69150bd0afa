import Tensors
import Testing

@Suite struct ConversionTests {
  private func tensor<Bits>(of bits: [Bits], _ type: ElementType) -> Tensor {
    Tensor(shape: [bits.count], elementType: type) { memory in
      bits.withUnsafeBytes { memory.copyMemory(from: $0) }
    }
  }

  private func bits<Bits>(of tensor: Tensor, as type: Bits.Type) -> [Bits] {
    tensor.withUnsafeBytes { Array($0.bindMemory(to: type)) }
  }

  /// Float32 numbers around every boundary of rounding: each upper half with lower halves at, next to
  /// and between the ties.
  private static let floats: [Float] = {
    let lower: [UInt32] = [0, 1, 0x0FFF, 0x1000, 0x1001, 0x1FFF, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    return (0...UInt32(UInt16.max)).flatMap { upper in
      lower.map { Float(bitPattern: upper << 16 | $0) }
    }
  }()

  @Test("Every float16 becomes the float32 that Swift makes of it")
  func widening() {
    let halves = Array(UInt16.min...UInt16.max)
    let floats = tensor(of: halves, .float16).floats
    for (half, float) in zip(halves, floats) {
      let expected = Float(Float16(bitPattern: half))
      let same =
        expected.isNaN ? float.isNaN : float.bitPattern == expected.bitPattern
      if !same { Issue.record("\(half) became \(float), expected \(expected)") }
    }
  }

  @Test("Float32 becomes the float16 that Swift rounds it to, at every boundary")
  func narrowing() {
    let halves = bits(
      of: tensor(of: Self.floats, .float32).converted(to: .float16), as: UInt16.self)
    for (float, half) in zip(Self.floats, halves) {
      let expected = Float16(float)
      let same =
        expected.isNaN ? Float16(bitPattern: half).isNaN : half == expected.bitPattern
      if !same { Issue.record("\(float) became \(half), expected \(expected.bitPattern)") }
    }
  }

  @Test("Every float16 that is a number survives a way through float32")
  func halfRoundTrip() {
    let halves = (UInt16.min...UInt16.max).filter { !Float16(bitPattern: $0).isNaN }
    let back = tensor(of: halves, .float16).converted(to: .float32).converted(to: .float16)
    #expect(bits(of: back, as: UInt16.self) == halves)
  }

  @Test("Every bfloat16 is the upper half of its float32")
  func bfloat16Widening() {
    let halves = Array(UInt16.min...UInt16.max)
    let floats = tensor(of: halves, .bfloat16).converted(to: .float32)
    #expect(bits(of: floats, as: UInt32.self) == halves.map { UInt32($0) << 16 })
  }

  @Test("Float32 becomes the nearest bfloat16, the even one of two as near")
  func bfloat16Rounding() {
    let halves = bits(
      of: tensor(of: Self.floats, .float32).converted(to: .bfloat16), as: UInt16.self)
    for (float, half) in zip(Self.floats, halves) {
      if half != nearestBFloat16(to: float) && !(float.isNaN && isNaN(half)) {
        Issue.record("\(float) became \(half), expected \(nearestBFloat16(to: float))")
      }
    }
  }

  @Test("Rounding to bfloat16, by hand")
  func bfloat16Literals() {
    let cases: [(Float, UInt16)] = [
      (1, 0x3F80), (1 + 0x1p-8, 0x3F80), (1 + 0x3p-8, 0x3F82), (1 + 0x1p-8 + 0x1p-20, 0x3F81),
      (-1 - 0x3p-8, 0xBF82), (0, 0x0000), (-0.0, 0x8000), (.infinity, 0x7F80),
      (.greatestFiniteMagnitude, 0x7F80), (.leastNonzeroMagnitude, 0x0000),
    ]
    let rounded = tensor(of: cases.map(\.0), .float32).converted(to: .bfloat16)
    #expect(bits(of: rounded, as: UInt16.self) == cases.map(\.1))
  }

  @Test("Float64 becomes the float32 that Swift rounds it to, and comes back from it the same")
  func doubles() {
    let doubles = [0, -0.0, 1.0 / 3, 1e300, -1e-300, .pi, 16_777_217, .infinity]
    let floats = tensor(of: doubles, .float64).floats
    #expect(floats == doubles.map { Float($0) })
    let back = tensor(of: floats, .float32).converted(to: .float64)
    #expect(bits(of: back, as: Double.self) == floats.map { Double($0) })
  }

  /// The nearest of the numbers with eight bits of significand, found by comparing both neighbours.
  private func nearestBFloat16(to float: Float) -> UInt16 {
    let below = UInt16(float.bitPattern >> 16)
    if float.bitPattern & 0xFFFF == 0 || !float.isFinite { return below }
    let above = below + 1
    let low = Double(Float(bitPattern: UInt32(below) << 16))
    // Beyond the greatest finite number the next would be a power of two.
    let next = Float(bitPattern: UInt32(above) << 16)
    let high =
      next.isFinite ? Double(next) : Double(sign: float.sign, exponent: 128, significand: 1)
    let (toLow, toHigh) = (abs(Double(float) - low), abs(high - Double(float)))
    if toLow == toHigh { return below % 2 == 0 ? below : above }
    return toLow < toHigh ? below : above
  }

  private func isNaN(_ half: UInt16) -> Bool { Float(bitPattern: UInt32(half) << 16).isNaN }
}
