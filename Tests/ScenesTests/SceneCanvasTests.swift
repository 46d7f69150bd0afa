import Boxes
import Datasets
import Testing

@testable import Scenes

/// A shape of one colour without relief, shadow or grain.
func flat(
  _ outline: Outline, label: Int? = 0, center: SIMD2<Float>, radius: Float,
  direction: SIMD2<Float> = SIMD2(1, 0), color: Tint = Tint(1, 1, 1)
) -> SceneShape {
  SceneShape(
    outline: outline, label: label, center: center, radius: radius, direction: direction,
    surface: .init(
      color: color, second: nil, relief: 0, bevel: 0.1, rim: nil, grain: 0, shadow: 0,
      shadowLength: 0.1))
}

/// A black canvas.
func blank(_ width: Int, _ height: Int) -> SceneCanvas {
  SceneCanvas(
    width: width, height: height, pixels: Array(repeating: Tint(), count: width * height),
    texture: Array(repeating: 0, count: width * height), light: SIMD2(0.6, -0.8))
}

@Suite struct SceneCanvasTests {
  static let outlines: [Outline] = [
    .arrow, .chequer, .crescent, .ring(thickness: 0.35), .star, .plus, .ellipse(height: 0.5),
    .regular(3), .rectangle(width: 0.9, height: 0.3, corner: 0.1),
  ]

  @Test("A box is the extent of the pixels that a shape covers by half", arguments: outlines)
  func tightness(outline: Outline) throws {
    for turn in [Float(0), 0.3, 0.6, 0.9] {
      var canvas = blank(70, 60)
      let direction = SIMD2(turn, (1 - turn * turn).squareRoot())
      canvas.paint(flat(outline, center: SIMD2(34.3, 30.7), radius: 24, direction: direction))
      var extent: Box?
      for (place, color) in canvas.pixels.enumerated() where color.x >= 0.5 {
        let (x, y) = (Float(place % 70), Float(place / 70))
        let known = extent ?? Box(x1: x, y1: y, x2: x + 1, y2: y + 1)
        extent = Box(
          x1: min(known.x1, x), y1: min(known.y1, y), x2: max(known.x2, x + 1),
          y2: max(known.y2, y + 1))
      }
      let visible = try #require(canvas.visible(0))
      #expect(visible.box == extent)
      #expect(visible.share == 1)
      #expect(visible.box.width <= 50 && visible.box.height <= 50)
    }
  }

  @Test("A ring's box is its circle's")
  func ring() throws {
    var canvas = blank(80, 60)
    canvas.paint(flat(.ring(thickness: 0.3), center: SIMD2(40, 30), radius: 20))
    #expect(try #require(canvas.visible(0)).box == Box(x1: 20, y1: 10, x2: 60, y2: 50))
    // The hole shows the ground.
    #expect(canvas.pixels[30 * 80 + 40] == Tint() && canvas.owners[30 * 80 + 40] == 0)
  }

  @Test("The share of an object that the border cuts is that of its area")
  func border() throws {
    var canvas = blank(60, 60)
    canvas.paint(flat(.ellipse(height: 1), center: SIMD2(0, 30), radius: 20))
    let visible = try #require(canvas.visible(0))
    #expect(visible.box == Box(x1: 0, y1: 10, x2: 20, y2: 50))
    #expect(abs(visible.share - 0.5) < 0.01)
  }

  @Test("What lies under another shape cannot be seen")
  func occlusion() throws {
    var canvas = blank(60, 60)
    canvas.paint(flat(.chequer, center: SIMD2(20, 30), radius: 10))
    canvas.paint(
      flat(.rectangle(width: 1, height: 1, corner: 0.01), center: SIMD2(40, 30), radius: 20))
    // The upper one starts at x = 20, the middle of the lower.
    let lower = try #require(canvas.visible(0))
    #expect(lower.box.x2 == 20 && abs(lower.share - 0.5) < 0.04)
    #expect(try #require(canvas.visible(1)).share == 1)
    canvas.paint(flat(.ellipse(height: 1), center: SIMD2(20, 30), radius: 18))
    #expect(canvas.visible(0) == nil)
  }

  @Test("A shadow darkens the ground and belongs to no object")
  func shadow() throws {
    var canvas = blank(60, 60)
    canvas.pixels = Array(repeating: Tint(1, 1, 1), count: 3600)
    var shape = flat(.ellipse(height: 1), center: SIMD2(30, 30), radius: 12, color: Tint(1, 1, 1))
    shape.surface.shadow = 0.5
    shape.surface.shadowLength = 0.4
    canvas.paint(shape)
    // The light comes from the upper right, so the shadow falls to the lower left.
    #expect(canvas.pixels[41 * 60 + 22].x < 0.9 && canvas.owners[41 * 60 + 22] == 0)
    #expect(canvas.pixels[19 * 60 + 38].x > 0.98)
    #expect(try #require(canvas.visible(0)).box == Box(x1: 18, y1: 18, x2: 42, y2: 42))
  }

  @Test("A chequer has four by four squares in two colours")
  func squares() {
    var canvas = blank(80, 80)
    var shape = flat(.chequer, center: SIMD2(40, 40), radius: 40, color: Tint(1, 0, 0))
    shape.surface.second = Tint(0, 1, 0)
    canvas.paint(shape)
    // Middles of the squares: each is 0.38 · 40 = 15.2 pixels wide.
    let middles = [-1.5, -0.5, 0.5, 1.5].map { Int(40 + $0 * 15.2) }
    for (row, y) in middles.enumerated() {
      for (column, x) in middles.enumerated() {
        let expected = (row + column) % 2 == 0 ? Tint(0, 1, 0) : Tint(1, 0, 0)
        #expect(canvas.pixels[y * 80 + x].distance(to: expected) < 1e-5)
      }
    }
  }

  @Test("Near an outline distances change as fast as the place", arguments: outlines)
  func distances(outline: Outline) {
    let (side, step) = (121, Float(0.02))
    var field = [Float](repeating: 0, count: side * side)
    field.withUnsafeMutableBufferPointer {
      outline.distances(
        side: side, start: SIMD2(-1.2, -1.2), across: SIMD2(step, 0), down: SIMD2(0, step),
        into: $0)
    }
    // Either way the steepest change is that of a place that moves straight away.
    var steepest: Float = 0
    for row in 1..<side {
      for column in 1..<side where abs(field[row * side + column]) < 0.1 {
        let here = field[row * side + column]
        let across = here - field[row * side + column - 1]
        let down = here - field[(row - 1) * side + column]
        steepest = max(steepest, (across * across + down * down).squareRoot() / step)
      }
    }
    #expect(0.95..<1.5 ~= steepest)
    #expect(field.contains { $0 < -0.1 } && field[0] > 0.1)
  }
}
