import ArgumentParser
import Engine
import Training

/// A command that starts a run or goes on with one.
protocol TrainingCommand: ParsableCommand {
  associatedtype Run: TrainingRun

  var startOptions: StartOptions { get }
  var freezing: FreezeOptions { get }
  var runOptions: RunOptions { get }
  var compute: ComputeOptions { get }

  func startRun(_ signals: StopSignals) throws
  func resumeRun(_ signals: StopSignals) throws
}

extension TrainingCommand {
  func run() throws {
    let signals = StopSignals()
    if runOptions.resume { try resumeRun(signals) } else { try startRun(signals) }
  }

  /// Puts into settings what the options of all runs say.
  func applyShared(to settings: inout Run.Settings) {
    startOptions.apply(to: &settings)
    freezing.apply(to: &settings)
    compute.apply(to: &settings)
  }

  /// Trains from the first step on.
  ///
  /// - Parameters:
  ///   - text: What the run starts from and does, for a person and the log.
  ///   - line: Shows how it goes on.
  ///   - signals: What stops it.
  ///   - makeRun: Makes the run and its folder.
  /// - Throws: What the run throws; `ExitCode` if a signal stopped it.
  func begin(
    _ text: String, _ line: some RunProgressLine<Run>, _ signals: StopSignals,
    makeRun: () throws -> Run
  ) throws {
    printError(text + "\n")
    compute.limitThreads()
    let run = try makeRun()
    try run.log(text)
    try train(run, line, signals)
  }

  /// Trains from where a run was stopped.
  ///
  /// - Parameters:
  ///   - stopped: The run as it was.
  ///   - threads: How many threads it uses from now on.
  ///   - line: Shows how it goes on.
  ///   - signals: What stops it.
  ///   - makeRun: Opens the run.
  /// - Throws: What the run throws; `ExitCode` if a signal stopped it.
  func resume(
    _ stopped: StoppedRun<Run>, threads: Int, _ line: some RunProgressLine<Run>,
    _ signals: StopSignals, makeRun: () throws -> Run
  ) throws {
    ComputeThread.shared.threadLimit = threads
    let run = try makeRun()
    var text = "resumed after step \(run.progress.step) of \(line.stepCount)"
    if threads != stopped.settings.threads {
      text += ", on \(threads) threads in place of \(stopped.settings.threads): "
      text += "sums are rounded otherwise"
    }
    printError(text)
    try run.log(text)
    try train(run, line, signals)
  }

  private func train(
    _ run: Run, _ line: some RunProgressLine<Run>, _ signals: StopSignals
  ) throws {
    var line = line
    let outcome = try run.train(whileWanted: { signals.status == nil }) { event in
      if let text = line.show(event) { try run.log(text) }
    }
    line.clear()
    if outcome == .stopped, let status = signals.status {
      let text =
        "stopped after step \(run.progress.step) of \(line.stepCount); "
        + "go on with: zoo \(Self.configuration.commandName ?? "") --resume --output \(runOptions.output)"
      printError(text)
      try run.log(text)
      throw ExitCode(status)
    }
    let best = run.progress.best
    let text = [
      "best: \(runOptions.output)/best.h5", best.map { "epoch \($0.epoch)" },
      best.flatMap(line.quality),
    ].compactMap(\.self).joined(separator: ", ")
    try run.log(text)
    print(text)
  }
}
