internal import COneDNN
internal import Layers
public import Tensors

/// A network at one input shape as a differentiable function.
///
/// Runs on the compute thread, whoever calls, on as many threads as can run undisturbed, except that
/// sums which would change with the number of threads are always done by as many as
/// ``ComputeThread/threadLimit`` says: what else runs on the machine does not change a bit.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class TrainingPlan: @unchecked Sendable {
  /// The shape of the input, `[N, H, W, C]` or `[N, C]`.
  public let inputShape: [Int]
  /// The shape of each endpoint.
  public let outputShapes: [[Int]]

  private let compile: () throws(EngineError) -> TrainingProgram
  /// By number of threads.
  private var programs: [Int: TrainingProgram] = [:]
  private var threadLimit = 0
  /// What ran forward, until a pullback has gone back on it.
  private var current: (program: TrainingProgram, threads: Int)?

  init(
    inputShape: [Int], outputShapes: [[Int]],
    compile: @escaping () throws(EngineError) -> TrainingProgram
  ) throws(EngineError) {
    (self.inputShape, self.outputShapes, self.compile) = (inputShape, outputShapes, compile)
    _ = try program(threads: ComputeThread.shared.threads.count)
  }

  /// Memory for activations, gradients and the primitives' own work, in bytes.
  ///
  /// All plans of a network share it.
  public var workspaceByteCount: Int {
    ComputeThread.shared.run { programs.values.map(\.workspaceByteCount).max() ?? 0 }
  }

  /// Runs the network and keeps what the pullback needs.
  ///
  /// - Parameters:
  ///   - input: float32, of the plan's input shape.
  ///   - seed: Chooses the numbers that dropout layers drop; the same seed, the same numbers.
  /// - Returns: A float32 tensor for each endpoint.
  /// - Throws: ``EngineError`` if the input is of another shape or type.
  public func forward(_ input: Tensor, seed: UInt64 = 0) throws(EngineError) -> [Tensor] {
    try check(input, shape: inputShape, name: "network input")
    return try ComputeThread.shared.run { () throws(EngineError) in
      current = nil
      let threads = ComputeThread.shared.threads.count
      let program = try program(threads: threads)
      let outputs = try ComputeThread.shared.observing { () throws(EngineError) in
        try program.forward(input, seed: seed) { step throws(EngineError) in try step.execute() }
      }
      current = (program, threads)
      return outputs
    }
  }

  /// Takes gradients of the endpoints back to parameters and input, as of the last forward run.
  ///
  /// Adds to the gradients of the parameters that train.
  ///
  /// - Parameter gradients: The loss's gradient for each endpoint, float32, of the endpoint's shape.
  /// - Returns: The gradient of the input, float32, if the plan was asked to give it.
  /// - Throws: ``EngineError`` if a gradient is of another shape or type.
  /// - Precondition: The plan has run forward since the last pullback, which takes over the memory
  ///   of what it goes back on, and none of the network's other plans has since; and there is a
  ///   gradient for each endpoint.
  @discardableResult
  public func pullback(_ gradients: [Tensor]) throws(EngineError) -> Tensor? {
    try check(gradients)
    return try ComputeThread.shared.run { () throws(EngineError) in
      guard let (program, threads) = current, program.canGoBack else {
        preconditionFailure("a pullback needs a forward run of its own to go back on")
      }
      self.current = nil
      onednn_set_thread_count(Int32(threads))
      return try ComputeThread.shared.observing { () throws(EngineError) in
        try program.pullback(gradients) { step throws(EngineError) in try step.execute() }
      }
    }
  }

  /// Runs the network forward and back once and says how long each step took.
  ///
  /// As any run does, it adds to gradients and moves statistics of batches.
  ///
  /// - Parameters:
  ///   - input: float32, of the plan's input shape.
  ///   - gradients: The loss's gradient for each endpoint.
  /// - Returns: The steps in the order they ran.
  /// - Throws: ``EngineError`` if a tensor is of another shape or type.
  public func profile(
    _ input: Tensor, gradients: [Tensor]
  ) throws(EngineError) -> [StepTime] {
    try check(input, shape: inputShape, name: "network input")
    try check(gradients)
    return try ComputeThread.shared.run { () throws(EngineError) in
      current = nil
      let program = try program(threads: ComputeThread.shared.threads.count)
      var times: [StepTime] = []
      let clock = ContinuousClock()
      func execute(_ step: PlanStep) throws(EngineError) {
        let start = clock.now
        try step.execute()
        times.append(
          StepTime(
            layer: step.layer, implementation: step.implementation, duration: clock.now - start))
      }
      _ = try program.forward(input, seed: 0, execute: execute)
      _ = try program.pullback(gradients, execute: execute)
      return times
    }
  }

  /// The program for that many threads, which are set for what follows.
  ///
  /// oneDNN divides the work when it compiles a primitive, so each number has a program of its own.
  private func program(threads: Int) throws(EngineError) -> TrainingProgram {
    if threadLimit != ComputeThread.shared.threads.limit {
      // Sums that depend on the number of threads were divided among so many.
      threadLimit = ComputeThread.shared.threads.limit
      programs = [:]
    }
    onednn_set_thread_count(Int32(threads))
    if let program = programs[threads] { return program }
    let program = try compile()
    programs[threads] = program
    return program
  }

  private func check(_ gradients: [Tensor]) throws(EngineError) {
    precondition(
      gradients.count == outputShapes.count,
      "\(gradients.count) gradients for \(outputShapes.count) endpoints")
    for (gradient, shape) in zip(gradients, outputShapes) {
      try check(gradient, shape: shape, name: "gradient of an endpoint")
    }
  }

  private func check(_ tensor: Tensor, shape: [Int], name: String) throws(EngineError) {
    guard tensor.shape == shape, tensor.elementType == .float32 else {
      throw EngineError.input(
        name: name, expected: "float32 \(shape)", found: "\(tensor.elementType) \(tensor.shape)")
    }
  }
}
