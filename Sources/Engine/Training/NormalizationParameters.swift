internal import Layers

/// A batch norm's parameters in place.
final class NormalizationParameters {
  private let normalization: FusedGraph.Normalization
  private let parameters: TrainableParameters
  private let gammaParameter: TrainableParameter?
  private let betaParameter: TrainableParameter?
  private let meanParameter: TrainableParameter
  private let varianceParameter: TrainableParameter
  /// What a norm without γ or β has instead.
  private let ones: PinnedFloats
  private let zeros: PinnedFloats

  init(
    _ normalization: FusedGraph.Normalization, in parameters: TrainableParameters
  ) throws(EngineError) {
    (self.normalization, self.parameters) = (normalization, parameters)
    func find(_ specification: ParameterSpecification) throws(EngineError) -> TrainableParameter {
      try parameters.parameter(specification)
    }
    gammaParameter = try normalization.gamma.map(find)
    betaParameter = try normalization.beta.map(find)
    meanParameter = try find(normalization.mean)
    varianceParameter = try find(normalization.variance)
    ones = PinnedFloats(Array(repeating: 1, count: meanParameter.count))
    zeros = PinnedFloats(Array(repeating: 0, count: meanParameter.count))
  }

  var gamma: UnsafePointer<Float>? { gammaParameter?.start ?? ones.start }
  var beta: UnsafePointer<Float>? { betaParameter?.start ?? zeros.start }
  var mean: UnsafePointer<Float>? { meanParameter.start }
  var variance: UnsafePointer<Float>? { varianceParameter.start }

  /// Moves the stored statistics towards a batch's, as Keras does: the variance is the batch's own,
  /// not an estimate for what the batch was drawn from.
  func move(towardsMean mean: UnsafeRawPointer, variance: UnsafeRawPointer) {
    let momentum = normalization.momentum
    for (parameter, batch) in [(meanParameter, mean), (varianceParameter, variance)] {
      let batch = batch.assumingMemoryBound(to: Float.self)
      for channel in parameter.values.indices {
        parameter.values[channel] =
          parameter.values[channel] * momentum + batch[channel] * (1 - momentum)
      }
    }
    parameters.finishMove(of: [meanParameter, varianceParameter])
  }

  /// Adds to the gradients of γ and β.
  func add(gammaGradient: UnsafeRawPointer, betaGradient: UnsafeRawPointer) {
    let (scale, shift) = (
      gammaGradient.assumingMemoryBound(to: Float.self),
      betaGradient.assumingMemoryBound(to: Float.self)
    )
    gammaParameter?.addGradient { scale[$0] }
    betaParameter?.addGradient { shift[$0] }
  }
}
