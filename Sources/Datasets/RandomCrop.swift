internal import Glibc

/// A part of a picture of random size, shape and place, perhaps mirrored, as a square.
///
/// The usual augmentation for classifiers, after Szegedy et al., [Going deeper with
/// convolutions](https://arxiv.org/abs/1409.4842), section 6.
public struct RandomCrop: Hashable, Codable, Sendable {
  /// The square's side in pixels.
  public var side: Int
  /// The least share of the picture's area that a part has, above 0 and up to 1.
  public var leastArea: Double
  /// The greatest ratio of a part's longer to its shorter side, at least 1.
  public var greatestRatio: Double
  /// How often the square is mirrored, from 0 to 1.
  public var mirrorShare: Double

  public init(
    side: Int, leastArea: Double = 0.25, greatestRatio: Double = 4.0 / 3, mirrorShare: Double = 0.5
  ) {
    (self.side, self.leastArea) = (side, leastArea)
    (self.greatestRatio, self.mirrorShare) = (greatestRatio, mirrorShare)
  }

  /// Draws a part of a picture and resizes it.
  ///
  /// - Parameters:
  ///   - image: The picture, of any size.
  ///   - generator: Where the numbers come from.
  /// - Returns: A picture of `side × side` pixels.
  public func callAsFunction(_ image: Image, using generator: inout SeededGenerator) -> Image {
    let part = part(width: image.width, height: image.height, using: &generator)
    let square = image.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
      .resized(width: side, height: side)
    return generator.uniform() < mirrorShare ? square.mirrored() : square
  }

  struct Part: Hashable {
    var x = 0
    var y = 0
    var width: Int
    var height: Int
  }

  /// Draws sizes until one fits: its area evenly, its ratio evenly on a scale of logarithms.
  func part(width: Int, height: Int, using generator: inout SeededGenerator) -> Part {
    for _ in 0..<10 {
      let area =
        Double(width * height) * (leastArea + (1 - leastArea) * generator.uniform())
      let ratio = exp(log(greatestRatio) * (2 * generator.uniform() - 1))
      let size = (
        width: Int((area * ratio).squareRoot().rounded()),
        height: Int((area / ratio).squareRoot().rounded())
      )
      guard 1...width ~= size.width, 1...height ~= size.height else { continue }
      return Part(
        x: generator.index(below: width - size.width + 1),
        y: generator.index(below: height - size.height + 1), width: size.width,
        height: size.height)
    }
    // A very long picture has few parts of such ratios: the middle, as much of it as may be.
    let longest = { (side: Int) in max(1, Int(Double(side) * greatestRatio)) }
    var part = Part(width: min(width, longest(height)), height: min(height, longest(width)))
    (part.x, part.y) = ((width - part.width) / 2, (height - part.height) / 2)
    return part
  }
}
