internal import Boxes
public import Datasets
public import Layers
internal import Tensors

/// An image with its objects and what the proposal network is to say of it.
///
/// Made beforehand, by other threads than the one that trains.
public struct DetectorExample: Sendable {
  public let canvas: CanvasImage
  /// In canvas pixels.
  public let objects: [AnnotatedObject]
  let anchorTargets: AnchorTargets

  /// Prepares an image.
  ///
  /// - Parameters:
  ///   - image: The image at its final size.
  ///   - objects: In its pixels.
  ///   - architecture: The detector that is to train on it.
  ///   - settings: What it learns from.
  ///   - generator: Chooses anchors.
  /// - Throws: `GraphError` if the image is too small for the network.
  public init(
    _ image: Image, objects: [AnnotatedObject], for architecture: FasterRCNN,
    settings: DetectorTrainingSettings, using generator: inout SeededGenerator
  ) throws(GraphError) {
    canvas = CanvasImage(image, preprocessing: architecture.extractor.preprocessing)
    self.objects = objects
    let anchors = AnchorGrid(
      architecture, mapShape: try architecture.mapShape(canvasShape: canvas.tensor.shape))
    anchorTargets = AnchorTargets(
      anchors, objects: Objects(objects), on: canvas, settings: settings, using: &generator)
  }

  /// Objects by what training makes of them.
  struct Objects {
    /// Those to learn from.
    private(set) var boxes: [Box] = []
    private(set) var labels: [Int] = []
    /// Hard to see, or many in one box: what lies on them is not learned from at all.
    private(set) var ignored: [Box] = []

    init(_ objects: [AnnotatedObject]) {
      for object in objects where object.box.isProper {
        if object.isDifficult || object.isCrowd {
          ignored.append(object.box)
        } else {
          boxes.append(object.box)
          labels.append(object.label)
        }
      }
    }
  }
}

extension FasterRCNN {
  /// The shape of the map of a canvas of shape `[1, H, W, 3]`.
  func mapShape(canvasShape: [Int]) throws(GraphError) -> [Int] {
    let graph = try Graph(
      extractor.imageStages, input: canvasShape, endpoints: [featureMap.endpoint])
    return graph[graph.output].shape
  }
}
