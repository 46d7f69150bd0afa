/// A picture in memory: 8-bit RGB, `[H, W, 3]`, with value semantics.
public struct Image: Hashable, Sendable {
  /// The extent from left to right, in pixels; at least 1.
  public let width: Int
  /// The extent from top to bottom, in pixels; at least 1.
  public let height: Int
  /// Red, green and blue of each pixel, row by row from the top, each row from the left.
  public let pixels: [UInt8]

  /// Makes a picture of the given numbers.
  ///
  /// - Precondition: Both extents are positive and there are `width × height × 3` numbers.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height) has no pixels")
    precondition(
      pixels.count == width * height * 3, "\(pixels.count) numbers for \(width)×\(height) pixels")
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// Makes a picture whose numbers `initialize` writes, all of them.
  init<Failure: Error>(
    width: Int, height: Int,
    initialize: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let count = width * height * 3
    var outcome = Result<Void, Failure>.success(())
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(Failure) {
        try initialize(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initializedCount = count
      } catch {
        outcome = .failure(error)
      }
    }
    try outcome.get()
    self.init(width: width, height: height, pixels: pixels)
  }
}
