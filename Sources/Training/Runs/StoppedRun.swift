internal import Files

/// The folder of a run, from which it can go on.
public struct StoppedRun<Run: TrainingRun> {
  /// The folder's path.
  public let path: String
  /// The settings that the run was started with.
  public let settings: Run.Settings
  /// What was kept of the data that it was started with.
  public let data: Run.KeptData
  /// The state to go on from.
  public let checkpoint: Checkpoint<Run.Description>

  /// Reads a run's folder.
  ///
  /// - Throws: ``TrainingError/run(path:reason:)`` if it does not hold a run, or not a whole one;
  ///   `FileError` if one of its files is not there.
  public init(_ path: String) throws {
    guard FileKind("\(path)/last.h5") == .file else {
      throw TrainingError.run(
        path: path, reason: "holds no run to resume, found no last.h5; start it without --resume")
    }
    self.path = path
    // Of another form, the folder's other files may be too.
    checkpoint = try Checkpoint(contentsOf: "\(path)/last.h5")
    settings = try RunFolder.settings(in: path)
    data = try RunFolder.data(in: path)
    guard checkpoint.description.classes == data.classes else {
      throw TrainingError.run(
        path: checkpoint.path, reason: "has other classes than data.json; restore one of them")
    }
  }

  /// Refuses settings under which the run would not be the one that was started.
  ///
  /// It may run on data that were moved, for more epochs, and on another number of threads (whose
  /// sums are rounded otherwise).
  ///
  /// - Throws: ``TrainingError/changedSetting(file:name:expected:found:)``.
  func check(_ settings: Run.Settings) throws(TrainingError) {
    for (old, new) in zip(self.settings.entries, settings.entries) where old.value != new.value {
      guard !Run.Settings.changeable.contains(old.name) else { continue }
      throw changed(old.name, expected: old.value, found: new.value)
    }
  }

  /// Refuses to go on for fewer steps than have been done.
  ///
  /// - Throws: ``TrainingError/changedSetting(file:name:expected:found:)``.
  func check(_ settings: Run.Settings, stepCount: Int) throws(TrainingError) {
    guard stepCount >= checkpoint.progress.step else {
      throw changed(
        "epochs", expected: "more than have been trained", found: "\(settings.epochs)")
    }
  }

  func changed(_ name: String, expected: String, found: String) -> TrainingError {
    .changedSetting(file: "\(path)/config.json", name: name, expected: expected, found: found)
  }
}
