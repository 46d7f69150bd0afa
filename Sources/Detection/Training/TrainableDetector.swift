public import Boxes
public import Datasets
public import Engine
internal import Layers
public import Tensors

/// A Faster R-CNN while it trains.
///
/// Both networks share their parameters. The boxes of proposals pass through ordinary code, so no
/// gradient goes back through their edges: the approximate joint training of the paper's section 3.2.
/// The proposal network still learns, from its own losses.
public final class TrainableDetector: Sendable {
  /// What a step trains.
  public enum Objective: Sendable {
    /// Both networks; regions are what the proposal network proposes at that moment.
    case joint
    /// The image network, by the losses of its proposals.
    case proposals
    /// Both networks by the losses of the regions, sampled from these proposals of each image, in
    /// canvas pixels.
    case regions([[Box]])
  }

  public let architecture: FasterRCNN
  public let settings: DetectorTrainingSettings
  public let parameters: TrainableParameters
  private let imageNetwork: TrainableNetwork
  private let regionNetwork: TrainableNetwork
  /// Whether the map's own layers train, so that its gradient is of use.
  private let mapTrains: Bool

  /// Makes a detector to train.
  ///
  /// - Parameters:
  ///   - architecture: What to train.
  ///   - settings: What it learns from.
  ///   - parameters: The weights of both networks to start from.
  ///   - trainable: The names of those that change.
  ///   - batchStatistics: The names of batch normalisations that use the statistics of the batch.
  ///   - precision: The type to multiply in.
  /// - Throws: `EngineError` if a trainable parameter is missing or this machine cannot multiply in
  ///   that type; `GraphError` if the layers do not fit.
  public init(
    _ architecture: FasterRCNN, settings: DetectorTrainingSettings, parameters: Parameters,
    trainable: Set<String>, batchStatistics: Set<String> = [], precision: Precision = .fastest
  ) throws {
    (self.architecture, self.settings) = (architecture, settings)
    self.parameters = try TrainableParameters(parameters, trainable: trainable)
    imageNetwork = try TrainableNetwork(
      architecture.imageStages, parameters: self.parameters, batchStatistics: batchStatistics,
      precision: precision)
    regionNetwork = try TrainableNetwork(
      architecture.regionStages, parameters: self.parameters, batchStatistics: batchStatistics,
      precision: precision)
    let map = try Graph(
      architecture.extractor.imageStages, input: architecture.extractor.imageShape)
    mapTrains = map.parameters.contains { trainable.contains($0.name) }
  }

  /// Runs examples forward and back; adds to the gradients of ``parameters``.
  ///
  /// Each image counts the same. Images of one canvas run together, the others one after another.
  ///
  /// - Parameters:
  ///   - examples: At least one.
  ///   - objective: What to train.
  ///   - generator: Chooses regions and what dropout drops.
  ///   - finished: Called after each part of the step, once for the images of each canvas.
  /// - Returns: The losses before their weights, the means of the images; 0 for those that are not
  ///   part of the objective.
  /// - Throws: `EngineError` or `GraphError` if a network cannot be compiled.
  public func pullback(
    _ examples: [DetectorExample], objective: Objective, using generator: inout SeededGenerator,
    finished: (DetectorStepPart) -> Void = { _ in }
  ) throws -> DetectionLosses {
    var losses = DetectionLosses(each: 0)
    var pending = examples.indices.map { $0 }
    while let first = pending.first {
      let shape = examples[first].canvas.tensor.shape
      let group = pending.filter { examples[$0].canvas.tensor.shape == shape }
      pending.removeAll { examples[$0].canvas.tensor.shape == shape }
      let part =
        switch objective {
        case .regions(let proposals): Objective.regions(group.map { proposals[$0] })
        default: objective
        }
      losses += try pullback(
        group.map { examples[$0] }, objective: part, imageCount: examples.count, using: &generator,
        finished: finished)
    }
    return losses
  }

  /// Runs images of one canvas.
  private func pullback(
    _ examples: [DetectorExample], objective: Objective, imageCount: Int,
    using generator: inout SeededGenerator, finished: (DetectorStepPart) -> Void
  ) throws -> DetectionLosses {
    typealias Endpoint = FasterRCNN.Endpoint
    let map = architecture.featureMap.endpoint
    let endpoints =
      switch objective {
      case .joint: [map, Endpoint.objectness, Endpoint.proposalDeltas]
      case .proposals: [Endpoint.objectness, Endpoint.proposalDeltas]
      case .regions: [map]
      }
    let input = Tensor(batch: examples.map(\.canvas.tensor))
    let plan = try imageNetwork.plan(for: input.shape, endpoints: endpoints)
    let outputs = try plan.forward(input, seed: generator.next())
    finished(.imageForward)
    var losses = DetectionLosses(each: 0)
    var gradients: [Tensor] = []
    switch objective {
    case .joint:
      let proposals = proposals(of: examples, objectness: outputs[1], deltas: outputs[2])
      finished(.proposals)
      gradients = [
        try regionPass(
          examples, proposals, map: outputs[0], imageCount: imageCount, &losses, using: &generator,
          finished: finished)
      ]
      gradients += proposalGradients(
        examples, objectness: outputs[1], deltas: outputs[2], imageCount: imageCount, &losses)
      finished(.proposalLosses)
    case .proposals:
      gradients = proposalGradients(
        examples, objectness: outputs[0], deltas: outputs[1], imageCount: imageCount, &losses)
      finished(.proposalLosses)
    case .regions(let proposals):
      gradients = [
        try regionPass(
          examples, proposals, map: outputs[0], imageCount: imageCount, &losses, using: &generator,
          finished: finished)
      ]
    }
    try plan.pullback(gradients)
    finished(.imageBack)
    return losses
  }

  private func proposals(
    of examples: [DetectorExample], objectness: Tensor, deltas: Tensor
  ) -> [[Box]] {
    let grid = AnchorGrid(architecture, mapShape: objectness.shape)
    return examples.indices.map { image in
      grid.proposals(
        objectness: objectness, deltas: deltas, image: image, on: examples[image].canvas,
        selecting: settings.proposals
      ).map(\.box)
    }
  }

  // MARK: Losses

  /// The gradients of the proposal network's outputs.
  private func proposalGradients(
    _ examples: [DetectorExample], objectness: Tensor, deltas: Tensor, imageCount: Int,
    _ losses: inout DetectionLosses
  ) -> [Tensor] {
    var objectnessGradient = Tensor(zeros: objectness.shape)
    var deltaGradient = Tensor(zeros: deltas.shape)
    let anchorCount = objectness.count / examples.count
    for (image, example) in examples.enumerated() {
      let targets = example.anchorTargets
      guard !targets.anchors.isEmpty else { continue }
      let normalizer = Float(targets.anchors.count * imageCount)
      let isObject = targets.anchors.indices.map { $0 < targets.objectCount ? Float(1) : 0 }
      let logits = objectness.gathering(targets.anchors, width: 1, offset: image * anchorCount)
      let classLoss = SigmoidCrossEntropy()(
        logits: logits, targets: isObject, normalizer: normalizer)
      losses.proposalObjectness += classLoss.value
      objectnessGradient.scatterAdd(
        classLoss.gradient, to: targets.anchors, width: 1, offset: image * anchorCount,
        factor: settings.lossWeights.proposalObjectness)

      let anchors = Array(targets.anchors.prefix(targets.objectCount))
      let offset = 4 * image * anchorCount
      let boxLoss = SmoothL1(beta: settings.proposalBoxBeta)(
        predictions: deltas.gathering(anchors, width: 4, offset: offset),
        targets: Tensor(shape: [anchors.count, 4], values: targets.deltas), normalizer: normalizer)
      losses.proposalBox += boxLoss.value
      deltaGradient.scatterAdd(
        boxLoss.gradient, to: anchors, width: 4, offset: offset,
        factor: settings.lossWeights.proposalBox)
    }
    return [objectnessGradient, deltaGradient]
  }

  /// Runs regions forward and back; gives the gradient of the map.
  private func regionPass(
    _ examples: [DetectorExample], _ proposals: [[Box]], map: Tensor, imageCount: Int,
    _ losses: inout DetectionLosses, using generator: inout SeededGenerator,
    finished: (DetectorStepPart) -> Void
  ) throws -> Tensor {
    let targets = zip(examples, proposals).map { example, proposals in
      RegionTargets(
        proposals, objects: .init(example.objects), settings: settings, using: &generator)
    }
    finished(.sampling)
    let regions = targets.enumerated().flatMap { image, targets in
      targets.boxes.map { Region($0, image: image) }
    }
    let pooled = PooledRegions(regions, of: map, for: architecture)
    finished(.pooling)
    let plan = try regionNetwork.plan(
      for: pooled.values.shape, endpoints: FasterRCNN.predictors, inputGradient: mapTrains)
    let outputs = try plan.forward(pooled.values, seed: generator.next())
    finished(.regionForward)
    let gradients = headGradients(
      targets, logits: outputs[0], deltas: outputs[1], imageCount: imageCount, &losses)
    finished(.regionLosses)
    let gradient = try plan.pullback(gradients)
    finished(.regionBack)
    defer { finished(.poolingBack) }
    return gradient.map(pooled.mapGradient) ?? Tensor(zeros: map.shape)
  }

  private func headGradients(
    _ targets: [RegionTargets], logits: Tensor, deltas: Tensor, imageCount: Int,
    _ losses: inout DetectionLosses
  ) -> [Tensor] {
    let labels = targets.flatMap(\.labels)
    // Images are short of regions only where hardly any differ: one normaliser serves all.
    let normalizer = Float(settings.regionSampler.count * imageCount)
    let classLoss = SoftmaxCrossEntropy()(logits: logits, labels: labels, normalizer: normalizer)
    losses.regionClass += classLoss.value
    var logitGradient = Tensor(zeros: logits.shape)
    logitGradient.scatterAdd(
      classLoss.gradient, to: Array(labels.indices), width: logits.shape[1],
      factor: settings.lossWeights.regionClass)

    let rows = labels.indices.filter { labels[$0] > 0 }
      .map { $0 * architecture.classes.count + labels[$0] - 1 }
    let boxLoss = SmoothL1(beta: settings.regionBoxBeta)(
      predictions: deltas.gathering(rows, width: 4),
      targets: Tensor(shape: [rows.count, 4], values: targets.flatMap(\.deltas)),
      normalizer: normalizer)
    losses.regionBox += boxLoss.value
    var deltaGradient = Tensor(zeros: deltas.shape)
    deltaGradient.scatterAdd(
      boxLoss.gradient, to: rows, width: 4, factor: settings.lossWeights.regionBox)
    return [logitGradient, deltaGradient]
  }
}
