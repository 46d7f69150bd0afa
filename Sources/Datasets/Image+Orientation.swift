extension Image {
  /// The picture as it was seen, from pixels that are stored in another orientation.
  func upright(from orientation: Orientation) -> Image {
    if orientation == .topLeft { return self }
    // The stored pixel of the upright one at (x, y) is at `origin + x · right + y · down`.
    let (pixel, row) = (3, 3 * width)
    let (lastColumn, lastRow) = (pixel * (width - 1), row * (height - 1))
    let (origin, right, down) =
      switch orientation {
      case .topLeft: (0, pixel, row)
      case .topRight: (lastColumn, -pixel, row)
      case .bottomRight: (lastRow + lastColumn, -pixel, -row)
      case .bottomLeft: (lastRow, pixel, -row)
      case .leftTop: (0, row, pixel)
      case .rightTop: (lastRow, -row, pixel)
      case .rightBottom: (lastRow + lastColumn, -row, -pixel)
      case .leftBottom: (lastColumn, row, -pixel)
      }
    let isTurned = orientation.rawValue >= Orientation.leftTop.rawValue
    return Image(
      width: isTurned ? height : width, height: isTurned ? width : height, source: self,
      origin: origin, right: right, down: down)
  }

  /// Gathers pixels of another picture by their distances.
  private init(
    width: Int, height: Int, source: Image, origin: Int, right: Int, down: Int
  ) {
    self.init(width: width, height: height) { target in
      source.pixels.withUnsafeBufferPointer { pixels in
        var index = 0
        for y in 0..<height {
          var position = origin + y * down
          for _ in 0..<width {
            target[index] = pixels[position]
            target[index + 1] = pixels[position + 1]
            target[index + 2] = pixels[position + 2]
            index += 3
            position += right
          }
        }
      }
    }
  }
}
