internal import Engine

extension ClassifierSettings {
  /// The rule that changes the parameters.
  func makeOptimizer(for parameters: TrainableParameters) -> Optimizer {
    let method: OptimizationMethod =
      switch optimizer {
      case .sgd: .sgd(momentum: Float(momentum), nesterov: false)
      case .adam: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
      }
    return Optimizer(method, for: parameters, clipNorm: clipNorm.map { Float($0) }) { name in
      // Biases, and the scales and shifts of normalisations, have nothing to gain from being small.
      UpdateRule(weightDecay: name.hasSuffix("kernel") ? Float(weightDecay) : 0)
    }
  }

  /// The learning rate of each step.
  func makeSchedule(stepCount: Int) -> LearningRateSchedule {
    LearningRateSchedule(
      rate: Float(rate), total: stepCount, warmUpSteps: warmUp,
      warmUpFactor: 1 / Float(max(warmUp, 1)), decay: .cosine(floor: 0))
  }
}
