internal import Engine

extension RunSettings {
  /// The rule that changes the parameters, by a method.
  func makeOptimizer(
    _ method: OptimizationMethod, for parameters: TrainableParameters
  ) -> Optimizer {
    Optimizer(method, for: parameters, clipNorm: clipNorm.map { Float($0) }) { name in
      // Biases, and the scales and shifts of normalisations, have nothing to gain from being small.
      UpdateRule(weightDecay: name.hasSuffix("kernel") ? Float(weightDecay) : 0)
    }
  }

  /// The learning rate of each of so many steps, falling in some way after the warm-up.
  func makeSchedule(stepCount: Int, decay: LearningRateSchedule.Decay) -> LearningRateSchedule {
    LearningRateSchedule(
      rate: Float(rate), total: stepCount, warmUpSteps: min(warmUp, stepCount),
      warmUpFactor: 1 / Float(max(warmUp, 1)), decay: decay)
  }
}
