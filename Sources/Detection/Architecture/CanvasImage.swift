public import Boxes
public import Datasets
public import Layers
public import Tensors

/// An image as the image network takes it: preprocessed, in the upper left corner of a canvas.
///
/// The canvas is the image with both sides rounded up, so that plans compiled for a few canvases serve
/// images of all sizes. It depends on the image alone. What lies outside of the image is zero.
public struct CanvasImage: Sendable {
  /// Both sides of a canvas are multiples of it, in pixels.
  public static let granularity = 32

  /// float32, `[1, H, W, 3]`.
  public let tensor: Tensor
  /// The image's width on the canvas, in pixels.
  public let width: Int
  /// The image's height on the canvas, in pixels.
  public let height: Int
  /// The size of the image before it was resized.
  private let original: (width: Int, height: Int)

  /// Resizes an image as a detector wants it and puts it on a canvas.
  public init(_ image: Image, for architecture: FasterRCNN) {
    let size = architecture.settings.imageSize.size(width: image.width, height: image.height)
    self.init(
      image.resized(width: size.width, height: size.height),
      original: (image.width, image.height),
      preprocessing: architecture.extractor.preprocessing)
  }

  /// Puts an image of its final size on a canvas.
  public init(_ image: Image, preprocessing: Preprocessing) {
    self.init(
      image, original: (image.width, image.height), preprocessing: preprocessing)
  }

  private init(
    _ image: Image, original: (width: Int, height: Int), preprocessing: Preprocessing
  ) {
    self.original = original
    (width, height) = (image.width, image.height)
    let canvas = (width: Self.extent(image.width), height: Self.extent(image.height))
    tensor = Tensor(shape: [1, canvas.height, canvas.width, 3]) { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      image.pixels.withUnsafeBufferPointer {
        preprocessing.apply(
          to: $0, width: image.width, output: numbers, outputWidth: canvas.width)
      }
      for row in 0..<canvas.height {
        let beside = row < image.height ? image.width : 0
        numbers[3 * (row * canvas.width + beside)..<3 * (row + 1) * canvas.width]
          .update(repeating: 0)
      }
    }
  }

  /// A box on the canvas in pixels of the image before it was resized.
  public func original(_ box: Box) -> Box {
    let (width, height) = (Float(original.width), Float(original.height))
    return box.scaled(x: width / Float(self.width), y: height / Float(self.height))
      .clipped(width: width, height: height)
  }

  /// The canvas's extent for an image's.
  static func extent(_ pixels: Int) -> Int {
    (pixels + granularity - 1) / granularity * granularity
  }
}
