/// A run that trains a network and keeps a folder.
///
/// The folder has `last.h5` before the first step, and always a whole one from then on. A run that is
/// resumed from it gives the same bits as one that was never stopped, on the same number of threads.
public protocol TrainingRun {
  /// What the run depends on but its data and first weights.
  associatedtype Settings: RunSettings
  /// What the folder keeps of the data.
  associatedtype KeptData: RunData
  /// What the trained network is.
  associatedtype Description: NetworkDescription
  /// What happens while the run goes on.
  associatedtype Event: Sendable

  /// The run's folder, and how far the run has come.
  var record: RunRecord<Description> { get }

  /// Trains to the end, or for as long as is wanted.
  ///
  /// - Parameters:
  ///   - isWanted: Asked before each step, and before each batch or image that is measured or proposed
  ///     for; false stops the run after a checkpoint.
  ///   - report: Told what happens.
  /// - Returns: Whether it has come to its end.
  /// - Throws: ``TrainingError/diverged(step:quantity:)``; `ImageError` if a picture cannot be read;
  ///   `FileError` if a checkpoint cannot be written. The last checkpoint stays whole.
  func train(
    whileWanted isWanted: () -> Bool, report: (Event) throws -> Void
  ) throws -> RunOutcome
}

/// How a run ended.
public enum RunOutcome: Hashable, Sendable {
  case finished
  /// Somebody wanted it to stop; it can be resumed.
  case stopped
}

extension TrainingRun {
  /// How far the run has come.
  public var progress: RunProgress<Description.Score> { record.progress }

  /// Refuses a folder that a run cannot be started in, before work is put into it.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if it holds a run.
  public static func checkIsFree(_ path: String) throws { try RunFolder.checkIsFree(path) }

  /// Adds a line to the run's log.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if the disk is full.
  public func log(_ line: String) throws { try record.folder.log(line) }
}
