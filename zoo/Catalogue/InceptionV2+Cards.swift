internal import Layers

extension InceptionV2 {
  /// What the catalogue knows of the network.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v2",
      title: "Batch Normalization: Accelerating Deep Network Training by Reducing Internal "
        + "Covariate Shift", authors: "Ioffe and Szegedy", year: 2015,
      url: "https://arxiv.org/abs/1502.03167")
    let weights = BackboneCard.Weights.slim("inception_v2", "2016_08_28", topOneAccuracy: 0.739)
    return [
      BackboneCard(
        "inception_v2", "Inception v2", paper, [weights], isTimedWhole: true,
        variants: [.keras, .slim]
      ) { InceptionV2(variant: $0.variant, classes: $1) }
    ]
  }
}
