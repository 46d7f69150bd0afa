public import Datasets

extension FasterRCNN {
  /// Decodes images and puts them on their canvases, ahead of their use and in their order.
  ///
  /// - Parameters:
  ///   - paths: The files.
  ///   - threadCount: How many are prepared at a time.
  /// - Returns: The canvases; where a file cannot be read, `ImageError` in its place.
  public func canvases(of paths: [String], threadCount: Int) -> Prefetcher<CanvasImage> {
    Prefetcher(paths.indices, threadCount: threadCount, capacity: 2 * threadCount) { index in
      CanvasImage(try Image(contentsOf: paths[index]), for: self)
    }
  }
}
