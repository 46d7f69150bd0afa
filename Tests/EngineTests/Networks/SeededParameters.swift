import Layers
import Tensors

/// Makes the weights of `Fixtures/make_network_goldens.py`, which says how and why.
struct SeededParameters {
  /// The mean and the variance of what each normalisation reads, by its layer's name.
  let statistics: [String: (mean: Float, variance: Float)]

  /// The parameters of a network.
  func parameters(of graph: Graph) -> Parameters {
    let hasNorms = graph.nodes.contains { node in
      if case .batchNorm = node.operation { true } else { false }
    }
    var parameters = Parameters()
    for node in graph.nodes {
      for specification in node.parameters {
        let input = graph[node.inputs[0]].shape
        let readsMap = input.count == 4 && input[1...2] != [1, 1]
        parameters[specification.name] = tensor(
          specification, of: node.operation, isCentred: hasNorms && readsMap)
      }
    }
    return parameters
  }

  private func tensor(
    _ specification: ParameterSpecification, of operation: Operation, isCentred: Bool
  ) -> Tensor {
    let (numbers, shape) = (SeededNumbers(specification.name), specification.shape)
    let statistics = statistics[specification.layer] ?? (mean: 0, variance: 1)
    func filled(_ value: (Float) -> Float) -> Tensor {
      Tensor(shape: shape, values: (0..<specification.count).map { value(numbers[$0]) })
    }
    switch specification.variable {
    case "bias": return filled { (2 * $0 - 1) * 0.1 }
    case "gamma": return filled { 0.3 + 0.3 * $0 }
    case "beta": return filled { 0.7 + 0.26 * (2 * $0 - 1) }
    case "moving_mean": return filled { statistics.mean * (0.9 + 0.2 * $0) }
    case "moving_variance": return filled { statistics.variance * (0.9 + 0.2 * $0) }
    case "mean": return filled { 0.45 + 0.05 * $0 }
    case "variance": return filled { 0.05 + 0.01 * $0 }
    case "count": return filled { _ in 1 }
    default:
      // What follows the last of the summed axes: a depthwise kernel is [height, width, C, multiplier].
      let outputs: Int
      if case .depthwiseConvolution = operation {
        outputs = shape[2] * shape[3]
      } else {
        outputs = shape[shape.count - 1]
      }
      return kernel(numbers, shape: shape, outputs: outputs, isCentred: isCentred)
    }
  }

  private func kernel(
    _ numbers: SeededNumbers, shape: [Int], outputs: Int, isCentred: Bool
  ) -> Tensor {
    let count = shape.reduce(1, *)
    let fanIn = count / outputs
    let bound = Float((6 / Double(fanIn)).squareRoot())
    return Tensor(shape: shape) { bytes in
      let values = bytes.bindMemory(to: Float.self)
      for index in 0..<count {
        values.initializeElement(at: index, to: (2 * numbers[index] - 1) * bound)
      }
      guard isCentred else { return }
      var sums = [Double](repeating: 0, count: outputs)
      for row in 0..<fanIn {
        for output in 0..<outputs { sums[output] += Double(values[row * outputs + output]) }
      }
      for row in 0..<fanIn {
        for output in 0..<outputs {
          let index = row * outputs + output
          values[index] = Float(Double(values[index]) - sums[output] / Double(fanIn))
        }
      }
    }
  }
}
