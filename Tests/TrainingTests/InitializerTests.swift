import Layers
import Tensors
import Testing

@testable import Training

@Suite struct InitializerTests {
  private let graph = try? Graph(
    [
      Stage("a") {
        Conv2D("conv", 3, 64, groups: 2)
        DepthwiseConv2D("depthwise", 5, bias: false)
        BatchNorm("bn")
        GlobalAveragePool("pool")
        Dense("dense", 90)
      }
    ], input: [1, 8, 8, 32])

  private func variance(_ tensor: Tensor?) throws -> Double {
    let values = try #require(tensor).floats
    return values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
  }

  @Test("Kernels have the variance 2 / inputs, where a depthwise kernel has one channel of them")
  func variances() throws {
    let parameters = Initializer(seed: 4).parameters(of: try #require(graph))
    #expect(abs(try variance(parameters["conv/kernel"]) * (9 * 16) / 2 - 1) < 0.1)
    #expect(abs(try variance(parameters["depthwise/kernel"]) * 25 / 2 - 1) < 0.15)
    #expect(abs(try variance(parameters["dense/kernel"]) * 64 / 2 - 1) < 0.1)
    for name in ["conv/bias", "bn/beta", "bn/moving_mean", "dense/bias"] {
      #expect(try variance(parameters[name]) == 0)
    }
    for name in ["bn/gamma", "bn/moving_variance"] {
      #expect(parameters[name]?.floats.allSatisfy { $0 == 1 } == true)
    }
    #expect(parameters.names == graph?.parameters.map(\.name))
  }

  @Test("The seed and a parameter's name decide its numbers; a head starts small")
  func seeds() throws {
    let graph = try #require(graph)
    let first = Initializer(seed: 4).parameters(of: graph)
    let again = Initializer(seed: 4).parameters(of: graph, deviations: ["dense": 0.01])
    #expect(again["conv/kernel"]?.floats == first["conv/kernel"]?.floats)
    #expect(abs(try variance(again["dense/kernel"]).squareRoot() - 0.01) < 0.001)
    let other = Initializer(seed: 5).parameters(of: graph)
    #expect(other["conv/kernel"]?.floats != first["conv/kernel"]?.floats)
    var restored = Parameters()
    restored["conv/kernel"] = Tensor(zeros: [3, 3, 16, 64])
    let kept = Initializer(seed: 4).parameters(of: graph, keeping: restored)
    #expect(try variance(kept["conv/kernel"]) == 0)
    #expect(kept["dense/kernel"]?.floats == first["dense/kernel"]?.floats)
  }
}
