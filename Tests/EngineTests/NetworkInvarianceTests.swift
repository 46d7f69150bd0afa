import COneDNN
import Engine
import Layers
import Tensors
import Testing
import Zoo

@Suite struct NetworkInvarianceTests {
  @Test("Two networks of the same weights agree to the bit, and a plan with itself")
  func determinism() throws {
    let (network, input) = try mobileNet(precision: .fastest, batch: 1)
    let (again, _) = try mobileNet(precision: .fastest, batch: 1)
    let first = try network(input)[0].floats
    #expect(try network(input)[0].floats == first)
    #expect(try again(input)[0].floats == first)
  }

  @Test(
    "The number of threads does not change a bit",
    arguments: onednn_has_bfloat16() ? [Precision.float32, .bfloat16] : [.float32])
  func threads(precision: Precision) throws {
    for stages in [
      VGG(convolutions: [1, 1, 1, 1, 1], filters: [16, 32, 64, 64, 64], units: 256, classes: 100)
        .stages,
      ResNet(bottlenecks: [2, 2, 2, 2], widths: [16, 32, 64, 64], classes: 100).stages,
      MobileNet(alpha: 0.25).stages,
    ] {
      let shape = [2, 161, 193, 3]
      var generator = SeededGenerator(seed: 8)
      let parameters = try Graph(stages, input: shape).randomParameters(using: &generator)
      let input = Tensor.random(shape, using: &generator)
      let results = try (1...3).map { count in
        try withThreads(count) {
          try Network(stages, parameters: parameters, precision: precision)(input)[0].floats
        }
      }
      #expect(results[0] == results[1] && results[1] == results[2])
    }
  }

  @Test("Callers on many tasks get the answers to their own inputs")
  func concurrency() async throws {
    let (network, _) = try mobileNet(precision: .float32, batch: 1)
    let shape = [1, 64, 64, 3]
    var generator = SeededGenerator(seed: 5)
    let inputs = (0..<12).map { _ in Tensor.random(shape, using: &generator) }
    let expected = try inputs.map { try network($0)[0].floats }
    let answers = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for (index, input) in inputs.enumerated() {
        group.addTask { (index, try network(input)[0].floats) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for index in inputs.indices { #expect(answers[index] == expected[index]) }
  }

  @Test(
    "bfloat16 stays within its rounding of float32",
    .enabled(if: onednn_has_bfloat16()), arguments: 1...2)
  func bfloat16(batch: Int) throws {
    let (half, input) = try mobileNet(precision: .bfloat16, batch: batch)
    let (single, _) = try mobileNet(precision: .float32, batch: batch)
    let endpoints = ["conv1_relu", "conv_pw_5_relu"]
    let outputs = zip(
      try half(input, endpoints: endpoints), try single(input, endpoints: endpoints))
    for (half, single) in outputs {
      // Each of up to eleven layers rounds to 8 bits: 2⁻⁹ at most, 1.1e-3 in the mean square, and
      // the errors add like random numbers: √11 · 1.1e-3 · 2 (weights and activations).
      #expect(relativeDifference(half.floats, single.floats.map(Double.init)) < 1e-2)
    }
  }

  private func mobileNet(
    precision: Precision, batch: Int
  ) throws -> (Network, Tensor) {
    let stages = MobileNet(alpha: 0.25).imageStages
    let shape = [batch, 64, 64, 3]
    var generator = SeededGenerator(seed: 3)
    let parameters = try Graph(stages, input: shape).randomParameters(using: &generator)
    let network = try Network(stages, parameters: parameters, precision: precision)
    return (network, Tensor.random(shape, using: &generator))
  }
}
