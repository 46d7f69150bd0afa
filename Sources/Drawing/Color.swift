internal import Glibc

/// A colour of eight bits a channel in sRGB, as pictures hold it.
public struct Color: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  public static let black = Color(0, 0, 0)
  public static let white = Color(255, 255, 255)

  /// The relative luminance from 0 (black) to 1 (white), as WCAG 2 defines it.
  public var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// How well two colours can be told apart as text and ground, from 1 to 21 (WCAG 2).
  public func contrast(with other: Color) -> Double {
    let (lighter, darker) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)
  }

  /// Black or white, in which text on this colour can be read well.
  ///
  /// White wherever its contrast is 4 or more, though black may have a little more by the formula:
  /// on strong reds and blues the eye prefers white. Elsewhere black has more than 5.
  public var textColor: Color { contrast(with: .white) >= 4 ? .white : .black }

  /// A colour of the given hue, saturation and value, each from 0 to 1; hues repeat beyond.
  public init(hue: Double, saturation: Double, value: Double) {
    func channel(_ offset: Double) -> UInt8 {
      let place = (offset + hue * 6).truncatingRemainder(dividingBy: 6)
      let share = max(0, min(1, min(place, 4 - place)))
      return UInt8((value * (1 - saturation * share) * 255).rounded())
    }
    self.init(channel(5), channel(3), channel(1))
  }
}
