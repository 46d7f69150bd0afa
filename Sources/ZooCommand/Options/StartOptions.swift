import ArgumentParser
import Layers
import Zoo

/// Which network to train, and what it starts from.
struct StartOptions: ParsableArguments {
  @Option(help: "The network, by its name in 'zoo list'.")
  var backbone: String?

  @OptionGroup var configuration: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      "A file of the backbone's weights, of Keras, PyTorch or TensorFlow; imagenet for the published "
        + "ones.", valueName: "FILE|imagenet"))
  var weights: String?

  @Option(parsing: .upToNextOption, help: "Parameters that the file may lack; they start anew.")
  var allowMissing: [String] = []

  @Option(parsing: .upToNextOption, help: "Tensors of the file that may be left out.")
  var allowUnused: [String] = []

  func validate() throws {
    if let backbone { try configuration.check(backbone) }
  }

  /// Refuses a new run that lacks what only a resumed one knows already.
  func requireForNewRun(data: String?, fromScratch: Bool) throws {
    guard data != nil, backbone != nil else {
      throw ValidationError("--data and --backbone are needed, unless --resume goes on with a run")
    }
    guard weights != nil || fromScratch else {
      throw ValidationError(
        "--weights is needed; to train from scratch, normalise with --batch-statistics")
    }
  }

  func apply(
    backbone: inout String, configuration: inout BackboneConfiguration, weights: inout String?,
    allowMissing: inout [String], allowUnused: inout [String]
  ) {
    if let name = self.backbone { backbone = name }
    if let alpha = self.configuration.alpha { configuration.alpha = alpha }
    if let stride = self.configuration.featureStride { configuration.featureStride = stride }
    if let file = self.weights { weights = file }
    if !self.allowMissing.isEmpty { allowMissing = self.allowMissing }
    if !self.allowUnused.isEmpty { allowUnused = self.allowUnused }
  }
}
