internal import Datasets
public import Layers
public import Tensors

/// First values for parameters that no file gives.
///
/// Kernels are normal with the variance 2 / inputs of He et al., [Delving Deep into
/// Rectifiers](https://arxiv.org/abs/1502.01852); scales and variances are 1, the rest is 0. The
/// numbers of a parameter follow from the seed and its name alone: a network that has one more
/// layer has the same numbers in the others.
public struct Initializer: Sendable {
  public let seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  /// Makes values for every parameter of a network.
  ///
  /// - Parameters:
  ///   - graph: The network.
  ///   - restored: Values that there are already, and that stay.
  ///   - deviations: Of the kernels of layers, by their names, that start smaller than those of others.
  /// - Returns: Those and the new ones, float32, in the order of the layers.
  public func parameters(
    of graph: Graph, keeping restored: Parameters = .init(), deviations: [String: Double] = [:]
  ) -> Parameters {
    var parameters = Parameters()
    for node in graph.nodes {
      let deviation = deviations[node.layer] ?? node.operation.heDeviation(node.parameters)
      for parameter in node.parameters {
        parameters[parameter.name] =
          restored[parameter.name] ?? tensor(for: parameter, deviation: deviation)
      }
    }
    return parameters
  }

  private func tensor(for parameter: ParameterSpecification, deviation: Double) -> Tensor {
    guard parameter.isKernel else {
      return Tensor(
        shape: parameter.shape,
        values: Array(repeating: parameter.neutralValue, count: parameter.count))
    }
    var generator = SeededGenerator(seed: seed, for: parameter.name)
    let values = (0..<parameter.count).map { _ in Float(deviation * generator.normal()) }
    return Tensor(shape: parameter.shape, values: values)
  }
}

extension Operation {
  /// The square root of two by the count of numbers that one output of the kernel is the sum of.
  fileprivate func heDeviation(_ parameters: [ParameterSpecification]) -> Double {
    guard let kernel = parameters.first(where: \.isKernel)?.shape else { return 0 }
    // A depthwise kernel [H, W, C, multiplier] sees one channel.
    let inputs =
      if case .depthwiseConvolution = self { kernel.prefix(2) } else { kernel.dropLast() }
    return (2 / Double(max(1, inputs.reduce(1, *)))).squareRoot()
  }
}
