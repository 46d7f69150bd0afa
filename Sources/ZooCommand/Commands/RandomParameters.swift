import Layers
import Tensors

extension Graph {
  /// Values for every parameter, scaled so that activations neither grow nor fade with depth.
  func randomParameters(using generator: inout some RandomNumberGenerator) -> Parameters {
    var parameters = Parameters()
    for specification in self.parameters {
      let range =
        specification.isKernel
        ? -specification.heBound...specification.heBound
        : specification.neutralValue...specification.neutralValue
      parameters[specification.name] = .uniform(specification.shape, in: range, using: &generator)
    }
    return parameters
  }
}

extension ParameterSpecification {
  /// The bound of He's uniform distribution, √(6 / inputs of an output).
  fileprivate var heBound: Float { (6 / Float(max(1, shape.dropLast().reduce(1, *)))).squareRoot() }
}

extension Tensor {
  /// Numbers drawn evenly from a range.
  static func uniform(
    _ shape: [Int], in range: ClosedRange<Float>, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let width = range.upperBound - range.lowerBound
    let values = (0..<shape.reduce(1, *)).map { _ in
      range.lowerBound + width * Float(generator.next() >> 40) * 0x1p-24
    }
    return Tensor(shape: shape, values: values)
  }
}
