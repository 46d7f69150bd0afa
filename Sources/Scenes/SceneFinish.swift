import Datasets

/// What a camera adds to a scene: uneven light, blur and noise.
struct SceneFinish {
  /// How much brighter the picture is at its borders, and in which direction.
  let slope: SIMD2<Float>
  /// How much darker the corners are, from 0 to 1.
  let vignette: Float
  /// The share of light that each neighbour of a pixel gives in a pass, from 0 to 0.25.
  let blur: Float
  /// The standard deviation of noise, from 0 to 1.
  let noise: Float

  init(from generator: inout SeededGenerator) {
    slope = generator.direction() * generator.number(0, 0.25)
    vignette = generator.chance(0.3) ? generator.number(0.05, 0.3) : 0
    blur = generator.chance(0.5) ? generator.number(0.05, 0.22) : 0
    noise = generator.chance(0.7) ? generator.number(0.004, 0.035) : 0
  }

  /// Turns what has been painted into a picture.
  func image(of canvas: SceneCanvas, from generator: inout SeededGenerator) -> Image {
    let (width, height) = (canvas.width, canvas.height)
    var pixels = canvas.pixels
    if blur > 0 {
      pixels = blurred(pixels, count: width, step: 1, lines: height, lineStep: width)
      pixels = blurred(pixels, count: height, step: width, lines: width, lineStep: 1)
    }
    let middle = SIMD2(Float(width), Float(height)) / 2
    var numbers = [UInt8](repeating: 0, count: width * height * 3)
    numbers.withUnsafeMutableBufferPointer { numbers in
      pixels.withUnsafeBufferPointer { pixels in
        for y in 0..<height {
          for x in 0..<width {
            let place = (SIMD2(Float(x), Float(y)) - middle) / middle
            let light = 1 + (place * slope).sum() - vignette * (place * place).sum() / 2
            var color = pixels[y * width + x] * light
            if noise > 0 { color += noise * Self.deviations(of: generator.next()) }
            color = (color * 255).clamped(
              lowerBound: Tint(repeating: 0), upperBound: Tint(repeating: 255))
            let index = (y * width + x) * 3
            numbers[index] = UInt8(color.x + 0.5)
            numbers[index + 1] = UInt8(color.y + 0.5)
            numbers[index + 2] = UInt8(color.z + 0.5)
          }
        }
      }
    }
    return Image(width: width, height: height, pixels: numbers)
  }

  /// Three numbers of mean 0 and variance 1, each a sum of seven parts of 3 bits.
  @inline(__always)
  private static func deviations(of bits: UInt64) -> Tint {
    @inline(__always)
    func sum(_ bits: UInt64) -> Float {
      // Pairs of 3 bits are added side by side.
      let mask: UInt64 = 0b111_000_111_000_111_000_111
      let pairs = (bits & mask) &+ ((bits >> 3) & (mask >> 6))
      let total = (pairs & 63) &+ ((pairs >> 6) & 63) &+ ((pairs >> 12) & 63) &+ (pairs >> 18)
      // Seven numbers from 0 to 7: mean 24.5, variance 7 · 63 / 12.
      return (Float(total) - 24.5) * 0.164_957_2
    }
    return Tint(sum(bits & 0x1F_FFFF), sum((bits >> 21) & 0x1F_FFFF), sum((bits >> 42) & 0x1F_FFFF))
  }

  /// Mixes each pixel with its two neighbours along lines; at the ends with one.
  private func blurred(
    _ pixels: [Tint], count: Int, step: Int, lines: Int, lineStep: Int
  ) -> [Tint] {
    [Tint](unsafeUninitializedCapacity: pixels.count) { target, initializedCount in
      pixels.withUnsafeBufferPointer { source in
        for position in 0..<count {
          let before = position > 0 ? -step : 0
          let after = position < count - 1 ? step : 0
          for line in 0..<lines {
            let index = line * lineStep + position * step
            target[index] =
              source[index] * (1 - 2 * blur)
              + (source[index + before] + source[index + after]) * blur
          }
        }
      }
      initializedCount = pixels.count
    }
  }
}
