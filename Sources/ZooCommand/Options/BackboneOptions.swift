import ArgumentParser
import Layers
import Zoo

/// Which network.
struct BackboneOptions: ParsableArguments {
  @Option(help: "The network, by its name in 'zoo list'.")
  var backbone: String

  @Option(help: "MobileNet's width multiplier, as in Keras.")
  var alpha: Double?

  func validate() throws {
    do {
      _ = try extractor
    } catch {
      throw ValidationError("--backbone: \(error)")
    }
  }

  /// The network's description.
  var extractor: any FeatureExtractor {
    get throws { try Catalogue.extractor(named: backbone, alpha: alpha) }
  }
}
