import ArgumentParser
import Importing
import Layers
import Zoo

/// Which network.
struct BackboneOptions: ParsableArguments {
  @Option(help: "The network, by its name in 'zoo list'.")
  var backbone: String

  @OptionGroup var configuration: ConfigurationOptions

  func validate() throws { try configuration.check(backbone) }

  /// The network's description, as its usual implementation has it.
  var extractor: any FeatureExtractor {
    get throws {
      try Catalogue.extractor(named: backbone, configuration.configuration(of: backbone))
    }
  }

  /// The network's description as a file's weights were trained in it, and with as many classes as
  /// the file has, if it has a classifier.
  func extractor(for file: any WeightFile) throws -> any FeatureExtractor {
    try Catalogue.extractor(
      named: backbone, configuration.configuration(of: backbone, variant: file.variant),
      classesOf: file)
  }
}

extension Catalogue {
  /// Makes a backbone's description with as many classes as a file has.
  static func extractor(
    named name: String, _ configuration: BackboneConfiguration, classesOf file: any WeightFile
  ) throws -> any FeatureExtractor {
    let usual = try extractor(named: name, configuration)
    let bias = try usual.parameters().last
    let stored = file.tensors.first { $0.name == bias?.name }
    // More classes than anybody has are left to the import, which refuses their shape.
    guard let stored, stored.shape.count == 1, 1...1_000_000 ~= stored.shape[0] else {
      return usual
    }
    return try extractor(named: name, configuration, classes: stored.shape[0])
  }
}
