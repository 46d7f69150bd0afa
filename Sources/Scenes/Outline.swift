internal import Glibc

/// The outline of a shape within the circle of radius 1, given by distances from it.
enum Outline {
  /// Around a hole; the thickness is that of the band.
  case ring(thickness: Float)
  /// A disc out of which another is cut.
  case crescent
  case ellipse(height: Float)
  case rectangle(width: Float, height: Float, corner: Float)
  /// With corners in order.
  case polygon([SIMD2<Float>])

  static let star = polygon(
    (0..<10).map { index in
      let angle = Double(index) * .pi / 5
      return SIMD2(Float(cos(angle)), Float(sin(angle))) * (index % 2 == 0 ? 1 : 0.46)
    })

  static let arrow = polygon([
    SIMD2(1, 0), SIMD2(0.1, 0.72), SIMD2(0.1, 0.27), SIMD2(-0.95, 0.27), SIMD2(-0.95, -0.27),
    SIMD2(0.1, -0.27), SIMD2(0.1, -0.72),
  ])

  static let chequer = rectangle(width: 0.76, height: 0.76, corner: 0.06)

  /// A polygon with corners at equal angles, for clutter.
  static func regular(_ count: Int) -> Outline {
    .polygon(
      (0..<count).map { index in
        let angle = 2 * Double.pi * Double(index) / Double(count)
        return SIMD2(Float(cos(angle)), Float(sin(angle)))
      })
  }

  static let plus: Outline = {
    let (arm, half) = (Float(0.95), Float(0.3))
    return polygon([
      SIMD2(arm, -half), SIMD2(arm, half), SIMD2(half, half), SIMD2(half, arm),
      SIMD2(-half, arm), SIMD2(-half, half), SIMD2(-arm, half), SIMD2(-arm, -half),
      SIMD2(-half, -half), SIMD2(-half, -arm), SIMD2(half, -arm), SIMD2(half, -half),
    ])
  }()

  /// How far each of a square of places is outside of the outline, or inside if below zero.
  ///
  /// An ellipse's distances are true near its outline only, where they are needed.
  ///
  /// - Parameters:
  ///   - side: Places in each direction.
  ///   - start: The shape's coordinates of the first place.
  ///   - across: What a step to the right adds to them.
  ///   - down: What a step down adds to them.
  ///   - distances: Receives `side · side` distances in the shape's unit.
  func distances(
    side: Int, start: SIMD2<Float>, across: SIMD2<Float>, down: SIMD2<Float>,
    into distances: UnsafeMutableBufferPointer<Float>
  ) {
    @inline(__always)
    func each(_ distance: (SIMD2<Float>) -> Float) {
      for row in 0..<side {
        let left = start + Float(row) * down
        for column in 0..<side {
          distances[row * side + column] = distance(left + Float(column) * across)
        }
      }
    }
    switch self {
    case .ring(let thickness):
      let middle = 1 - thickness / 2
      each { abs(length($0) - middle) - thickness / 2 }
    case .crescent:
      each { max(length($0) - 1, 0.78 - length($0 - SIMD2(0.46, 0))) }
    case .ellipse(let height):
      let inverse = SIMD2(1, 1 / height)
      each { place in
        let near = length(place * inverse)
        let slope = length(place * inverse * inverse)
        return slope > 0 ? near * (near - 1) / slope : -height
      }
    case .rectangle(let width, let height, let corner):
      let half = SIMD2(width - corner, height - corner)
      each { place in
        let beyond = SIMD2(abs(place.x), abs(place.y)) - half
        let outside = length(SIMD2(max(beyond.x, 0), max(beyond.y, 0)))
        return outside + min(max(beyond.x, beyond.y), 0) - corner
      }
    case .polygon(let corners):
      corners.withUnsafeBufferPointer { corners in
        each { place in Self.distance(of: place, from: corners) }
      }
    }
  }

  /// The distance from the nearest side; a place is inside if a ray from it crosses an odd number.
  @inline(__always)
  private static func distance(
    of place: SIMD2<Float>, from corners: UnsafeBufferPointer<SIMD2<Float>>
  ) -> Float {
    var nearest = Float.infinity
    var isInside = false
    var start = corners[corners.count - 1]
    for end in corners {
      let (side, toPlace) = (end - start, place - start)
      let share = min(max((side * toPlace).sum() / (side * side).sum(), 0), 1)
      let gap = toPlace - side * share
      nearest = min(nearest, (gap * gap).sum())
      if (start.y > place.y) != (end.y > place.y),
        toPlace.x < side.x * toPlace.y / side.y
      {
        isInside.toggle()
      }
      start = end
    }
    return isInside ? -nearest.squareRoot() : nearest.squareRoot()
  }
}

@inline(__always)
private func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }
