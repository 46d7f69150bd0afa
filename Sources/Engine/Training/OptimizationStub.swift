internal import Glibc
public import Tensors

public enum OptimizationMethod: Hashable, Sendable {
  case sgd(momentum: Float, nesterov: Bool)
  case adam(beta1: Float, beta2: Float, epsilon: Float)
}
public struct UpdateRule: Hashable, Sendable {
  public var rateMultiplier: Float = 1
  public var weightDecay: Float = 0
  public init(rateMultiplier: Float = 1, weightDecay: Float = 0) {
    (self.rateMultiplier, self.weightDecay) = (rateMultiplier, weightDecay)
  }
}
public final class Optimizer {
  let parameters: TrainableParameters
  var memory: [String: [Float]] = [:]
  let rule: [String: UpdateRule]
  public init(
    _ method: OptimizationMethod, for parameters: TrainableParameters, clipNorm: Float? = nil,
    rule: (String) -> UpdateRule
  ) {
    self.parameters = parameters
    var rules: [String: UpdateRule] = [:]
    for p in parameters.trainable {
      memory[p.name] = Array(repeating: 0, count: p.count)
      rules[p.name] = rule(p.name)
    }
    self.rule = rules
  }
  @discardableResult public func update(rate: Float) throws(EngineError) -> Float {
    ComputeThread.shared.run {
      var norm: Float = 0
      for p in parameters.trainable where p.hasGradient {
        let decay = rule[p.name]!.weightDecay
        memory[p.name]!.withUnsafeMutableBufferPointer { m in
          for i in 0..<p.count {
            norm += p.gradients[i] * p.gradients[i]
            m[i] = 0.9 * m[i] + p.gradients[i] + decay * p.values[i]
            p.values[i] -= rate * m[i]
          }
        }
      }
      parameters.finishUpdate()
      return norm.squareRoot()
    }
  }
  public var state: Parameters {
    var state = Parameters()
    for p in parameters.trainable {
      state["\(p.name)/momentum"] = Tensor(shape: p.shape, values: memory[p.name]!)
    }
    return state
  }
  public func restore(_ state: Parameters) throws(EngineError) {
    for p in parameters.trainable { memory[p.name] = state["\(p.name)/momentum"]!.floats }
  }
}
public struct LearningRateSchedule: Hashable, Sendable {
  let peak: Float
  let warmUp: Int
  let count: Int
  public init(peak: Float, warmUp: Int, count: Int) {
    (self.peak, self.warmUp, self.count) = (peak, warmUp, count)
  }
  public func rate(at step: Int) -> Float {
    if step < warmUp { return peak * Float(step + 1) / Float(warmUp) }
    return peak * 0.5 * (1 + cos(Float.pi * Float(step - warmUp) / Float(max(1, count - warmUp))))
  }
}
public struct Loss: Sendable {
  public let value: Float
  public let gradient: Tensor
}
public struct SoftmaxCrossEntropy {
  public init(labelSmoothing: Float = 0) {}
  public func callAsFunction(
    logits: Tensor, labels: [Int], weights: [Float]? = nil, normalizer: Float
  ) -> Loss {
    let x = logits.floats
    let k = x.count / labels.count
    var g = x
    var sum: Float = 0
    for (r, l) in labels.enumerated() {
      let top = x[(r * k)..<((r + 1) * k)].max()!
      var z: Float = 0
      for c in 0..<k { z += exp(x[r * k + c] - top) }
      sum += log(z) + top - x[r * k + l]
      for c in 0..<k {
        g[r * k + c] = (exp(x[r * k + c] - top) / z - (c == l ? 1 : 0)) / normalizer
      }
    }
    return Loss(value: sum / normalizer, gradient: Tensor(shape: logits.shape, values: g))
  }
}
