import ArgumentParser

/// The program `zoo`.
@main
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo",
    abstract: "Object detection with a zoo of backbones: train, evaluate, detect.",
    discussion: """
      Names of backbones are listed by 'zoo list'. Results go to standard output, everything else \
      to standard error; --json prints one JSON document. Exit status: 0, 1 for a failure, 64 for \
      a command line that cannot be understood.
      """,
    version: "0.1.0",
    subcommands: [
      ListCommand.self, InspectCommand.self, ConvertCommand.self, ClassifyCommand.self,
      FeaturesCommand.self, PullCommand.self, BenchCommand.self, TrainCommand.self,
      EvaluateCommand.self, DetectCommand.self, DataCommand.self, TrainClassifierCommand.self,
    ])
}
