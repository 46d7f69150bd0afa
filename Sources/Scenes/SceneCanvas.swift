import Boxes
import Datasets

/// A picture while it is painted, which knows what can be seen at each pixel.
struct SceneCanvas {
  let width: Int
  let height: Int
  /// Red, green and blue from 0 to 1, row by row.
  var pixels: [Tint]
  /// Numbers around 0 that give surfaces a grain.
  let texture: [Float]
  /// Where the light comes from.
  let light: SIMD2<Float>
  /// The shape at each pixel, counted from 1; 0 is the ground.
  private(set) var owners: [UInt8]
  /// How many pixels each shape would have without the others and without borders.
  private(set) var wholeCounts: [Int] = []

  init(width: Int, height: Int, pixels: [Tint], texture: [Float], light: SIMD2<Float>) {
    (self.width, self.height, self.pixels) = (width, height, pixels)
    (self.texture, self.light) = (texture, light)
    owners = Array(repeating: 0, count: width * height)
  }

  /// The mean colour around a place, of a few samples.
  func color(around center: SIMD2<Float>, radius: Float) -> Tint {
    var sum = Tint()
    for row in -2...2 {
      for column in -2...2 {
        let place = center + SIMD2(Float(column), Float(row)) * radius / 2.5
        let x = Int(min(max(place.x, 0), Float(width - 1)))
        let y = Int(min(max(place.y, 0), Float(height - 1)))
        sum += pixels[y * width + x]
      }
    }
    return sum / 25
  }

  /// Paints a shape over what is there.
  mutating func paint(_ shape: SceneShape) {
    let surface = shape.surface
    let reach = shape.radius * (1.05 + surface.shadowLength * 2) + 3
    let left = Int((shape.center.x - reach).rounded(.down))
    let top = Int((shape.center.y - reach).rounded(.down))
    let side = Int(2 * reach) + 2
    // The shape's own coordinates of a pixel's middle: turned back and divided by the radius.
    let across = SIMD2(shape.direction.x, -shape.direction.y) / shape.radius
    let down = SIMD2(shape.direction.y, shape.direction.x) / shape.radius
    let offset = SIMD2(Float(left) + 0.5, Float(top) + 0.5) - shape.center
    let start = offset.x * across + offset.y * down
    let field = DistanceField(
      side: side, left: left, top: top, start: start, across: across, down: down,
      distances: [Float](unsafeUninitializedCapacity: side * side) { buffer, count in
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<(side * side)])
        shape.outline.distances(
          side: side, start: start, across: across, down: down, into: part)
        count = side * side
      })
    wholeCounts.append(field.distances.count { $0 <= 0 })
    if surface.shadow > 0 { cast(shape, field) }
    cover(shape, field, owner: UInt8(wholeCounts.count))
  }

  /// Where a shape can be seen, at whole numbers, and how much of it; nil if nowhere.
  ///
  /// Shapes are counted from 0 in the order of painting.
  func visible(_ index: Int) -> (box: Box, share: Float)? {
    let owner = UInt8(index + 1)
    var (left, right, top, bottom, count) = (width, 0, height, 0, 0)
    owners.withUnsafeBufferPointer { owners in
      for y in 0..<height {
        for x in 0..<width where owners[y * width + x] == owner {
          (left, right) = (min(left, x), max(right, x + 1))
          (top, bottom) = (min(top, y), y + 1)
          count += 1
        }
      }
    }
    guard count > 0 else { return nil }
    let box = Box(x1: Float(left), y1: Float(top), x2: Float(right), y2: Float(bottom))
    return (box, Float(count) / Float(wholeCounts[index]))
  }

  /// Darkens what lies in a shape's shadow.
  private mutating func cast(_ shape: SceneShape, _ field: DistanceField) {
    let surface = shape.surface
    let fall = -light * surface.shadowLength * shape.radius
    let (shiftX, shiftY) = (Int(fall.x.rounded()), Int(fall.y.rounded()))
    let softness = max(surface.shadowLength, 1 / shape.radius)
    let (columns, rows) = field.part(width: width, height: height)
    let (width, side) = (width, field.side)
    pixels.withUnsafeMutableBufferPointer { pixels in
      field.distances.withUnsafeBufferPointer { distances in
        for y in rows {
          let row = y - field.top - shiftY
          guard 0..<side ~= row else { continue }
          for x in columns {
            let column = x - field.left - shiftX
            guard 0..<side ~= column else { continue }
            let depth = 0.5 - 0.5 * distances[row * side + column] / softness
            if depth > 0 {
              let share = min(depth, 1)
              pixels[y * width + x] *=
                1 - surface.shadow * share * share * (3 - 2 * share)
            }
          }
        }
      }
    }
  }

  /// Paints the surface.
  private mutating func cover(_ shape: SceneShape, _ field: DistanceField, owner: UInt8) {
    let surface = shape.surface
    let (columns, rows) = field.part(width: width, height: height)
    let (width, side, light, radius) = (width, field.side, light, shape.radius)
    let bevel = max(surface.bevel, 1.5 / radius)
    pixels.withUnsafeMutableBufferPointer { pixels in
      owners.withUnsafeMutableBufferPointer { owners in
        texture.withUnsafeBufferPointer { texture in
          field.distances.withUnsafeBufferPointer { distances in
            for y in rows {
              for x in columns {
                let place = (y - field.top) * side + x - field.left
                let distance = distances[place]
                // In pixels: half covered on the outline, not at all half a pixel further out.
                let coverage = min(0.5 - distance * radius, 1)
                if coverage <= 0 { continue }
                let own = field.place(x: x, y: y)
                var color = surface.color
                if let second = surface.second {
                  color = color.mixed(with: second, Self.chequered(own, sharpness: radius))
                }
                if let rim = surface.rim {
                  let share = min(max((distance + rim.width) * radius + 0.5, 0), 1)
                  color = color.mixed(with: rim.color, share)
                }
                // The gradient of the distances points outwards.
                let slope = SIMD2(
                  distances[place + 1] - distances[place - 1],
                  distances[place + side] - distances[place - side])
                let height = max(1 + distance / bevel, 0)
                let facing = (slope * light).sum() * radius / 2 * min(height, 1)
                let toward = own.x * shape.direction.x - own.y * shape.direction.y
                let toward2 = own.x * shape.direction.y + own.y * shape.direction.x
                let body = toward * light.x + toward2 * light.y
                let grain = texture[y * width + x] * surface.grain
                color *= 1 + surface.relief * (0.55 * facing + 0.15 * body) + grain
                let gloss = surface.relief * max(facing, 0) * max(facing, 0) * 0.25
                color = color.mixed(with: Tint(repeating: 1), gloss)
                let index = y * width + x
                pixels[index] = pixels[index].mixed(with: color, coverage)
                if coverage >= 0.5 { owners[index] = owner }
              }
            }
          }
        }
      }
    }
  }

  /// 0 or 1 in turn on four by four squares, smoothed over a pixel between them.
  @inline(__always)
  private static func chequered(_ place: SIMD2<Float>, sharpness: Float) -> Float {
    func wave(_ position: Float) -> Float {
      // A triangle with zeros at the edges of squares, each 0.38 wide.
      let scaled = position / 0.38
      let turned = scaled - 2 * (scaled / 2).rounded(.down)
      let triangle = turned < 1 ? min(turned, 1 - turned) : -min(turned - 1, 2 - turned)
      return min(max(triangle * 0.38 * sharpness * 2, -1), 1)
    }
    return 0.5 + 0.5 * wave(place.x) * wave(place.y)
  }
}

/// How far the pixels of a square are from a shape's outline, in units of its radius.
private struct DistanceField {
  let side: Int
  let left: Int
  let top: Int
  let start: SIMD2<Float>
  let across: SIMD2<Float>
  let down: SIMD2<Float>
  let distances: [Float]

  /// The shape's own coordinates of a pixel's middle.
  @inline(__always)
  func place(x: Int, y: Int) -> SIMD2<Float> {
    start + Float(x - left) * across + Float(y - top) * down
  }

  /// The columns and rows within a picture; the outermost have no neighbours and stay out.
  func part(width: Int, height: Int) -> (columns: Range<Int>, rows: Range<Int>) {
    func range(_ start: Int, _ extent: Int) -> Range<Int> {
      let first = max(start + 1, 0)
      return first..<max(first, min(start + side - 1, extent))
    }
    return (range(left, width), range(top, height))
  }
}
