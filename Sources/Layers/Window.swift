/// A height and a width, in cells of a map.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let height: Int
  public let width: Int

  public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }

  /// Makes a square, so that `3` reads as 3 × 3.
  public init(integerLiteral side: Int) { self.init(side, side) }
}

/// How many cells lie around a map, on each side.
public struct Margins: Hashable, Sendable {
  public let top: Int
  public let left: Int
  public let bottom: Int
  public let right: Int

  public init(top: Int, left: Int, bottom: Int, right: Int) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  public static let none = Margins(top: 0, left: 0, bottom: 0, right: 0)

  func requireNonNegative() throws(ShapeMismatch) {
    guard min(top, left, bottom, right) >= 0 else {
      throw ShapeMismatch(
        "expected margins of at least 0, found \(top), \(left), \(bottom), \(right) from the top "
          + "on anticlockwise")
    }
  }

  var vertical: Int { top + bottom }
  var horizontal: Int { left + right }

  /// The cells around both, one frame inside the other.
  public static func + (inner: Margins, outer: Margins) -> Margins {
    Margins(
      top: inner.top + outer.top, left: inner.left + outer.left,
      bottom: inner.bottom + outer.bottom, right: inner.right + outer.right)
  }
}

/// How far a window may reach over the edges of a map, in Keras's words where it has one.
public enum Padding: Hashable, Sendable {
  /// Far enough for ⌈input / stride⌉ positions; an odd cell goes to the bottom and the right.
  case same
  /// Not at all.
  case valid
  /// By so many cells on every side, as in PyTorch and Caffe.
  case symmetric(Int)

  /// The cells this puts around a map.
  func margins(around map: [Int], size: Extent, stride: Int, dilation: Int) -> Margins {
    if case .symmetric(let cells) = self {
      return Margins(top: cells, left: cells, bottom: cells, right: cells)
    }
    // What fits no map, the window itself refuses.
    guard self == .same, map.count == 4, stride > 0 else { return .none }
    func total(_ extent: Int, _ size: Int) -> Int {
      let positions = (extent + stride - 1) / stride
      return max(0, (positions - 1) * stride + (size - 1) * dilation + 1 - extent)
    }
    let (vertical, horizontal) = (total(map[1], size.height), total(map[2], size.width))
    return Margins(
      top: vertical / 2, left: horizontal / 2,
      bottom: vertical - vertical / 2, right: horizontal - horizontal / 2)
  }
}

/// The cells that one output cell of a convolution or a pooling reads.
public struct Window: Hashable, Sendable {
  public let size: Extent
  /// Input cells between neighbouring positions, along each side.
  public let stride: Int
  /// Input cells between neighbouring cells of the window; 1 if they touch.
  public let dilation: Int
  /// Cells outside the map that positions may cover.
  public let margins: Margins

  public init(size: Extent, stride: Int = 1, dilation: Int = 1, margins: Margins = .none) {
    (self.size, self.stride, self.dilation, self.margins) = (size, stride, dilation, margins)
  }

  func outputShape(of map: [Int], channels: Int) throws(ShapeMismatch) -> [Int] {
    guard size.height > 0, size.width > 0, stride > 0, dilation > 0 else {
      throw ShapeMismatch(
        "expected a window's size, stride and dilation to be at least 1, found "
          + "\(size.height)×\(size.width), \(stride) and \(dilation)")
    }
    try margins.requireNonNegative()
    let height = map[1] + margins.vertical - (size.height - 1) * dilation - 1
    let width = map[2] + margins.horizontal - (size.width - 1) * dilation - 1
    guard height >= 0, width >= 0 else {
      throw ShapeMismatch(
        "a window of \(size.height)×\(size.width) cells"
          + (dilation == 1 ? "" : ", dilated by \(dilation),")
          + " does not fit a map of \(map[1])×\(map[2]); use a larger image")
    }
    return [map[0], height / stride + 1, width / stride + 1, channels]
  }
}
