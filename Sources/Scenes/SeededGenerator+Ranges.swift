import Datasets
internal import Glibc

extension SeededGenerator {
  /// Draws a number of a range, evenly.
  mutating func number(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * Float(uniform())
  }

  /// Draws whether something of a probability happens.
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Draws one of some values.
  mutating func pick<Value>(_ values: [Value]) -> Value { values[index(below: values.count)] }

  /// Draws a direction, as cosine and sine.
  mutating func direction() -> SIMD2<Float> {
    let angle = 2 * Double.pi * uniform()
    return SIMD2(Float(cos(angle)), Float(sin(angle)))
  }
}
