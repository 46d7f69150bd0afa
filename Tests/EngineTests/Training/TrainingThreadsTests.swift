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
}
