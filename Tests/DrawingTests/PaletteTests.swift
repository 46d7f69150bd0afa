import Testing

@testable import Drawing

@Suite struct PaletteTests {
  /// The least distance between two of the first colours, in red, green and blue.
  private func leastDistance(_ count: Int) -> Double {
    let colors = (0..<count).map(Palette.color)
    let distances = colors.indices.flatMap { index in
      colors[..<index].map { other in
        let one = colors[index]
        let differences = [
          Double(one.red) - Double(other.red), Double(one.green) - Double(other.green),
          Double(one.blue) - Double(other.blue),
        ]
        return differences.map { $0 * $0 }.reduce(0, +).squareRoot()
      }
    }
    return distances.min() ?? 0
  }

  @Test("Colours can be told apart", arguments: [(12, 50), (24, 20), (80, 14), (200, 0.5)])
  func distinct(count: Int, distance: Double) { #expect(leastDistance(count) > distance) }

  @Test("Every colour can be seen on white and on black, and text on it be read")
  func contrast() {
    for index in 0..<200 {
      let color = Palette.color(index)
      #expect(color.contrast(with: .white) > 1.25 && color.contrast(with: .black) > 1.5)
      #expect(color.contrast(with: color.textColor) >= 4)
    }
  }

  @Test("Luminance and contrast are those of WCAG 2")
  func luminance() {
    #expect(Color.white.contrast(with: .black) == 21)
    #expect(Color.black.luminance == 0 && abs(Color.white.luminance - 1) < 1e-12)
    // 0.2126 · ((188/255 + 0.055) / 1.055) ^ 2.4 and so on: a middle grey reflects half of the light.
    #expect(abs(Color(188, 188, 188).luminance - 0.503) < 0.001)
    #expect(abs(Color(255, 0, 0).luminance - 0.2126) < 1e-9)
  }

  @Test("Hues go round from red over green and blue")
  func hues() {
    #expect(Color(hue: 0, saturation: 1, value: 1) == Color(255, 0, 0))
    #expect(Color(hue: 1 / 6, saturation: 1, value: 1) == Color(255, 255, 0))
    #expect(Color(hue: 1 / 3, saturation: 1, value: 1) == Color(0, 255, 0))
    #expect(Color(hue: 2 / 3, saturation: 1, value: 1) == Color(0, 0, 255))
    #expect(Color(hue: 0.2, saturation: 0, value: 0.5) == Color(128, 128, 128))
  }
}
