public import Layers
public import Tensors

/// Stages with their parameters, ready to run on inputs of any shape.
///
/// Weights are prepared once; a plan is compiled for each input shape and set of endpoints, and
/// kept. All plans run in the same memory.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class Network: @unchecked Sendable {
  public let stages: [Stage]
  public let precision: Precision
  private let weights: PreparedWeights
  private let arena = Arena()
  private var plans: [PlanKey: InferencePlan] = [:]

  private struct PlanKey: Hashable {
    let shape: [Int]
    let endpoints: [String]
  }

  /// Makes a network of stages, one after the other.
  ///
  /// - Parameters:
  ///   - stages: The stages, first to last.
  ///   - parameters: At least what the endpoints to be asked for are computed from.
  ///   - precision: The type to multiply in.
  /// - Throws: ``EngineError/precision(_:instructionSet:)`` if this machine cannot.
  public init(
    _ stages: [Stage], parameters: Parameters, precision: Precision = .fastest
  ) throws(EngineError) {
    try precision.checkMachine()
    (self.stages, self.precision) = (stages, precision)
    weights = PreparedWeights(StoredParameters(parameters))
  }

  /// Runs the network up to the endpoints.
  ///
  /// - Parameters:
  ///   - input: float32, `[N, H, W, C]` or `[N, C]`, preprocessed.
  ///   - endpoints: Names of layers; none for the last layer.
  /// - Returns: The output of each, float32.
  /// - Throws: ``GraphError`` if the input does not fit the layers or an endpoint does not exist,
  ///   ``EngineError`` if a parameter is missing.
  public func callAsFunction(_ input: Tensor, endpoints: [String] = []) throws -> [Tensor] {
    try plan(for: input.shape, endpoints: endpoints)(input)
  }

  /// The plan for inputs of one shape, compiled at the first call.
  ///
  /// - Parameters:
  ///   - shape: `[N, H, W, C]` or `[N, C]`.
  ///   - endpoints: Names of layers; none for the last layer.
  /// - Returns: The plan, which is kept for the next call.
  /// - Throws: ``GraphError`` if the shape does not fit the layers or an endpoint does not exist,
  ///   ``EngineError`` if a parameter is missing.
  public func plan(for shape: [Int], endpoints: [String] = []) throws -> InferencePlan {
    try ComputeThread.shared.run {
      let key = PlanKey(shape: shape, endpoints: endpoints)
      if let plan = plans[key] { return plan }
      let graph = try Graph(stages, input: shape, endpoints: endpoints)
      let outputs =
        endpoints.isEmpty ? [graph.output] : endpoints.compactMap { graph.output(of: $0) }
      let plan = try InferencePlan(
        graph, endpoints: outputs, precision: precision, weights: weights, in: arena)
      plans[key] = plan
      return plan
    }
  }
}
