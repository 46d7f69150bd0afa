internal import Boxes
internal import Engine
internal import Layers
internal import Tensors

/// Regions pooled from maps, and the way back.
struct PooledRegions {
  /// `[regions, side, side, C]`.
  let values: Tensor
  private let pullback: (Tensor) -> Tensor

  /// Pools regions.
  ///
  /// - Parameters:
  ///   - regions: In canvas pixels, with the number of their map.
  ///   - maps: `[N, H, W, C]`.
  ///   - detector: Says how.
  init(_ regions: [Region], of maps: Tensor, for detector: FasterRCNN) {
    let side = detector.pooledSide
    let (stride, size) = (detector.featureMap.stride, Extent(side, side))
    let shape = maps.shape
    switch detector.settings.pooling {
    case .align:
      let align = RoIAlign(outputSize: size, stride: stride)
      values = align.forward(maps, regions: regions)
      pullback = { align.pullback($0, regions: regions, featureShape: shape) }
    case .max:
      let pool = RoIMaxPool(outputSize: size, stride: stride)
      let maxima = pool.forward(maps, regions: regions)
      values = maxima.values
      pullback = { pool.pullback($0, of: maxima) }
    }
  }

  /// The gradient of the maps for one of ``values``.
  func mapGradient(_ gradient: Tensor) -> Tensor { pullback(gradient) }
}

extension Region {
  init(_ box: Box, image: Int) {
    self.init(image: image, x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y2)
  }
}
