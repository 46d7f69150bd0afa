/// A way to turn gradients into changes of the parameters.
public enum OptimizationMethod: Hashable, Sendable {
  /// Stochastic gradient descent: v ← μ·v + g, w ← w − rate · v.
  ///
  /// Momentum 0 is plain descent, which keeps no state; Nesterov's variant takes g + μ·v for v.
  /// As PyTorch's `SGD` without dampening. Keras' folds the rate into the velocity
  /// (v ← μ·v − rate · g), so that a change of the rate acts on later gradients only.
  case sgd(momentum: Float, nesterov: Bool)

  /// Adam (Kingma and Ba, 2015), with decay added to the gradient as in PyTorch's `Adam`.
  ///
  /// w ← w − rate · m̂ / (√v̂ + ε) with both moments corrected for their start at zero. Keras adds ε
  /// to the uncorrected √v, where it weighs more in the first steps.
  case adam(beta1: Float, beta2: Float, epsilon: Float)
}

/// How the update of one parameter differs from that of others.
public struct UpdateRule: Hashable, Sendable {
  /// What the learning rate is multiplied by; 0 or more, 2 for biases in Caffe's recipes.
  public var rateMultiplier: Float
  /// λ of the L2 penalty, 0 or more: the gradient becomes g + λ·w, after clipping.
  public var weightDecay: Float

  /// Makes a rule; without arguments, one that leaves rate and gradient as they are.
  public init(rateMultiplier: Float = 1, weightDecay: Float = 0) {
    (self.rateMultiplier, self.weightDecay) = (rateMultiplier, weightDecay)
  }
}

extension OptimizationMethod {
  /// What is kept of each parameter: the endings of the names that the state is saved under.
  var moments: [String] {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? [] : ["momentum"]
    case .adam: ["first_moment", "second_moment"]
    }
  }

  func checkArguments() {
    switch self {
    case .sgd(let momentum, let nesterov):
      precondition((0..<1).contains(momentum), "momentum is in 0..<1, not \(momentum)")
      precondition(momentum > 0 || !nesterov, "Nesterov's method needs a momentum above 0")
    case .adam(let beta1, let beta2, let epsilon):
      precondition((0..<1).contains(beta1), "beta1 is in 0..<1, not \(beta1)")
      precondition((0..<1).contains(beta2), "beta2 is in 0..<1, not \(beta2)")
      precondition(epsilon > 0 && epsilon.isFinite, "epsilon is above 0, not \(epsilon)")
    }
  }
}
