internal import Layers

/// What of a fused graph a pullback computes, and what it reads of the forward run.
///
/// A gradient is computed only where something that trains, or an input whose gradient is asked for,
/// lies before it: a frozen prefix keeps nothing and costs nothing.
final class GradientFlow {
  typealias Value = Graph.Value

  let parameters: TrainableParameters
  let dropoutSeed = DropoutSeed()
  private let fused: FusedGraph
  private var valuesWithGradient: Set<Value> = []
  private var kept: Set<Value> = []

  init(_ graph: Graph, _ fused: FusedGraph, parameters: TrainableParameters, inputGradient: Bool) {
    (self.fused, self.parameters) = (fused, parameters)
    if inputGradient { valuesWithGradient.insert(graph.input) }
    for step in fused.steps where trains(step) || step.reads.contains(where: needsGradient) {
      valuesWithGradient.insert(step.output)
      kept.formUnion(valuesKept(by: step).map(fused.resolve))
    }
  }

  /// Whether the loss's gradient with respect to the value is of use.
  func needsGradient(_ value: Value) -> Bool { valuesWithGradient.contains(fused.resolve(value)) }

  /// Whether any of the step's parameters trains.
  func trains(_ step: FusedGraph.Step) -> Bool { step.parameters.contains(where: trains) }

  func trains(_ parameter: ParameterSpecification) -> Bool {
    parameters[parameter.name]?.isTrainable ?? false
  }

  /// Whether a pullback reads what the forward run left of the value.
  func keeps(_ value: Value) -> Bool { kept.contains(fused.resolve(value)) }

  /// Whether a pullback needs what the step's activation read, and not only what it gave.
  func splitsActivation(of step: FusedGraph.Step) -> Bool {
    step.activation?.slopeFollowsFromResult == false && needsGradient(step.output)
  }

  private func valuesKept(by step: FusedGraph.Step) -> [Value] {
    let result = step.activation == nil || splitsActivation(of: step) ? [] : [step.output]
    switch step.kernel {
    case .convolution, .dense: return result + (trains(step) ? step.inputs : [])
    case .scaleShift, .batchNorm, .localResponseNorm: return result + step.inputs
    // Each is the other's slope.
    case .multiply: return result + step.inputs
    case .activation where splitsActivation(of: step): return step.inputs
    case .softmax: return [step.output]
    case .channelArithmetic, .pool, .zeroPad, .activation, .add, .concatenate, .dropout:
      return result
    }
  }
}

extension Activation {
  /// Whether what the function gave tells its slope there.
  fileprivate var slopeFollowsFromResult: Bool {
    switch self {
    case .relu, .relu6, .sigmoid, .hardSigmoid, .softmax: true
    case .swish, .hardSwish: false
    }
  }
}

/// Chooses what the dropout layers of a run drop.
final class DropoutSeed {
  var run: UInt64 = 0

  /// The seed of one layer, by its place in the network.
  func value(at place: UInt64) -> UInt64 {
    // An odd factor far from any small number keeps the layers' sequences apart.
    run &+ place &* 0xD1B5_4A32_D192_ED03
  }
}

extension FusedGraph.Step {
  /// Every value that the step reads.
  fileprivate var reads: [Graph.Value] { inputs + [accumulator].compactMap(\.self) }

  /// The parameters that the step is computed from and that can train.
  fileprivate var parameters: [ParameterSpecification] {
    switch kernel {
    case .convolution(_, _, let weights), .dense(let weights): weights.specifications
    case .scaleShift(let normalization), .batchNorm(let normalization):
      normalization.specifications
    case .channelArithmetic, .pool, .localResponseNorm, .zeroPad, .activation, .softmax, .add,
      .multiply, .concatenate, .dropout:
      []
    }
  }
}
