/// A rectangle in pixels of an image, given by its edges.
///
/// Pixel 0 lies between the edges 0 and 1, so a box that covers one pixel has width 1. A box may be
/// reversed or lie outside of the image; its area is then zero or not of use.
public struct Box: Hashable, Codable, Sendable {
  /// The left edge.
  public var x1: Float
  /// The upper edge.
  public var y1: Float
  /// The right edge.
  public var x2: Float
  /// The lower edge.
  public var y2: Float

  public init(x1: Float, y1: Float, x2: Float, y2: Float) {
    (self.x1, self.y1, self.x2, self.y2) = (x1, y1, x2, y2)
  }

  public var width: Float { x2 - x1 }
  public var height: Float { y2 - y1 }
  public var centerX: Float { (x1 + x2) / 2 }
  public var centerY: Float { (y1 + y2) / 2 }

  /// Square pixels; 0 where an edge lies on the wrong side of the other.
  public var area: Float { max(width, 0) * max(height, 0) }

  /// Whether both extents are above zero and all edges are finite.
  public var isProper: Bool {
    width > 0 && height > 0 && width.isFinite && height.isFinite && x1.isFinite && y1.isFinite
  }

  /// The square pixels that two boxes share.
  public func intersection(with other: Box) -> Float {
    let width = min(x2, other.x2) - max(x1, other.x1)
    let height = min(y2, other.y2) - max(y1, other.y1)
    return max(width, 0) * max(height, 0)
  }

  /// The shared area by the area of both together, from 0 to 1; 0 if neither has an area.
  public func intersectionOverUnion(with other: Box) -> Float {
    let shared = intersection(with: other)
    return shared > 0 ? shared / (area + other.area - shared) : 0
  }

  /// The part that lies within an image.
  public func clipped(width: Float, height: Float) -> Box {
    Box(
      x1: min(max(x1, 0), width), y1: min(max(y1, 0), height), x2: min(max(x2, 0), width),
      y2: min(max(y2, 0), height))
  }

  /// The box after the image has been resized.
  public func scaled(x: Float, y: Float) -> Box {
    Box(x1: x1 * x, y1: y1 * y, x2: x2 * x, y2: y2 * y)
  }

  /// The box after the image has been mirrored from left to right.
  public func mirrored(width: Float) -> Box {
    Box(x1: width - x2, y1: y1, x2: width - x1, y2: y2)
  }
}
