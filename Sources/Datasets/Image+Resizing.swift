extension Image {
  /// Resizes the picture, with a bilinear filter that is widened where it shrinks.
  ///
  /// The result equals `resize((width, height), Image.Resampling.BILINEAR)` of Pillow 13 to
  /// the bit.
  ///
  /// - Precondition: Both extents are positive.
  public func resized(width: Int, height: Int) -> Image {
    if width == self.width && height == self.height { return self }
    return resized(width: width, height: height, columns: 0..<width, rows: 0..<height)
  }

  /// Resizes the picture and cuts a part of the result out, without computing the rest.
  ///
  /// - Parameters:
  ///   - width: The extent of the whole, of which no memory is taken.
  ///   - height: The extent of the whole.
  ///   - columns: The columns of the whole that are wanted.
  ///   - rows: The rows of the whole that are wanted.
  /// - Returns: The part.
  func resized(width: Int, height: Int, columns: Range<Int>, rows: Range<Int>) -> Image {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height) has no pixels")
    precondition(
      (0..<width).contains(columns) && (0..<height).contains(rows)
        && !columns.isEmpty && !rows.isEmpty, "the part lies within the picture")
    var horizontal = ResamplingFilter(from: self.width, to: width, positions: columns)
    var vertical = ResamplingFilter(from: self.height, to: height, positions: rows)
    let (usedColumns, usedRows) = (horizontal.span, vertical.span)
    horizontal.shift(by: -usedColumns.lowerBound)
    vertical.shift(by: -usedRows.lowerBound)
    let start = (usedRows.lowerBound * self.width + usedColumns.lowerBound) * 3
    // Pillow rounds between its two passes, so their order is part of the result. It is that of
    // Pillow 13; earlier ones take the rows first always, which differs by one level here and there.
    let columnsFirst =
      height < self.height && self.height - height > 2 * (self.width - width)
    return pixels.withUnsafeBufferPointer { pixels in
      let source = UnsafeBufferPointer(rebasing: pixels[start...])
      if columnsFirst {
        let flat = Image(width: usedColumns.count, height: rows.count) { target in
          vertical.apply(
            downColumnsOf: source, stride: self.width, width: usedColumns.count, target: target)
        }
        return Image(width: columns.count, height: rows.count) { target in
          flat.pixels.withUnsafeBufferPointer { source in
            horizontal.apply(
              alongRowsOf: source, stride: flat.width, height: rows.count, target: target)
          }
        }
      }
      let narrow = Image(width: columns.count, height: usedRows.count) { target in
        horizontal.apply(
          alongRowsOf: source, stride: self.width, height: usedRows.count, target: target)
      }
      return Image(width: columns.count, height: rows.count) { target in
        narrow.pixels.withUnsafeBufferPointer { source in
          vertical.apply(
            downColumnsOf: source, stride: narrow.width, width: columns.count, target: target)
        }
      }
    }
  }
}
