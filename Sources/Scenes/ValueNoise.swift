import Datasets

/// Smooth random numbers over a picture: random ones at a grid's points, smoothed between.
enum ValueNoise {
  /// Draws a field of several grids, each of half the spacing and strength of the one before.
  ///
  /// - Parameters:
  ///   - width: In pixels.
  ///   - height: In pixels.
  ///   - spacing: The distance of the first grid's points, in pixels, as columns and rows.
  ///   - octaveCount: How many grids.
  ///   - generator: Where the numbers come from.
  /// - Returns: A number from 0 to 1 for each pixel, row by row.
  static func field(
    width: Int, height: Int, spacing: SIMD2<Float>, octaveCount: Int,
    from generator: inout SeededGenerator
  ) -> [Float] {
    var field = [Float](repeating: 0, count: width * height)
    var (spacing, strength, total) = (spacing, Float(1), Float(0))
    for _ in 0..<octaveCount {
      spacing.clamp(lowerBound: SIMD2(1, 1), upperBound: SIMD2(4096, 4096))
      add(strength, spacing: spacing, width: width, height: height, to: &field, from: &generator)
      total += strength
      (spacing, strength) = (spacing / 2, strength / 2)
    }
    field.withUnsafeMutableBufferPointer { field in
      let scale = 1 / total
      for index in field.indices { field[index] *= scale }
    }
    return field
  }

  private static func add(
    _ strength: Float, spacing: SIMD2<Float>, width: Int, height: Int, to field: inout [Float],
    from generator: inout SeededGenerator
  ) {
    let columns = Int(Float(width) / spacing.x) + 2
    let rows = Int(Float(height) / spacing.y) + 2
    let grid = (0..<(columns * rows)).map { _ in Float(generator.uniform()) * strength }
    let places = (0..<width).map { place(Float($0) / spacing.x) }
    // One row of the grid's height between two of its rows, then along it.
    var line = [Float](repeating: 0, count: columns)
    for y in 0..<height {
      let (above, down) = place(Float(y) / spacing.y)
      grid.withUnsafeBufferPointer { grid in
        line.withUnsafeMutableBufferPointer { line in
          for column in 0..<columns {
            let upper = grid[above * columns + column]
            line[column] = upper + (grid[(above + 1) * columns + column] - upper) * down
          }
        }
      }
      field.withUnsafeMutableBufferPointer { field in
        line.withUnsafeBufferPointer { line in
          places.withUnsafeBufferPointer { places in
            for x in 0..<width {
              let (left, across) = places[x]
              field[y * width + x] += line[left] + (line[left + 1] - line[left]) * across
            }
          }
        }
      }
    }
  }

  /// The grid's point before a place, and how far on the place is, smoothed at both ends.
  private static func place(_ position: Float) -> (point: Int, share: Float) {
    let point = position.rounded(.down)
    let share = position - point
    return (Int(point), share * share * (3 - 2 * share))
  }
}
