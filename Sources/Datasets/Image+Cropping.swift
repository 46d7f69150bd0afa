extension Image {
  /// Cuts a rectangle out.
  ///
  /// - Parameters:
  ///   - x: The first column.
  ///   - y: The first row.
  ///   - width: How many columns.
  ///   - height: How many rows.
  /// - Returns: The rectangle.
  /// - Precondition: The rectangle has an area and lies within the picture.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x <= self.width - width
        && y <= self.height - height,
      "\(width)×\(height) pixels at (\(x), \(y)) lie within \(self.width)×\(self.height)")
    if width == self.width && height == self.height { return self }
    return Image(width: width, height: height) { target in
      pixels.withUnsafeBufferPointer { source in
        for row in 0..<height {
          let start = ((y + row) * self.width + x) * 3
          let part = UnsafeBufferPointer(rebasing: source[start..<(start + width * 3)])
          _ = target[(row * width * 3)...].update(fromContentsOf: part)
        }
      }
    }
  }

  /// Cuts the middle out; where the margins cannot be equal, as torchvision's `center_crop` does.
  ///
  /// - Precondition: The picture is at least as large.
  public func centerCropped(width: Int, height: Int) -> Image {
    cropped(
      x: centeredStart(of: width, in: self.width), y: centeredStart(of: height, in: self.height),
      width: width, height: height)
  }

  /// Makes the square that an ImageNet classifier is evaluated on.
  ///
  /// This is the usual single-crop evaluation, as in torchvision's `ImageClassification` transform:
  /// the shorter side is resized to 256/224 of the square's, the longer one in proportion, and the
  /// square is cut from the middle. A picture that is such a square already is used as it is: it
  /// was prepared for the network, and cutting its margins off would lose part of it.
  ///
  /// - Parameter side: The square's side in pixels; 224 for most networks.
  /// - Returns: A picture of `side × side` pixels.
  /// - Precondition: The side is positive.
  public func imageNetCrop(side: Int) -> Image {
    precondition(side > 0, "a square of side \(side) has no pixels")
    if width == side && height == side { return self }
    let shorter = Int((Double(side) * 256 / 224).rounded())
    // The longer side is rounded down, as in torchvision.
    let longer = Int(Double(shorter) * Double(max(width, height)) / Double(min(width, height)))
    let (newWidth, newHeight) = width < height ? (shorter, longer) : (longer, shorter)
    let x = centeredStart(of: side, in: newWidth)
    let y = centeredStart(of: side, in: newHeight)
    // Only the square is computed: a picture of 1 by a million pixels would grow beyond memory.
    return resized(
      width: newWidth, height: newHeight, columns: x..<(x + side), rows: y..<(y + side))
  }
}

/// Where a centred part starts; halves are rounded to the even number.
private func centeredStart(of part: Int, in whole: Int) -> Int {
  Int((Double(whole - part) / 2).rounded(.toNearestOrEven))
}
