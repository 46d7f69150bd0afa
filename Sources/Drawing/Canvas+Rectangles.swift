public import Boxes

extension Canvas {
  /// Fills a rectangle; edges between pixels are smoothed, edges at whole numbers are crisp.
  public mutating func fill(_ box: Box, with color: Color, opacity: Float = 1) {
    let part = box.clipped(width: Float(width), height: Float(height))
    guard part.isProper else { return }
    let columns = Int(part.x1)..<min(Int(part.x2.rounded(.up)), width)
    let rows = Int(part.y1)..<min(Int(part.y2.rounded(.up)), height)
    let width = width
    pixels.withUnsafeMutableBufferPointer { pixels in
      for y in rows {
        let down = min(Float(y + 1), part.y2) - max(Float(y), part.y1)
        for x in columns {
          let across = min(Float(x + 1), part.x2) - max(Float(x), part.x1)
          pixels.blend(color, at: (y * width + x) * 3, opacity: opacity * down * across)
        }
      }
    }
  }

  /// Draws the outline of a rectangle, within its edges.
  ///
  /// - Parameters:
  ///   - box: The outer edges.
  ///   - color: The line's colour.
  ///   - lineWidth: How wide the line is, in pixels.
  ///   - dash: The length of a dash and of the gap after it, in pixels; 0 for a line without gaps.
  ///   - opacity: From 0 to 1.
  public mutating func stroke(
    _ box: Box, with color: Color, lineWidth: Float, dash: Float = 0, opacity: Float = 1
  ) {
    guard box.isProper else { return }
    let across = min(lineWidth, box.width / 2)
    let down = min(lineWidth, box.height / 2)
    let (top, bottom) = (box.y1 + down, box.y2 - down)
    for part in dashes(from: box.x1, to: box.x2, within: Float(width), length: dash) {
      fill(
        Box(x1: part.start, y1: box.y1, x2: part.end, y2: top), with: color, opacity: opacity)
      fill(
        Box(x1: part.start, y1: bottom, x2: part.end, y2: box.y2), with: color, opacity: opacity)
    }
    // The corners belong to the horizontal lines: nothing is painted twice.
    for part in dashes(from: box.y1, to: box.y2, within: Float(height), length: dash) {
      let (start, end) = (max(part.start, top), min(part.end, bottom))
      fill(
        Box(x1: box.x1, y1: start, x2: box.x1 + across, y2: end), with: color, opacity: opacity)
      fill(
        Box(x1: box.x2 - across, y1: start, x2: box.x2, y2: end), with: color, opacity: opacity)
    }
  }

  /// The dashes of a side that can be seen, of which the first and the last reach the corners.
  private func dashes(
    from start: Float, to end: Float, within extent: Float, length: Float
  ) -> [(start: Float, end: Float)] {
    // An odd number of equal parts, every other of which is a dash.
    let visible = min(end - start, extent * 4)
    guard length > 0, visible > 2 * length else { return [(start, end)] }
    let count = 2 * Int((visible / length - 1) / 2 + 0.5) + 1
    let step = (end - start) / Float(count)
    return stride(from: 0, to: count, by: 2).map {
      (start + Float($0) * step, start + Float($0 + 1) * step)
    }
  }
}
