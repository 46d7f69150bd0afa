internal import Boxes
internal import Layers
internal import Tensors

/// The anchors of a map with what the proposal network says of them.
struct AnchorGrid {
  let boxes: [Box]
  private let architecture: FasterRCNN
  private let mapShape: [Int]

  /// - Parameters:
  ///   - architecture: The detector.
  ///   - mapShape: `[N, H, W, C]`.
  init(_ architecture: FasterRCNN, mapShape: [Int]) {
    (self.architecture, self.mapShape) = (architecture, mapShape)
    boxes = architecture.settings.anchors.anchors(
      mapHeight: mapShape[1], mapWidth: mapShape[2], stride: architecture.featureMap.stride)
  }

  /// Which anchors have their centre on the image and not on the canvas beside it.
  func isOnImage(_ canvas: CanvasImage) -> [Bool] {
    architecture.settings.anchors.isUsed(
      mapHeight: mapShape[1], mapWidth: mapShape[2], stride: architecture.featureMap.stride,
      width: Float(canvas.width), height: Float(canvas.height))
  }

  /// Picks an image's proposals.
  ///
  /// - Parameters:
  ///   - objectness: Logits, `[N, H, W, A]`.
  ///   - deltas: `[N, H, W, 4A]`.
  ///   - image: Which of the maps.
  ///   - canvas: That image.
  ///   - selection: How many, and how different.
  /// - Returns: The surest first, in canvas pixels.
  func proposals(
    objectness: Tensor, deltas: Tensor, image: Int, on canvas: CanvasImage,
    selecting selection: ProposalSelection
  ) -> [Proposal] {
    objectness.withRow(image, count: boxes.count) { logits in
      deltas.withRow(image, count: 4 * boxes.count) { deltas in
        selection(
          logits: logits, deltas: deltas, anchors: boxes, isUsed: isOnImage(canvas),
          width: Float(canvas.width), height: Float(canvas.height))
      }
    }
  }
}

extension Tensor {
  /// Calls `body` with the numbers of one image of a batch.
  func withRow<Result>(
    _ row: Int, count: Int, _ body: (UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    withUnsafeBytes { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      return body(UnsafeBufferPointer(rebasing: numbers[row * count..<(row + 1) * count]))
    }
  }
}
