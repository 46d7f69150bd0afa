internal import Boxes

/// How an image is varied before a detector trains on it: its size, whether it is mirrored, its
/// colours.
///
/// What is drawn depends on the generator alone. Each image takes as many numbers whatever the
/// settings are, so turning one variation off leaves the others as they were.
public struct DetectionAugmentation: Hashable, Codable, Sendable {
  /// How often an image is mirrored, from 0 to 1.
  public var mirrorShare: Double
  /// The factors by which both sides are multiplied, above 0: drawn evenly on a scale of
  /// logarithms.
  public var scaleJitter: ClosedRange<Double>
  /// How far brightness, contrast and saturation are varied, each by a factor of its own from
  /// `1 - colorJitter` to `1 + colorJitter`; from 0 for not at all to 1.
  public var colorJitter: Double

  public init(
    mirrorShare: Double = 0.5, scaleJitter: ClosedRange<Double> = 1...1, colorJitter: Double = 0
  ) {
    (self.mirrorShare, self.scaleJitter) = (mirrorShare, scaleJitter)
    self.colorJitter = colorJitter
  }

  /// Draws a variation of an image and moves the boxes along.
  ///
  /// - Parameters:
  ///   - image: The decoded image.
  ///   - objects: What is on it, in its pixels.
  ///   - sizing: The size before the scale is drawn.
  ///   - generator: Where the numbers come from; one for each epoch and image.
  /// - Returns: The varied image, and the objects in its pixels.
  /// - Precondition: Sides are positive, shares and factors in their ranges.
  public func callAsFunction(
    _ image: Image, objects: [AnnotatedObject], sizing: ImageSizing,
    using generator: inout SeededGenerator
  ) -> AugmentedExample {
    precondition(
      scaleJitter.lowerBound > 0 && scaleJitter.upperBound.isFinite && 0...1 ~= colorJitter,
      "factors of size are above 0, those of colour within 0...1 of 1")
    let variation = Variation(drawnFor: self, using: &generator)
    let size = sizing.size(width: image.width, height: image.height, scale: variation.scale)
    var example = AugmentedExample(
      image: image, objects: objects
    ).resized(width: size.width, height: size.height)
    if variation.isMirrored { example = example.mirrored() }
    example.image = example.image.adjusted(
      brightness: variation.brightness, contrast: variation.contrast,
      saturation: variation.saturation)
    return example
  }
}

/// An image in memory and what is on it, in its own pixels.
public struct AugmentedExample: Hashable, Sendable {
  public var image: Image
  public var objects: [AnnotatedObject]

  public init(image: Image, objects: [AnnotatedObject]) {
    (self.image, self.objects) = (image, objects)
  }

  /// The example at another size; boxes and outlines' areas grow by the ratios that come out.
  public func resized(width: Int, height: Int) -> AugmentedExample {
    let x = Float(Double(width) / Double(image.width))
    let y = Float(Double(height) / Double(image.height))
    return AugmentedExample(
      image: image.resized(width: width, height: height),
      objects: objects.map { object in
        var object = object
        // A product may end above the border by a rounding.
        object.box = object.box.scaled(x: x, y: y)
          .clipped(width: Float(width), height: Float(height))
        object.outlineArea = object.outlineArea.map { $0 * x * y }
        return object
      })
  }

  /// The example as in a mirror: left and right change places.
  public func mirrored() -> AugmentedExample {
    AugmentedExample(
      image: image.mirrored(),
      objects: objects.map { object in
        var object = object
        object.box = object.box.mirrored(width: Float(image.width))
        return object
      })
  }
}
