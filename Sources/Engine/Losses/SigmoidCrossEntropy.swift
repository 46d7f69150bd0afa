internal import Glibc
public import Tensors

/// The cross-entropy of independent yes-or-no predictions, each given as a logit.
///
/// −t·log σ(x) − (1 − t)·log(1 − σ(x)), computed without overflow for logits of any size. The
/// derivative is σ(x) − t.
public struct SigmoidCrossEntropy: Hashable, Sendable {
  /// Makes the loss.
  public init() {}

  /// Computes the loss and its gradient by the logits.
  ///
  /// - Parameters:
  ///   - logits: Of any shape.
  ///   - targets: Probabilities in 0...1, of the same shape.
  ///   - weights: One for each logit, or for each index along leading axes. Where 0, the logit is
  ///     ignored (such as an anchor that was not sampled) and its gradient is exactly 0; its target
  ///     may then be anything. None: all 1.
  ///   - normalizer: What the sum is divided by, above 0.
  /// - Returns: The loss with its gradient.
  public func callAsFunction(
    logits: Tensor, targets: Tensor, weights: [Float]? = nil, normalizer: Float
  ) -> Loss {
    precondition(
      targets.shape == logits.shape, "targets \(targets.shape) for logits \(logits.shape)")
    return self(logits: logits, targets: targets.floats, weights: weights, normalizer: normalizer)
  }

  /// Computes the loss and its gradient, with the targets as numbers in row-major order.
  public func callAsFunction(
    logits: Tensor, targets: [Float], weights: [Float]? = nil, normalizer: Float
  ) -> Loss {
    .elementwise(logits, targets, weights: weights, normalizer: normalizer) { logit, target in
      precondition((0...1).contains(target), "a target is in 0...1, not \(target)")
      let small = exp(-abs(logit))
      let probability = logit >= 0 ? 1 / (1 + small) : small / (1 + small)
      return (max(logit, 0) - logit * target + log1p(small), probability - target)
    }
  }
}
