import COneDNN
import Layers
import Tensors
import Testing
import Zoo

@testable import Engine

/// The governor's decisions must not show in what a network learns.
@Suite struct TrainingThreadsTests {
  @Test(
    "A thread left out for a neighbour does not change a bit of any gradient",
    arguments: Precision.allCases)
  func governed(_ precision: Precision) throws {
    guard precision == .float32 || Precision.fastest == .bfloat16 else { return }
    let stages = MobileNet(alpha: 0.5, classes: 5).stages
    var generator = SeededGenerator(seed: 3)
    let shape = [2, 65, 49, 3]
    let parameters = try Graph(stages, input: shape).randomParameters(using: &generator)
    let batchStatistics: Set = ["conv_dw_3_bn", "conv_pw_4_bn"]
    let input = Tensor.random(shape, using: &generator)
    let cotangent = Tensor.random([2, 5], using: &generator)

    /// The gradients after a step with all threads, or with one fewer.
    func gradients(leavingOneOut: Bool) throws -> [[Float]] {
      try ComputeThread.shared.run {
        let threads = ComputeThread.shared.threads
        defer { ComputeThread.shared.threads = threads }
        ComputeThread.shared.threads = ThreadGovernor(limit: 2)
        if leavingOneOut {
          ComputeThread.shared.threads.record(
            .init(seconds: 0.1, processorSeconds: 0.1, preemptions: 100))
          #expect(ComputeThread.shared.threads.count == 1)
        }
        let trainable = try TrainableParameters(
          parameters, trainable: Set(parameters.names.filter { !$0.contains("moving_") }))
        let network = try TrainableNetwork(
          stages, parameters: trainable, batchStatistics: batchStatistics, precision: precision)
        let plan = try network.plan(for: shape, inputGradient: true)
        _ = try plan.forward(input, seed: 7)
        let inputGradient = try #require(try plan.pullback([cotangent]))
        let all = try trainable.trainable.map { try #require($0.gradient).floats }
        return all + [inputGradient.floats] + trainable.values.map(\.tensor.floats)
      }
    }
    let (all, fewer) = (
      try gradients(leavingOneOut: false), try gradients(leavingOneOut: true)
    )
    #expect(all == fewer)
  }

  @Test(
    "Gradients through overlapping poolings do not depend on how many threads share them",
    arguments: [Pooling.max, .average])
  func pooling(_ kind: Pooling) throws {
    let stages = [
      Stage("all") {
        if kind == .max {
          MaxPool("pool", 3, stride: 1, padding: .same)
        } else {
          AveragePool("pool", 3, stride: 1, padding: .same)
        }
      }
    ]
    let test = try DifferentiableCase(stages, shape: [1, 5, 5, 20], seed: 3)
    func gradient(threads: Int) throws -> [Float]? {
      try ComputeThread.shared.run {
        let before = ComputeThread.shared.threads
        defer { ComputeThread.shared.threads = before }
        ComputeThread.shared.threads = ThreadGovernor(limit: 2)
        if threads == 1 {
          ComputeThread.shared.threads.record(
            .init(seconds: 0.1, processorSeconds: 0.1, preemptions: 100))
        }
        return try test.run().input?.floats
      }
    }
    #expect(try gradient(threads: 1) == gradient(threads: 2))
  }

  /// 16 to 32 channels are fewer tiles of a kernel's gradient than there may be threads.
  @Test(
    "Gradients of kernels and biases do not depend on how many threads share them",
    .enabled(if: Precision.fastest == .bfloat16), arguments: [1, 3, 4])
  func sharedTiles(threads count: Int) throws {
    let stages = [
      Stage("all") {
        Conv2D("pointwise", 1, 32)
        Conv2D("square", 3, 40, stride: 2)
      }
    ]
    var generator = SeededGenerator(seed: 5)
    let shape = [2, 37, 41, 16]
    let parameters = try Graph(stages, input: shape).randomParameters(using: &generator)
    let input = Tensor.random(shape, using: &generator)
    let cotangent = Tensor.random([2, 19, 21, 40], using: &generator)

    func gradients(threads: Int) throws -> [[Float]] {
      try ComputeThread.shared.run {
        let before = ComputeThread.shared.threads
        defer { ComputeThread.shared.threads = before }
        ComputeThread.shared.threads = ThreadGovernor(limit: threads)
        let trainable = try TrainableParameters(parameters, trainable: Set(parameters.names))
        let network = try TrainableNetwork(stages, parameters: trainable, precision: .bfloat16)
        let plan = try network.plan(for: shape)
        _ = try plan.forward(input)
        try plan.pullback([cotangent])
        return try trainable.trainable.map { try #require($0.gradient).floats }
      }
    }
    // With AMX the gradients are oneDNN's, whose sums depend on the number of threads.
    guard !onednn_has_amx() else { return }
    #expect(try gradients(threads: count) == gradients(threads: 2))
  }
}
