public import Tensors

/// A loss with its gradient.
public struct Loss: Sendable {
  /// The weighted sum over rows or elements, divided by the normaliser.
  public let value: Float
  /// The derivative of ``value`` by each prediction, float32, of the predictions' shape.
  public let gradient: Tensor

  /// Makes a loss of its value and gradient.
  public init(value: Float, gradient: Tensor) { (self.value, self.gradient) = (value, gradient) }
}

extension Loss {
  /// Adds up the loss of each element, in order and in double precision.
  ///
  /// `term` gives the loss of a prediction against its target, and the derivative.
  static func elementwise(
    _ predictions: Tensor, _ targets: [Float], weights: [Float]?, normalizer: Float,
    term: (_ prediction: Double, _ target: Double) -> (loss: Double, derivative: Double)
  ) -> Loss {
    let shape = predictions.shape
    precondition(
      targets.count == predictions.count, "\(targets.count) targets for predictions \(shape)")
    checkNormalizer(normalizer)
    if let weights { checkWeights(weights, shape: shape) }
    let values = predictions.floats
    let elementsPerWeight = weights.map { max(values.count / max($0.count, 1), 1) } ?? 1
    var sum = 0.0
    let gradient = Tensor(shape: shape) { bytes in
      let gradients = bytes.bindMemory(to: Float.self)
      for index in values.indices {
        let weight = weights.map { Double($0[index / elementsPerWeight]) } ?? 1
        // Not a product with zero: a prediction that is ignored may be infinite.
        guard weight != 0 else {
          gradients[index] = 0
          continue
        }
        let (loss, derivative) = term(Double(values[index]), Double(targets[index]))
        sum += weight * loss
        gradients[index] = Float(weight * derivative / Double(normalizer))
      }
    }
    return Loss(value: Float(sum / Double(normalizer)), gradient: gradient)
  }

  static func checkNormalizer(_ normalizer: Float) {
    precondition(
      normalizer > 0 && normalizer.isFinite,
      "a normalizer is above 0, not \(normalizer); take at least 1 where nothing was sampled")
  }

  /// Weights are for each element, or for each index along some of the leading axes.
  private static func checkWeights(_ weights: [Float], shape: [Int]) {
    var counts: [Int] = []
    for extent in shape { counts.append((counts.last ?? 1) * extent) }
    precondition(
      counts.contains(weights.count) || (shape.isEmpty && weights.count == 1),
      "\(weights.count) weights for predictions \(shape), expected one of \(counts)")
    checkAreWeights(weights)
  }

  static func checkAreWeights(_ weights: [Float]) {
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight is not 0 or more")
  }
}
