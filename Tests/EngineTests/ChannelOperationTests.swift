import COneDNN
import Layers
import Tensors
import Testing

@testable import Engine

/// Gates, factors, arithmetic on channels: what they are fused with, and in which precision.
@Suite struct ChannelOperationTests {
  @Test(
    "A scaled residual block ends in one convolution, in training too", arguments: [false, true])
  func scaledResidual(isTraining: Bool) throws {
    let steps = try steps(
      [1, 7, 7, 4], isTraining: isTraining,
      [
        Conv2D("stem", 1, 4, activation: .relu),
        Residual("add", scale: 0.17) {
          Conv2D("conv_1", 3, 6, activation: .relu)
          Conv2D("conv_2", 1, 4)
        },
        ReLU("relu"),
      ])
    #expect(steps.count == 3)
    let last = try #require(steps.last)
    guard case .convolution(_, _, let weights) = last.kernel else {
      Issue.record("the last step is \(last.kernel)")
      return
    }
    #expect(weights.factor == 0.17 && weights.bias?.name == "conv_2/bias")
    #expect(last.accumulator != nil && last.activation == .relu)
  }

  @Test("A gate takes the residual sum and its ReLU")
  func gate() throws {
    let steps = try steps(
      [1, 7, 7, 4],
      [
        ReLU("start"),
        Residual("add") {
          Conv2D("conv", 3, 4)
          BatchNorm("bn")
          Gate("gate") {
            GlobalAveragePool("squeeze")
            OneCell("cell")
            Conv2D("excite", 1, 4, activation: .sigmoid)
          }
        },
        ReLU("relu"),
      ])
    #expect(steps.map(\.layer) == ["start", "conv", "squeeze", "excite", "gate"])
    #expect(steps.last?.accumulator != nil && steps.last?.activation == .relu)
  }

  @Test("Arithmetic before the first convolution is one step")
  func arithmetic() throws {
    let steps = try steps(
      [1, 7, 7, 3],
      [
        Rescaling("rescaling", factors: [1 / 255], offsets: [0]), Normalization("normalization"),
        Rescaling("rescaling_1", factors: [2, 3, 4], offsets: [0, 0, 0]),
        Conv2D("conv", 3, 4, stride: 2), BatchNorm("bn"), ActivationLayer("swish", .swish),
      ])
    #expect(steps.map(\.layer) == ["rescaling", "conv"])
  }

  private func steps(
    _ shape: [Int], isTraining: Bool = false, _ layers: [any Layer]
  ) throws -> [FusedGraph.Step] {
    let graph = try Graph([Stage("all") { layers }], input: shape)
    return FusedGraph(
      graph, endpoints: [graph.output],
      training: isTraining ? .init(batchStatistics: []) : nil
    ).steps
  }

  @Test(
    "The network's input is not rounded before arithmetic on it",
    .enabled(if: Precision.fastest == .bfloat16))
  func inputPrecision() throws {
    // Neighbouring numbers of bfloat16 near 200 lie 1 apart.
    let input = Tensor(shape: [1, 1, 4, 1], values: [200.25, 200.5, 200.625, 199.875])
    let stages = [Stage("all") { Rescaling("rescaling", factors: [8], offsets: [-1600]) }]
    let expected: [Float] = [2, 4, 5, -1]
    for precision in [Precision.float32, .bfloat16] {
      let network = try Network(stages, parameters: Parameters(), precision: precision)
      #expect(try network(input)[0].floats == expected)
      let trainable = try TrainableNetwork(
        stages, parameters: try TrainableParameters(Parameters(), trainable: []),
        precision: precision)
      let plan = try trainable.plan(for: input.shape, inputGradient: true)
      #expect(try plan.forward(input)[0].floats == expected)
      let ones = Tensor(shape: input.shape, values: [1, 1, 1, 1])
      #expect(try plan.pullback([ones])?.floats == [8, 8, 8, 8])
    }
  }

  /// Every new operation on maps wide enough that threads share them.
  private static let mixture = [
    Stage("all") {
      Rescaling("rescaling", factors: [0.5, 0.25, 1], offsets: [0, 0.5, -0.5])
      Normalization("normalization")
      Conv2D("stem", 3, 48, stride: 2, activation: .swish)
      LocalResponseNorm("lrn", radius: 2, bias: 1, alpha: 0.1, beta: 0.75)
      Residual("add") {
        SeparableConv2D("separable", 3, 48, bias: false)
        BatchNorm("bn")
        Gate("gate") {
          GlobalAveragePool("squeeze", keepsRank: true)
          Conv2D("reduce", 1, 16, activation: .swish)
          Conv2D("expand", 1, 48, activation: .sigmoid)
        }
      }
      ReLU("relu")
      Residual("scaled", scale: 0.3) {
        Conv2D("conv_1", 3, 32, dilation: 2, activation: .relu)
        Conv2D("conv_2", 1, 48)
      }
      CustomLayer(
        "pool",
        .pool(
          .max,
          Window(size: 3, dilation: 2, margins: Margins(top: 2, left: 2, bottom: 2, right: 2))))
      CustomLayer(
        "mean",
        .pool(
          .average,
          Window(size: 3, dilation: 2, margins: Margins(top: 2, left: 2, bottom: 2, right: 2))))
      Gate("own") { Conv2D("mask", 1, 48, activation: .sigmoid) }
    }
  ]

  private func results(
    _ precision: Precision, threads: Int
  ) throws -> (output: [Float], gradients: [String: [Float]]) {
    let test = try DifferentiableCase(Self.mixture, shape: [2, 33, 37, 3], seed: 4)
    return try ComputeThread.shared.run {
      let before = ComputeThread.shared.threads
      defer { ComputeThread.shared.threads = before }
      ComputeThread.shared.threads = ThreadGovernor(limit: 2)
      if threads == 1 {
        ComputeThread.shared.threads.record(
          .init(seconds: 0.1, processorSeconds: 0.1, preemptions: 100))
      }
      let result = try test.run(precision: precision)
      var gradients = result.gradients.mapValues(\.floats)
      gradients["input"] = result.input?.floats
      return (result.outputs[0].floats, gradients)
    }
  }

  @Test("A thread left out changes no bit of results and gradients", arguments: Precision.allCases)
  func threads(_ precision: Precision) throws {
    guard precision == .float32 || Precision.fastest == .bfloat16 else { return }
    let (one, two) = (try results(precision, threads: 1), try results(precision, threads: 2))
    #expect(one.output == two.output && one.gradients == two.gradients)
  }

  @Test(
    "bfloat16 stays within its rounding of float32, gradients too",
    .enabled(if: Precision.fastest == .bfloat16))
  func bfloat16() throws {
    let (half, single) = (
      try results(.bfloat16, threads: 2), try results(.float32, threads: 2)
    )
    #expect(relativeDifference(half.output, single.output.map(Double.init)) < 1e-2)
    for (name, gradient) in single.gradients {
      // A pooling's winner may be another after rounding, which moves gradients from cell to cell.
      let difference = relativeDifference(
        half.gradients[name] ?? [], gradient.map(Double.init))
      #expect(difference < (name == "input" ? 0.3 : 0.15), "\(name): \(difference)")
    }
  }
}
