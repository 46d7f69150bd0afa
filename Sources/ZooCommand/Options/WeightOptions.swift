import ArgumentParser
import Importing

/// Which checkpoint.
struct WeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file of weights of Keras, PyTorch or TensorFlow; imagenet for the published ones.",
      valueName: "FILE|imagenet"))
  var weights: String

  /// The file, opened but unread.
  ///
  /// - Throws: `ImportError` or the reader's error if it is no file of weights.
  func file(of backbone: BackboneOptions) throws -> any WeightFile {
    try openWeights(weights, of: backbone.backbone, alpha: backbone.configuration.alpha)
  }
}
