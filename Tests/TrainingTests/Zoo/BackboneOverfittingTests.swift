import Datasets
import Detection
import Engine
import Foundation
import Layers
import Scenes
import Tensors
import Testing
import Zoo

@testable import Training

/// A Faster R-CNN on each backbone of the catalogue learns a few pictures by heart.
///
/// The small ones always; with `ZOO_CHECK=all` in the environment, as `make check-zoo` has it, all; with
/// names in it, those.
@Suite(.serialized) struct BackboneOverfittingTests {
  private static let small = ["mobilenet_v1", "mobilenet_v2"]

  private static var backbones: [String] {
    switch ProcessInfo.processInfo.environment["ZOO_CHECK"] {
    case nil: return small
    case "all"?: return Catalogue.cards.map(\.name)
    case let names?: return names.split(separator: " ").map(String.init)
    }
  }

  @Test("On four pictures the loss falls below a tenth", arguments: backbones)
  func learning(backbone: String) throws {
    let card = try Catalogue.card(named: backbone)
    let alpha = card.widthMultipliers.map { max($0.lowerBound, 0.35) }
    let extractor = try card.makeExtractor(
      BackboneConfiguration(alpha: alpha, variant: card.variants[0]))
    let architecture = try FasterRCNN(extractor, classes: SceneClasses.names)
    var learning = DetectorTrainingSettings()
    learning.regionSampler.count = 32
    learning.proposals.count = 200
    let start = try DetectorStart(backbone: nil, of: architecture, seed: 0)
    // From random weights: what a normalisation sees is what it has to normalise with.
    let freezing = try Freezing(
      LayerSelection([]), of: architecture.outline(), batchNorm: .batch)
    let detector = try TrainableDetector(
      architecture, settings: learning, parameters: start.parameters,
      trainable: freezing.trainable, batchStatistics: freezing.batchStatistics)
    let optimizer = Optimizer(
      .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), for: detector.parameters, clipNorm: 10)
    var generator = SeededGenerator(seed: 1, for: "overfitting")
    let examples = try (0..<4).map { index in
      try example(index, for: architecture, learning, using: &generator)
    }
    var losses: [Float] = []
    for step in 0..<200 {
      let loss = try detector.pullback(examples, objective: .joint, using: &generator)
      losses.append(loss.total(weights: DetectionLosses(each: 1)))
      try optimizer.update(rate: step < 20 ? 1e-4 * Float(step + 1) / 2 : 1e-3)
      // The mean of a few steps, for regions are sampled anew in each.
      if losses.suffix(4).reduce(0, +) / 4 < losses[0] / 12 && losses.count > 4 { break }
    }
    #expect(
      losses.suffix(4).reduce(0, +) / 4 < losses[0] / 10,
      "\(losses[0]) to \(losses.suffix(4)) in \(losses.count) steps")
  }

  /// A scene of 160 × 128 pixels and what is in it.
  private func example(
    _ index: Int, for architecture: FasterRCNN, _ learning: DetectorTrainingSettings,
    using generator: inout SeededGenerator
  ) throws -> DetectorExample {
    let scene = SceneRenderer(seed: 5).scene(index)
    let small = AugmentedExample(image: scene.image, objects: scene.objects)
      .resized(width: 160, height: 128)
    return try DetectorExample(
      small.image, objects: small.objects, for: architecture, settings: learning,
      using: &generator)
  }
}
