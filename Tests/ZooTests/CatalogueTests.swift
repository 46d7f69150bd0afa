import Foundation
import Layers
import Testing
import Zoo

@Suite struct CatalogueTests {
  static let names = [
    "alexnet", "vgg16", "vgg19", "inception_v1", "inception_v2", "inception_v3", "inception_v4",
    "inception_resnet_v2", "resnet34_v1", "resnet50_v1", "resnet101_v1", "resnet152_v1",
    "resnet34_v2", "resnet50_v2", "resnet101_v2", "resnet152_v2", "seresnet50", "senet154",
    "densenet121", "densenet169", "densenet201", "xception", "mobilenet_v1", "mobilenet_v2",
    "mobilenet_v3_large", "mobilenet_v3_small", "efficientnet_b0", "efficientnet_b1",
    "efficientnet_b2", "efficientnet_b3", "efficientnet_b4", "efficientnet_b5", "efficientnet_b6",
    "efficientnet_b7",
  ]

  @Test("The names are those of the command line, each once")
  func names() {
    #expect(Catalogue.cards.map(\.name) == Self.names)
    #expect(Set(Self.names).count == Self.names.count)
  }

  @Test("Every card leads to its network and its paper")
  func cards() throws {
    for card in Catalogue.cards {
      #expect(try Catalogue.card(named: card.name).title == card.title)
      #expect((2012...2026).contains(card.paper.year))
      // AlexNet's is not on arXiv.
      if card.name == "alexnet" {
        #expect(card.paper.url.hasPrefix("https://papers.nips.cc/paper/4824-"))
      } else {
        let year = String(card.paper.year - 2000)
        #expect(card.paper.url.hasPrefix("https://arxiv.org/abs/\(year)"), "\(card.name)")
      }
    }
  }

  @Test("A network is made in each implementation that its card names, and in no other")
  func variants() throws {
    for card in Catalogue.cards {
      #expect(!card.variants.isEmpty && Set(card.variants).count == card.variants.count)
      for variant in Variant.allCases {
        let configuration = BackboneConfiguration(variant: variant)
        if card.variants.contains(variant) {
          let extractor = try card.makeExtractor(configuration)
          #expect(try !extractor.parameters().isEmpty)
          #expect(try !extractor.featureMaps().isEmpty)
        } else {
          let refusal = CatalogueError.variant(variant, backbone: card.name, allowed: card.variants)
          #expect(throws: refusal) { try card.makeExtractor(configuration) }
        }
      }
    }
  }

  @Test("Weights are of a network that their card makes, and no two of the same")
  func weights() throws {
    for card in Catalogue.cards {
      for weights in card.weights {
        let extractor = try card.makeExtractor(
          BackboneConfiguration(alpha: weights.alpha, variant: weights.variant),
          classes: weights.classes)
        #expect(try extractor.parameters().last?.shape.last == weights.classes)
        // The paper's own width is nil, so that there is one way to ask for it.
        #expect(weights.alpha != 1)
        let alike = card.weights.filter {
          ($0.variant, $0.alpha ?? 1) == (weights.variant, weights.alpha ?? 1)
        }
        #expect(alike.count == 1, "\(card.name) \(weights.url)")
      }
    }
    #expect(try Catalogue.card(named: "inception_v4").weights[0].classes == 1001)
  }

  @Test("Weights have an address, a licence and, if any, a checksum and an accuracy that can be")
  func sources() throws {
    let weights = Catalogue.cards.flatMap(\.weights)
    #expect(Set(weights.map(\.url)).count == weights.count)
    for weights in weights {
      let url = try #require(URL(string: weights.url))
      #expect(url.scheme == "https" && url.host() != nil && url.query() == nil)
      let variants: [String: Variant] = [
        "h5": .keras, "pth": .torchvision, "gz": .slim, "tgz": .slim,
      ]
      #expect(variants[url.pathExtension] == weights.variant, "\(url)")
      #expect((weights.archivedCheckpoint != nil) == (weights.variant == .slim), "\(url)")
      #expect(!weights.licence.isEmpty)
      #expect(weights.topOneAccuracy.map { 0.4..<1 ~= $0 } ?? true)
      switch weights.checksum {
      case .md5(let digits): #expect(digits.count == 32 && digits.allSatisfy(\.isHexDigit))
      case .sha256(let digits):
        #expect(8...64 ~= digits.count && digits.allSatisfy(\.isHexDigit))
        // torchvision's names end in it.
        #expect(weights.url.hasSuffix("-\(digits.prefix(8)).pth"))
      case nil: break
      }
    }
    #expect(
      try Catalogue.card(named: "resnet101_v1").weights[0].url
        == "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
        + "resnet101_weights_tf_dim_ordering_tf_kernels.h5")
  }

  @Test("Slim's checkpoints are one file, or an index and what it is of")
  func archives() throws {
    for weights in Catalogue.cards.flatMap(\.weights) {
      guard let checkpoint = weights.archivedCheckpoint else { continue }
      #expect(checkpoint.name.hasSuffix(".ckpt") && !checkpoint.name.contains("/"))
      let isOld = checkpoint.fileNames == [checkpoint.name]
      let files = [".index", ".data-00000-of-00001"].map { checkpoint.name + $0 }
      #expect(isOld || checkpoint.fileNames == files)
      #expect(isOld == weights.url.hasSuffix(".tar.gz"), "\(weights.url)")
    }
    let card = try Catalogue.card(named: "mobilenet_v1")
    let half = try card.weights(variant: .slim, alpha: 0.5)
    #expect(half.archivedCheckpoint?.name == "mobilenet_v1_0.5_224.ckpt")
    #expect(half.url.hasSuffix(".org/models/mobilenet_v1_2018_02_22/mobilenet_v1_0.5_224.tgz"))
  }

  @Test("Every network that slim has has its weights, and only AlexNet has none")
  func coverage() {
    for card in Catalogue.cards {
      let hasSlim = card.weights.contains { $0.variant == .slim }
      #expect(card.variants.contains(.slim) == hasSlim, "\(card.name)")
      #expect(card.weights.isEmpty == (card.name == "alexnet"))
      // Keras's are the first wherever Keras has the network.
      let hasKeras = card.weights.contains { $0.variant == .keras }
      #expect(!hasKeras || card.weights[0].variant == .keras, "\(card.name)")
    }
  }

  @Test("Another number of classes changes the last layer's shapes and nothing else")
  func classes() throws {
    for card in Catalogue.cards {
      let usual = try card.makeExtractor().parameters()
      let other = try card.makeExtractor(classes: 7).parameters()
      #expect(usual.map(\.name) == other.map(\.name))
      #expect(usual.dropLast(2) == other.dropLast(2))
      #expect(usual.suffix(2).allSatisfy { $0.shape.last == 1000 })
      #expect(other.suffix(2).allSatisfy { $0.shape.last == 7 })
    }
    #expect(try Catalogue.extractor(named: "vgg16", classes: 2).parameters().last?.shape == [2])
  }

  @Test("An unknown name is answered with the nearest and with all")
  func unknownName() {
    let error = #expect(throws: CatalogueError.self) {
      try Catalogue.extractor(named: "resnet50")
    }
    #expect(
      error?.description
        == "backbone resnet50: there is no such backbone; the nearest names are seresnet50, "
        + "resnet50_v1, resnet50_v2; all are \(Self.names.joined(separator: ", "))")
    #expect(throws: CatalogueError.self) { try Catalogue.card(named: "") }
  }

  @Test("Only the MobileNets have a width multiplier")
  func widthMultiplier() throws {
    for card in Catalogue.cards where !card.name.hasPrefix("mobilenet") {
      #expect(card.widthMultipliers == nil)
      let error = #expect(throws: CatalogueError.self) {
        try card.makeExtractor(BackboneConfiguration(alpha: 0.5))
      }
      #expect(
        error?.description
          == "backbone \(card.name): has no width multiplier, found 0.5; leave it out")
    }
    let half = BackboneConfiguration(alpha: 0.5)
    #expect(
      try Catalogue.extractor(named: "mobilenet_v1", half).featureMaps().map(\.channels)
        == [32, 64, 128, 256])
    let whole = try Catalogue.extractor(named: "mobilenet_v2").featureMaps().map(\.channels)
    let narrow = try Catalogue.extractor(named: "mobilenet_v2", half).featureMaps().map(\.channels)
    #expect(narrow.count == whole.count && zip(narrow, whole).allSatisfy { $0 < $1 })
  }

  @Test(
    "A width multiplier that leaves no network is refused",
    arguments: ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"],
    [0, -1, 0.03, 8.1, 1e300, .nan, .infinity, -.infinity])
  func badWidthMultiplier(name: String, alpha: Double) {
    let error = #expect(throws: CatalogueError.self) {
      try Catalogue.extractor(named: name, BackboneConfiguration(alpha: alpha))
    }
    #expect(
      error?.description
        == "backbone \(name): the width multiplier is out of range, expected 0.03125 to 8.0, "
        + "found \(alpha)")
  }

  @Test("The narrowest and the widest MobileNets are networks in every implementation")
  func extremes() throws {
    for name in ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"] {
      let card = try Catalogue.card(named: name)
      let widths = try #require(card.widthMultipliers)
      for (alpha, variant) in [widths.lowerBound, widths.upperBound].flatMap({ alpha in
        card.variants.map { (alpha, $0) }
      }) {
        let configuration = BackboneConfiguration(alpha: alpha, variant: variant)
        #expect(try !card.makeExtractor(configuration).parameters().isEmpty)
      }
    }
    for alpha in [MobileNet.widthMultipliers.lowerBound, MobileNet.widthMultipliers.upperBound] {
      let configuration = BackboneConfiguration(alpha: alpha)
      let extractor = try Catalogue.extractor(named: "mobilenet_v1", configuration)
      let channels = [2, 4, 8, 16].map { $0 * Int(alpha * 32) }
      #expect(try extractor.featureMaps().map(\.channels) == channels)
    }
  }

  /// With UPDATE_README=1 in the environment, this writes the page.
  @Test("zoo/README.md is what the catalogue says")
  func page() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../zoo/README.md").standardizedFileURL
    let page = try Catalogue.markdown()
    if ProcessInfo.processInfo.environment["UPDATE_README"] == "1" {
      try page.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOf: url, encoding: .utf8) == page,
      "stale; renew it with: zoo list --markdown > zoo/README.md")
  }

  @Test("The page has a row a backbone, with numbers in groups")
  func overview() throws {
    let rows = try Catalogue.markdown().split(separator: "\n")
    #expect(
      rows.contains {
        $0.hasPrefix(
          "| `resnet50_v1` | [He et al., 2015](https://arxiv.org/abs/1512.03385) | 224×224 "
            + "| 25,636,712 | 7.72 | 16, 8, 4 | 74.9 % |")
      })
    for name in Self.names {
      // Of the table of all, and of its family's.
      #expect(rows.filter { $0.hasPrefix("| `\(name)` | ") }.count >= 2, "\(name)")
    }
  }

  @Test("The page has a row a file of weights, under what it takes to pull it")
  func weightsOfThePage() throws {
    let page = try Catalogue.markdown()
    #expect(
      page.contains(
        "| `resnet50_v1 --variant torchvision` | torchvision | 76.1 % | rgb / 255.0 - [0.485, 0.456, "
          + "0.406] / [0.229, 0.224, 0.225] | BSD-3-Clause, torchvision | SHA-256 `0676ba61…` "
          + "| [resnet50-0676ba61.pth](https://download.pytorch.org/models/resnet50-0676ba61.pth) |"
      ))
    #expect(page.contains("| `resnet34_v1` | torchvision | 73.3 % | "))
    #expect(page.contains("| `mobilenet_v1 --alpha 0.5` | keras | "))
    #expect(page.contains("| `inception_v4`, 1001 classes | keras | "))
    #expect(
      page.contains(
        "| `inception_v1`, 1001 classes | slim | 69.8 % | rgb / 127.5 - 1.0 | Apache-2.0, Google |  "
          + "| `inception_v1.ckpt` in [inception_v1_2016_08_28.tar.gz](https://"))
    #expect(page.contains("There are no weights of `alexnet` to pull"))
    for weights in Catalogue.cards.flatMap(\.weights) {
      #expect(page.contains("](\(weights.url)) |"))
    }
  }

  @Test("The page's lines of text are as wide as those of other pages")
  func form() throws {
    let page = try Catalogue.markdown()
    #expect(page.hasSuffix("\n") && !page.hasSuffix("\n\n") && !page.contains("\n\n\n"))
    for line in page.split(separator: "\n") where !line.hasPrefix("|") && !line.contains("](") {
      #expect(line.count <= 115, "\(line)")
    }
  }
}

@Suite struct ImageNetClassesTests {
  /// Classes that everyone quotes by number.
  @Test("There are 1000 names in the usual order")
  func order() {
    let names = ImageNetClasses.names
    #expect(names.count == 1000)
    #expect(Set(names).count == 1000)
    #expect(names[0] == "tench")
    #expect(names[281] == "tabby")
    #expect(names[285] == "Egyptian cat")
    #expect(names[504] == "coffee mug")
    #expect(names[967] == "espresso")
    #expect(names[999] == "toilet tissue")
    #expect(names.allSatisfy { $0 == $0.trimmingCharacters(in: .whitespaces) && !$0.isEmpty })
  }
}
