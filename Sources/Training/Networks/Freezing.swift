internal import Layers

/// What training does with batch normalisations.
public enum BatchNormPolicy: String, Codable, CaseIterable, Sendable {
  /// Statistics are the stored ones and stay; γ and β train where their layer is not frozen.
  case stored
  /// Statistics, γ and β are the stored ones and stay, in all layers.
  case frozen
  /// Layers that are not frozen normalise with the statistics of the batch and keep a moving average:
  /// for training from scratch, with large batches.
  case batch
}

/// Which parameters of a network change in a run.
public struct Freezing: Sendable {
  /// How much of a stage changes.
  public struct StageSummary: Hashable, Sendable {
    public let stage: String
    /// Layers that have parameters.
    public var layers = 0
    /// Of these, how many are frozen.
    public var frozenLayers = 0
    /// Numbers that change by the optimiser.
    public var trainedParameters = 0
    /// Numbers that do not, statistics of normalisations among them.
    public var fixedParameters = 0
  }

  /// The layers of which nothing changes.
  public let frozenLayers: Set<String>
  /// The names of the parameters that the optimiser changes.
  public let trainable: Set<String>
  /// The normalisations that use the statistics of the batch.
  public let batchStatistics: Set<String>
  /// A line for each stage that has parameters, in order.
  public let summary: [StageSummary]

  /// Freezes layers of a network.
  ///
  /// - Parameters:
  ///   - selection: The layers of which nothing is to change.
  ///   - outline: The network.
  ///   - batchNorm: What to do with normalisations in the other layers.
  /// - Throws: ``TrainingError/selection(text:reason:)`` if the selection does not fit the network.
  public init(
    _ selection: LayerSelection, of outline: NetworkOutline, batchNorm: BatchNormPolicy
  ) throws(TrainingError) {
    let frozen = try selection.layers(of: outline)
    var trainable: Set<String> = []
    var summaries: [StageSummary] = []
    for layer in outline.layers where !layer.parameters.isEmpty {
      if summaries.last?.stage != layer.stage { summaries.append(StageSummary(stage: layer.stage)) }
      let isFrozen =
        frozen.contains(layer.name) || (layer.isBatchNorm && batchNorm == .frozen)
      let last = summaries.count - 1
      summaries[last].layers += 1
      summaries[last].frozenLayers += isFrozen ? 1 : 0
      for parameter in layer.parameters {
        if isFrozen || parameter.isStatistic {
          summaries[last].fixedParameters += parameter.count
        } else {
          summaries[last].trainedParameters += parameter.count
          trainable.insert(parameter.name)
        }
      }
    }
    (self.trainable, summary) = (trainable, summaries)
    let norms = outline.layers.filter(\.isBatchNorm).map(\.name)
    frozenLayers = frozen.union(batchNorm == .frozen ? norms : [])
    batchStatistics = batchNorm == .batch ? Set(norms).subtracting(frozen) : []
  }
}
