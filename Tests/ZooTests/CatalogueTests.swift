import Foundation
import Layers
import Testing
import Zoo

@Suite struct CatalogueTests {
  @Test("The names are those of the command line, each once")
  func names() {
    #expect(
      Catalogue.cards.map(\.name) == [
        "vgg16", "vgg19", "resnet50_v1", "resnet101_v1", "resnet152_v1", "mobilenet_v1",
      ])
  }

  @Test("Every card leads to its network, its paper and its weights")
  func cards() throws {
    for card in Catalogue.cards {
      #expect(try Catalogue.card(named: card.name).title == card.title)
      #expect(card.paper.url.hasPrefix("https://arxiv.org/abs/"))
      for weights in card.weights {
        #expect(weights.url.hasPrefix("https://"))
        #expect(card.variants.contains(weights.variant))
        #expect(weights.topOneAccuracy.map { 0.4..<1 ~= $0 } ?? true)
        switch weights.checksum {
        case .md5(let digits): #expect(digits.count == 32 && digits.allSatisfy(\.isHexDigit))
        case .sha256(let digits):
          #expect(8...64 ~= digits.count && digits.allSatisfy(\.isHexDigit))
        case nil: break
        }
      }
      #expect((2012...2026).contains(card.paper.year))
    }
    #expect(
      try Catalogue.card(named: "resnet101_v1").weights[0].url
        == "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"
        + "resnet101_weights_tf_dim_ordering_tf_kernels.h5")
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
        == "backbone resnet50: there is no such backbone; the nearest names are resnet50_v1, "
        + "resnet101_v1, resnet152_v1; all are vgg16, vgg19, resnet50_v1, resnet101_v1, "
        + "resnet152_v1, mobilenet_v1")
    #expect(throws: CatalogueError.self) { try Catalogue.card(named: "") }
  }

  @Test("Only MobileNet has a width multiplier")
  func widthMultiplier() throws {
    let error = #expect(throws: CatalogueError.self) {
      try Catalogue.extractor(named: "vgg16", BackboneConfiguration(alpha: 0.5))
    }
    #expect(
      error?.description
        == "backbone vgg16: has no width multiplier, found 0.5; leave it out")
    let half = try Catalogue.extractor(named: "mobilenet_v1", BackboneConfiguration(alpha: 0.5))
    #expect(try half.featureMaps().map(\.channels) == [32, 64, 128, 256])
  }

  @Test(
    "A width multiplier that leaves no network is refused",
    arguments: [0, -1, 0.03, 8.1, 1e300, .nan, .infinity, -.infinity])
  func badWidthMultiplier(alpha: Double) {
    let error = #expect(throws: CatalogueError.self) {
      try Catalogue.extractor(named: "mobilenet_v1", BackboneConfiguration(alpha: alpha))
    }
    #expect(
      error?.description
        == "backbone mobilenet_v1: the width multiplier is out of range, expected 0.03125 to 8.0, "
        + "found \(alpha)")
  }

  @Test("The narrowest and the widest MobileNet are networks")
  func extremes() throws {
    for alpha in [MobileNet.widthMultipliers.lowerBound, MobileNet.widthMultipliers.upperBound] {
      let extractor = try Catalogue.extractor(
        named: "mobilenet_v1", BackboneConfiguration(alpha: alpha))
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
  func markdown() throws {
    let page = try Catalogue.markdown()
    #expect(
      page.contains(
        "| `resnet50_v1` | [ResNet-50](https://arxiv.org/abs/1512.03385) | 224×224 | 25,636,712 "
          + "| 3.86 G | 74.9 % |"))
    #expect(page.hasSuffix("\n") && !page.hasSuffix("\n\n"))
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
