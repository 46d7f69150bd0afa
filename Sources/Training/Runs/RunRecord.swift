internal import HDF5
internal import Tensors

/// A run's folder with how far the run has come, written down from time to time.
public final class RunRecord<Description: NetworkDescription> {
  let folder: RunFolder
  public internal(set) var progress = RunProgress<Description.Score>()

  private let description: Description
  private let kerasLayers: [String]
  private let checkpointInterval: CheckpointInterval
  private var saved: (progress: RunProgress<Description.Score>, time: ContinuousClock.Instant)?

  /// Makes the folder of a new run.
  ///
  /// - Parameters:
  ///   - path: The folder. It must not hold a run.
  ///   - settings: The run's settings.
  ///   - data: What is kept of its data.
  ///   - description: What the trained network will be.
  ///   - kerasLayers: The network's layers in Keras's order.
  ///   - checkpointInterval: How often to write `last.h5`.
  /// - Throws: ``TrainingError`` if the folder cannot be made or holds a run.
  init(
    creating path: String, settings: some RunSettings, data: some RunData,
    description: Description, kerasLayers: [String], checkpointInterval: CheckpointInterval
  ) throws {
    folder = try RunFolder(creating: path)
    try folder.writeSettings(settings)
    try folder.writeData(data)
    (self.description, self.kerasLayers) = (description, kerasLayers)
    self.checkpointInterval = checkpointInterval
  }

  /// Opens the folder of a run that is to go on, and takes back what its last checkpoint does not know.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - checkpoint: Its `last.h5`, as it was when the run was found to be one that can go on.
  ///   - settings: The run's settings from now on.
  ///   - kerasLayers: The network's layers in Keras's order.
  ///   - checkpointInterval: How often to write `last.h5`.
  /// - Throws: ``TrainingError`` if another process is at work there, or has just been.
  init(
    resuming path: String, at checkpoint: Checkpoint<Description>, settings: some RunSettings,
    kerasLayers: [String], checkpointInterval: CheckpointInterval
  ) throws {
    folder = try RunFolder(resuming: path)
    // Read again, now that no other process can be writing: one that was just ending might have.
    let current = try Checkpoint<Description>(contentsOf: checkpoint.path)
    guard current.progress == checkpoint.progress else {
      throw TrainingError.run(
        path: path, reason: "another process has just gone on with this run; resume it again")
    }
    (progress, description) = (current.progress, current.description)
    (self.kerasLayers, self.checkpointInterval) = (kerasLayers, checkpointInterval)
    saved = (progress, .now)
    try folder.cutMetrics(afterStep: progress.step, measuredEpochs: progress.measuredEpochs)
    try folder.writeSettings(settings)
  }

  /// Writes `last.h5`, unless it is of this moment already.
  ///
  /// - Throws: `FileError` if it cannot be written; the one before stays whole.
  func save(
    _ parameters: @autoclosure () -> Parameters, optimizerState: @autoclosure () -> Parameters?
  ) throws {
    if saved?.progress == progress { return }
    try folder.synchronise()
    try write(to: folder.lastCheckpoint, parameters(), optimizerState: optimizerState())
    saved = (progress, .now)
  }

  /// Writes `last.h5` if it is time to.
  ///
  /// - Throws: As ``save(_:optimizerState:)``.
  func saveIfDue(
    _ parameters: @autoclosure () -> Parameters, optimizerState: @autoclosure () -> Parameters?
  ) throws {
    if let saved {
      let isDue = checkpointInterval.isDue(
        stepsSince: progress.step - saved.progress.step, timeSince: .now - saved.time)
      guard isDue else { return }
    }
    try save(parameters(), optimizerState: optimizerState())
  }

  /// Enters how good the network is after an epoch, and keeps it in `best.h5` if it is the best.
  ///
  /// - Returns: Whether it is.
  /// - Throws: `FileError` if the file cannot be written.
  func enter(
    _ score: Description.Score, of parameters: @autoclosure () -> Parameters
  ) throws -> Bool {
    let isBest = score.isBetter(than: progress.best)
    progress.measuredEpochs = score.epoch
    if isBest {
      progress.best = score
      try write(parameters(), to: folder.bestCheckpoint)
    }
    return isBest
  }

  /// Writes weights that nothing is to go on from.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  func write(_ parameters: Parameters, to path: String) throws {
    try write(to: path, parameters, optimizerState: nil)
  }

  private func write(
    to path: String, _ parameters: Parameters, optimizerState: Parameters?
  ) throws {
    try Checkpoint<Description>.write(
      to: path, parameters: parameters, layers: kerasLayers, description: description,
      progress: progress, optimizerState: optimizerState)
  }
}
