internal import COneDNN
internal import Layers
internal import Tensors

/// A network's steps for one input shape and one number of threads, with their memory.
///
/// Used on the compute thread only.
final class Program {
  /// Memory for activations and for the primitives' own work, in bytes.
  var workspaceByteCount: Int { placement.byteCount }

  private let steps: [PlanStep]
  private let outputs: [PlanOutput]
  private let placement: ArenaPlacement

  /// Compiles for as many threads as the calling one has set.
  init(
    _ graph: Graph, endpoints: [Graph.Value], precision: Precision, weights: PreparedWeights,
    in arena: Arena
  ) throws(EngineError) {
    var compiler = ForwardCompiler(
      graph, fused: FusedGraph(graph, endpoints: endpoints), endpoints: endpoints,
      precision: precision, weights: weights)
    outputs = try compiler.compile()
    steps = compiler.builder.steps
    placement = compiler.builder.layOutMemory(outputs: outputs.map(\.step), in: arena)
  }

  /// Runs all steps and hands out the endpoints.
  ///
  /// - Parameters:
  ///   - input: float32, of the plan's input shape.
  ///   - execute: What to do with each step.
  /// - Returns: A float32 tensor for each endpoint.
  /// - Throws: ``EngineError`` if oneDNN cannot run a step.
  func run(
    _ input: Tensor, execute: (PlanStep) throws(EngineError) -> Void
  ) throws(EngineError) -> [Tensor] {
    placement.bind()
    return try input.withUnsafeBytes { bytes throws(EngineError) -> [Tensor] in
      guard let start = bytes.baseAddress else { return [] }
      for step in steps { step.bind(.input, to: start) }
      for step in steps { try execute(step) }
      var results: [Tensor] = []
      for output in outputs {
        output.step.bind(.input, to: start)
        results.append(try output.handOut { step throws(EngineError) in try step.execute() })
      }
      return results
    }
  }
}
