public import Boxes

/// The shapes of the anchors of one cell: all sides with all ratios.
///
/// An anchor of side s and ratio r has the area s² and is r times as high as wide. Shapes are
/// ordered by side, and within a side by ratio. Ren et al., *Faster R-CNN*, 2015, section 3.1.1.
public struct AnchorShapes: Hashable, Codable, Sendable {
  /// Square roots of the areas, in pixels.
  public var sides: [Float]
  /// Height by width.
  public var ratios: [Float]

  /// Makes the shapes of sides and ratios above zero.
  public init(sides: [Float] = [32, 64, 128, 256, 512], ratios: [Float] = [0.5, 1, 2]) {
    (self.sides, self.ratios) = (sides, ratios)
  }

  /// Anchors a cell.
  public var count: Int { sides.count * ratios.count }

  /// Makes all anchors of a map: cell by cell, row after row, and shape by shape within.
  ///
  /// The anchor of a shape is number `(row * mapWidth + column) * count + shape`. Its centre is
  /// that of its cell, `((column + 0.5) * stride, (row + 0.5) * stride)`. torchvision's lie half a
  /// cell to the upper left and have rounded edges.
  ///
  /// - Parameters:
  ///   - mapHeight: Rows of the map.
  ///   - mapWidth: Cells a row.
  ///   - stride: Image pixels a cell.
  /// - Returns: In pixels of the network's input, `mapHeight * mapWidth * count` of them.
  public func anchors(mapHeight: Int, mapWidth: Int, stride: Int) -> [Box] {
    let halves = sides.flatMap { side in
      ratios.map { ratio in
        let root = ratio.squareRoot()
        return (width: side / root / 2, height: side * root / 2)
      }
    }
    let total = mapHeight * mapWidth * halves.count
    return Array(unsafeUninitializedCapacity: total) { anchors, initialized in
      var index = 0
      for row in 0..<mapHeight {
        let y = Self.centre(row, stride: stride)
        for column in 0..<mapWidth {
          let x = Self.centre(column, stride: stride)
          for half in halves {
            anchors.initializeElement(
              at: index,
              to: Box(
                x1: x - half.width, y1: y - half.height, x2: x + half.width, y2: y + half.height))
            index += 1
          }
        }
      }
      initialized = index
    }
  }

  /// Tells for each anchor of a map whether its centre lies within the image.
  ///
  /// The others stand on the padding of a canvas that is larger than the image.
  ///
  /// - Parameters:
  ///   - mapHeight: Rows of the map.
  ///   - mapWidth: Cells a row.
  ///   - stride: Image pixels a cell.
  ///   - width: The image's, in pixels of the canvas.
  ///   - height: The image's, in pixels of the canvas.
  /// - Returns: In the order of the anchors.
  public func isUsed(
    mapHeight: Int, mapWidth: Int, stride: Int, width: Float, height: Float
  ) -> [Bool] {
    var isUsed: [Bool] = []
    isUsed.reserveCapacity(mapHeight * mapWidth * count)
    for row in 0..<mapHeight {
      let isRowUsed = Self.centre(row, stride: stride) < height
      for column in 0..<mapWidth {
        let isCellUsed = isRowUsed && Self.centre(column, stride: stride) < width
        isUsed.append(contentsOf: repeatElement(isCellUsed, count: count))
      }
    }
    return isUsed
  }

  private static func centre(_ cell: Int, stride: Int) -> Float {
    (Float(cell) + 0.5) * Float(stride)
  }
}
