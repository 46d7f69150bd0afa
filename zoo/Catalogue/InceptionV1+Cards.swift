internal import Layers

extension InceptionV1 {
  /// What the catalogue knows of the network.
  ///
  /// There are weights of Caffe's too, whose files are not read.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v1 (GoogLeNet)",
      title: "Going Deeper with Convolutions", authors: "Szegedy et al.", year: 2014,
      url: "https://arxiv.org/abs/1409.4842")
    let weights = BackboneCard.Weights.slim("inception_v1", "2016_08_28", topOneAccuracy: 0.698)
    return [
      BackboneCard(
        "inception_v1", "GoogLeNet", paper, [weights], isTimedWhole: true,
        variants: [.keras, .slim]
      ) { InceptionV1(variant: $0.variant, classes: $1) }
    ]
  }
}
