/// The folder of a detector's run.
public typealias StoppedDetectorRun = StoppedRun<DetectorRun>

extension StoppedRun<DetectorRun> {
  /// Refuses a plan under which the run would not be the one that was started.
  ///
  /// More epochs are allowed if the run has one phase.
  ///
  /// - Throws: ``TrainingError``.
  func check(_ plan: DetectorPlan) throws(TrainingError) {
    try check(plan.settings)
    // Other epochs move the borders between phases, and the step would be in another one.
    guard settings.phases.dropLast() == plan.settings.phases.dropLast() else {
      throw changed(
        "epochs", expected: "\(settings.epochs)", found: "\(plan.settings.epochs)")
    }
    let current = DatasetFingerprint(plan.training)
    guard current == data else {
      throw .run(
        path: "\(path)/data.json",
        reason: "the data set has changed, expected \(data), found \(current); "
          + "restore it, or start another run")
    }
    try check(plan.settings, stepCount: plan.stepCount)
  }
}
