/// How often a run writes `last.h5`, besides the end of each epoch.
public enum CheckpointInterval: Hashable, Sendable {
  case steps(Int)
  case seconds(Int)

  /// Whether it is time again.
  func isDue(stepsSince steps: Int, timeSince time: Duration) -> Bool {
    switch self {
    case .steps(let count): steps >= count
    case .seconds(let count): steps > 0 && time >= .seconds(count)
    }
  }
}
