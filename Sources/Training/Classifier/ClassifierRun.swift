public import Datasets
internal import KerasConverter
internal import Tensors

/// A run that fine-tunes a classifier and keeps a folder.
public final class ClassifierRun: TrainingRun {
  public typealias Settings = ClassifierSettings
  public typealias KeptData = ImageFolder

  /// What happens while a run goes on.
  public enum Event: Sendable {
    case step(ClassifierStep)
    case measuring(done: Int, of: Int)
    case measured(ClassifierScore, isBest: Bool)
  }

  private let plan: ClassifierPlan
  private let trainer: ClassifierTrainer
  public let record: RunRecord<ClassifierDescription>

  /// Starts a run: makes its folder and writes the first checkpoint.
  ///
  /// - Parameters:
  ///   - path: The folder to make. It must not hold a run.
  ///   - plan: What to do.
  ///   - start: The first values of the parameters.
  ///   - checkpointInterval: How often to write `last.h5`.
  /// - Throws: ``TrainingError`` if the folder cannot be made or holds a run, or a layer is frozen
  ///   that starts from random numbers; `EngineError` if the network cannot be compiled.
  public init(
    creating path: String, _ plan: ClassifierPlan, from start: StartingPoint,
    checkpointInterval: CheckpointInterval
  ) throws {
    try start.check(plan.freezing)
    self.plan = plan
    trainer = try ClassifierTrainer(plan, parameters: start.parameters)
    record = try RunRecord(
      creating: path, settings: plan.settings, data: plan.data, description: plan.description,
      kerasLayers: plan.kerasLayers, checkpointInterval: checkpointInterval)
    try save()
  }

  /// Goes on with a run.
  ///
  /// - Parameters:
  ///   - run: The run's folder.
  ///   - plan: What the run does; its settings are those that it was started with, but for the number
  ///     of epochs and of threads and the place of the data.
  ///   - checkpointInterval: How often to write `last.h5`.
  /// - Throws: ``TrainingError`` if another setting has changed, or the folder is not whole.
  public init(
    resuming run: StoppedClassifierRun, _ plan: ClassifierPlan,
    checkpointInterval: CheckpointInterval
  ) throws {
    try run.check(plan)
    self.plan = plan
    record = try RunRecord(
      resuming: run.path, at: run.checkpoint, settings: plan.settings,
      kerasLayers: plan.kerasLayers, checkpointInterval: checkpointInterval)
    trainer = try ClassifierTrainer(
      plan, parameters: try run.checkpoint.parameters(plan.outline.parameters))
    try trainer.restore(run.checkpoint.optimizerState(like: trainer.optimizerState))
  }

  public func train(
    whileWanted isWanted: () -> Bool, report: (Event) throws -> Void
  ) throws -> RunOutcome {
    let settings = plan.settings
    let batches = ClassifierBatches.training(
      on: plan.data, epochs: plan.epochs, from: progress.step,
      crop: RandomCrop(
        side: settings.side, leastArea: settings.cropArea,
        mirrorShare: settings.mirror ? 0.5 : 0),
      preprocessing: plan.description.preprocessing, seed: settings.seed,
      threadCount: settings.threads)
    while let work = nextWork {
      guard isWanted() else { return try stop() }
      switch work {
      case .step:
        let start = ContinuousClock.now
        guard let batch = try batches.next() else {
          preconditionFailure("there are as many batches as steps")
        }
        try report(.step(try step(batch, since: start)))
      case .measurement(let epoch):
        guard let (score, isBest) = try measure(epoch, whileWanted: isWanted, report: report)
        else { return try stop() }
        try save()
        try report(.measured(score, isBest: isBest))
      }
      try record.saveIfDue(trainer.parameters, optimizerState: trainer.optimizerState)
    }
    try save()
    return .finished
  }

  // MARK: Work

  /// One piece of work, after which a checkpoint may be written.
  private enum Work {
    case step
    /// Measuring the network after an epoch.
    case measurement(epoch: Int)
  }

  /// What comes next follows from the progress alone, so a resumed run does the same.
  private var nextWork: Work? {
    let completed = plan.epochs.completed(after: progress.step)
    if completed > progress.measuredEpochs { return .measurement(epoch: completed) }
    return progress.step < plan.stepCount ? .step : nil
  }

  private func step(
    _ batch: LabelledBatch, since start: ContinuousClock.Instant
  ) throws -> ClassifierStep {
    let result = try trainer.train(on: batch, step: progress.step)
    record.progress.step += 1
    let seconds = Double((ContinuousClock.now - start) / .seconds(1))
    let step = ClassifierStep(
      step: progress.step, loss: result.loss,
      accuracy: Double(result.correctCount) / Double(batch.labels.count), rate: result.rate,
      gradientNorm: result.gradientNorm, imagesPerSecond: Double(batch.labels.count) / seconds)
    try record.folder.append(step)
    return step
  }

  private func measure(
    _ epoch: Int, whileWanted isWanted: () -> Bool, report: (Event) throws -> Void
  ) throws -> (score: ClassifierScore, isBest: Bool)? {
    let count = plan.data.validation.count
    var score = ClassifierScore(epoch: epoch, step: progress.step, accuracy: nil, loss: nil)
    if count > 0 {
      let result = try trainer.measure(
        on: plan.data, preprocessing: plan.description.preprocessing, step: progress.step
      ) { done in
        try report(.measuring(done: done, of: count))
        return isWanted()
      }
      guard let result else { return nil }
      score = ClassifierScore(
        epoch: epoch, step: progress.step, accuracy: result.accuracy, loss: result.loss)
    }
    let isBest = try record.enter(score, of: trainer.parameters)
    try record.folder.append(MeasurementLine(score))
    return (score, isBest)
  }

  // MARK: Checkpoints

  private func stop() throws -> RunOutcome {
    try save()
    return .stopped
  }

  private func save() throws {
    try record.save(trainer.parameters, optimizerState: trainer.optimizerState)
  }
}
