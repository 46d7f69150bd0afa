/// How long a step of a run took.
public struct StepTime: Sendable {
  /// The layer whose operation begins the step.
  public let layer: String
  /// oneDNN's name for the code that ran, or that of a loop of our own.
  public let implementation: String
  public let duration: Duration
}
