/// In which order a detector's parts are trained.
public enum DetectorSchedule: String, Codable, CaseIterable, Sendable {
  /// All at once; proposals' boxes count as constants. The paper's approximate joint training.
  case joint
  /// In the four steps of the paper's section 3.2.
  case alternating
  /// The proposal network alone.
  case rpn

  /// The phases of a run.
  ///
  /// - Parameters:
  ///   - epochs: Of the whole run.
  ///   - stepEpochs: Of each of the four steps, where they alternate; nil to divide `epochs` by
  ///     2 : 1 : 2 : 1, as py-faster-rcnn does.
  /// - Returns: The phases, in their order.
  func phases(epochs: Int, stepEpochs: [Int]? = nil) -> [DetectorPhase] {
    switch self {
    case .joint: return [DetectorPhase(name: "joint", objective: .joint, epochs: epochs)]
    case .rpn: return [DetectorPhase(name: "rpn", objective: .proposals, epochs: epochs)]
    case .alternating:
      let epochs = stepEpochs ?? Self.divide(epochs)
      return [
        DetectorPhase(name: "1 rpn", objective: .proposals, epochs: epochs[0]),
        DetectorPhase(
          name: "2 regions", objective: .regions, epochs: epochs[1], startsAnew: true,
          freezesProposals: true),
        DetectorPhase(
          name: "3 rpn", objective: .proposals, epochs: epochs[2], freezesBackbone: true),
        DetectorPhase(
          name: "4 regions", objective: .regions, epochs: epochs[3], freezesBackbone: true,
          freezesProposals: true),
      ]
    }
  }

  /// At least one each.
  private static func divide(_ epochs: Int) -> [Int] {
    let short = max(1, (epochs + 3) / 6)
    let long = max(1, (epochs - 2 * short) / 2)
    return [max(1, epochs - 2 * short - long), short, long, short]
  }
}

/// A part of a run in which one thing is trained.
public struct DetectorPhase: Hashable, Sendable {
  /// What is trained.
  public enum Objective: Hashable, Sendable {
    /// Everything, by all losses.
    case joint
    /// The image network, by the losses of its proposals.
    case proposals
    /// All but the proposal network, by the losses of regions that were proposed beforehand.
    case regions
  }

  public let name: String
  public let objective: Objective
  public let epochs: Int
  /// Whether it starts from the run's first weights and not from those of the phase before.
  public var startsAnew = false
  /// Whether the layers that both networks share keep their weights.
  public var freezesBackbone = false
  /// Whether the proposal network's own layers keep their weights.
  public var freezesProposals = false
}
