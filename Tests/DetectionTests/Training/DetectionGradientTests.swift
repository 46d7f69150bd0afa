import Boxes
import Datasets
import Engine
import Foundation
import Layers
import Tensors
import Testing

@testable import Detection

/// Losses against their definitions, gradients against differences of losses, in float32.
@Suite struct DetectionGradientTests {
  private let tiny = TinyDetector()
  private let pictures = [
    picture(width: 64, height: 64, [.init(0, 8, 12, 30, 40), .init(1, 35, 30, 60, 60)]),
    picture(width: 64, height: 57, [.init(1, 20, 5, 50, 30)], seed: 2),
  ]
  private let proposals = [
    [
      Box(x1: 6, y1: 10, x2: 30, y2: 42), Box(x1: 40, y1: 28, x2: 62, y2: 60),
      Box(x1: 0, y1: 0, x2: 20, y2: 10), Box(x1: 30, y1: 5, x2: 55, y2: 20),
    ],
    [
      Box(x1: 22, y1: 8, x2: 48, y2: 30), Box(x1: 0, y1: 30, x2: 20, y2: 55),
      Box(x1: 3, y1: 3, x2: 12, y2: 22),
    ],
  ]

  private func examples() throws -> [DetectorExample] {
    try pictures.enumerated().map { try tiny.example($1, seed: UInt64($0)) }
  }

  private func detector(
    _ parameters: Parameters, learning: DetectorTrainingSettings? = nil
  ) throws -> TrainableDetector {
    try TrainableDetector(
      tiny.architecture(), settings: learning ?? tiny.learning, parameters: parameters,
      trainable: tiny.trainable(), precision: .float32)
  }

  private func losses(
    _ parameters: Parameters, _ objective: TrainableDetector.Objective,
    learning: DetectorTrainingSettings? = nil
  ) throws -> (losses: DetectionLosses, detector: TrainableDetector) {
    let detector = try detector(parameters, learning: learning)
    var generator = SeededGenerator(seed: 5, for: "step")
    return (
      try detector.pullback(examples(), objective: objective, using: &generator), detector
    )
  }

  // MARK: Losses

  /// Smooth L1 as its paper writes it.
  private func smoothL1(_ x: Double, beta: Double) -> Double {
    abs(x) < beta ? x * x / (2 * beta) : abs(x) - beta / 2
  }

  @Test("The proposals' losses are those of their definitions, on the anchors that were sampled")
  func proposalLosses() throws {
    let parameters = try tiny.parameters()
    let found = try losses(parameters, .proposals).losses
    let network = try Network(
      tiny.architecture().imageStages, parameters: parameters, precision: .float32)
    var expected = (objectness: 0.0, box: 0.0)
    for example in try examples() {
      let outputs = try network(
        example.canvas.tensor, endpoints: ["rpn_objectness", "rpn_box"]
      ).map(\.floats)
      let targets = example.anchorTargets
      #expect(targets.anchors.count == 32 && targets.objectCount > 0)
      for (place, anchor) in targets.anchors.enumerated() {
        let logit = Double(outputs[0][anchor])
        let probability = 1 / (1 + exp(-logit))
        guard place < targets.objectCount else {
          expected.objectness -= log(1 - probability) / 64
          continue
        }
        expected.objectness -= log(probability) / 64
        for edge in 0..<4 {
          let difference = Double(outputs[1][4 * anchor + edge] - targets.deltas[4 * place + edge])
          expected.box += smoothL1(difference, beta: 1.0 / 9) / 64
        }
      }
    }
    #expect(abs(Double(found.proposalObjectness) - expected.objectness) < 1e-5)
    #expect(abs(Double(found.proposalBox) - expected.box) < 1e-5)
    #expect(found.regionClass == 0 && found.regionBox == 0)
  }

  @Test("The regions' losses are those of their definitions, on all regions where none is left out")
  func regionLosses() throws {
    let parameters = try tiny.parameters()
    let found = try losses(parameters, .regions(proposals)).losses
    let architecture = try tiny.architecture()
    let images = try Network(
      architecture.imageStages, parameters: parameters, precision: .float32)
    let heads = try Network(
      architecture.regionStages, parameters: parameters, precision: .float32)
    var expected = (classes: 0.0, box: 0.0)
    for (example, proposals) in zip(try examples(), proposals) {
      let map = try images(example.canvas.tensor, endpoints: ["last_relu"])[0]
      // The objects are regions too; 16 are sampled at most and there are fewer.
      let regions = proposals + example.objects.map(\.box)
      let pooled = RoIAlign(outputSize: 3, stride: 8)
        .forward(map, regions: regions.map { Region($0, image: 0) })
      let outputs = try heads(pooled, endpoints: ["class_logits", "box_deltas"]).map(\.floats)
      for (index, region) in regions.enumerated() {
        let overlaps = example.objects.map { $0.box.intersectionOverUnion(with: region) }
        let best = try #require(overlaps.indices.max { overlaps[$0] < overlaps[$1] })
        let label = overlaps[best] >= 0.5 ? example.objects[best].label + 1 : 0
        let logits = outputs[0][3 * index..<3 * index + 3].map { exp(Double($0)) }
        expected.classes -= log(logits[label] / logits.reduce(0, +)) / 32
        guard label > 0 else { continue }
        let object = example.objects[best].box
        let targets = [
          10 * (object.centerX - region.centerX) / region.width,
          10 * (object.centerY - region.centerY) / region.height,
          5 * log(object.width / region.width), 5 * log(object.height / region.height),
        ]
        for (edge, target) in targets.enumerated() {
          let delta = outputs[1][8 * index + 4 * (label - 1) + edge]
          expected.box += smoothL1(Double(delta - target), beta: 1) / 32
        }
      }
    }
    #expect(expected.box > 0)
    #expect(abs(Double(found.regionClass) - expected.classes) < 1e-5)
    #expect(abs(Double(found.regionBox) - expected.box) < 1e-5)
    #expect(found.proposalObjectness == 0 && found.proposalBox == 0)
  }

  @Test("The losses of a joint step are those of its two halves")
  func jointLosses() throws {
    let parameters = try tiny.parameters()
    let architecture = try tiny.architecture()
    let detector = try Detector(architecture, parameters: parameters, precision: .float32)
    let proposed = try examples().map {
      try detector.proposals(on: $0.canvas, selecting: tiny.learning.proposals)
    }
    #expect(proposed.allSatisfy { $0.count == 30 })
    let joint = try losses(parameters, .joint).losses
    let first = try losses(parameters, .proposals).losses
    let second = try losses(parameters, .regions(proposed)).losses
    #expect(abs(joint.proposalObjectness - first.proposalObjectness) < 1e-5)
    #expect(abs(joint.proposalBox - first.proposalBox) < 1e-5)
    #expect(abs(joint.regionClass - second.regionClass) < 1e-5)
    #expect(abs(joint.regionBox - second.regionBox) < 1e-5)
  }

  // MARK: Gradients

  private static let proposalParameters = [
    "rpn_conv/kernel", "rpn_objectness/kernel", "rpn_objectness/bias", "rpn_box/kernel",
    "rpn_box/bias", "stem_conv/kernel", "body_dw/kernel", "body_dw_bn/gamma",
  ]
  private static let regionParameters = [
    "class_logits/kernel", "class_logits/bias", "box_deltas/kernel", "box_deltas/bias",
    "tail_conv/kernel", "last_conv/kernel", "last_bn/beta", "stem_conv/kernel",
  ]

  @Test("Slopes of the proposals' losses are the gradients", arguments: proposalParameters)
  func proposalGradients(_ name: String) throws { try check(name, .proposals) }

  @Test("Slopes of the regions' losses are the gradients", arguments: regionParameters)
  func regionGradients(_ name: String) throws { try check(name, .regions(proposals)) }

  /// Compares slopes along the gradient and along random directions, which also see what the gradient
  /// lacks.
  private func check(_ name: String, _ objective: TrainableDetector.Objective) throws {
    var learning = tiny.learning
    learning.lossWeights = DetectionLosses(
      proposalObjectness: 1, proposalBox: 0.5, regionClass: 2, regionBox: 0.75)
    let parameters = try tiny.parameters()
    let tensor = try #require(parameters[name])
    let gradient = try #require(
      losses(parameters, objective, learning: learning).detector.parameters.gradient(of: name)
    ).floats
    let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(norm > 0.01)
    var directions = [gradient.map { Double($0) / norm }]
    var generator = SeededGenerator(seed: 3, for: name)
    for _ in 0..<2 {
      let random = gradient.map { _ in generator.normal() }
      let length = random.reduce(0) { $0 + $1 * $1 }.squareRoot()
      directions.append(random.map { $0 / length })
    }
    let step = 1e-3
    for direction in directions {
      func loss(_ sign: Double) throws -> Double {
        var moved = parameters
        moved[name] = Tensor(
          shape: tensor.shape,
          values: zip(tensor.floats, direction).map { Float(Double($0) + sign * step * $1) })
        let losses = try losses(moved, objective, learning: learning).losses
        return DetectionLosses.byName.reduce(0) {
          $0 + Double(losses[keyPath: $1.value] * learning.lossWeights[keyPath: $1.value])
        }
      }
      let slope = (try loss(1) - loss(-1)) / (2 * step)
      let expected = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
      #expect(abs(slope - expected) < 0.02 * norm + 2e-4, "\(name): \(slope), \(expected), \(norm)")
    }
  }

  @Test("Each loss's gradient is multiplied by its weight, to the bit for powers of two")
  func weights() throws {
    let parameters = try tiny.parameters()
    for objective in [TrainableDetector.Objective.proposals, .regions(proposals), .joint] {
      let plain = try losses(parameters, objective)
      var learning = tiny.learning
      learning.lossWeights = DetectionLosses(each: 4)
      let heavy = try losses(parameters, objective, learning: learning)
      #expect(heavy.losses == plain.losses)
      for name in try tiny.trainable() {
        let expected = try #require(plain.detector.parameters.gradient(of: name)).floats
        let found = try #require(heavy.detector.parameters.gradient(of: name)).floats
        #expect(found == expected.map { 4 * $0 }, "\(name)")
      }
    }
  }

  @Test(
    "A loss of weight 0 moves nothing that only it depends on",
    arguments: [
      ("rpn.objectness", "rpn_objectness"), ("rpn.box", "rpn_box"), ("heads.class", "class_logits"),
      ("heads.box", "box_deltas"),
    ])
  func withoutOne(loss: String, layer: String) throws {
    var learning = tiny.learning
    let path = try #require(DetectionLosses.byName.first { $0.key == loss }).value
    learning.lossWeights[keyPath: path] = 0
    let (losses, detector) = try losses(tiny.parameters(), .joint, learning: learning)
    #expect(losses[keyPath: path] > 0)
    for head in ["rpn_objectness", "rpn_box", "class_logits", "box_deltas"] {
      let gradient = try #require(detector.parameters.gradient(of: "\(head)/kernel")).floats
      #expect(gradient.allSatisfy { $0 == 0 } == (head == layer), "\(head)")
    }
  }
}
