import Datasets
internal import Glibc

/// Chooses what stands where in a scene, and how it looks.
struct SceneComposer {
  let canvas: SceneCanvas
  /// In the order of painting.
  private(set) var shapes: [SceneShape] = []

  private var width: Float { Float(canvas.width) }
  private var height: Float { Float(canvas.height) }

  init(_ canvas: SceneCanvas, from generator: inout SeededGenerator) {
    self.canvas = canvas
    let objectCount = generator.chance(0.06) ? 0 : 1 + generator.index(below: 8)
    let clutterCount = generator.index(below: 7)
    let style = Style(from: &generator)
    var order = Array(repeating: true, count: objectCount)
    order += Array(repeating: false, count: clutterCount)
    for place in generator.permutation(of: order.count) {
      if order[place] {
        addObject(among: objectCount, style, from: &generator)
      } else {
        addClutter(style, from: &generator)
      }
    }
  }

  /// What the surfaces of a scene have in common.
  private struct Style {
    let relief: Float
    let shadow: Float
    let shadowLength: Float
    let grain: Float

    init(from generator: inout SeededGenerator) {
      relief = generator.chance(0.8) ? generator.number(0.25, 0.9) : 0
      shadow = generator.chance(0.7) ? generator.number(0.2, 0.55) : 0
      shadowLength = generator.number(0.05, 0.16)
      grain = generator.chance(0.5) ? generator.number(0.1, 0.5) : 0
    }
  }

  private mutating func addObject(
    among count: Int, _ style: Style, from generator: inout SeededGenerator
  ) {
    let label = generator.index(below: SceneClasses.names.count)
    // Sizes from 24 to 200 pixels, small ones as often as large: even in their logarithm.
    let largest = min(100, min(width, height) * (count > 4 ? 0.22 : 0.3))
    let share = Double(generator.uniform())
    let radius = 12 * Float(pow(Double(largest / 12), share))
    guard let center = objectPlace(radius: radius, from: &generator) else { return }
    let outline: Outline =
      switch SceneClasses.names[label] {
      case "arrow": .arrow
      case "chequer": .chequer
      case "crescent": .crescent
      case "ring": .ring(thickness: generator.number(0.3, 0.42))
      default: .star
      }
    var surface = surface(at: center, radius, least: 0.42, style, from: &generator)
    if SceneClasses.names[label] == "chequer" {
      surface.second = contrast(to: surface.color, from: &generator)
      surface.bevel /= 2
    }
    shapes.append(
      SceneShape(
        outline: outline, label: label, center: center, radius: radius,
        direction: generator.direction(), surface: surface))
  }

  /// Draws the middle of an object: mostly apart from others, at times over one or at the border.
  private func objectPlace(
    radius: Float, from generator: inout SeededGenerator
  ) -> SIMD2<Float>? {
    let kind = generator.uniform()
    if kind < 0.15, let other = shapes.isEmpty ? nil : generator.pick(shapes) {
      let gap = generator.number(0.3, 0.9) * (radius + min(other.radius, 60))
      let place = other.center + generator.direction() * gap
      let inner = radius / 2
      if inner...(width - inner) ~= place.x, inner...(height - inner) ~= place.y { return place }
    } else if kind < 0.27 {
      let depth = generator.number(-0.4, 0.8) * radius
      let (x, y) = (generator.number(0, width), generator.number(0, height))
      return switch generator.index(below: 4) {
      case 0: SIMD2(depth, y)
      case 1: SIMD2(width - depth, y)
      case 2: SIMD2(x, depth)
      default: SIMD2(x, height - depth)
      }
    }
    return freePlace(radius: radius, margin: 0.9, distance: 0.9, from: &generator)
  }

  private mutating func addClutter(_ style: Style, from generator: inout SeededGenerator) {
    let radius = generator.number(8, 60)
    let isBar = generator.chance(0.2)
    let outline: Outline =
      switch isBar ? 5 : generator.index(below: 5) {
      case 0: .ellipse(height: generator.number(0.45, 1))
      case 1: .regular(3)
      case 2: .regular(6)
      case 3:
        .rectangle(
          width: 0.9, height: generator.number(0.3, 0.6), corner: generator.number(0.02, 0.2))
      case 4: .plus
      default: .rectangle(width: 1, height: generator.number(0.02, 0.05), corner: 0.02)
      }
    // Bars may cross a good part of the picture; other things keep a distance from objects.
    let length = isBar ? generator.number(60, 160) : radius
    guard
      let center = freePlace(
        radius: isBar ? 15 : radius, margin: 0, distance: 0.7, from: &generator)
    else { return }
    let surface = surface(at: center, radius, least: 0.2, style, from: &generator)
    shapes.append(
      SceneShape(
        outline: outline, label: nil, center: center, radius: length,
        direction: generator.direction(), surface: surface))
  }

  /// Draws a place until it is far enough from the others; nil if none is found.
  ///
  /// - Parameters:
  ///   - radius: Of what is placed.
  ///   - margin: The share of it that the middle keeps from the border at least.
  ///   - distance: The share of both radii that two middles keep from each other at least.
  ///   - generator: Where the numbers come from.
  /// - Returns: The middle.
  private func freePlace(
    radius: Float, margin: Float, distance: Float, from generator: inout SeededGenerator
  ) -> SIMD2<Float>? {
    for _ in 0..<24 {
      let edge = radius * margin
      let place = SIMD2(
        generator.number(edge, width - edge), generator.number(edge, height - edge))
      let isFree = shapes.allSatisfy { other in
        let gap = place - other.center
        let needed = distance * (radius + min(other.radius, 60))
        return (gap * gap).sum() > needed * needed
      }
      if isFree { return place }
    }
    return nil
  }

  private func surface(
    at center: SIMD2<Float>, _ radius: Float, least: Float, _ style: Style,
    from generator: inout SeededGenerator
  ) -> SceneShape.Surface {
    let ground = canvas.color(around: center, radius: radius)
    let color = contrast(to: ground, least: least, from: &generator)
    var rim: (width: Float, color: Tint)?
    if generator.chance(0.3) {
      let shade = generator.chance(0.5) ? color * 0.35 : color.mixed(with: Tint(1, 1, 1), 0.7)
      rim = (width: generator.number(0.04, 0.08), color: shade)
    }
    return SceneShape.Surface(
      color: color, second: nil, relief: style.relief,
      bevel: generator.number(0.1, 0.26), rim: rim, grain: style.grain, shadow: style.shadow,
      shadowLength: style.shadowLength)
  }

  /// Draws colours until one stands out from another; otherwise the one that does so most.
  private func contrast(
    to other: Tint, least: Float = 0.5, from generator: inout SeededGenerator
  ) -> Tint {
    var best = (distance: Float(-1), color: Tint())
    for _ in 0..<10 {
      let color = Tint(
        hue: generator.number(0, 1), saturation: generator.number(0.1, 0.95),
        value: generator.number(0.25, 0.98))
      let distance = color.distance(to: other)
      if distance > best.distance { best = (distance, color) }
      if distance >= least { break }
    }
    return best.color
  }
}
