internal import Layers

extension Catalogue {
  /// The page zoo/README.md: every backbone with what its layers tell at the default image size, and
  /// its weights.
  ///
  /// - Throws: ``GraphError`` if a backbone's layers do not fit one another; ``CatalogueError`` if a
  ///   card names weights of a network that it does not make.
  public static func markdown() throws -> String {
    """
    <!-- Made by `zoo list --markdown > zoo/README.md`; change zoo/Catalogue instead. -->
    # The backbones

    Each is chosen by its name, `--backbone resnet50_v1`, and with it go:

    - `--weights imagenet`: the first weights of its table below, downloaded once and checked; `zoo pull`
      fetches any other;
    - `--feature-stride 8`: a finer map to detect on, where its strides have an 8: layers that would stride
      further are dilated;
    - `--alpha 0.5`: another width. \(widthMultipliers)

    Files of Keras, PyTorch and TensorFlow are read as they are. TensorFlow-Slim's
    [checkpoints](https://github.com/tensorflow/models/tree/master/research/slim#pre-trained-models) come in
    archives, out of which they are taken. Where the publisher gives no checksum, a file's length is compared,
    and of an archive gzip's own checksum.

    A network of your own is a `FeatureExtractor`; [ARCHITECTURE.md](../ARCHITECTURE.md) says how to add one.

    Parameters and operations are of the whole network with its classifier, for one image of the size given.
    A multiply-add counts as two operations: the FLOPs of many papers are half of these. Strides are those that
    the map for detection can have, in pixels, the network's own first. Accuracy is the share of ImageNet's
    validation images whose class comes first, one centre crop, as the publisher of the first weights below says.
    \(Timings.machine)\(try partlyTimed)

    \(try overview)

    Under each paper below stand its networks' endpoints, the last layer of each stage that runs once for an
    image, with stride × channels; a region proposal network reads the last. The stages that run once for each
    region are named beside them. Any other layer can be asked for by its name too, which is Keras's where
    Keras has the network. Preprocessing belongs to the weights: the arithmetic on 8-bit pixels, channels in
    the order named.

    \(try families.map(section(of:)).joined(separator: "\n\n"))

    """
  }

  /// A row a backbone.
  private static var overview: MarkdownTable {
    get throws {
      var table = MarkdownTable(
        "backbone", "paper", "image", "parameters :", "GFLOPs :", "strides", "top-1 :", "ms :")
      for card in cards {
        let extractor = try card.makeExtractor()
        let graph = try Graph(extractor.stages, input: extractor.imageShape)
        let side = extractor.preprocessing.imageSide
        table.append([
          "`\(card.name)`", "[\(card.paper.authors), \(card.paper.year)](\(card.paper.url))",
          "\(side)×\(side)", graph.parameters.reduce(0) { $0 + $1.count }.groupedByThousands,
          (2 * Double(graph.multiplyAddCount) / 1e9).decimals(2),
          try strides(of: extractor).map(String.init).joined(separator: ", "),
          card.weights.first?.topOneAccuracy?.percentage ?? "",
          Timings.milliseconds[card.name].map { $0.decimals($0 < 100 ? 1 : 0) } ?? "",
        ])
      }
      return table
    }
  }

  /// The strides that the map for detection can have, coarsest first.
  private static func strides(of extractor: any FeatureExtractor) throws -> [Int] {
    let own = try extractor.featureMaps().last?.stride ?? 1
    let finer = sequence(first: own / 2) { $0 / 2 }.prefix { $0 > 0 }
    return [own] + finer.filter { (try? extractor.dilated(toStride: $0)) != nil }
  }

  private static var widthMultipliers: String {
    let names = cards.filter { $0.widthMultipliers != nil }.map { "`\($0.name)`" }
    guard let widths = cards.lazy.compactMap(\.widthMultipliers).first else { return "" }
    return "\(widths.lowerBound) to \(widths.upperBound) are taken by\n  \(enumeration(of: names))."
  }

  /// Names in prose: a, b and c.
  private static func enumeration(of names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return "\(names.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// Which of the timings are not of the whole network.
  private static var partlyTimed: String {
    get throws {
      let names = try cards.filter { card in
        let extractor = try card.makeExtractor()
        return card.benchmarkedStages(of: extractor).count < extractor.stages.count
      }.map { "`\($0.name)`" }
      if names.isEmpty { return "" }
      return "\nOf \(enumeration(of: names)) they are of the body up to the last map."
    }
  }
}
