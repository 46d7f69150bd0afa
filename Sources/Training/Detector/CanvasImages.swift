internal import Boxes
internal import Datasets
internal import Detection
internal import Layers

/// The images of a data set on their canvases, made ahead of their use.
final class CanvasImages {
  /// An image with the way back to its own pixels.
  struct Element: Sendable {
    let canvas: CanvasImage
    fileprivate let scaleX: Float
    fileprivate let scaleY: Float

    /// A box of the canvas in pixels of the image itself.
    func original(_ box: Box) -> Box { box.scaled(x: scaleX, y: scaleY) }
  }

  private let images: Prefetcher<Element>

  init(of dataset: DetectionDataset, for architecture: FasterRCNN, threadCount: Int) {
    let sizing = architecture.settings.imageSize
    let preprocessing = architecture.extractor.preprocessing
    images = Prefetcher(
      dataset.images.indices, threadCount: threadCount, capacity: 2 * threadCount
    ) { index in
      let image = try Image(contentsOf: dataset.images[index].path)
      let size = sizing.size(width: image.width, height: image.height)
      return Element(
        canvas: CanvasImage(
          image.resized(width: size.width, height: size.height), preprocessing: preprocessing),
        scaleX: Float(image.width) / Float(size.width),
        scaleY: Float(image.height) / Float(size.height))
    }
  }

  /// Waits for the next image; nil after the last.
  ///
  /// - Throws: `ImageError` if it cannot be read.
  func next() throws -> Element? { try images.next() }
}
