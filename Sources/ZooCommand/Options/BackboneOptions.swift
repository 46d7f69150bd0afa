import ArgumentParser
import HDF5
import KerasConverter
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
    get throws { try Catalogue.extractor(named: backbone, BackboneConfiguration(alpha: alpha)) }
  }

  /// The network's description with as many classes as a file has, if it has a classifier.
  func extractor(withClassesOf file: KerasFile) throws -> any FeatureExtractor {
    let usual = try extractor
    let bias = try usual.parameters().last
    let stored = file.weights.first { $0.name == bias?.name }
    // More classes than anybody has are left to the import, which refuses their shape.
    guard let stored, stored.dataset.shape.count == 1, 1...1_000_000 ~= stored.dataset.shape[0]
    else { return usual }
    return try Catalogue.extractor(
      named: backbone, BackboneConfiguration(alpha: alpha), classes: stored.dataset.shape[0])
  }
}
