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
    let classes = try file.classCount(of: usual.parameters())
    // More classes than anybody has are left to the import, which refuses their shape.
    guard let classes, 1...1_000_000 ~= classes else { return usual }
    return try extractor(named: name, configuration, classes: classes)
  }
}

extension WeightFile {
  /// How many classes the file's classifier tells apart.
  ///
  /// - Parameter parameters: The network's, whose last layer is its classifier.
  /// - Returns: The number, of the layer of that name or else of the only kernel that takes as many
  ///   inputs as the classifier's; nil if there is none.
  fileprivate func classCount(of parameters: [ParameterSpecification]) -> Int? {
    guard let last = parameters.last else { return nil }
    if let named = tensors.first(where: { $0.name == last.name }) {
      return named.shape.count == last.shape.count ? named.shape.last : nil
    }
    guard let kernel = parameters.last(where: \.isKernel) else { return nil }
    let alike = tensors.filter {
      $0.shape.count == kernel.shape.count && $0.shape.dropLast() == kernel.shape.dropLast()
    }
    return alike.count == 1 ? alike[0].shape.last : nil
  }
}
