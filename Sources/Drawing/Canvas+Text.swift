extension Canvas {
  /// Writes a line of text.
  ///
  /// - Parameters:
  ///   - text: Control characters and others that the font has not are drawn as hollow boxes.
  ///   - x: The left edge of the first letter's cell.
  ///   - y: The upper edge of the line.
  ///   - size: Of the letters.
  ///   - color: Of the letters.
  ///   - opacity: From 0 to 1.
  public mutating func draw(
    _ text: String, x: Int, y: Int, size: TextSize, color: Color, opacity: Float = 1
  ) {
    let (font, scale) = (size.font, size.scale)
    let (width, height) = (width, height)
    let rows = max(y, 0)..<max(y, 0, min(y + size.lineHeight, height))
    pixels.withUnsafeMutableBufferPointer { pixels in
      var left = x
      for character in text {
        if left >= width { return }
        defer { left += size.characterWidth }
        let cell = font.cell(of: character)
        let columns = max(left, 0)..<max(left, 0, min(left + size.characterWidth, width))
        for row in rows {
          let bits = cell[(row - y) / scale]
          for column in columns
          where bits >> (font.width - 1 - (column - left) / scale) & 1 == 1 {
            pixels.blend(color, at: (row * width + column) * 3, opacity: opacity)
          }
        }
      }
    }
  }
}
