internal import Layers

extension Catalogue {
  /// The page zoo/README.md: every backbone with what its layers tell at the default image size.
  ///
  /// - Throws: ``GraphError`` if a backbone's layers do not fit one another.
  public static func markdown() throws -> String {
    """
    <!-- Made by `zoo list --markdown > zoo/README.md`; change zoo/Catalogue.swift instead. -->
    # The backbones

    Each is chosen by its name, for example `--backbone resnet50_v1`. Layers have the names that they
    have in Keras, so weights are found by name, and any layer can be asked for as an endpoint.

    Parameters and multiply-adds are of the whole network with its classifier, for one image of the
    size given; counted one by one, there are twice as many operations as multiply-adds. Accuracy is
    top-1 on ImageNet's validation images, one centre crop, as
    [Keras](https://keras.io/api/applications) publishes it for the weights below.

    \(try table(
      "name, network, image, parameters :, multiply-adds :, accuracy :", cells: architecture(of:)))

    \(widthMultipliers)

    ## Endpoints for detection

    The last layer of each stage that runs once for an image, with its stride in pixels and its
    channels. A region proposal network reads the last of them; the stages after it run once for each
    region.

    \(try table("name, endpoints, for each region", cells: endpoints(of:)))

    ## Weights

    Preprocessing belongs to the weights: the arithmetic on 8-bit pixels, channels in the order named.

    \(try table(
      "name, preprocessing, ImageNet weights, MD5, licence of the weights", cells: weights(of:)))

    ## Papers

    \(papers)

    """
  }

  private static func architecture(of card: BackboneCard) throws -> [String] {
    let extractor = try card.makeExtractor()
    let graph = try Graph(extractor.stages, input: extractor.imageShape)
    let side = extractor.preprocessing.imageSide
    return [
      "`\(card.name)`", "[\(card.title)](\(card.paper.url))", "\(side)×\(side)",
      "\(graph.parameters.reduce(0) { $0 + $1.count })".groupedByThousands,
      decimals(Double(graph.multiplyAddCount) / 1e9, 2) + " G",
      card.weights.first?.topOneAccuracy.map { decimals($0 * 100, 1) + " %" } ?? "",
    ]
  }

  private static func endpoints(of card: BackboneCard) throws -> [String] {
    let extractor = try card.makeExtractor()
    let maps = try extractor.featureMaps().map { "`\($0.endpoint)` \($0.stride) × \($0.channels)" }
    return [
      "`\(card.name)`", maps.joined(separator: ", "),
      extractor.regionStages.map(\.name).joined(separator: ", "),
    ]
  }

  private static func weights(of card: BackboneCard) throws -> [String] {
    // A page of its own is coming with `zoo pull`.
    let weights = card.weights.first
    let file = weights?.url.split(separator: "/").last ?? ""
    let checksum =
      switch weights?.checksum {
      case .md5(let digits), .sha256(let digits): "`\(digits)`"
      case nil: ""
      }
    return [
      "`\(card.name)`", "\(try card.makeExtractor().preprocessing)",
      weights.map { "[\(file)](\($0.url))" } ?? "", checksum, weights?.licence ?? "",
    ]
  }

  private static var widthMultipliers: String {
    cards.compactMap { card in
      card.widthMultipliers.map {
        "`\(card.name)` has a width multiplier, for example `--alpha 0.5`, from "
          + "\($0.lowerBound) to \($0.upperBound)."
      }
    }.joined(separator: "\n")
  }

  /// Each paper once, in the order of the cards.
  private static var papers: String {
    let papers = cards.map(\.paper).reduce(into: [BackboneCard.Paper]()) { papers, paper in
      if !papers.contains(paper) { papers.append(paper) }
    }
    return papers.map { "- \($0.authors), [\($0.title)](\($0.url)), \($0.year)" }
      .joined(separator: "\n")
  }

  /// A row a card, under headings separated by commas; those that end in " :" are of numbers.
  private static func table(
    _ headings: String, cells: (BackboneCard) throws -> [String]
  ) rethrows -> String {
    let headings = headings.split(separator: ", ")
    let numeric = headings.map { $0.hasSuffix(" :") }
    let header = zip(headings, numeric).map { String($1 ? $0.dropLast(2) : $0) }
    let rule = numeric.map { $0 ? "-:" : "-" }
    return try ([header, rule] + cards.map(cells))
      .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// A number that is not negative, with so many digits after the point.
  private static func decimals(_ value: Double, _ digits: Int) -> String {
    let power = (0..<digits).reduce(1) { power, _ in power * 10 }
    let units = Int((value * Double(power)).rounded())
    let fraction = String(units % power)
    return "\(units / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}

extension String {
  /// Digits in groups of three: 25,636,712.
  fileprivate var groupedByThousands: String {
    enumerated().map { index, digit in
      (index > 0 && (count - index).isMultiple(of: 3) ? "," : "") + String(digit)
    }.joined()
  }
}
