internal import COneDNN
internal import Layers
public import Tensors

/// A network compiled for one input shape: primitives in order, weights prepared, memory laid out.
///
/// Runs on the compute thread, whoever calls, on as many threads as can run undisturbed; their number
/// does not change a bit of the result. A run allocates nothing but its results.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class InferencePlan: @unchecked Sendable {
  /// The shape of the input, `[N, H, W, C]` or `[N, C]`.
  public let inputShape: [Int]

  private let compile: () throws(EngineError) -> Program
  private var programs: [Int: Program] = [:]

  init(
    _ graph: Graph, endpoints: [Graph.Value], precision: Precision, weights: PreparedWeights,
    in arena: Arena
  ) throws(EngineError) {
    inputShape = graph[graph.input].shape
    compile = { () throws(EngineError) in
      try Program(
        graph, endpoints: endpoints, precision: precision, weights: weights, in: arena)
    }
    _ = try program(threads: ComputeThread.shared.threads.count)
  }

  /// Memory for activations and for the primitives' own work, in bytes.
  ///
  /// All plans of a network share it.
  public var workspaceByteCount: Int {
    ComputeThread.shared.run { programs.values.map(\.workspaceByteCount).max() ?? 0 }
  }

  /// Runs the network.
  ///
  /// - Parameter input: float32, of the plan's input shape.
  /// - Returns: A float32 tensor for each endpoint.
  /// - Throws: ``EngineError`` if the input is of another shape or type.
  public func callAsFunction(_ input: Tensor) throws(EngineError) -> [Tensor] {
    try check(input)
    return try ComputeThread.shared.run { () throws(EngineError) in
      let program = try program(threads: ComputeThread.shared.threads.count)
      return try ComputeThread.shared.observing { () throws(EngineError) in
        try program.run(input) { step throws(EngineError) in try step.execute() }
      }
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
      let program = try program(threads: ComputeThread.shared.threads.count)
      _ = try program.run(input) { step throws(EngineError) in
        let start = clock.now
        try step.execute()
        times.append(
          StepTime(
            layer: step.layer, implementation: step.implementation, duration: clock.now - start))
      }
      return times
    }
  }

  /// The program for that many threads, which are set for what follows.
  ///
  /// oneDNN divides the work when it compiles a primitive, so each number has a program of its own.
  private func program(threads: Int) throws(EngineError) -> Program {
    onednn_set_thread_count(Int32(threads))
    if let program = programs[threads] { return program }
    let program = try compile()
    programs[threads] = program
    return program
  }

  private func check(_ input: Tensor) throws(EngineError) {
    guard input.shape == inputShape, input.elementType == .float32 else {
      throw EngineError.input(
        expected: "float32 \(inputShape)", found: "\(input.elementType) \(input.shape)")
    }
  }
}
