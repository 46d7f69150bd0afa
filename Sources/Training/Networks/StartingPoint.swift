public import Importing
public import Layers
public import Tensors

/// The values that a network starts with, and where each comes from.
public struct StartingPoint: Sendable {
  /// A parameter that starts from random numbers, and why.
  public struct Fresh: Hashable, Sendable {
    public let parameter: String
    public let reason: String
  }

  /// Every parameter, float32, in the order of the layers.
  public let parameters: Parameters
  /// What became of the file's tensors; nil without a file.
  public let report: ImportReport?
  /// The parameters that the file does not give.
  public let fresh: [Fresh]

  /// Restores a network from a file, but for its last layer that has parameters.
  ///
  /// That layer tells classes apart, and the file's are others.
  ///
  /// - Parameters:
  ///   - file: The weights; nil to start from random numbers altogether.
  ///   - graph: The network.
  ///   - allowance: What of the network may be missing, and what of the file may go unused.
  ///   - candidates: Networks that a file which does not fit may have been made for.
  ///   - seed: Chooses the random numbers.
  /// - Throws: `ImportError` if the file does not fit, `HDF5Error` if it cannot be read.
  public init(
    restoring file: (any WeightFile)?, into graph: Graph,
    allowing allowance: ImportAllowance = .none,
    candidates: [ImportCandidate] = [], seed: UInt64
  ) throws {
    let known = graph.parameters
    let initializer = Initializer(seed: seed)
    guard let file else {
      (parameters, report) = (initializer.parameters(of: graph), nil)
      fresh = known.map { Fresh(parameter: $0.name, reason: "no weights were given") }
      return
    }
    let head = known.last?.layer ?? ""
    let (restored, report) = try file.parameters(
      for: ImportTarget(graph, needed: known.filter { $0.layer != head }), allowing: allowance,
      candidates: candidates)
    // So small that at first all classes are about equally probable.
    parameters = initializer.parameters(
      of: graph, keeping: restored, deviations: [head: 0.01])
    fresh = known.map(\.name).filter { restored[$0] == nil }.map { name in
      let isMissing = report.missing.contains(name)
      return Fresh(
        parameter: name,
        reason: isMissing ? "it is allowed to be missing" : "it tells the new classes apart")
    }
    self.report = report
  }

  /// Refuses to freeze a layer that was not restored.
  ///
  /// - Throws: ``TrainingError/frozenUntrained(layer:)``.
  public func check(_ freezing: Freezing) throws(TrainingError) {
    for name in fresh.map(\.parameter) {
      let layer = String(name[..<(name.lastIndex(of: "/") ?? name.endIndex)])
      if freezing.frozenLayers.contains(layer) { throw .frozenUntrained(layer: layer) }
    }
  }
}
