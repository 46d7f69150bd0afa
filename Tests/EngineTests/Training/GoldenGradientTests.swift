import COneDNN
import Engine
import HDF5
import Layers
import Tensors
import Testing
import Zoo

/// Gradients of small networks of each family against Keras's float64, at an odd size and for two
/// images; see `Fixtures/make_gradient_goldens.py`.
@Suite struct GoldenGradientTests {
  struct Golden: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let stages: [Stage]
    var usesBatchStatistics = false

    var batchStatistics: Set<String> {
      guard usesBatchStatistics, let graph = try? Graph(stages, input: [2, 33, 47, 3]) else {
        return []
      }
      return Set(graph.parameters.filter { $0.variable == "moving_mean" }.map(\.layer))
    }
  }

  private static let resnet = ResNet(
    bottlenecks: [1, 2, 1, 1], widths: [4, 6, 8, 8], classes: 5)

  static let stored = [
    Golden(
      testDescription: "vgg",
      stages: VGG(
        convolutions: [2, 2, 3, 1, 2], filters: [4, 4, 8, 10, 12], units: 16, classes: 5
      ).stages),
    Golden(testDescription: "resnet", stages: resnet.stages),
    // Keras's own runs have no dropout either: `training` is false.
    Golden(
      testDescription: "mobilenet",
      stages: MobileNet(alpha: 0.065, classes: 5).stages.withoutDropout),
  ]
  static let goldens =
    stored + [
      Golden(testDescription: "resnet_batch", stages: resnet.stages, usesBatchStatistics: true)
    ]

  @Test("Outputs and gradients are Keras's", arguments: goldens)
  func float32(_ golden: Golden) throws {
    let file = try GradientFixture(golden.testDescription, golden.stages)
    let (parameters, plan) = try file.plan(golden, precision: .float32)
    let outputs = try plan.forward(file.input)
    for (endpoint, output) in zip(file.endpoints, outputs) {
      let expected = try file.numbers("outputs/\(endpoint)")
      #expect(
        relativeDifference(output.floats.thinned(), expected.map(Double.init)) <= 5e-6,
        "\(endpoint)")
    }
    let inputGradient = try #require(try plan.pullback(file.cotangents))
    let expectedInput = try file.numbers("input_gradient").map(Double.init)
    #expect(relativeDifference(inputGradient.floats.thinned(), expectedInput) <= 1e-5)
    var expected = try file.numbers("gradients")[...]
    let all = expected.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for name in file.trainable {
      let found = try #require(parameters.gradient(of: name)).floats.thinned()
      let part = expected.prefix(found.count).map(Double.init)
      expected = expected.dropFirst(found.count)
      // Where a normalisation takes a bias out again only rounding is left, so those are compared
      // on the scale of all: a hundredth, for there are about a hundred parameters.
      #expect(
        distance(found, part) <= 1e-5 * (length(part) + 1e-2 * all),
        "\(name): \(distance(found, part)) of \(length(part)), all are \(all)")
    }
    #expect(expected.isEmpty)
  }

  @Test("Two steps of SGD with momentum change what Keras's change", arguments: goldens)
  func changes(_ golden: Golden) throws {
    let file = try GradientFixture(golden.testDescription, golden.stages)
    let (parameters, plan) = try file.plan(golden, precision: .float32)
    let optimizer = Optimizer(.sgd(momentum: 0.9, nesterov: false), for: parameters)
    let rate = Float(try file.file.numbers("rate", of: "/")[0])
    for _ in 0..<2 {
      _ = try plan.forward(file.input)
      _ = try plan.pullback(file.cotangents)
      try optimizer.update(rate: rate)
    }
    let values = parameters.values
    var expected = try file.numbers("changes")[...]
    for name in file.trainable {
      let after = try #require(values[name]).floats.thinned(limit: 8, step: 29)
      let before = try #require(file.parameters[name]).floats.thinned(limit: 8, step: 29)
      let part = zip(before, expected).map { Double($0) + Double($1) }
      expected = expected.dropFirst(after.count)
      // The second step's gradients are of weights that float32 has rounded.
      let change = distance(before, part)
      #expect(
        distance(after, part) <= 1e-5 * (length(part) + change) + 1e-6, "\(name) by \(change)")
    }
    #expect(expected.isEmpty)
  }

  @Test("Statistics of the batch move the stored ones as Keras moves them")
  func movingStatistics() throws {
    let golden = try #require(Self.goldens.last)
    let file = try GradientFixture(golden.testDescription, golden.stages)
    let (parameters, plan) = try file.plan(golden, precision: .float32)
    _ = try plan.forward(file.input)
    _ = try plan.pullback(file.cotangents)
    let values = parameters.values
    var expected = try file.numbers("statistics")[...]
    for name in file.parameters.names where name.contains("/moving_") {
      let found = try #require(values[name]).floats
      let part = expected.prefix(found.count)
      expected = expected.dropFirst(found.count)
      #expect(found != file.parameters[name]?.floats, "\(name)")
      #expect(relativeDifference(found, part.map(Double.init)) <= 1e-6, "\(name)")
    }
    #expect(expected.isEmpty)
  }

  @Test(
    "bfloat16 gradients are no further off than 1.5 times PyTorch's, all parameters together",
    .enabled(if: onednn_has_bfloat16()), arguments: stored)
  func bfloat16(_ golden: Golden) throws {
    let file = try GradientFixture(golden.testDescription, golden.stages)
    // The file has only some of the numbers. What it has, the test above holds float32 to.
    let single = try file.plan(golden, precision: .float32)
    let half = try file.plan(golden, precision: .bfloat16)
    func gradients(_ run: (TrainableParameters, TrainingPlan), _ input: Tensor) throws -> [[Float]]
    {
      run.0.clearGradients()
      _ = try run.1.forward(input)
      _ = try run.1.pullback(file.cotangents)
      return try file.trainable.map { try #require(run.0.gradient(of: $0)).floats }
    }
    var found = Array(repeating: [Double](), count: file.trainable.count)
    for draw in 0..<16 {
      let input = draw == 0 ? file.input : Tensor.drawn(file.input.shape, seed: UInt64(draw))
      let exact = try gradients(single, input).map { $0.map(Double.init) }
      let rounded = try gradients(half, input)
      for index in found.indices {
        let size = length(exact[index])
        found[index].append(size > 0 ? distance(rounded[index], exact[index]) / size : 1)
      }
      if draw == 0 {
        let together = relativeDifference(rounded.flatMap(\.self), exact.flatMap(\.self))
        #expect(together <= 1.5 * (try file.file.numbers("bf16_error", of: "/gradients")[0]))
      }
    }
    let errors = try file.file.numbers("bf16_errors", of: "/gradients")
    try #require(errors.count == file.trainable.count)
    var ratios: [Double] = []
    for (name, (found, expected)) in zip(file.trainable, zip(found, errors)) {
      ratios.append(found.sorted()[7...8].reduce(0, +) / 2 / expected)
      // A median of 16 is itself uncertain: of 150 parameters a few are beyond 1.5 by chance.
      #expect(ratios[ratios.count - 1] <= 2, "\(name), PyTorch's \(expected)")
    }
    #expect(ratios.reduce(0, +) / Double(ratios.count) <= 1.25)
  }
}

/// One of the golden files.
struct GradientFixture {
  let file: HDF5File
  let stages: [Stage]
  let input: Tensor
  let parameters: Parameters
  let endpoints: [String]
  let cotangents: [Tensor]

  init(_ name: String, _ stages: [Stage]) throws {
    let file = try HDF5File(reading: fixture("gradients_\(name).h5"))
    (self.file, self.stages) = (file, stages)
    input = try file.read("/input").converted(to: .float32)
    endpoints = try file.strings("endpoints", of: "/")
    cotangents = try endpoints.map {
      try file.read("/cotangents/\($0)").converted(to: .float32)
    }
    var numbers = try file.read("/parameters").floats[...]
    var parameters = Parameters()
    for line in try file.strings("specification", of: "/")[0].split(separator: "\n") {
      let words = line.split(separator: " ")
      let shape = words.dropFirst().compactMap { Int($0) }
      let count = shape.reduce(1, *)
      parameters[String(words[0])] = Tensor(shape: shape, values: Array(numbers.prefix(count)))
      numbers = numbers.dropFirst(count)
    }
    try #require(numbers.isEmpty)
    self.parameters = parameters
  }

  /// Kernels, biases, γ and β in the file's order.
  var trainable: [String] { parameters.names.filter { !$0.contains("/moving_") } }

  func numbers(_ path: String) throws -> [Float] { try file.read("/\(path)").floats }

  func plan(
    _ golden: GoldenGradientTests.Golden, precision: Precision
  ) throws -> (TrainableParameters, TrainingPlan) {
    let values = try TrainableParameters(parameters, trainable: Set(trainable))
    let network = try TrainableNetwork(
      stages, parameters: values, batchStatistics: golden.batchStatistics, precision: precision)
    return (values, try network.plan(for: input.shape, endpoints: endpoints, inputGradient: true))
  }
}

extension Tensor {
  /// The inputs that the script draws: quarters, spread like a normal distribution.
  fileprivate static func drawn(_ shape: [Int], seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<shape.reduce(1, *)).map { _ in
      Float(generator.next().nonzeroBitCount - 32) / 4
    }
    return Tensor(shape: shape, values: values)
  }
}

extension [Stage] {
  var withoutDropout: [Stage] {
    map { stage in
      Stage(stage.name) { stage.layers.filter { !($0 is Dropout) } }
    }
  }
}

extension [Float] {
  /// What the files keep of so many numbers.
  func thinned(limit: Int = 70, step: Int = 17) -> [Float] {
    count > limit ? stride(from: 0, to: count, by: step).map { self[$0] } : self
  }
}

private func distance(_ values: [Float], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  return length(zip(values, expected).map { Double($0) - $1 })
}

private func length(_ values: [Double]) -> Double {
  values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
