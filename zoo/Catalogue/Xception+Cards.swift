internal import Layers

extension Xception {
  /// What the catalogue knows of the network.
  static var cards: [BackboneCard] {
    let paper = BackboneCard.Paper(
      family: "Xception",
      title: "Xception: Deep Learning with Depthwise Separable Convolutions", authors: "Chollet",
      year: 2016, url: "https://arxiv.org/abs/1610.02357")
    let weights = BackboneCard.Weights(
      Self.kerasFile("xception/xception_weights_tf_dim_ordering_tf_kernels.h5"),
      .md5("0a58e3b7378bc2990ea3b43d5981f1f6"), licence: "MIT, François Chollet",
      topOneAccuracy: 0.79)
    return [
      BackboneCard("xception", "Xception", paper, [weights], isTimedWhole: true) {
        Xception(classes: $1)
      }
    ]
  }
}
