import Engine
import Layers
import Tensors
import Testing
import Zoo

/// Networks drawn at random and small ones of each family, against central differences.
@Suite struct NetworkGradientTests {
  @Test("Random networks have slopes for gradients at random endpoints", arguments: 0..<40)
  func randomNetwork(seed: Int) throws {
    let test = try RandomCase(seed: seed)
    let numbers = test.numbers
    let names = try numbers.trainableNames()
    let result = try numbers.run(seed: 5)
    #expect(Set(result.gradients.keys) == Set(names))
    for (output, expected) in zip(result.outputs, try numbers.referenceOutputs()) {
      #expect(relativeDifference(output.floats, expected) <= 1e-5)
    }
    // Every parameter by itself would take long: one, all together, and the input.
    var generator = SeededGenerator(seed: UInt64(seed))
    let some = names.shuffled(using: &generator).prefix(1).map { [$0] }
    try expectSlopes(
      numbers, result.gradients, input: result.input,
      groups: some + (names.isEmpty ? [] : [names]) + [["input"]], tolerance: 3e-5,
      "seed \(seed)")
  }

  @Test("Freezing parameters changes no bit of the others' gradients", arguments: 0..<40)
  func freezing(seed: Int) throws {
    let test = try RandomCase(seed: seed)
    let names = try test.numbers.trainableNames()
    var generator = SeededGenerator(seed: UInt64(seed + 100))
    let all = try test.numbers.run(seed: 5)
    for asksForInput in [true, false] {
      let trainable = Set(names.filter { _ in Bool.random(using: &generator) })
      let some = try test.numbers.run(
        trainable: trainable, inputGradient: asksForInput, seed: 5)
      #expect(Set(some.gradients.keys) == trainable)
      for (name, gradient) in some.gradients {
        #expect(gradient.floats == all.gradients[name]?.floats, "\(name), seed \(seed)")
      }
      for (output, expected) in zip(some.outputs, all.outputs) {
        #expect(output.floats == expected.floats)
      }
      #expect((some.input != nil) == asksForInput)
      if asksForInput { #expect(some.input?.floats == all.input?.floats) }
    }
  }

  struct Family: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let stages: [Stage]
    let shape: [Int]
    let endpoints: [String]
  }

  static let families = [
    Family(
      testDescription: "vgg",
      stages: VGG(
        convolutions: [1, 2, 1, 1, 1], filters: [2, 3, 3, 4, 4], units: 6, classes: 3
      ).stages, shape: [1, 33, 32, 3], endpoints: ["block2_conv2", "predictions"]),
    Family(
      testDescription: "resnet",
      stages: ResNet(bottlenecks: [1, 2, 1, 1], widths: [2, 2, 3, 3], classes: 3).stages,
      shape: [1, 15, 13, 3], endpoints: ["conv2_block1_out", "conv3_block2_add", "predictions"]),
    Family(
      testDescription: "mobilenet",
      stages: MobileNet(alpha: 0.065, classes: 3).stages.withoutDropout, shape: [2, 33, 31, 3],
      endpoints: ["conv_pw_3_relu", "conv_dw_7_bn", "predictions"]),
  ]

  @Test("Small networks of each family have slopes for gradients", arguments: families)
  func family(_ family: Family) throws {
    let numbers = try DifferentiableCase(
      family.stages, shape: family.shape, endpoints: family.endpoints, seed: 21)
    let result = try numbers.run()
    let names = try numbers.trainableNames()
    let early = Array(names.prefix(names.count / 2))
    try expectSlopes(
      numbers, result.gradients, input: result.input,
      groups: [names, early, names.filter { $0.hasSuffix("/gamma") }, ["input"]].filter {
        !$0.isEmpty
      }, tolerance: 3e-5)
  }
}

/// A network drawn at random, some of its layers as endpoints, some norms with the statistics of
/// the batch.
struct RandomCase {
  let numbers: DifferentiableCase

  init(seed: Int) throws {
    let channels = [3, 4, 5][seed % 3]
    let side = 4 + seed % 3
    let network = RandomNetwork(
      seed: UInt64(seed), channels: channels, side: side, length: 3 + seed % 4)
    let stages = [Stage("random") { network.layers }]
    let shape = [1 + seed % 2, side, side, channels]
    var generator = SeededGenerator(seed: UInt64(1000 + seed))
    let graph = try Graph(stages, input: shape)
    var endpoints = Array(graph.layers.shuffled(using: &generator).prefix(seed % 3))
    if let last = graph.layers.last, !endpoints.contains(last) { endpoints.append(last) }
    let norms = graph.parameters.filter { $0.variable == "moving_mean" }.map(\.layer)
    let chosen = seed % 4 == 0 ? norms.filter { _ in Bool.random(using: &generator) } : []
    var numbers = try DifferentiableCase(
      stages, shape: shape, endpoints: endpoints, batchStatistics: Set(chosen),
      seed: UInt64(seed))
    try numbers.learnDropout(seed: 5)
    self.numbers = numbers
  }
}

extension DifferentiableCase {
  /// Finds out what the dropout layers drop with a seed, by the numbers before and after them.
  mutating func learnDropout(seed: UInt64) throws {
    let graph = try graph()
    let layers = graph.nodes.filter {
      if case .dropout = $0.operation { true } else { false }
    }
    guard !layers.isEmpty else { return }
    let values = try TrainableParameters(parameters, trainable: [])
    let network = try TrainableNetwork(
      stages, parameters: values, batchStatistics: batchStatistics, precision: .float32)
    for node in layers {
      let before = graph[node.inputs[0]].layer
      let plan = try network.plan(for: input.shape, endpoints: [before, node.layer])
      let outputs = try plan.forward(input, seed: seed)
      dropoutFactors[node.layer] = zip(outputs[0].floats, outputs[1].floats).map {
        // A zero tells nothing, and does not matter.
        $0 == 0 ? 0 : Double(($1 / $0 * 16).rounded()) / 16
      }
    }
  }
}
