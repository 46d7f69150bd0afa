import Datasets

/// What lies behind the objects of a scene.
struct SceneGround {
  let width: Int
  let height: Int

  private enum Kind: CaseIterable { case gradient, clouds, stripes, blotches, grain, tiles, haze }

  /// Draws one of several kinds of grounds.
  func pixels(from generator: inout SeededGenerator) -> [Tint] {
    let colors = palette(from: &generator)
    return switch generator.pick(Kind.allCases) {
    case .gradient: gradient(colors, &generator)
    case .clouds: clouds(colors, &generator)
    case .stripes: stripes(colors, &generator)
    case .blotches: blotches(colors, &generator)
    case .grain: grain(colors, &generator)
    case .tiles: tiles(colors, &generator)
    case .haze: haze(colors, &generator)
    }
  }

  /// Three colours that go together: near one another or, seldom, opposite.
  private func palette(from generator: inout SeededGenerator) -> [Tint] {
    let hue = generator.number(0, 1)
    let spread = generator.chance(0.25) ? Float(0.5) : generator.number(0.03, 0.13)
    let saturation = generator.number(0.05, 0.55)
    let value = generator.number(0.22, 0.92)
    return (0..<3).map { index in
      Tint(
        hue: hue + spread * Float(index - 1),
        saturation: min(max(saturation + generator.number(-0.15, 0.15), 0), 0.75),
        value: min(max(value + generator.number(-0.18, 0.18), 0.12), 0.97))
    }
  }

  /// Calculates each pixel from its place and the number that a field has there.
  private func pixels(_ field: [Float], _ color: (SIMD2<Float>, Float) -> Tint) -> [Tint] {
    [Tint](unsafeUninitializedCapacity: width * height) { buffer, count in
      field.withUnsafeBufferPointer { field in
        for y in 0..<height {
          for x in 0..<width {
            buffer[y * width + x] = color(SIMD2(Float(x), Float(y)), field[y * width + x])
          }
        }
      }
      count = width * height
    }
  }

  /// One of the three colours and what lies between, for a share from 0 to 1.
  @inline(__always)
  private func ramp(
    _ first: Tint, _ second: Tint, _ third: Tint, _ share: Float
  ) -> Tint {
    let share = min(max(share, 0), 1)
    return share < 0.5
      ? first.mixed(with: second, share * 2) : second.mixed(with: third, share * 2 - 1)
  }

  private func noise(
    _ spacing: SIMD2<Float>, _ octaveCount: Int, _ generator: inout SeededGenerator
  ) -> [Float] {
    ValueNoise.field(
      width: width, height: height, spacing: spacing, octaveCount: octaveCount,
      from: &generator)
  }

  /// From one side to the other, with a slight unevenness.
  private func gradient(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let direction = generator.direction()
    let field = noise(SIMD2(repeating: Float(height) / 3), 2, &generator)
    let (first, second, third) = (colors[0], colors[1], colors[2])
    let middle = SIMD2(Float(width), Float(height)) / 2
    let scale = 1 / Float(width + height)
    return pixels(field) { place, value in
      let along = ((place - middle) * direction).sum() * scale
      return ramp(first, second, third, 0.5 + 1.2 * along + 0.25 * (value - 0.5))
    }
  }

  private func clouds(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let spacing = generator.number(40, 160)
    let field = noise(SIMD2(repeating: spacing), 5, &generator)
    let (first, second, third) = (colors[0], colors[1], colors[2])
    return pixels(field) { _, value in
      ramp(first, second, third, 0.5 + 2 * (value - 0.5))
    }
  }

  /// Bands in one direction, straight or wavy.
  private func stripes(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let direction = generator.direction()
    let period = generator.number(16, 90)
    let share = generator.number(0.3, 0.7)
    let waviness = generator.chance(0.5) ? generator.number(0.2, 1.2) : 0
    let field = noise(SIMD2(repeating: 90), 2, &generator)
    let (first, second) = (colors[0], colors[1].mixed(with: colors[0], 0.25))
    return pixels(field) { place, value in
      let along = (place * direction).sum() / period + waviness * value
      let turned = along - along.rounded(.down)
      // Edges are a pixel and a half wide.
      let edge = (min(turned, 1 - turned, abs(turned - share)) * period / 1.5)
      let inside: Float = turned < share ? 1 : 0
      let mix = 0.5 + (inside - 0.5) * min(edge * 2, 1)
      return first.mixed(with: second, mix) * (0.94 + 0.12 * value)
    }
  }

  /// Spots with soft edges, of several sizes.
  private func blotches(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let field = noise(SIMD2(repeating: 120), 3, &generator)
    let fine = noise(SIMD2(repeating: 34), 2, &generator)
    let (first, second, third) = (colors[0], colors[1], colors[2])
    let (level, sharpness) = (generator.number(0.45, 0.6), generator.number(8, 30))
    let ground = pixels(field) { _, value in
      first.mixed(with: second, min(max((value - 0.5) * sharpness + 0.5, 0), 1))
    }
    return zip(ground, fine).map { color, value in
      color.mixed(with: third, min(max((value - level) * sharpness, 0), 0.85))
    }
  }

  /// Fibres in one direction, as in wood or cloth.
  private func grain(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let long = generator.number(90, 260)
    let short = generator.number(4, 10)
    let spacing = generator.chance(0.5) ? SIMD2(long, short) : SIMD2(short, long)
    let fibres = noise(spacing, 3, &generator)
    let field = noise(SIMD2(repeating: 140), 2, &generator)
    let (first, second, third) = (colors[0], colors[1], colors[2])
    return zip(fibres, field).map { fibre, value in
      ramp(first, second, third, 0.5 + 1.5 * (value - 0.5) + 0.9 * (fibre - 0.5))
    }
  }

  /// Rectangles side by side, each of a shade of its own, with joints between.
  private func tiles(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let size = SIMD2(generator.number(40, 130), generator.number(30, 90))
    let shift = generator.chance(0.6) ? size.x / 2 : 0
    let joint = generator.number(1, 3)
    let (columns, rows) = (Int(Float(width) / size.x) + 3, Int(Float(height) / size.y) + 2)
    let (first, second) = (colors[0], colors[1])
    let shades = (0..<(columns * rows)).map { _ in
      first.mixed(with: second, generator.number(0, 0.6)) * generator.number(0.9, 1.06)
    }
    let dark = colors[2] * generator.number(0.5, 1.1)
    let field = noise(SIMD2(repeating: 20), 3, &generator)
    return pixels(field) { place, value in
      let row = Int(place.y / size.y)
      let x = place.x + (row % 2 == 1 ? shift : 0)
      let column = Int(x / size.x)
      let inner = SIMD2(x - Float(column) * size.x, place.y - Float(row) * size.y)
      let gap = min(inner.x, size.x - inner.x, inner.y, size.y - inner.y)
      let color = shades[row * columns + column] * (0.88 + 0.24 * value)
      return dark.mixed(with: color, min(max(gap - joint + 0.5, 0), 1))
    }
  }

  /// Light and colours that change slowly and apart, as out of focus.
  private func haze(_ colors: [Tint], _ generator: inout SeededGenerator) -> [Tint] {
    let spacing = SIMD2(repeating: generator.number(110, 220))
    let bright = noise(spacing, 2, &generator)
    let warm = noise(spacing, 2, &generator)
    let (first, second, third) = (colors[0], colors[1], colors[2])
    return zip(bright, warm).map { bright, warm in
      let color = first.mixed(with: second, min(max(2 * warm - 0.5, 0), 1))
      return color.mixed(with: third, min(max(1.6 * bright - 0.5, 0), 1)) * (0.7 + 0.6 * bright)
    }
  }
}
