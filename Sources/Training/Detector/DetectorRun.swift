internal import Datasets
internal import Detection
internal import HDF5
internal import KerasConverter
internal import Tensors

/// A run that trains a detector and keeps a folder.
public final class DetectorRun: TrainingRun {
  public typealias Settings = DetectorSettings
  public typealias KeptData = DatasetFingerprint

  /// What happens while a run goes on.
  public enum Event: Sendable {
    case entered(DetectorPlan.Phase)
    /// Regions are proposed for the next phase.
    case proposing(done: Int, of: Int)
    case step(DetectorStep)
    case measuring(done: Int, of: Int)
    case measured(DetectorMeasurement, isBest: Bool)
  }

  private let plan: DetectorPlan
  public let record: RunRecord<DetectorDescription>
  /// The weights while no phase is at work on them.
  private var restingParameters: Parameters
  private var current: PhaseAtWork?

  /// A phase with all that it works with.
  private struct PhaseAtWork {
    let index: Int
    let trainer: DetectorTrainer
    let batches: DetectorBatches
  }

  /// Starts a run: makes its folder and writes the first checkpoint.
  ///
  /// - Parameters:
  ///   - path: The folder to make. It must not hold a run.
  ///   - plan: What to do.
  ///   - start: The first values of the parameters.
  ///   - checkpointInterval: How often to write `last.h5`.
  /// - Throws: ``TrainingError`` if the folder cannot be made or holds a run, or a layer is frozen
  ///   that starts from random numbers; `FileError` if a checkpoint cannot be written.
  public init(
    creating path: String, _ plan: DetectorPlan, from start: DetectorStart,
    checkpointInterval: CheckpointInterval
  ) throws {
    try start.check(plan.freezing)
    (self.plan, restingParameters) = (plan, start.parameters)
    record = try RunRecord(
      creating: path, settings: plan.settings, data: DatasetFingerprint(plan.training),
      description: plan.description, kerasLayers: try plan.kerasLayers,
      checkpointInterval: checkpointInterval)
    if plan.phases.contains(where: \.phase.startsAnew) {
      try record.write(start.parameters, to: record.folder.firstCheckpoint)
    }
    try save()
  }

  /// Goes on with a run.
  ///
  /// - Parameters:
  ///   - run: The run's folder.
  ///   - plan: What the run does; its settings are those that it was started with, but for those that
  ///     may change.
  ///   - checkpointInterval: How often to write `last.h5`.
  /// - Throws: ``TrainingError`` if another setting or the data set has changed, or the folder is not
  ///   whole.
  public init(
    resuming run: StoppedDetectorRun, _ plan: DetectorPlan, checkpointInterval: CheckpointInterval
  ) throws {
    try run.check(plan)
    self.plan = plan
    restingParameters = try run.checkpoint.parameters(plan.outline.parameters)
    record = try RunRecord(
      resuming: run.path, at: run.checkpoint, settings: plan.settings,
      kerasLayers: try plan.kerasLayers, checkpointInterval: checkpointInterval)
    let index = plan.phaseIndex(ofStep: progress.step)
    let phase = plan.phases[index]
    // Between two phases the next one is entered as if the run had not been stopped.
    guard progress.step > phase.firstStep else { return }
    let proposals =
      phase.phase.objective == .regions
      ? try KeptProposals(
        contentsOf: record.folder.proposals(index), imageCount: plan.training.images.count) : nil
    let trainer = try start(index, proposals: proposals)
    try trainer.restore(run.checkpoint.optimizerState(like: trainer.optimizerState))
  }

  public func train(
    whileWanted isWanted: () -> Bool, report: (Event) throws -> Void
  ) throws -> RunOutcome {
    while let work = nextWork {
      guard isWanted() else { return try stop() }
      switch work {
      case .entering(let index):
        guard try enter(index, whileWanted: isWanted, report: report) else { return try stop() }
      case .step(let phase): try report(.step(try step(phase)))
      case .measurement(let epoch):
        guard try measure(epoch, whileWanted: isWanted, report: report) else { return try stop() }
      }
      try record.saveIfDue(parameters, optimizerState: current?.trainer.optimizerState)
    }
    try save()
    // Without images to measure with, the last is the best.
    if progress.best == nil { try record.write(parameters, to: record.folder.bestCheckpoint) }
    return .finished
  }

  // MARK: Work

  /// One piece of work, after which a checkpoint may be written.
  private enum Work {
    case entering(phase: Int)
    case step(PhaseAtWork)
    /// Measuring the network after an epoch, counted through all phases.
    case measurement(epoch: Int)
  }

  /// What comes next follows from the progress alone, so a resumed run does the same.
  private var nextWork: Work? {
    let completed = completedEpochs
    if completed > progress.measuredEpochs { return .measurement(epoch: completed) }
    guard progress.step < plan.stepCount else { return nil }
    let index = plan.phaseIndex(ofStep: progress.step)
    guard let current, current.index == index else { return .entering(phase: index) }
    return .step(current)
  }

  private var completedEpochs: Int {
    plan.phases.reduce(0) { epochs, phase in
      let steps = min(max(progress.step - phase.firstStep, 0), phase.stepCount)
      return epochs + plan.epochs(of: phase).completed(after: steps)
    }
  }

  private func step(_ work: PhaseAtWork) throws -> DetectorStep {
    let start = ContinuousClock.now
    guard let (examples, proposals) = try work.batches.next() else {
      preconditionFailure("there are as many batches as steps")
    }
    let result = try work.trainer.train(
      on: examples, proposals: proposals, step: progress.step)
    record.progress.step += 1
    let seconds = Double((ContinuousClock.now - start) / .seconds(1))
    let step = DetectorStep(
      step: progress.step, phase: plan.phases[work.index].phase.name, losses: result.losses,
      loss: result.losses.total(weights: plan.settings.learning.lossWeights), rate: result.rate,
      gradientNorm: result.gradientNorm, imagesPerSecond: Double(examples.count) / seconds)
    try record.folder.append(step)
    return step
  }

  // MARK: Phases

  /// Hands the weights over from one phase to the next.
  private func enter(
    _ index: Int, whileWanted isWanted: () -> Bool, report: (Event) throws -> Void
  ) throws -> Bool {
    // What the phase before has come to: a run that is stopped from here on enters again.
    try save()
    restingParameters = parameters
    current = nil
    let phase = plan.phases[index]
    var proposals: KeptProposals?
    if phase.phase.objective == .regions {
      let count = plan.training.images.count
      proposals = try KeptProposals.made(
        by: try detector(), of: plan.training, selecting: plan.settings.learning.proposals,
        threadCount: plan.settings.threads
      ) { done in
        try report(.proposing(done: done, of: count))
        return isWanted()
      }
      guard let proposals else { return false }
      try proposals.write(to: record.folder.proposals(index))
    }
    if phase.phase.startsAnew {
      let first = try DetectorCheckpoint(contentsOf: record.folder.firstCheckpoint)
      restingParameters = try first.parameters(plan.outline.parameters)
    }
    _ = try start(index, proposals: proposals)
    try report(.entered(phase))
    return true
  }

  @discardableResult
  private func start(_ index: Int, proposals: KeptProposals?) throws -> DetectorTrainer {
    let phase = plan.phases[index]
    let trainer = try DetectorTrainer(plan, phase, parameters: restingParameters)
    current = PhaseAtWork(
      index: index, trainer: trainer,
      batches: DetectorBatches(
        plan, phase, from: progress.step - phase.firstStep, proposals: proposals))
    return trainer
  }

  private var parameters: Parameters { current?.trainer.parameters ?? restingParameters }

  private func detector() throws -> Detector {
    try Detector(plan.architecture, parameters: parameters, precision: plan.settings.precision)
  }

  // MARK: Measuring

  private func measure(
    _ epoch: Int, whileWanted isWanted: () -> Bool, report: (Event) throws -> Void
  ) throws -> Bool {
    guard let validation = plan.validation, isMeasurable else {
      record.progress.measuredEpochs = epoch
      return true
    }
    let count = validation.images.count
    let measurement = try DetectorMeasurement(
      of: try detector(), on: validation,
      proposals: plan.settings.schedule == .rpn ? plan.settings.learning.proposals : nil,
      epoch: epoch, step: progress.step, threadCount: plan.settings.threads
    ) { done in
      try report(.measuring(done: done, of: count))
      return isWanted()
    }
    guard let measurement else { return false }
    let isBest = try record.enter(measurement.score, of: parameters)
    try record.folder.append(measurement)
    try save()
    try report(.measured(measurement, isBest: isBest))
    return true
  }

  /// Whether the parts that were trained so far make a detector: in the first three of four steps they
  /// are those of different networks.
  private var isMeasurable: Bool {
    plan.settings.schedule != .alternating || progress.step > plan.phases[3].firstStep
  }

  // MARK: Checkpoints

  private func stop() throws -> RunOutcome {
    try save()
    return .stopped
  }

  private func save() throws {
    try record.save(parameters, optimizerState: current?.trainer.optimizerState)
  }
}
