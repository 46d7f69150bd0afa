import ArgumentParser
import Layers
import Training
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

  func apply(to settings: inout some RunSettings) {
    if let backbone { settings.backbone = backbone }
    if let alpha = configuration.alpha { settings.configuration.alpha = alpha }
    if let stride = configuration.featureStride { settings.configuration.featureStride = stride }
    if let weights { settings.weights = weights }
    if !allowMissing.isEmpty { settings.allowMissing = allowMissing }
    if !allowUnused.isEmpty { settings.allowUnused = allowUnused }
  }
}
