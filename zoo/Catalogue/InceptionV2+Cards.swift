internal import Layers

extension InceptionV2 {
  /// What the catalogue knows of the network.
  ///
  /// Its known weights are slim's, which are in archives.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v2",
      title: "Batch Normalization: Accelerating Deep Network Training by Reducing Internal "
        + "Covariate Shift", authors: "Ioffe and Szegedy", year: 2015,
      url: "https://arxiv.org/abs/1502.03167")
    return [
      BackboneCard(
        "inception_v2", "Inception v2", paper, [], isTimedWhole: true, variants: [.keras, .slim]
      ) { InceptionV2(variant: $0.variant, classes: $1) }
    ]
  }
}
