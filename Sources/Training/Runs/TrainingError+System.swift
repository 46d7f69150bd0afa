internal import Files

extension TrainingError {
  /// The system's words for a call that has just failed.
  static func system(_ path: String) -> TrainingError {
    .run(path: path, reason: systemReason())
  }
}
