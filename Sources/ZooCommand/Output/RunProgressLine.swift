import Training

/// Tells a person how a run goes on.
protocol RunProgressLine<Run> {
  associatedtype Run: TrainingRun

  /// How many steps the run has.
  var stepCount: Int { get }

  /// Shows what happened.
  ///
  /// - Returns: A line for the log, if it is worth one.
  mutating func show(_ event: Run.Event) -> String?
  /// Takes the line away.
  mutating func clear()

  /// A score in words; nil without pictures to measure with.
  func quality(_ score: Run.Description.Score) -> String?
}
