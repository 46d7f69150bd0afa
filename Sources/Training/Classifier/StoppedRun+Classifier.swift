public import Datasets

/// The folder of a classifier's run; its data are the pictures, in the same parts.
public typealias StoppedClassifierRun = StoppedRun<ClassifierRun>

extension ImageFolder: RunData {}

extension StoppedRun<ClassifierRun> {
  /// Refuses a plan under which the run would not be the one that was started.
  ///
  /// - Throws: ``TrainingError/changedSetting(file:name:expected:found:)``.
  func check(_ plan: ClassifierPlan) throws(TrainingError) {
    try check(plan.settings)
    try check(plan.settings, stepCount: plan.stepCount)
  }
}
