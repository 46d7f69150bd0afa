import ArgumentParser
import Layers
import Zoo

/// Which of the networks of a backbone's name.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: "The width multiplier of a MobileNet, for example 0.5.")
  var alpha: Double?

  @Option(
    help: ArgumentHelp(
      "Pixels per cell of the map that regions are pooled from, for example 8; layers beyond are "
        + "dilated (default: the network's own, mostly 16).",
      valueName: "pixels"))
  var featureStride: Int?

  /// Refuses what the backbone does not have.
  func check(_ backbone: String) throws {
    do {
      let card = try Catalogue.card(named: backbone)
      _ = try card.makeExtractor(try configuration(of: backbone))
    } catch {
      throw ValidationError("--backbone: \(error)")
    }
  }

  /// The network's configuration.
  ///
  /// - Parameters:
  ///   - backbone: The name of the network.
  ///   - variant: Whose implementation its weights are from; nil for the backbone's usual one.
  /// - Returns: The choices made on the command line, and the variant.
  /// - Throws: `CatalogueError` if there is no such backbone.
  func configuration(
    of backbone: String, variant: Variant? = nil
  ) throws -> BackboneConfiguration {
    let card = try Catalogue.card(named: backbone)
    return BackboneConfiguration(
      alpha: alpha, variant: variant ?? card.variants[0], featureStride: featureStride)
  }
}
