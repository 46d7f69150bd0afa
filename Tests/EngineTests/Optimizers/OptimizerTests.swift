import Tensors
import Testing

@testable import Engine

@Suite struct OptimizerTests {
  static let methods: [OptimizationMethod] = [
    .sgd(momentum: 0, nesterov: false), .sgd(momentum: 0.9, nesterov: false),
    .sgd(momentum: 0.9, nesterov: true), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7),
  ]

  private func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) * 0x1p-23 - 1
    }
  }

  /// Tiny parameters and one of several chunks, none of a whole number of them.
  private func network() throws -> TrainableParameters {
    var parameters = Parameters()
    for (index, count) in [3, 40_001, 1, 16_385].enumerated() {
      parameters["p\(index)"] = Tensor(shape: [count], values: numbers(count, seed: 7))
    }
    return try TrainableParameters(parameters, trainable: ["p0", "p1", "p3"])
  }

  private func step(_ parameters: TrainableParameters, _ optimizer: Optimizer, _ index: Int)
    throws -> Float
  {
    for name in ["p0", "p1", "p3"] {
      let count = try #require(parameters[name]).count
      parameters.setGradient(numbers(count, seed: UInt64(index + 10)), of: name)
    }
    return try optimizer.update(rate: 0.1 / Float(index + 1))
  }

  private func bits(_ parameters: Parameters) -> [[UInt32]] {
    parameters.map { $0.tensor.floats.map(\.bitPattern) }
  }

  @Test(arguments: methods) func oneThreadAndTwoGiveTheSameBits(_ method: OptimizationMethod) throws
  {
    let results = try [1, 2].map { threads in
      try withThreads(threads) {
        let parameters = try network()
        let optimizer = Optimizer(method, for: parameters, clipNorm: 1) { _ in
          UpdateRule(weightDecay: 0.001)
        }
        let norms = try (0..<3).map { try step(parameters, optimizer, $0).bitPattern }
        return [norms] + bits(parameters.values) + bits(optimizer.state)
      }
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: methods) func restoredStateGoesOnBitForBit(_ method: OptimizationMethod) throws {
    let whole = try network()
    let first = Optimizer(method, for: whole)
    for index in 0..<3 { _ = try step(whole, first, index) }
    let copy = try TrainableParameters(whole.values, trainable: ["p0", "p1", "p3"])
    let second = Optimizer(method, for: copy)
    try second.restore(first.state)
    for index in 3..<6 {
      _ = try step(whole, first, index)
      _ = try step(copy, second, index)
    }
    #expect(bits(whole.values) == bits(copy.values))
    #expect(bits(first.state) == bits(second.state))
  }

  @Test func stateIsNamedAfterParameters() throws {
    let parameters = try network()
    #expect(Optimizer(Self.methods[0], for: parameters).state.names == ["optimizer/step"])
    #expect(
      Optimizer(Self.methods[1], for: parameters).state.names
        == ["p0/momentum", "p1/momentum", "p3/momentum", "optimizer/step"])
    #expect(
      Optimizer(Self.methods[3], for: parameters).state.names.prefix(2)
        == ["p0/first_moment", "p0/second_moment"])
  }

  @Test func stateThatDoesNotFitIsRefusedAndChangesNothing() throws {
    let parameters = try network()
    let optimizer = Optimizer(Self.methods[1], for: parameters)
    _ = try step(parameters, optimizer, 0)
    let good = optimizer.state
    var missing = good
    missing["p1/momentum"] = nil
    var extra = good
    extra["p2/momentum"] = Tensor(zeros: [1])
    var reshaped = good
    reshaped["p0/momentum"] = Tensor(zeros: [1, 3])
    var broken = good
    broken["optimizer/step"] = Tensor(shape: [], values: [1.5]).converted(to: .float64)
    for (state, name) in [
      (missing, "p1/momentum"), (extra, "p2/momentum"), (reshaped, "p0/momentum"),
      (broken, "optimizer/step"),
    ] {
      let error = #expect(throws: EngineError.self) { try optimizer.restore(state) }
      #expect(error?.description.hasPrefix("optimizer state \(name): ") == true)
      #expect(bits(optimizer.state) == bits(good))
    }
  }

  @Test func gradientThatIsNotFiniteChangesNothing() throws {
    let parameters = try network()
    let optimizer = Optimizer(Self.methods[3], for: parameters)
    let (values, state) = (bits(parameters.values), bits(optimizer.state))
    for bad in [Float.nan, .infinity] {
      parameters.setGradient([1, bad, 1], of: "p0")
      #expect(throws: EngineError.nonFiniteGradient(parameter: "p0")) {
        try optimizer.update(rate: 1)
      }
      #expect(bits(parameters.values) == values)
      #expect(bits(optimizer.state) == state)
    }
  }

  @Test func parameterWithoutGradientStillDecaysAndCoasts() throws {
    var initial = Parameters()
    initial["w"] = Tensor(shape: [1], values: [1])
    let parameters = try TrainableParameters(initial, trainable: ["w"])
    let optimizer = Optimizer(.sgd(momentum: 0.5, nesterov: false), for: parameters) { _ in
      UpdateRule(weightDecay: 0.5)
    }
    parameters.setGradient([2], of: "w")
    // v = 2 + 0.5 · 1 = 2.5; w = 1 − 0.25 · 2.5 = 0.375.
    #expect(try optimizer.update(rate: 0.25) == 2)
    #expect(parameters.values["w"]?.floats == [0.375])
    #expect(parameters.gradient(of: "w")?.floats == [0])
    // v = 0.5 · 2.5 + 0.5 · 0.375 = 1.4375; w = 0.375 − 0.25 · 1.4375 = 0.015625.
    #expect(try optimizer.update(rate: 0.25) == 0)
    #expect(parameters.values["w"]?.floats == [0.015625])
    #expect(parameters.version == 2)
  }
}
