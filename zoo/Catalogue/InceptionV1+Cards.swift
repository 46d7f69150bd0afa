internal import Layers

extension InceptionV1 {
  /// What the catalogue knows of the network.
  ///
  /// Its known weights are Caffe's, whose files are not read, and slim's, which are in archives.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Inception v1 (GoogLeNet)",
      title: "Going Deeper with Convolutions", authors: "Szegedy et al.", year: 2014,
      url: "https://arxiv.org/abs/1409.4842")
    return [
      BackboneCard(
        "inception_v1", "GoogLeNet", paper, [], isTimedWhole: true, variants: [.keras, .slim]
      ) { InceptionV1(variant: $0.variant, classes: $1) }
    ]
  }
}
