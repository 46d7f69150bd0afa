/// A rectangle of one image of a batch, in pixels of the network's input.
///
/// Pixel 0 lies between the edges 0 and 1. Any numbers are allowed: a region may be reversed or lie
/// outside of the image, and what of it lies outside reads zeros. One with an edge that is infinite
/// or not a number is empty.
public struct Region: Hashable, Sendable {
  /// Which image of the batch.
  public var image: Int
  /// The left edge.
  public var x1: Float
  /// The upper edge.
  public var y1: Float
  /// The right edge.
  public var x2: Float
  /// The lower edge.
  public var y2: Float

  public init(image: Int, x1: Float, y1: Float, x2: Float, y2: Float) {
    self.image = image
    (self.x1, self.y1, self.x2, self.y2) = (x1, y1, x2, y2)
  }

  /// How a loss changes with each edge of a region, per pixel.
  public struct Gradient: Hashable, Sendable {
    public var x1: Float
    public var y1: Float
    public var x2: Float
    public var y2: Float

    public init(x1: Float, y1: Float, x2: Float, y2: Float) {
      (self.x1, self.y1, self.x2, self.y2) = (x1, y1, x2, y2)
    }
  }

  var isFinite: Bool { x1.isFinite && y1.isFinite && x2.isFinite && y2.isFinite }

  /// The farthest from the map's corner that an edge counts, in cells.
  ///
  /// Cells are numbered in Int32, and far beyond no float32 lies between two cells.
  static let farthest: Float = 0x1p20

  /// Where an edge lies on a map, in cells.
  static func position(ofEdge edge: Float, stride: Int) -> Float {
    min(max(edge * (1 / Float(stride)), -farthest), farthest)
  }
}
