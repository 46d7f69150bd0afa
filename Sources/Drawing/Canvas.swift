public import Datasets

/// A picture that can be drawn on: RGB pixels with value semantics.
///
/// Coordinates are those of `Box`: pixel 0 lies between the edges 0 and 1. What lies outside is cut
/// off. Opacities are from 0 to 1.
public struct Canvas: Hashable, Sendable {
  /// The extent from left to right, in pixels.
  public let width: Int
  /// The extent from top to bottom, in pixels.
  public let height: Int
  var pixels: [UInt8]

  /// Makes a canvas of one colour.
  ///
  /// - Precondition: Both extents are positive.
  public init(width: Int, height: Int, color: Color = .white) {
    precondition(width > 0 && height > 0, "a canvas of \(width)×\(height) has no pixels")
    (self.width, self.height) = (width, height)
    pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      count = width * height * 3
      for index in stride(from: 0, to: count, by: 3) {
        buffer[index] = color.red
        buffer[index + 1] = color.green
        buffer[index + 2] = color.blue
      }
    }
  }

  /// Makes a canvas with a picture on it.
  public init(_ image: Image) {
    (width, height, pixels) = (image.width, image.height, image.pixels)
  }

  /// What has been drawn.
  public var image: Image { Image(width: width, height: height, pixels: pixels) }

  /// Puts a picture with its upper left corner at a pixel.
  public mutating func draw(_ image: Image, x: Int, y: Int) {
    let columns = max(x, 0)..<max(x, 0, min(x + image.width, width))
    let rows = max(y, 0)..<max(y, 0, min(y + image.height, height))
    for row in rows {
      let source = ((row - y) * image.width + columns.lowerBound - x) * 3
      let target = (row * width + columns.lowerBound) * 3
      let count = columns.count * 3
      guard count > 0 else { return }
      pixels.withUnsafeMutableBufferPointer { pixels in
        image.pixels.withUnsafeBufferPointer {
          let part = UnsafeBufferPointer(rebasing: $0[source..<(source + count)])
          _ = pixels[target...].update(fromContentsOf: part)
        }
      }
    }
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Lays a colour over the pixel that starts at an index; opacities are cut to 0...1.
  @inline(__always)
  func blend(_ color: Color, at index: Int, opacity: Float) {
    // In 256ths: the result of opacity 1 is the colour itself.
    let share = Int32(Swift.min(Swift.max(opacity, 0), 1) * 256 + 0.5)
    func mix(_ old: UInt8, _ new: UInt8) -> UInt8 {
      UInt8(truncatingIfNeeded: Int32(old) + ((Int32(new) - Int32(old)) * share + 128) >> 8)
    }
    self[index] = mix(self[index], color.red)
    self[index + 1] = mix(self[index + 1], color.green)
    self[index + 2] = mix(self[index + 2], color.blue)
  }
}
