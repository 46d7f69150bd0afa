internal import Glibc

/// What has been drawn for one image.
struct Variation: Hashable {
  var scale: Double
  var isMirrored: Bool
  var brightness: Double
  var contrast: Double
  var saturation: Double

  init(drawnFor settings: DetectionAugmentation, using generator: inout SeededGenerator) {
    let range = settings.scaleJitter
    let position = generator.uniform()
    // Exactly 1 where nothing is varied, whatever a logarithm rounds to.
    scale =
      range.lowerBound == range.upperBound
      ? range.lowerBound
      : range.lowerBound * pow(range.upperBound / range.lowerBound, position)
    isMirrored = generator.uniform() < settings.mirrorShare
    func factor() -> Double { 1 + settings.colorJitter * (2 * generator.uniform() - 1) }
    (brightness, contrast, saturation) = (factor(), factor(), factor())
  }
}
