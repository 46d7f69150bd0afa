public import Boxes

/// A place on a canvas, in pixels.
public struct Point: Hashable, Sendable {
  public var x: Float
  public var y: Float

  public init(x: Float, y: Float) { (self.x, self.y) = (x, y) }
}

extension Canvas {
  /// Draws a line through points, smoothed, with round ends and joints.
  ///
  /// - Parameters:
  ///   - points: In order; one alone is a dot. Points that are not finite interrupt the line.
  ///   - color: The line's colour.
  ///   - lineWidth: How wide the line is, in pixels.
  ///   - opacity: From 0 to 1; where the line crosses itself it is no darker.
  ///   - clip: Nothing is drawn outside of it; nil for the canvas.
  public mutating func drawLine(
    through points: [Point], with color: Color, lineWidth: Float, opacity: Float = 1,
    clip: Box? = nil
  ) {
    let whole = Box(x1: 0, y1: 0, x2: Float(width), y2: Float(height))
    let clip = clip?.clipped(width: whole.x2, height: whole.y2) ?? whole
    let reach = lineWidth / 2 + 1
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard
      let left = finite.lazy.map(\.x).min(), let right = finite.lazy.map(\.x).max(),
      let top = finite.lazy.map(\.y).min(), let bottom = finite.lazy.map(\.y).max()
    else { return }
    let area = Box(
      x1: max(clip.x1, left - reach), y1: max(clip.y1, top - reach),
      x2: min(clip.x2, right + reach), y2: min(clip.y2, bottom + reach))
    guard area.isProper else { return }
    var mask = LineMask(area, lineWidth: lineWidth)
    for (index, end) in points.enumerated() where end.x.isFinite && end.y.isFinite {
      let start = index > 0 ? points[index - 1] : end
      mask.add(from: start.x.isFinite && start.y.isFinite ? start : end, to: end)
    }
    let width = width
    pixels.withUnsafeMutableBufferPointer { pixels in
      var index = 0
      for y in mask.rows {
        for x in mask.columns {
          let coverage = mask.coverage[index]
          if coverage > 0 {
            pixels.blend(color, at: (y * width + x) * 3, opacity: coverage * opacity)
          }
          index += 1
        }
      }
    }
  }
}

/// How much of each pixel of an area a line covers.
private struct LineMask {
  let columns: Range<Int>
  let rows: Range<Int>
  private let radius: Float
  private(set) var coverage: [Float]

  init(_ area: Box, lineWidth: Float) {
    columns = Int(area.x1)..<Int(area.x2.rounded(.up))
    rows = Int(area.y1)..<Int(area.y2.rounded(.up))
    radius = lineWidth / 2
    coverage = Array(repeating: 0, count: columns.count * rows.count)
  }

  /// Adds a segment; the larger coverage counts, so joints are not painted twice.
  mutating func add(from start: Point, to end: Point) {
    let reach = radius + 1
    func range(_ one: Float, _ other: Float, within limits: Range<Int>) -> Range<Int> {
      let lower = max(min(one, other) - reach, Float(limits.lowerBound))
      let upper = min(max(one, other) + reach, Float(limits.upperBound))
      return lower < upper ? Int(lower)..<Int(upper.rounded(.up)) : 0..<0
    }
    let touched = range(start.x, end.x, within: columns)
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let squaredLength = dx * dx + dy * dy
    let radius = radius
    let (columns, rows) = (columns, rows)
    coverage.withUnsafeMutableBufferPointer { coverage in
      for row in range(start.y, end.y, within: rows) {
        for column in touched {
          let (x, y) = (Float(column) + 0.5 - start.x, Float(row) + 0.5 - start.y)
          let along =
            squaredLength > 0 ? min(max((x * dx + y * dy) / squaredLength, 0), 1) : 0
          let (offX, offY) = (x - along * dx, y - along * dy)
          let share = radius + 0.5 - (offX * offX + offY * offY).squareRoot()
          if share > 0 {
            let index =
              (row - rows.lowerBound) * columns.count + column - columns.lowerBound
            coverage[index] = max(coverage[index], min(share, 1))
          }
        }
      }
    }
  }
}
