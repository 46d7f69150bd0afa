internal import Engine

extension ClassifierSettings {
  /// The rule that changes the parameters.
  func makeOptimizer(for parameters: TrainableParameters) -> Optimizer {
    let method: OptimizationMethod =
      switch optimizer {
      case .sgd: .sgd(momentum: Float(momentum), nesterov: false)
      case .adam: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
      }
    return makeOptimizer(method, for: parameters)
  }

  /// The learning rate of each step.
  func makeSchedule(stepCount: Int) -> LearningRateSchedule {
    makeSchedule(stepCount: stepCount, decay: .cosine(floor: 0))
  }
}
