import Engine
import Tensors

enum OptimizationMethod: Hashable, Sendable {
  case sgd(momentum: Float, nesterov: Bool)
  case adam(beta1: Float, beta2: Float, epsilon: Float)
}
struct UpdateRule: Hashable, Sendable {
  var rateMultiplier: Float = 1
  var weightDecay: Float = 0
}
final class Optimizer {
  init(
    _ method: OptimizationMethod, for parameters: TrainableParameters, clipNorm: Float? = nil,
    rule: (String) -> UpdateRule
  ) {}
  @discardableResult func update(rate: Float) throws(EngineError) -> Float { 0 }
  var state: Parameters { Parameters() }
  func restore(_ state: Parameters) throws(EngineError) {}
}
struct LearningRateSchedule: Hashable, Sendable {
  func rate(at step: Int) -> Float { 0 }
}
struct Loss: Sendable {
  let value: Float
  let gradient: Tensor
}
struct SoftmaxCrossEntropy {
  init(labelSmoothing: Float = 0) {}
  func callAsFunction(
    logits: Tensor, labels: [Int], weights: [Float]? = nil, normalizer: Float
  ) -> Loss { Loss(value: 0, gradient: logits) }
}
