internal import Layers

extension Catalogue {
  /// The cards by paper, in the order of the cards.
  static var families: [[BackboneCard]] {
    let cards = cards
    var seen: Set<BackboneCard.Paper> = []
    return cards.map(\.paper).filter { seen.insert($0).inserted }.map { paper in
      cards.filter { $0.paper == paper }
    }
  }

  /// The part of the page that is of one paper's networks: their maps and their weights.
  static func section(of family: [BackboneCard]) throws -> String {
    guard let paper = family.first?.paper else { return "" }
    return """
      ## \(paper.family)

      \(paper.authors), [\(paper.title)](\(paper.url)), \(paper.year).

      \(try maps(of: family))

      \(try weights(of: family))
      """
  }

  private static func maps(of family: [BackboneCard]) throws -> MarkdownTable {
    var table = MarkdownTable("backbone", "network", "endpoints", "for each region")
    for card in family {
      let extractor = try card.makeExtractor()
      let maps = try extractor.featureMaps().map {
        "`\($0.endpoint)` \($0.stride) × \($0.channels)"
      }
      let stages = extractor.regionStages.map { "`\($0.name)`" }
      table.append([
        "`\(card.name)`", card.title, maps.joined(separator: ", "), stages.joined(separator: ", "),
      ])
    }
    return table
  }

  /// A row a file, or a word on why there is none.
  private static func weights(of family: [BackboneCard]) throws -> String {
    var table = MarkdownTable(
      "weights of", "implementation", "top-1 :", "preprocessing", "licence", "checksum", "file")
    for card in family {
      for weights in card.weights {
        let extractor = try card.makeExtractor(for: weights)
        table.append([
          name(of: weights, card), weights.variant.rawValue,
          weights.topOneAccuracy?.percentage ?? "", "\(extractor.preprocessing)",
          weights.licence, weights.checksum?.markdown ?? "",
          file(of: weights),
        ])
      }
    }
    let without = family.filter(\.weights.isEmpty).map { "`\($0.name)`" }.joined(separator: ", ")
    let rest = without.isEmpty ? [] : ["There are no weights of \(without) to pull; pass a file."]
    let rows = without.isEmpty || family.contains { !$0.weights.isEmpty } ? ["\(table)"] : []
    return (rows + rest).joined(separator: "\n\n")
  }

  /// The address, and what is taken out of it if it is an archive's.
  private static func file(of weights: BackboneCard.Weights) -> String {
    let link = "[\(weights.url.split(separator: "/").last ?? "")](\(weights.url))"
    return weights.archivedCheckpoint.map { "`\($0.name)` in \(link)" } ?? link
  }

  /// What `zoo pull` is told for the weights.
  private static func name(
    of weights: BackboneCard.Weights, _ card: BackboneCard
  ) -> String {
    let alpha = weights.alpha.map { " --alpha \($0)" } ?? ""
    let variant = weights.variant == card.weights[0].variant ? "" : " --variant \(weights.variant)"
    let classes = weights.classes == 1000 ? "" : ", \(weights.classes) classes"
    return "`\(card.name)\(alpha)\(variant)`\(classes)"
  }
}

extension BackboneCard {
  /// Makes the network that weights are of.
  ///
  /// - Throws: ``CatalogueError`` if the family has no such network.
  func makeExtractor(for weights: Weights) throws(CatalogueError) -> any FeatureExtractor {
    try makeExtractor(
      BackboneConfiguration(alpha: weights.alpha, variant: weights.variant),
      classes: weights.classes)
  }
}

extension BackboneCard.Weights.Checksum {
  fileprivate var markdown: String {
    switch self {
    case .md5(let digits): "MD5 `\(digits)`"
    case .sha256(let digits): "SHA-256 `\(digits)\(digits.count < 64 ? "…" : "")`"
    }
  }
}
