import COneDNN
import Engine
import Layers
import Tensors
import Testing

/// What a training plan promises beyond its numbers.
@Suite struct TrainingPlanTests {
  private static let stages = [
    Stage("one") {
      Conv2D("conv_1", 3, 6, stride: 2)
      BatchNorm("bn_1")
      ReLU("relu_1")
    },
    Stage("two") {
      Residual("add") {
        DepthwiseConv2D("conv_2", 3)
        BatchNorm("bn_2")
      }
      ReLU("relu_2", limit: .six)
      Dropout("dropout", rate: 0.25)
      Conv2D("conv_3", 1, 4)
    },
  ]
  private static let shape = [2, 9, 7, 3]

  private struct Setting {
    let test: DifferentiableCase
    let values: TrainableParameters
    let network: TrainableNetwork

    init(
      trainable: Set<String>? = nil, endpoints: [String] = [], batchStatistics: Set<String> = [],
      precision: Precision = .float32
    ) throws {
      test = try DifferentiableCase(
        stages, shape: shape, endpoints: endpoints, batchStatistics: batchStatistics, seed: 3)
      values = try TrainableParameters(
        test.parameters, trainable: trainable ?? Set(test.trainableNames()))
      network = try TrainableNetwork(
        stages, parameters: values, batchStatistics: batchStatistics, precision: precision)
    }

    func plan(inputGradient: Bool = true) throws -> TrainingPlan {
      try network.plan(for: shape, endpoints: test.endpoints, inputGradient: inputGradient)
    }

    /// What one forward run and one pullback leave, from nothing.
    func gradients(_ input: Tensor, _ cotangents: [Tensor]) throws -> [String: Tensor] {
      let plan = try plan()
      values.clearGradients()
      _ = try plan.forward(input)
      _ = try plan.pullback(cotangents)
      defer { values.clearGradients() }
      return values.gradients
    }
  }

  private func expectSum(
    _ found: [String: Tensor], _ parts: [[String: Tensor]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (name, gradient) in found {
      let tensors = try parts.map { try #require($0[name]).doubles }
      let sum = gradient.floats.indices.map { index in tensors.reduce(0) { $0 + $1[index] } }
      #expect(
        relativeDifference(gradient.floats, sum) <= 1e-6, "\(name)",
        sourceLocation: sourceLocation)
    }
  }

  private func numbers(_ shape: [Int], seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    return Tensor.random(shape, using: &generator)
  }

  @Test("Pullbacks of several forward runs add up until gradients are cleared")
  func accumulation() throws {
    let setting = try Setting()
    let (first, second) = (setting.test.input, numbers(Self.shape, seed: 40))
    let (left, right) = (
      setting.test.cotangents, [numbers(setting.test.cotangents[0].shape, seed: 41)]
    )
    let firstLeft = try setting.gradients(first, left)
    let firstRight = try setting.gradients(first, right)
    let secondRight = try setting.gradients(second, right)
    for name in setting.values.gradients.keys {
      #expect(setting.values.gradient(of: name)?.floats.allSatisfy { $0 == 0 } == true)
    }
    let plan = try setting.plan()
    _ = try plan.forward(first)
    _ = try plan.pullback(left)
    #expect(setting.values.gradients.mapValues(\.floats) == firstLeft.mapValues(\.floats))
    _ = try plan.forward(first)
    _ = try plan.pullback(right)
    try expectSum(setting.values.gradients, [firstLeft, firstRight])
    _ = try plan.forward(second)
    _ = try plan.pullback(right)
    try expectSum(setting.values.gradients, [firstLeft, firstRight, secondRight])
    setting.values.clearGradients()
    // Of the last forward run, whatever ran before.
    _ = try plan.forward(first)
    _ = try plan.forward(second)
    _ = try plan.pullback(right)
    #expect(setting.values.gradients.mapValues(\.floats) == secondRight.mapValues(\.floats))
  }

  @Test("Plans of other shapes run in the same memory and add to the same gradients")
  func twoShapes() throws {
    let setting = try Setting()
    let plan = try setting.plan()
    let other = try setting.network.plan(
      for: [1, 6, 11, 3], endpoints: setting.test.endpoints, inputGradient: true)
    let input = numbers(other.inputShape, seed: 42)
    let cotangent = numbers(other.outputShapes[0], seed: 43)
    let alone = try setting.gradients(setting.test.input, setting.test.cotangents)
    _ = try other.forward(input)
    let otherInput = try other.pullback([cotangent])
    let otherAlone = setting.values.gradients
    setting.values.clearGradients()
    _ = try plan.forward(setting.test.input)
    _ = try plan.pullback(setting.test.cotangents)
    #expect(setting.values.gradients.mapValues(\.floats) == alone.mapValues(\.floats))
    _ = try other.forward(input)
    #expect(try other.pullback([cotangent])?.floats == otherInput?.floats)
    try expectSum(setting.values.gradients, [alone, otherAlone])
  }

  @Test(
    "Two networks of the same numbers agree to the bit, and one with itself",
    arguments: onednn_has_bfloat16() ? [Precision.float32, .bfloat16] : [.float32])
  func determinism(precision: Precision) throws {
    let settings = try (0..<2).map { _ in try Setting(precision: precision) }
    let runs = try (settings + settings).map {
      try $0.gradients($0.test.input, $0.test.cotangents).mapValues(\.floats)
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }

  @Test(
    "What is frozen keeps every bit while the rest trains",
    arguments: onednn_has_bfloat16() ? [Precision.float32, .bfloat16] : [.float32])
  func frozen(precision: Precision) throws {
    let trainable: Set = [
      "conv_1/bias", "bn_1/gamma", "conv_2/kernel", "bn_2/beta", "conv_3/kernel",
    ]
    let setting = try Setting(trainable: trainable, precision: precision)
    let plan = try setting.plan(inputGradient: false)
    let optimizer = Optimizer(.sgd(momentum: 0.9, nesterov: false), for: setting.values)
    for step in 0..<100 {
      _ = try plan.forward(setting.test.input, seed: UInt64(step))
      _ = try plan.pullback(setting.test.cotangents)
      try optimizer.update(rate: 1e-4)
    }
    for (name, tensor) in setting.values.values {
      let before = try #require(setting.test.parameters[name]).floats
      #expect((tensor.floats == before) == !trainable.contains(name), "\(name)")
    }
  }

  @Test("A forward run sees what an update has changed, folded norms and the other plans too")
  func refresh() throws {
    let setting = try Setting()
    let plan = try setting.plan()
    let other = try setting.network.plan(for: Self.shape, endpoints: ["relu_1", "conv_3"])
    _ = try other.forward(setting.test.input)
    _ = try plan.forward(setting.test.input)
    _ = try plan.pullback(setting.test.cotangents)
    try Optimizer(.sgd(momentum: 0, nesterov: false), for: setting.values).update(rate: 0.01)
    var moved = setting.test
    moved.parameters = setting.values.values
    let fresh = try moved.run()
    #expect(try plan.forward(setting.test.input)[0].floats == fresh.outputs[0].floats)
    // The update has used the gradients up.
    _ = try plan.pullback(setting.test.cotangents)
    #expect(setting.values.gradients.mapValues(\.floats) == fresh.gradients.mapValues(\.floats))
    let last = try other.forward(setting.test.input)[1]
    #expect(relativeDifference(last.floats, fresh.outputs[0].doubles) <= 1e-6)
  }

  @Test("Dropout drops its share, scales the rest, and depends on the seed alone")
  func dropout() throws {
    let stages = [Stage("case") { Dropout("dropout", rate: 0.25) }]
    let values = try TrainableParameters(Parameters(), trainable: [])
    let network = try TrainableNetwork(stages, parameters: values, precision: .float32)
    let plan = try network.plan(for: [4, 10, 10, 10], inputGradient: true)
    let ones = Tensor(shape: plan.inputShape, values: Array(repeating: 1, count: 4000))
    let first = try plan.forward(ones, seed: 1)[0].floats
    #expect(try plan.pullback([ones])?.floats == first)
    let kept = first.filter { $0 != 0 }
    #expect(kept.allSatisfy { abs($0 - 4 / 3) < 1e-6 })
    // 3000 of 4000, give or take 27: five deviations.
    #expect(2860...3140 ~= kept.count)
    #expect(try plan.forward(ones, seed: 2)[0].floats != first)
    #expect(try plan.forward(ones, seed: 1)[0].floats == first)
  }

  @Test("Nothing that trains and no input gradient asked for: a pullback does nothing")
  func nothingTrains() throws {
    let setting = try Setting(trainable: [], endpoints: ["relu_1", "conv_3"])
    let plan = try setting.plan(inputGradient: false)
    _ = try plan.forward(setting.test.input)
    let nothing = try plan.pullback(setting.test.cotangents)
    #expect(nothing == nil)
    #expect(setting.values.gradients.isEmpty)
    let asked = try setting.plan()
    _ = try asked.forward(setting.test.input)
    #expect(try asked.pullback(setting.test.cotangents)?.shape == Self.shape)
  }

  @Test("An endpoint before all that trains is handed out and its gradient passed over")
  func upstream() throws {
    let trainable: Set = ["conv_3/kernel", "conv_3/bias", "bn_2/gamma"]
    let both = try Setting(trainable: trainable, endpoints: ["relu_1", "conv_3"])
    let one = try Setting(trainable: trainable, endpoints: ["conv_3"])
    let plan = try both.plan(inputGradient: false)
    #expect(try plan.forward(both.test.input).map(\.shape) == plan.outputShapes)
    let none = try plan.pullback(both.test.cotangents)
    #expect(none == nil)
    let single = try one.plan(inputGradient: false)
    _ = try single.forward(both.test.input)
    _ = try single.pullback([both.test.cotangents[1]])
    #expect(both.values.gradients.mapValues(\.floats) == one.values.gradients.mapValues(\.floats))
  }

  @Test("Tensors of another shape or type are refused, and a run goes on after that")
  func refusals() throws {
    let setting = try Setting()
    let plan = try setting.plan()
    let wrong = Tensor(zeros: [2, 9, 8, 3])
    #expect(
      throws: EngineError.input(
        expected: "float32 [2, 9, 7, 3]", found: "float32 [2, 9, 8, 3]")
    ) { _ = try plan.forward(wrong) }
    #expect(throws: EngineError.self) {
      _ = try plan.forward(setting.test.input.converted(to: .float64))
    }
    _ = try plan.forward(setting.test.input)
    #expect(throws: EngineError.self) { _ = try plan.pullback([wrong]) }
    #expect(throws: EngineError.self) {
      _ = try plan.pullback(setting.test.cotangents.map { $0.converted(to: .bfloat16) })
    }
    #expect(setting.values.gradients.values.allSatisfy { norm($0) == 0 })
    let start = try plan.pullback(setting.test.cotangents)
    #expect(start != nil)
  }

  @Test("A parameter that is missing or of another shape is named")
  func parameters() throws {
    var parameters = try Setting().test.parameters
    #expect(throws: EngineError.missingParameter("conv_9/kernel")) {
      _ = try TrainableParameters(parameters, trainable: ["conv_9/kernel", "conv_1/kernel"])
    }
    parameters["bn_2/gamma"] = Tensor(zeros: [5])
    #expect(
      throws: EngineError.parameterShape(name: "bn_2/gamma", expected: [6], found: [5])
    ) { try self.compile(parameters) }
    for name in ["bn_2/gamma", "conv_2/kernel", "conv_3/bias"] {
      var missing = try Setting().test.parameters
      missing[name] = nil
      #expect(throws: EngineError.missingParameter(name)) { try self.compile(missing) }
    }
    #expect(throws: GraphError.self) {
      _ = try Setting().network.plan(for: Self.shape, endpoints: ["conv_4"])
    }
  }

  private func compile(_ parameters: Parameters) throws {
    let values = try TrainableParameters(parameters, trainable: [])
    _ = try TrainableNetwork(Self.stages, parameters: values).plan(for: Self.shape)
  }

  @Test("A pullback without a forward run, or with a gradient too many, traps")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      // The first takes over the memory of what the forward run has left.
      let setting = try Setting()
      let plan = try setting.plan()
      _ = try plan.forward(setting.test.input)
      _ = try plan.pullback(setting.test.cotangents)
      _ = try plan.pullback(setting.test.cotangents)
    }
    await #expect(processExitsWith: .failure) {
      // The plan of the other shape takes over the memory.
      let setting = try Setting()
      let plan = try setting.plan()
      _ = try plan.forward(setting.test.input)
      _ = try setting.network.plan(for: [1, 6, 11, 3]).forward(Tensor(zeros: [1, 6, 11, 3]))
      _ = try plan.pullback(setting.test.cotangents)
    }
    await #expect(processExitsWith: .failure) {
      _ = try Setting().plan().pullback(Setting().test.cotangents)
    }
    await #expect(processExitsWith: .failure) {
      let setting = try Setting()
      let plan = try setting.plan()
      _ = try plan.forward(setting.test.input)
      _ = try plan.pullback(setting.test.cotangents + setting.test.cotangents)
    }
  }
}
