internal import Layers
public import Tensors

/// A network compiled for one input shape: primitives in order, weights prepared, memory laid out.
///
/// Runs on the compute thread, whoever calls. A run allocates nothing but its results.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class InferencePlan: @unchecked Sendable {
  /// The shape of the input, `[N, H, W, C]` or `[N, C]`.
  public let inputShape: [Int]
  /// Memory for activations and for the primitives' own work, in bytes.
  public let workspaceByteCount: Int

  private let steps: [PlanStep]
  private let outputs: [PlanOutput]
  private let arena: Arena

  /// How long each step of a run took.
  public struct StepTime: Sendable {
    /// The layer whose operation begins the step.
    public let layer: String
    /// oneDNN's name for the code that ran.
    public let implementation: String
    public let duration: Duration
  }

  init(
    _ graph: Graph, endpoints: [Graph.Value], precision: Precision, weights: PreparedWeights
  ) throws(EngineError) {
    var compiler = PlanCompiler(graph, endpoints: endpoints, precision: precision)
    inputShape = graph[graph.input].shape
    (steps, outputs) = try compiler.compile(weights: weights)
    (arena, workspaceByteCount) = compiler.layOutMemory(of: steps + outputs.map(\.step))
  }

  /// Runs the network.
  ///
  /// - Parameter input: float32, of the plan's input shape.
  /// - Returns: A float32 tensor for each endpoint.
  /// - Throws: ``EngineError`` if the input is of another shape or type.
  public func callAsFunction(_ input: Tensor) throws(EngineError) -> [Tensor] {
    try check(input)
    return try ComputeThread.shared.run { () throws(EngineError) in
      try run(input) { step throws(EngineError) in try step.execute() }
    }
  }

  /// Runs the network once and says how long each step took.
  ///
  /// - Parameter input: float32, of the plan's input shape.
  /// - Returns: The steps in the order they ran; handing out results is not among them.
  /// - Throws: ``EngineError`` if the input is of another shape or type.
  public func profile(_ input: Tensor) throws(EngineError) -> [StepTime] {
    try check(input)
    return try ComputeThread.shared.run { () throws(EngineError) in
      var times: [StepTime] = []
      let clock = ContinuousClock()
      _ = try run(input) { step throws(EngineError) in
        let start = clock.now
        try step.execute()
        times.append(
          StepTime(
            layer: step.layer, implementation: step.implementation, duration: clock.now - start))
      }
      return times
    }
  }

  private func check(_ input: Tensor) throws(EngineError) {
    guard input.shape == inputShape, input.elementType == .float32 else {
      throw EngineError.input(
        expected: "float32 \(inputShape)", found: "\(input.elementType) \(input.shape)")
    }
  }

  private func run(
    _ input: Tensor, execute: (PlanStep) throws(EngineError) -> Void
  ) throws(EngineError) -> [Tensor] {
    try input.withUnsafeBytes { bytes throws(EngineError) -> [Tensor] in
      guard let start = bytes.baseAddress else { return [] }
      for step in steps { step.bind(input: start) }
      for step in steps { try execute(step) }
      var results: [Tensor] = []
      for output in outputs {
        output.step.bind(input: start)
        results.append(
          try Tensor(shape: output.shape) { bytes throws(EngineError) in
            guard let start = bytes.baseAddress else { return }
            output.step.bind(output: start)
            try output.step.execute()
          })
      }
      return results
    }
  }
}
