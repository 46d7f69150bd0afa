import HDF5
import Tensors
import Testing

@testable import Engine

@Suite struct OptimizerGoldenTests {
  struct Golden: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let method: OptimizationMethod
    var decay: Float = 0
    var biasMultiplier: Float = 1
    var clipNorm: Float?
  }

  static let goldens = [
    Golden(testDescription: "plain", method: .sgd(momentum: 0, nesterov: false)),
    Golden(
      testDescription: "plain_decay", method: .sgd(momentum: 0, nesterov: false), decay: 0.01,
      biasMultiplier: 2),
    Golden(testDescription: "momentum", method: .sgd(momentum: 0.9, nesterov: false)),
    Golden(
      testDescription: "momentum_decay_clip", method: .sgd(momentum: 0.9, nesterov: false),
      decay: 0.01, biasMultiplier: 2, clipNorm: 3),
    Golden(
      testDescription: "nesterov_decay", method: .sgd(momentum: 0.9, nesterov: true), decay: 0.01,
      biasMultiplier: 2),
    Golden(testDescription: "adam", method: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7)),
    Golden(
      testDescription: "adam_decay_clip", method: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-3),
      decay: 0.01, biasMultiplier: 2, clipNorm: 3),
  ]

  @Test(arguments: goldens) func everyStepIsPyTorchs(_ golden: Golden) throws {
    let file = try HDF5File(reading: fixture("optimizers.h5"))
    let name = golden.testDescription
    var initial = Parameters()
    var gradients: [String: [Float]] = [:]
    var expected: [String: [Float]] = [:]
    for parameter in ["kernel", "bias"] {
      initial[parameter] = try file.read("initial/\(parameter)")
      gradients[parameter] = try file.read("gradient/\(parameter)").floats
      expected[parameter] = try file.read("\(name)/\(parameter)").floats
    }
    let norms = try file.read("\(name)/norm").floats
    let parameters = try TrainableParameters(initial, trainable: ["kernel", "bias"])
    let optimizer = Optimizer(golden.method, for: parameters, clipNorm: golden.clipNorm) {
      $0 == "bias"
        ? UpdateRule(rateMultiplier: golden.biasMultiplier)
        : UpdateRule(weightDecay: golden.decay)
    }
    for (step, rate) in try file.read("rates").floats.enumerated() {
      for (parameter, numbers) in gradients {
        parameters.setGradient(part(step, of: numbers), of: parameter)
      }
      let norm = try optimizer.update(rate: rate)
      #expect(abs(norm - norms[step]) <= 1e-6 * norms[step])
      for (parameter, numbers) in expected {
        let found = try #require(parameters.values[parameter]).floats
        #expect(relativeError(found, part(step, of: numbers)) <= 1e-6)
      }
    }
  }

  private func part(_ step: Int, of numbers: [Float]) -> [Float] {
    let length = numbers.count / 8
    return Array(numbers[step * length..<(step + 1) * length])
  }

  /// The largest difference, measured by the largest number.
  private func relativeError(_ found: [Float], _ expected: [Float]) -> Float {
    let largest = expected.map(abs).max() ?? 0
    return zip(found, expected).map { abs($0 - $1) }.max().map { $0 / largest } ?? .infinity
  }
}

extension TrainableParameters {
  /// Puts a gradient where pullbacks would.
  func setGradient(_ gradient: [Float], of name: String) {
    ComputeThread.shared.run {
      guard let parameter = self[name], parameter.isTrainable else { return }
      _ = parameter.gradients.update(from: gradient)
      parameter.hasGradient = true
    }
  }
}
