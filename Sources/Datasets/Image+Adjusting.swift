extension Image {
  /// Changes brightness, contrast and saturation by factors; 1 leaves each as it is.
  ///
  /// In this order: levels are multiplied by `brightness`; their distances from the picture's mean
  /// grey by `contrast`; their distances from the pixel's own grey by `saturation`. Grey is 0.299
  /// red, 0.587 green and 0.114 blue (ITU-R BT.601). Levels are rounded and clipped to 0...255
  /// once, at the end.
  ///
  /// - Precondition: No factor is negative.
  public func adjusted(
    brightness: Double = 1, contrast: Double = 1, saturation: Double = 1
  ) -> Image {
    precondition(
      brightness >= 0 && contrast >= 0 && saturation >= 0, "factors are 0 or above")
    if brightness == 1 && contrast == 1 && saturation == 1 { return self }
    let (b, c, s) = (Float(brightness), Float(contrast), Float(saturation))
    let offset = (1 - c) * b * (c == 1 ? 0 : Float(meanGrey))
    return Image(width: width, height: height) { target in
      pixels.withUnsafeBufferPointer { pixels in
        for start in stride(from: 0, to: pixels.count, by: 3) {
          let red = c * b * Float(pixels[start]) + offset
          let green = c * b * Float(pixels[start + 1]) + offset
          let blue = c * b * Float(pixels[start + 2]) + offset
          let rest = (1 - s) * (0.299 * red + 0.587 * green + 0.114 * blue)
          target[start] = level(s * red + rest)
          target[start + 1] = level(s * green + rest)
          target[start + 2] = level(s * blue + rest)
        }
      }
    }
  }

  /// The mean over all pixels of 0.299 red, 0.587 green and 0.114 blue.
  private var meanGrey: Double {
    var (red, green, blue) = (0, 0, 0)
    pixels.withUnsafeBufferPointer { pixels in
      for start in stride(from: 0, to: pixels.count, by: 3) {
        red += Int(pixels[start])
        green += Int(pixels[start + 1])
        blue += Int(pixels[start + 2])
      }
    }
    let sum = 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
    return sum / Double(width * height)
  }
}

private func level(_ value: Float) -> UInt8 {
  // Factors are finite, so the value is a number.
  UInt8(min(max(value.rounded(), 0), 255))
}
