internal import COneDNN
public import Layers

/// Stages with parameters that train, ready for inputs of any shape.
///
/// A plan is compiled for each input shape and set of endpoints, and kept. All plans read the same
/// parameters, add to the same gradients and run in the same memory: between a plan's forward run and
/// its pullback no other plan of the network may run.
///
/// Unchecked: mutable parts are touched on the compute thread only.
public final class TrainableNetwork: @unchecked Sendable {
  public let stages: [Stage]
  public let parameters: TrainableParameters
  public let precision: Precision
  private let batchStatistics: Set<String>
  private let weights: PreparedWeights
  private let arena = Arena()
  private var plans: [PlanKey: TrainingPlan] = [:]

  private struct PlanKey: Hashable {
    let shape: [Int]
    let endpoints: [String]
    let inputGradient: Bool
  }

  /// Makes a network of stages, one after the other.
  ///
  /// - Parameters:
  ///   - stages: The stages, first to last.
  ///   - parameters: At least what the endpoints to be asked for are computed from.
  ///   - batchStatistics: The names of the batch-norm layers that normalise with the mean and the
  ///     variance of the batch and move their stored statistics towards them, for training from
  ///     scratch. All others use the stored statistics and leave them as they are.
  ///   - precision: The type to multiply in. Parameters, their gradients and sums are float32 in
  ///     both.
  /// - Throws: ``EngineError/precision(_:instructionSet:)`` if this machine cannot.
  public init(
    _ stages: [Stage], parameters: TrainableParameters, batchStatistics: Set<String> = [],
    precision: Precision = .fastest
  ) throws(EngineError) {
    try precision.checkMachine()
    (self.stages, self.parameters, self.precision) = (stages, parameters, precision)
    self.batchStatistics = batchStatistics
    weights = PreparedWeights(parameters)
  }

  /// The plan for inputs of one shape, compiled at the first call.
  ///
  /// - Parameters:
  ///   - shape: `[N, H, W, C]` or `[N, C]`.
  ///   - endpoints: Names of layers; none for the last layer.
  ///   - inputGradient: Whether pullbacks also give the gradient of the input.
  /// - Returns: The plan, which is kept for the next call.
  /// - Throws: ``GraphError`` if the shape does not fit the layers or an endpoint does not exist,
  ///   ``EngineError`` if a parameter is missing.
  public func plan(
    for shape: [Int], endpoints: [String] = [], inputGradient: Bool = false
  ) throws -> TrainingPlan {
    try ComputeThread.shared.run {
      let key = PlanKey(shape: shape, endpoints: endpoints, inputGradient: inputGradient)
      if let plan = plans[key] { return plan }
      let graph = try Graph(stages, input: shape, endpoints: endpoints)
      let outputs =
        endpoints.isEmpty ? [graph.output] : endpoints.compactMap { graph.output(of: $0) }
      let fused = FusedGraph(
        graph, endpoints: outputs, training: .init(batchStatistics: batchStatistics))
      let plan = try TrainingPlan(
        inputShape: shape, outputShapes: outputs.map { graph[$0].shape }
      ) { [parameters, precision, weights, arena] () throws(EngineError) in
        try TrainingProgram(
          graph, fused: fused, endpoints: outputs, precision: precision,
          flow: GradientFlow(graph, fused, parameters: parameters, inputGradient: inputGradient),
          weights: weights, in: arena)
      }
      plans[key] = plan
      return plan
    }
  }
}
