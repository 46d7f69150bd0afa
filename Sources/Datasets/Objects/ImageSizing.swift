/// The size at which a detector looks at an image: the shorter side as asked for, unless the longer
/// one would exceed its bound.
public struct ImageSizing: Hashable, Codable, Sendable {
  /// The shorter side in pixels, at least 1.
  public var shorterSide: Int
  /// The most pixels of the longer side, at least 1; it takes precedence.
  public var longerSide: Int

  public init(shorterSide: Int = 600, longerSide: Int = 1000) {
    (self.shorterSide, self.longerSide) = (shorterSide, longerSide)
  }

  /// Computes the size of an image after resizing.
  ///
  /// Both sides are rounded to the nearest whole number, so their ratio may change a little: boxes
  /// are scaled by the two ratios that come out. No side ends below one pixel.
  ///
  /// - Parameters:
  ///   - width: The image's extent, at least 1.
  ///   - height: The image's extent, at least 1.
  /// - Returns: The extents to resize to.
  public func size(width: Int, height: Int) -> (width: Int, height: Int) {
    size(width: width, height: height, scale: 1)
  }

  /// The same for sides that are all multiplied by a factor.
  func size(width: Int, height: Int, scale: Double) -> (width: Int, height: Int) {
    precondition(width > 0 && height > 0, "an image of \(width)×\(height) has no pixels")
    precondition(
      shorterSide > 0 && longerSide > 0 && scale > 0, "a side of at least one pixel is asked for")
    let shorter = max((Double(shorterSide) * scale).rounded(), 1)
    let longer = max((Double(longerSide) * scale).rounded(), 1)
    let ratio = min(shorter / Double(min(width, height)), longer / Double(max(width, height)))
    func side(_ extent: Int) -> Int { max(Int((Double(extent) * ratio).rounded()), 1) }
    return (side(width), side(height))
  }
}
