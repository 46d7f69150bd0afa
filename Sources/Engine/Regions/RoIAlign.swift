internal import COneDNN
public import Layers
public import Tensors

/// Region-of-interest align: each bin is the mean of points between the cells of a map.
///
/// A region is divided into bins, a bin into samples, and a sample is interpolated between the four
/// cells around it; nothing is rounded. Samples up to one cell outside of the map read its edge,
/// those farther out are zero. The numbers are those of `torchvision.ops.roi_align`. He et al.,
/// *Mask R-CNN*, 2017, section 3.
///
/// Results do not depend on the number of threads. An edge farther than 2²⁰ cells from the map's
/// corner counts as that far.
public struct RoIAlign: Hashable, Sendable {
  /// Bins along each side.
  public let outputSize: Extent
  /// Image pixels a cell of the map.
  public let stride: Int
  /// Samples along each side of a bin; 0 for as many as a bin has cells, rounded up.
  public let samples: Int
  /// Whether a cell's number lies at the cell's centre.
  public let isAligned: Bool

  /// Makes the operation.
  ///
  /// - Parameters:
  ///   - outputSize: Bins along each side, at least 1.
  ///   - stride: Image pixels a cell of the map, at least 1.
  ///   - samples: Samples along each side of a bin; 0 for as many as a bin has cells, rounded up.
  ///   - aligned: Whether a cell's number lies at the cell's centre, as it should. Otherwise it lies
  ///     at the upper left corner, half a cell off, and regions are widened to one cell at least:
  ///     the older way, which some weights were trained with.
  public init(outputSize: Extent, stride: Int, samples: Int = 2, aligned: Bool = true) {
    precondition(
      outputSize.height > 0 && outputSize.width > 0 && stride > 0 && samples >= 0,
      "expected bins and a stride of at least 1 and samples of at least 0")
    (self.outputSize, self.stride, self.samples) = (outputSize, stride, samples)
    isAligned = aligned
  }

  /// Pools regions of a batch of maps.
  ///
  /// - Parameters:
  ///   - features: `[N, H, W, C]`, float32 or bfloat16.
  ///   - regions: In pixels of the images that the maps were made of.
  /// - Returns: `[regions, height, width, C]`, of the features' type. Sums are float32.
  public func forward(_ features: Tensor, regions: [Region]) -> Tensor {
    let map = RegionMap(
      features.shape, features.elementType, images: regions.lazy.map(\.image))
    let shape = [regions.count, outputSize.height, outputSize.width, map.channels]
    return Tensor(shape: shape, elementType: features.elementType) { to in
      features.withUnsafeBytes { features in
        withTaps(of: regions, on: map) { taps in
          onednn_region_align(map.description, taps, features.baseAddress, to.baseAddress)
        }
      }
    }
  }

  /// Computes the gradient of the features from that of the pooled regions.
  ///
  /// - Parameters:
  ///   - gradient: float32, `[regions, height, width, C]`.
  ///   - regions: Those that were pooled.
  ///   - featureShape: The shape of the features, `[N, H, W, C]`.
  /// - Returns: float32, of the features' shape. Regions are added up in their order.
  public func pullback(_ gradient: Tensor, regions: [Region], featureShape: [Int]) -> Tensor {
    let map = RegionMap(featureShape, images: regions.lazy.map(\.image))
    map.check(gradient, regions: regions.count, outputSize.height, outputSize.width)
    return Tensor(shape: featureShape) { to in
      gradient.withUnsafeBytes { gradient in
        let to = to.bindMemory(to: Float.self).baseAddress
        let gradient = gradient.bindMemory(to: Float.self).baseAddress
        withTaps(of: regions, on: map) { taps in
          onednn_region_align_pullback(map.description, taps, gradient, to)
        }
      }
    }
  }

  /// Computes the gradients of the regions' edges from that of the pooled regions.
  ///
  /// Costs about as much as ``forward(_:regions:)``; for schedules that train the proposals through
  /// the second stage. An edge that has no part in the result, such as that of a region which was
  /// widened to one cell, has the gradient zero. How many samples there are counts as constant.
  ///
  /// - Parameters:
  ///   - gradient: float32, `[regions, height, width, C]`.
  ///   - features: What the regions were pooled from.
  ///   - regions: Those that were pooled.
  /// - Returns: A gradient for each region, per pixel.
  public func boxGradients(
    _ gradient: Tensor, features: Tensor, regions: [Region]
  ) -> [Region.Gradient] {
    let map = RegionMap(
      features.shape, features.elementType, images: regions.lazy.map(\.image))
    map.check(gradient, regions: regions.count, outputSize.height, outputSize.width)
    var edges = [Float](repeating: 0, count: regions.count * 4)
    edges.withUnsafeMutableBufferPointer { edges in
      features.withUnsafeBytes { features in
        gradient.withUnsafeBytes { gradient in
          let gradient = gradient.bindMemory(to: Float.self).baseAddress
          withTaps(of: regions, on: map) { taps in
            onednn_region_align_edges(
              map.description, taps, gradient, features.baseAddress, edges.baseAddress)
          }
        }
      }
    }
    return regions.indices.map { index in
      let edges = edges[(index * 4)...]
      return Region.Gradient(
        x1: edges[index * 4], y1: edges[index * 4 + 1], x2: edges[index * 4 + 2],
        y2: edges[index * 4 + 3])
    }
  }

  /// Runs `body` in parallel with the cells that each bin reads.
  private func withTaps(
    of regions: [Region], on map: RegionMap,
    _ body: (UnsafePointer<onednn_region_taps>) -> Void
  ) {
    var (rows, columns) = (RegionTaps(), RegionTaps())
    let rowGrid = grid(bins: outputSize.height), columnGrid = grid(bins: outputSize.width)
    for region in regions {
      if region.isFinite {
        rows.append(from: region.y1, to: region.y2, rowGrid, cells: map.height)
        columns.append(from: region.x1, to: region.x2, columnGrid, cells: map.width)
      } else {
        rows.appendEmpty(rowGrid)
        columns.appendEmpty(columnGrid)
      }
    }
    regions.map { Int64($0.image) }.withUnsafeBufferPointer { images in
      rows.withUnsafePointers { rowStarts, rowTaps in
        columns.withUnsafePointers { columnStarts, columnTaps in
          let taps = onednn_region_taps(
            regions: Int64(regions.count), height: Int64(outputSize.height),
            width: Int64(outputSize.width), images: images.baseAddress, row_starts: rowStarts,
            column_starts: columnStarts, row_taps: rowTaps, column_taps: columnTaps)
          withUnsafePointer(to: taps) { taps in
            ComputeThread.shared.runInParallel { body(taps) }
          }
        }
      }
    }
  }

  private func grid(bins: Int) -> RegionTaps.Grid {
    RegionTaps.Grid(bins: bins, samples: samples, stride: stride, isAligned: isAligned)
  }
}

extension RegionTaps {
  fileprivate func withUnsafePointers(
    _ body: (UnsafePointer<Int64>?, UnsafePointer<onednn_tap>?) -> Void
  ) {
    starts.withUnsafeBufferPointer { starts in
      taps.withUnsafeBufferPointer { taps in body(starts.baseAddress, taps.baseAddress) }
    }
  }
}
