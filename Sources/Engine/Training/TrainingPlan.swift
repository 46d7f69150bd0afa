internal import COneDNN
internal import Layers
public import Tensors

/// A network at one input shape as a differentiable function.
///
/// Runs on the compute thread, whoever calls, always on as many threads as
/// ``ComputeThread/threadLimit`` says: sums of weight gradients depend on their number.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class TrainingPlan: @unchecked Sendable {
  /// The shape of the input, `[N, H, W, C]` or `[N, C]`.
  public let inputShape: [Int]
  /// The shape of each endpoint.
  public let outputShapes: [[Int]]

  private let compile: () throws(EngineError) -> TrainingProgram
  private var program: (threads: Int, program: TrainingProgram)
  /// Whether there is a forward run that a pullback can go back on.
  private var hasRun = false

  init(
    inputShape: [Int], outputShapes: [[Int]],
    compile: @escaping () throws(EngineError) -> TrainingProgram
  ) throws(EngineError) {
    (self.inputShape, self.outputShapes, self.compile) = (inputShape, outputShapes, compile)
    let threads = ComputeThread.shared.threads.limit
    onednn_set_thread_count(Int32(threads))
    program = (threads, try compile())
  }

  /// Memory for activations, gradients and the primitives' own work, in bytes.
  public var workspaceByteCount: Int {
    ComputeThread.shared.run { program.program.workspaceByteCount }
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
      try useThreads()
      let outputs = try program.program.forward(input, seed: seed) { step throws(EngineError) in
        try step.execute()
      }
      hasRun = true
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
  /// - Precondition: The network has run forward, and there is a gradient for each endpoint.
  @discardableResult
  public func pullback(_ gradients: [Tensor]) throws(EngineError) -> Tensor? {
    precondition(
      gradients.count == outputShapes.count,
      "\(gradients.count) gradients for \(outputShapes.count) endpoints")
    for (gradient, shape) in zip(gradients, outputShapes) {
      try check(gradient, shape: shape, name: "gradient of an endpoint")
    }
    return try ComputeThread.shared.run { () throws(EngineError) in
      precondition(hasRun, "a pullback needs a forward run to go back on")
      onednn_set_thread_count(Int32(program.threads))
      return try program.program.pullback(gradients) { step throws(EngineError) in
        try step.execute()
      }
    }
  }

  /// Runs the network forward and back once and says how long each step took.
  ///
  /// - Parameters:
  ///   - input: float32, of the plan's input shape.
  ///   - gradients: The loss's gradient for each endpoint.
  /// - Returns: The steps in the order they ran.
  /// - Throws: ``EngineError`` if a tensor is of another shape or type.
  public func profile(
    _ input: Tensor, gradients: [Tensor]
  ) throws(EngineError) -> [InferencePlan.StepTime] {
    try check(input, shape: inputShape, name: "network input")
    return try ComputeThread.shared.run { () throws(EngineError) in
      try useThreads()
      var times: [InferencePlan.StepTime] = []
      let clock = ContinuousClock()
      func execute(_ step: PlanStep) throws(EngineError) {
        let start = clock.now
        try step.execute()
        times.append(
          InferencePlan.StepTime(
            layer: step.layer, implementation: step.implementation, duration: clock.now - start))
      }
      _ = try program.program.forward(input, seed: 0, execute: execute)
      _ = try program.program.pullback(gradients, execute: execute)
      return times
    }
  }

  /// Sets the number of threads, and compiles anew if it is another than before: oneDNN divides the
  /// work when it compiles a primitive.
  private func useThreads() throws(EngineError) {
    let threads = ComputeThread.shared.threads.limit
    onednn_set_thread_count(Int32(threads))
    if threads != program.threads { program = (threads, try compile()) }
  }

  private func check(_ tensor: Tensor, shape: [Int], name: String) throws(EngineError) {
    guard tensor.shape == shape, tensor.elementType == .float32 else {
      throw EngineError.input(
        name: name, expected: "float32 \(shape)", found: "\(tensor.elementType) \(tensor.shape)")
    }
  }
}
