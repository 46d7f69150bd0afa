internal import Files

/// The folder of a detector's run, from which it can go on.
public struct StoppedDetectorRun {
  /// The folder's path.
  public let path: String
  /// The settings that the run was started with.
  public let settings: DetectorSettings
  /// What its data set was.
  let fingerprint: DatasetFingerprint
  /// The state to go on from.
  public let checkpoint: DetectorCheckpoint

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
    fingerprint = try RunFolder.data(in: path)
    checkpoint = try DetectorCheckpoint(contentsOf: "\(path)/last.h5")
  }

  /// Refuses a plan under which the run would not be the one that was started.
  ///
  /// It may run on data that were moved, on another number of threads (whose sums are rounded
  /// otherwise) and, if it has one phase, for more epochs.
  ///
  /// - Throws: ``TrainingError``.
  func check(_ plan: DetectorPlan) throws(TrainingError) {
    try settings.check(sameAs: plan.settings, file: "\(path)/config.json")
    // Other epochs move the borders between phases, and the step would be in another one.
    guard settings.phases.dropLast() == plan.settings.phases.dropLast() else {
      throw .changedSetting(
        file: "\(path)/config.json", name: "epochs", expected: "\(settings.epochs)",
        found: "\(plan.settings.epochs)")
    }
    let current = DatasetFingerprint(plan.training)
    guard current == fingerprint else {
      throw .run(
        path: "\(path)/data.json",
        reason: "the data set has changed, expected \(fingerprint), found \(current); "
          + "restore it, or start another run")
    }
    guard plan.stepCount >= checkpoint.progress.step else {
      throw .changedSetting(
        file: "\(path)/config.json", name: "epochs", expected: "more than have been trained",
        found: "\(plan.settings.epochs)")
    }
  }
}
