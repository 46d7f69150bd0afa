internal import Layers
internal import Tensors

/// A network's steps forward and back for one input shape and one number of threads, with their
/// memory.
///
/// Used on the compute thread only.
final class TrainingProgram {
  private let forwardSteps: [PlanStep]
  private let outputs: [PlanOutput]
  private let backwardSteps: [PlanStep]
  private let inputGradient: PlanOutput?
  private let placement: ArenaPlacement
  private let arena: Arena
  private let flow: GradientFlow
  private let weights: PreparedWeights

  /// Compiles for as many threads as the calling one has set.
  init(
    _ graph: Graph, fused: FusedGraph, endpoints: [Graph.Value], precision: Precision,
    flow: GradientFlow, weights: PreparedWeights, in arena: Arena
  ) throws(EngineError) {
    (self.flow, self.weights, self.arena) = (flow, weights, arena)
    try weights.refresh()
    var forward = ForwardCompiler(
      graph, fused: fused, endpoints: endpoints, precision: precision, weights: weights, flow: flow)
    outputs = try forward.compile()
    forwardSteps = forward.builder.steps
    var backward = BackwardCompiler(after: forward, flow: flow, weights: weights)
    inputGradient = try backward.compile()
    backwardSteps = Array(backward.builder.steps.dropFirst(forwardSteps.count))
    placement = backward.builder.layOutMemory(
      outputs: outputs.map(\.step) + [inputGradient?.step].compactMap(\.self), in: arena)
  }

  /// How much of the arena the steps use, in bytes.
  var workspaceByteCount: Int { placement.byteCount }

  /// Whether the arena still holds what the last forward run left for a pullback.
  var canGoBack: Bool { arena.holder === self }

  /// Runs all steps forward and hands out the endpoints.
  ///
  /// - Parameters:
  ///   - input: float32, of the plan's input shape.
  ///   - seed: Chooses what is dropped.
  ///   - execute: What to do with each step.
  /// - Returns: A float32 tensor for each endpoint.
  /// - Throws: ``EngineError`` if oneDNN cannot run a step.
  func forward(
    _ input: Tensor, seed: UInt64, execute: (PlanStep) throws(EngineError) -> Void
  ) throws(EngineError) -> [Tensor] {
    try weights.refresh()
    placement.bind()
    arena.holder = self
    flow.dropoutSeed.run = seed
    return try input.withUnsafeBytes { bytes throws(EngineError) -> [Tensor] in
      guard let start = bytes.baseAddress else { return [] }
      for step in forwardSteps { step.bind(.input, to: start) }
      for step in forwardSteps { try execute(step) }
      var results: [Tensor] = []
      for output in outputs {
        output.step.bind(.input, to: start)
        results.append(try output.handOut(execute))
      }
      return results
    }
  }

  /// Runs all steps back.
  ///
  /// - Parameters:
  ///   - gradients: float32, for each endpoint.
  ///   - execute: What to do with each step.
  /// - Returns: The gradient of the input, if that is asked for.
  /// - Throws: ``EngineError`` if oneDNN cannot run a step.
  func pullback(
    _ gradients: [Tensor], execute: (PlanStep) throws(EngineError) -> Void
  ) throws(EngineError) -> Tensor? {
    arena.holder = nil
    try bind(gradients[...]) { () throws(EngineError) in
      for step in backwardSteps { try execute(step) }
    }
    return try inputGradient.map { output throws(EngineError) in try output.handOut(execute) }
  }

  /// Calls `body` while the steps point at the gradients.
  private func bind(
    _ gradients: ArraySlice<Tensor>, _ body: () throws(EngineError) -> Void
  ) throws(EngineError) {
    guard let gradient = gradients.first else { return try body() }
    try gradient.withUnsafeBytes { bytes throws(EngineError) in
      if let start = bytes.baseAddress {
        for step in backwardSteps { step.bind(.gradient(gradients.startIndex), to: start) }
      }
      try bind(gradients.dropFirst(), body)
    }
  }
}
