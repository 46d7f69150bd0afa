import ArgumentParser
import Importing

/// Which checkpoint.
struct WeightOptions: ParsableArguments {
  @Option(help: "A file of weights, imported by layer name.")
  var weights: String

  /// The file, opened but unread.
  ///
  /// - Throws: `ImportError` or the reader's error if it is no file of weights.
  func file() throws -> any WeightFile { try openWeights(weights) }
}
