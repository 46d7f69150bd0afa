import Layers
import Testing

@testable import Zoo

/// Which of a card's weights are downloaded.
@Suite struct WeightChoiceTests {
  static func card(_ weights: [BackboneCard.Weights]) throws -> BackboneCard {
    let paper = try Catalogue.card(named: "vgg16").paper
    return BackboneCard("net", "Net", paper, weights, isTimedWhole: false) {
      MobileNet(classes: $1)
    }
  }

  static func weights(_ url: String, _ variant: Variant, _ alpha: Double?) -> BackboneCard.Weights {
    BackboneCard.Weights(
      url, nil, variant: variant, alpha: alpha, licence: "MIT", topOneAccuracy: nil)
  }

  static let all = [
    weights("k", .keras, nil), weights("k1", .keras, 1), weights("k5", .keras, 0.5),
    weights("s5", .slim, 0.5), weights("t", .torchvision, nil),
  ]

  @Test(
    arguments: [
      (nil, nil, "k"), (nil, 1, "k"), (nil, 0.5, "k5"), (.slim, 0.5, "s5"),
      (.torchvision, nil, "t"), (.torchvision, 1, "t"),
    ] as [(Variant?, Double?, String)])
  func `The first that fits are chosen`(variant: Variant?, alpha: Double?, url: String) throws {
    #expect(try Self.card(Self.all).weights(variant: variant, alpha: alpha).url == url)
  }

  @Test(arguments: [(.slim, nil), (nil, 0.75), (.torchvision, 0.5)] as [(Variant?, Double?)])
  func `Where none fit, those there are are told`(variant: Variant?, alpha: Double?) throws {
    let known = ["keras", "keras, alpha 1.0", "keras, alpha 0.5", "slim, alpha 0.5", "torchvision"]
    let error = CatalogueError.noWeights(
      backbone: "net", variant: variant, alpha: alpha, known: known)
    #expect(throws: error) {
      try Self.card(Self.all).weights(variant: variant, alpha: alpha)
    }
    #expect(error.description.contains("expected keras or keras, alpha 1.0 or"))
  }

  @Test func `A network without weights says so`() throws {
    #expect(
      throws: CatalogueError.noWeights(backbone: "net", variant: nil, alpha: nil, known: [])
    ) { try Self.card([]).weights() }
  }

  @Test func `Every backbone's first weights are of its own width or are asked for by theirs`()
    throws
  {
    for card in Catalogue.cards {
      for weights in card.weights {
        #expect(try card.weights(variant: weights.variant, alpha: weights.alpha).url == weights.url)
      }
    }
  }
}
