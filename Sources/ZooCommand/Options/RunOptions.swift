import ArgumentParser
import Training

/// Where a run is kept, and how it is begun.
struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The run's folder.", valueName: "RUN"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "How often to write last.h5 besides each measurement, in steps or seconds.",
      valueName: "N|Ns"))
  var checkpointEvery: CheckpointInterval = .seconds(300)

  @Flag(help: "Go on with the run in --output; its settings need not be repeated.")
  var resume = false

  @Flag(help: "Print what would be restored, frozen and trained, and stop.")
  var dryRun = false
}
