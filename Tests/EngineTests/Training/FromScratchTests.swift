import Foundation
import HDF5
import Layers
import Tensors
import Testing

@testable import Engine

/// Networks that start from random numbers and normalise with the statistics of each batch.
@Suite struct FromScratchTests {
  /// Each seed is at least as good as Keras's worst, and their mean is within Keras's range.
  ///
  /// Keras's accuracies in the fixture are those of the same network, batches, rate and split with
  /// eight seeds. If both train alike, ours are further draws of what these are draws of: each is at
  /// least Keras's lowest, and a mean, which varies less than one draw, lies within Keras's range.
  @Test(
    "A residual network learns digits as well as in Keras, from any seed",
    arguments: Precision.allCases)
  func accuracy(_ precision: Precision) throws {
    guard precision == .float32 || Precision.fastest == .bfloat16 else { return }
    let digits = try Digits()
    let lowest = try #require(digits.accuracies.min())
    let highest = try #require(digits.accuracies.max())
    let accuracies = try (0..<3).map { seed in
      try digits.accuracy(ofNetworkTrainedIn: precision, seed: seed)
    }
    #expect(accuracies.allSatisfy { $0 >= lowest }, "\(accuracies), Keras's \(digits.accuracies)")
    let mean = accuracies.reduce(0, +) / Double(accuracies.count)
    #expect((lowest...highest).contains(mean), "\(accuracies), Keras's \(digits.accuracies)")
  }
}

/// The pictures of make_digits.py, and its network and recipe.
private struct Digits {
  let images: [Float]
  let labels: [Int]
  let accuracies: [Double]

  private static let trainCount = 1200
  private static let batch = 40
  private static let epochs = 8

  init() throws {
    let file = try HDF5File(reading: fixture("digits.h5"))
    images = try file.read("/images").floats.map { $0 / 8 - 1 }
    labels = try file.read("/labels").floats.map { Int($0) }
    accuracies = try file.numbers("accuracies", of: "/")
  }

  /// The share of right answers in the test part, with moving statistics.
  func accuracy(ofNetworkTrainedIn precision: Precision, seed: UInt64) throws -> Double {
    let stages = [Self.network]
    let values = try trained(stages, precision, seed: seed)
    let network = try Network(stages, parameters: values, precision: precision)
    let test = Array(Self.trainCount..<labels.count)
    let logits = try network(input(test))[0].floats
    let right = test.indices.count(where: { row in
      let scores = logits[row * 10..<(row + 1) * 10]
      return scores.firstIndex(of: scores.max() ?? 0) == row * 10 + labels[test[row]]
    })
    return Double(right) / Double(test.count)
  }

  private func trained(
    _ stages: [Stage], _ precision: Precision, seed: UInt64
  ) throws -> Parameters {
    var generator = SeededGenerator(seed: seed)
    let shape = [Self.batch, 8, 8, 1]
    let graph = try Graph(stages, input: shape)
    let initial = Self.initialValues(of: graph, using: &generator)
    let parameters = try TrainableParameters(
      initial, trainable: Set(initial.names.filter { !$0.contains("moving_") }))
    let plan = try TrainableNetwork(
      stages, parameters: parameters,
      batchStatistics: Set(graph.nodes.map(\.layer).filter { $0.hasSuffix("_bn") }),
      precision: precision
    ).plan(for: shape)
    let optimizer = Optimizer(.sgd(momentum: 0.9, nesterov: false), for: parameters)
    let schedule = LearningRateSchedule(
      rate: 0.05, total: Self.epochs * Self.trainCount / Self.batch, decay: .cosine(floor: 0))
    for step in 0..<schedule.total where step % (Self.trainCount / Self.batch) == 0 {
      let order = Array(0..<Self.trainCount).shuffled(using: &generator)
      for start in stride(from: 0, to: Self.trainCount, by: Self.batch) {
        let rows = Array(order[start..<start + Self.batch])
        let logits = try plan.forward(input(rows))[0]
        let loss = SoftmaxCrossEntropy()(
          logits: logits, labels: rows.map { labels[$0] }, normalizer: Float(Self.batch))
        try plan.pullback([loss.gradient])
        try optimizer.update(rate: schedule.rate(at: step + start / Self.batch))
      }
    }
    return parameters.values
  }

  private func input(_ rows: [Int]) -> Tensor {
    Tensor(shape: [rows.count, 8, 8, 1], values: rows.flatMap { images[$0 * 64..<($0 + 1) * 64] })
  }

  /// He et al.'s normal kernels, scales and variances of 1, and zeros, as Keras draws them but for
  /// the cut at two deviations.
  private static func initialValues(
    of graph: Graph, using generator: inout SeededGenerator
  ) -> Parameters {
    var values = Parameters()
    for parameter in graph.nodes.flatMap(\.parameters) {
      let inputs = parameter.shape.dropLast().reduce(1, *)
      values[parameter.name] = Tensor(
        shape: parameter.shape,
        values: (0..<parameter.count).map { _ in
          switch parameter.variable {
          case "kernel":
            let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &generator))).squareRoot()
            let angle = Double.random(in: 0..<2 * Double.pi, using: &generator)
            return Float((2 / Double(inputs)).squareRoot() * radius * cos(angle))
          case "gamma", "moving_variance": return 1
          default: return 0
          }
        })
    }
    return values
  }

  private static var network: Stage {
    Stage("digits") {
      Conv2D("stem_conv", 3, 16, bias: false)
      BatchNorm("stem_bn", momentum: 0.9)
      ReLU("stem_relu")
      block("block1", 16, stride: 1)
      block("block2", 32, stride: 2)
      GlobalAveragePool("pool")
      Dense("logits", 10)
    }
  }

  @LayerBuilder private static func block(
    _ name: String, _ filters: Int, stride: Int
  ) -> [any Layer] {
    Residual("\(name)_add") {
      Conv2D("\(name)_1_conv", 3, filters, stride: stride, bias: false)
      BatchNorm("\(name)_1_bn", momentum: 0.9)
      ReLU("\(name)_1_relu")
      Conv2D("\(name)_2_conv", 3, filters, bias: false)
      BatchNorm("\(name)_2_bn", momentum: 0.9)
    } shortcut: {
      if stride > 1 {
        Conv2D("\(name)_0_conv", 1, filters, stride: stride, bias: false)
        BatchNorm("\(name)_0_bn", momentum: 0.9)
      }
    }
    ReLU("\(name)_out")
  }
}
