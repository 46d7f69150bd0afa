import Datasets

/// Red, green and blue from 0 to 1, as numbers to calculate with.
typealias Tint = SIMD3<Float>

extension Tint {
  /// A colour of a hue, a saturation and a value, each from 0 to 1; hues repeat beyond.
  init(hue: Float, saturation: Float, value: Float) {
    func channel(_ offset: Float) -> Float {
      let turned = hue * 6 + offset
      let place = turned - 6 * (turned / 6).rounded(.down)
      return value * (1 - saturation * Swift.max(0, Swift.min(place, 4 - place, 1)))
    }
    self.init(channel(5), channel(3), channel(1))
  }

  /// The colour that lies between two.
  func mixed(with other: Tint, _ share: Float) -> Tint { self + (other - self) * share }

  /// How far two colours are apart, from 0 to √3.
  func distance(to other: Tint) -> Float {
    let difference = self - other
    return (difference * difference).sum().squareRoot()
  }
}
