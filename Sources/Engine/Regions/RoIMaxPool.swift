internal import COneDNN
public import Layers
public import Tensors

/// Region-of-interest max-pooling: each bin is the maximum of the cells it covers.
///
/// Edges are rounded to whole cells, the cells of both edges included, and so are the edges of bins,
/// which may overlap by a cell. The numbers are those of `torchvision.ops.roi_pool`. Girshick,
/// *Fast R-CNN*, 2015, section 2.1.
///
/// Results do not depend on the number of threads. An edge farther than 2²⁰ cells from the map's
/// corner counts as that far.
public struct RoIMaxPool: Hashable, Sendable {
  /// Bins along each side.
  public let outputSize: Extent
  /// Image pixels a cell of the map.
  public let stride: Int

  /// Makes the operation for bins and a stride of at least 1.
  public init(outputSize: Extent, stride: Int) {
    precondition(
      outputSize.height > 0 && outputSize.width > 0 && stride > 0,
      "expected bins and a stride of at least 1")
    (self.outputSize, self.stride) = (outputSize, stride)
  }

  /// Pooled regions, and where each number came from.
  public struct Maxima: Sendable {
    /// `[regions, height, width, C]`, of the features' type; zero where a bin covers no cell.
    public let values: Tensor
    /// For each value the cell of its image that it was found in.
    ///
    /// That is `row * W + column`, of equals the first in that order; -1 where a bin covers no cell.
    public let cells: [Int32]
    fileprivate let images: [Int]
    fileprivate let featureShape: [Int]
  }

  /// Pools regions of a batch of maps.
  ///
  /// - Parameters:
  ///   - features: `[N, H, W, C]`, float32 or bfloat16.
  ///   - regions: In pixels of the images that the maps were made of.
  /// - Returns: The maxima, and what the pullback needs.
  public func forward(_ features: Tensor, regions: [Region]) -> Maxima {
    let images = regions.map(\.image)
    let map = RegionMap(features.shape, features.elementType, images: images)
    let shape = [regions.count, outputSize.height, outputSize.width, map.channels]
    let rows = regions.flatMap { region in
      spans(region.isFinite ? (region.y1, region.y2) : nil, outputSize.height, cells: map.height)
    }
    let columns = regions.flatMap { region in
      spans(region.isFinite ? (region.x1, region.x2) : nil, outputSize.width, cells: map.width)
    }
    var cells = [Int32](repeating: -1, count: shape.reduce(1, *))
    let values = Tensor(shape: shape, elementType: features.elementType) { to in
      features.withUnsafeBytes { features in
        cells.withUnsafeMutableBufferPointer { cells in
          withSpans(images, rows, columns) { spans in
            onednn_region_maximum(
              map.description, spans, features.baseAddress, to.baseAddress, cells.baseAddress)
          }
        }
      }
    }
    return Maxima(values: values, cells: cells, images: images, featureShape: features.shape)
  }

  /// Computes the gradient of the features from that of the maxima.
  ///
  /// - Parameters:
  ///   - gradient: float32, of the shape of the maxima.
  ///   - maxima: What this operation gave for the features.
  /// - Returns: float32, of the features' shape. Regions are added up in their order.
  public func pullback(_ gradient: Tensor, of maxima: Maxima) -> Tensor {
    let map = RegionMap(maxima.featureShape, images: maxima.images)
    precondition(
      maxima.values.shape[1...2] == [outputSize.height, outputSize.width],
      "the maxima are another operation's")
    map.check(gradient, regions: maxima.images.count, outputSize.height, outputSize.width)
    return Tensor(shape: maxima.featureShape) { to in
      gradient.withUnsafeBytes { gradient in
        maxima.cells.withUnsafeBufferPointer { cells in
          let to = to.bindMemory(to: Float.self).baseAddress
          let gradient = gradient.bindMemory(to: Float.self).baseAddress
          withSpans(maxima.images, [], []) { spans in
            onednn_region_maximum_pullback(
              map.description, spans, cells.baseAddress, gradient, to)
          }
        }
      }
    }
  }

  /// The cells that each bin covers along one axis, none if there are no edges.
  ///
  /// In float32 and in this order because torchvision does: a bin's edge may fall on a whole cell.
  private func spans(_ edges: (Float, Float)?, _ bins: Int, cells: Int) -> [onednn_span] {
    guard let (first, last) = edges else {
      return Array(repeating: onednn_span(begin: 0, end: 0), count: bins)
    }
    let start = Region.position(ofEdge: first, stride: stride).rounded()
    let end = Region.position(ofEdge: last, stride: stride).rounded()
    let size = max(end - start + 1, 1) / Float(bins)
    func cell(_ position: Float) -> Int32 {
      Int32(min(max(position + start, 0), Float(cells)))
    }
    return (0..<bins).map { bin in
      onednn_span(
        begin: cell((Float(bin) * size).rounded(.down)),
        end: cell((Float(bin + 1) * size).rounded(.up)))
    }
  }

  /// Runs `body` in parallel with the cells that each bin covers.
  private func withSpans(
    _ images: [Int], _ rows: [onednn_span], _ columns: [onednn_span],
    _ body: (UnsafePointer<onednn_region_spans>) -> Void
  ) {
    images.map { Int64($0) }.withUnsafeBufferPointer { images in
      rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
          let spans = onednn_region_spans(
            regions: Int64(images.count), height: Int64(outputSize.height),
            width: Int64(outputSize.width), images: images.baseAddress, rows: rows.baseAddress,
            columns: columns.baseAddress)
          withUnsafePointer(to: spans) { spans in
            ComputeThread.shared.runInParallel { body(spans) }
          }
        }
      }
    }
  }
}
