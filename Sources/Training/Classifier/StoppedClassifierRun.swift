public import Datasets
internal import Files

/// A run's folder, from which it can go on.
public struct StoppedClassifierRun {
  /// The folder's path.
  public let path: String
  /// The settings that the run was started with.
  public let settings: ClassifierSettings
  /// The pictures that the run was started with, in the same parts.
  public let data: ImageFolder
  /// The state to go on from.
  public let checkpoint: ClassifierCheckpoint

  /// Reads a run's folder.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if it does not hold a run.
  public init(_ path: String) throws {
    guard FileKind("\(path)/last.h5") == .file else {
      throw TrainingError.run(
        path: path, reason: "holds no run to resume, found no last.h5; start it without --resume")
    }
    self.path = path
    settings = try RunFolder.settings(in: path)
    data = try RunFolder.data(in: path)
    checkpoint = try ClassifierCheckpoint(contentsOf: "\(path)/last.h5")
    guard checkpoint.description.classes == data.classes else {
      throw TrainingError.run(
        path: checkpoint.path, reason: "has other classes than data.json; restore one of them")
    }
  }

  /// Refuses settings under which the run would not be the one that was started.
  ///
  /// It may run for more epochs, on data that were moved, and on another number of threads (whose
  /// sums are rounded otherwise).
  ///
  /// - Throws: ``TrainingError/changedSetting(file:name:expected:found:)``.
  func check(_ settings: ClassifierSettings) throws(TrainingError) {
    try self.settings.check(sameAs: settings, file: "\(path)/config.json")
    let epochs = Epochs(
      exampleCount: data.training.count, batch: settings.batch, count: settings.epochs)
    guard epochs.stepCount >= checkpoint.progress.step else {
      throw .changedSetting(
        file: "\(path)/config.json", name: "epochs", expected: "more than have been trained",
        found: "\(settings.epochs)")
    }
  }
}
