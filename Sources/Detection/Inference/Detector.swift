public import Boxes
public import Datasets
public import Engine
internal import Layers
public import Tensors

/// A Faster R-CNN with its weights, ready to detect.
///
/// Each image runs alone, so what is found in it does not depend on the others of a batch. Networks of
/// 300 regions keep all cores as busy as larger ones would.
public final class Detector: Sendable {
  public let architecture: FasterRCNN
  private let imageNetwork: Network
  private let regionNetwork: Network

  /// Makes a detector.
  ///
  /// - Parameters:
  ///   - architecture: What to run.
  ///   - parameters: The weights of both networks.
  ///   - precision: The type to multiply in.
  /// - Throws: `EngineError` if this machine cannot multiply in that type.
  public init(
    _ architecture: FasterRCNN, parameters: Parameters, precision: Precision = .fastest
  ) throws(EngineError) {
    self.architecture = architecture
    imageNetwork = try Network(
      architecture.imageStages, parameters: parameters, precision: precision)
    regionNetwork = try Network(
      architecture.regionStages, parameters: parameters, precision: precision)
  }

  /// Finds objects in an image.
  ///
  /// - Parameter image: Of any size, upright.
  /// - Returns: The objects, the surest first, in pixels of the image.
  /// - Throws: `GraphError` if the image is too small or too large for the network; `EngineError` if
  ///   a weight is missing.
  public func callAsFunction(_ image: Image) throws -> [DetectedObject] {
    try detect(on: CanvasImage(image, for: architecture))
  }

  /// Finds objects in an image on its canvas.
  ///
  /// - Parameter canvas: The image.
  /// - Returns: The objects, the surest first, in pixels of the image before it was resized.
  /// - Throws: As ``callAsFunction(_:)``.
  public func detect(on canvas: CanvasImage) throws -> [DetectedObject] {
    let (map, proposals) = try mapAndProposals(
      of: canvas, selecting: architecture.settings.proposals)
    return try classify(proposals.map(\.box), of: map, on: canvas).map { object in
      var object = object
      object.box = canvas.original(object.box)
      return object
    }
  }

  /// Proposes regions of an image on its canvas.
  ///
  /// - Parameters:
  ///   - canvas: The image.
  ///   - selection: How many.
  /// - Returns: The regions, the surest first, in pixels of the image before it was resized.
  /// - Throws: As ``callAsFunction(_:)``.
  public func proposals(
    on canvas: CanvasImage, selecting selection: ProposalSelection
  ) throws -> [Box] {
    try mapAndProposals(of: canvas, selecting: selection).proposals.map {
      canvas.original($0.box)
    }
  }

  private func mapAndProposals(
    of canvas: CanvasImage, selecting selection: ProposalSelection
  ) throws -> (map: Tensor, proposals: [Proposal]) {
    let outputs = try imageNetwork(
      canvas.tensor,
      endpoints: [
        architecture.featureMap.endpoint, FasterRCNN.Endpoint.objectness,
        FasterRCNN.Endpoint.proposalDeltas,
      ])
    let anchors = AnchorGrid(architecture, mapShape: outputs[0].shape)
    return (
      outputs[0],
      anchors.proposals(
        objectness: outputs[1], deltas: outputs[2], image: 0, on: canvas, selecting: selection)
    )
  }

  private func classify(
    _ boxes: [Box], of map: Tensor, on canvas: CanvasImage
  ) throws -> [DetectedObject] {
    guard !boxes.isEmpty else { return [] }
    // Plans are compiled for few numbers of regions; those made up for that are empty.
    let count = (boxes.count + Self.regionStep - 1) / Self.regionStep * Self.regionStep
    let empty = Box(x1: 0, y1: 0, x2: 0, y2: 0)
    let regions = (boxes + Array(repeating: empty, count: count - boxes.count))
      .map { Region($0, image: 0) }
    let pooled = PooledRegions(regions, of: map, for: architecture).values
    let outputs = try regionNetwork(pooled, endpoints: FasterRCNN.predictors)
    let classCount = architecture.classes.count
    var probabilities = outputs[0].floats
    probabilities.applySoftmax(rowLength: classCount + 1)
    return probabilities.withUnsafeBufferPointer { probabilities in
      outputs[1].withUnsafeBytes { deltas in
        architecture.settings.detections(
          probabilities: UnsafeBufferPointer(
            rebasing: probabilities.prefix(boxes.count * (classCount + 1))),
          deltas: UnsafeBufferPointer(
            rebasing: deltas.bindMemory(to: Float.self).prefix(boxes.count * 4 * classCount)),
          regions: boxes, classCount: classCount, coding: .regions, width: Float(canvas.width),
          height: Float(canvas.height))
      }
    }
  }

  private static let regionStep = 50
}
