public import Tensors

/// The smooth L1 loss of regressed numbers: quadratic below β, linear above.
///
/// For d = prediction − target: d² / 2β where |d| < β, otherwise |d| − β/2 (Girshick, Fast R-CNN,
/// 2015, has β = 1). The derivative is d / β, or the sign of d.
public struct SmoothL1: Hashable, Sendable {
  /// Where the two parts meet; 0 makes it the L1 loss, whose derivative at d = 0 is 0.
  public let beta: Float

  /// Makes the loss of one β, 0 or more.
  public init(beta: Float) {
    precondition(beta >= 0 && beta.isFinite, "beta is 0 or more, not \(beta)")
    self.beta = beta
  }

  /// Computes the loss and its gradient by the predictions.
  ///
  /// - Parameters:
  ///   - predictions: Of any shape, such as `[R, 4]`.
  ///   - targets: Of the same shape.
  ///   - weights: One for each element, or for each index along leading axes (`[R, 4]`: R weights).
  ///     Where 0, the prediction is ignored and its gradient is exactly 0. None: all 1.
  ///   - normalizer: What the sum is divided by, above 0.
  /// - Returns: The loss with its gradient.
  public func callAsFunction(
    predictions: Tensor, targets: Tensor, weights: [Float]? = nil, normalizer: Float
  ) -> Loss {
    precondition(
      targets.shape == predictions.shape,
      "targets \(targets.shape) for predictions \(predictions.shape)")
    let beta = Double(beta)
    return .elementwise(predictions, targets.floats, weights: weights, normalizer: normalizer) {
      let difference = $0 - $1
      let distance = abs(difference)
      if distance < beta { return (distance * distance / (2 * beta), difference / beta) }
      return (distance - beta / 2, difference > 0 ? 1 : difference < 0 ? -1 : difference)
    }
  }
}
