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

  init(inputShape: [Int]) { self.inputShape = inputShape }

  /// Runs the network and keeps what the pullback needs.
  ///
  /// - Parameters:
  ///   - input: float32, of the plan's input shape.
  ///   - seed: Chooses the numbers that dropout layers drop; the same seed, the same numbers.
  /// - Returns: A float32 tensor for each endpoint.
  /// - Throws: ``EngineError`` if the input is of another shape or type.
  public func forward(_ input: Tensor, seed: UInt64 = 0) throws(EngineError) -> [Tensor] {
    preconditionFailure("not built yet")
  }

  /// Takes gradients of the endpoints back to parameters and input, as of the last forward run.
  ///
  /// Adds to the gradients of the parameters that train.
  ///
  /// - Parameter gradients: The loss's gradient for each endpoint, float32, of the endpoint's shape.
  /// - Returns: The gradient of the input, float32, if the plan was asked to give it.
  /// - Throws: ``EngineError`` if a gradient is of another shape or type.
  @discardableResult
  public func pullback(_ gradients: [Tensor]) throws(EngineError) -> Tensor? {
    preconditionFailure("not built yet")
  }
}
