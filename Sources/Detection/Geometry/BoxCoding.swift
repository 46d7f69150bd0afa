public import Boxes
internal import Glibc

/// Boxes as numbers relative to reference boxes: shifts of the centre and logarithms of the scales.
///
/// For a box with centre (x, y), width w and height h and a reference (X, Y, W, H) the numbers are
/// (x − X) / W, (y − Y) / H, log(w / W) and log(h / H), each times its weight. Girshick et al.,
/// *Rich feature hierarchies*, 2014, appendix C; weights and clamp as in torchvision's `BoxCoder`.
public struct BoxCoding: Hashable, Codable, Sendable {
  /// What the shift to the right is multiplied by.
  public var x: Float
  /// What the shift downwards is multiplied by.
  public var y: Float
  /// What the logarithm of the width's scale is multiplied by.
  public var width: Float
  /// What the logarithm of the height's scale is multiplied by.
  public var height: Float

  public init(x: Float, y: Float, width: Float, height: Float) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// Makes a coding of the weights of x, y, width and height.
  public init(weights: (x: Float, y: Float, width: Float, height: Float)) {
    self.init(x: weights.x, y: weights.y, width: weights.width, height: weights.height)
  }

  /// The region proposal network's, relative to anchors: all weights 1.
  public static let proposals = BoxCoding(x: 1, y: 1, width: 1, height: 1)
  /// The box head's, relative to regions: targets of about unit variance.
  public static let regions = BoxCoding(x: 10, y: 10, width: 5, height: 5)

  /// The largest logarithm of a scale that decoding follows, log(1000 / 16).
  ///
  /// Keeps a diverging network from making boxes of infinite size.
  public static let largestLogarithm: Float = 4.1351666

  /// Computes the numbers of a box; both must have an area, else some are not finite.
  ///
  /// - Returns: The shifts along x and y, and the logarithms for width and height, weighted.
  public func encode(_ box: Box, relativeTo reference: Box) -> SIMD4<Float> {
    let (boxWidth, boxHeight) = (box.x2 - box.x1, box.y2 - box.y1)
    let (referenceWidth, referenceHeight) =
      (reference.x2 - reference.x1, reference.y2 - reference.y1)
    let shiftX = (box.x1 + 0.5 * boxWidth) - (reference.x1 + 0.5 * referenceWidth)
    let shiftY = (box.y1 + 0.5 * boxHeight) - (reference.y1 + 0.5 * referenceHeight)
    return SIMD4(
      x * shiftX / referenceWidth, y * shiftY / referenceHeight,
      width * log(boxWidth / referenceWidth), height * log(boxHeight / referenceHeight))
  }

  /// Computes the box of such numbers.
  ///
  /// Logarithms above ``largestLogarithm`` count as that, infinity included. A NaN or an infinite
  /// shift gives a box that is not proper.
  public func decode(_ deltas: SIMD4<Float>, relativeTo reference: Box) -> Box {
    let (referenceWidth, referenceHeight) =
      (reference.x2 - reference.x1, reference.y2 - reference.y1)
    let centreX = deltas.x / x * referenceWidth + (reference.x1 + 0.5 * referenceWidth)
    let centreY = deltas.y / y * referenceHeight + (reference.y1 + 0.5 * referenceHeight)
    let halfWidth = 0.5 * (exp(min(deltas.z / width, Self.largestLogarithm)) * referenceWidth)
    let halfHeight = 0.5 * (exp(min(deltas.w / height, Self.largestLogarithm)) * referenceHeight)
    return Box(
      x1: centreX - halfWidth, y1: centreY - halfHeight, x2: centreX + halfWidth,
      y2: centreY + halfHeight)
  }
}
